// SPDX-License-Identifier: MIT
// The plot of exact against sampled shares, on logarithmic axes. Rows without a sample, or with a share
// too small to be sampled, are in a band at the edge, since 0 has no logarithm.
import { axisBottom, axisLeft } from "d3-axis";
import { scaleLog } from "d3-scale";
import { select } from "d3-selection";
import { svgElement, element } from "./element.mjs";
import { count, percent } from "./units.mjs";
import { classOf, mark } from "./verdicts.mjs";

const WIDTH = 860, HEIGHT = 520;
const LEFT = 64, BOTTOM = 48, TOP = 12, RIGHT = 16;
const BAND = 26;       // of what has no share
const NEAR = 24;       // pixels from a point that still point at it
const POINTS = 2000;   // drawn; the rest would be one cloud
const AT_WEIGHT = { "within chance": 0, unresolved: 0.5, "within error": 1, more: 2, less: 2 };

export class Scatter {
    constructor(parent, data, { nameOf, say, onPick }) {
        Object.assign(this, { data, nameOf, say, onPick });
        // A share of a tenth of a sample is less than these samples can show.
        this.least = Math.max(1e-8, 10 ** Math.floor(Math.log10(0.1 / Math.max(data.samples, 1))));
        this.x = scaleLog([this.least, 1], [LEFT + BAND, WIDTH - RIGHT]);
        this.y = scaleLog([this.least, 1], [HEIGHT - BOTTOM - BAND, TOP]);
        this.root = svgElement("svg", {
            viewBox: `0 0 ${WIDTH} ${HEIGHT}`, tabindex: 0, role: "application",
            "aria-label": "exact share across, sampled share upwards; arrow keys go from point to point",
        });
        this.tip = element("div", { class: "tip", hidden: true });
        parent.append(this.root, this.tip);
        this.drawAxes();
        this.drawPoints(parent);
        this.matches = () => true;
        this.root.addEventListener("pointermove", (event) => this.pointAt(event));
        this.root.addEventListener("pointerleave", () => this.show(null));
        this.root.addEventListener("blur", () => this.show(null));
        this.root.addEventListener("click", () => this.shown && this.onPick(this.shown.row));
        this.root.addEventListener("keydown", (event) => this.press(event));
    }

    acrossOf(share) {
        return share < this.least ? LEFT + BAND / 2 : this.x(Math.min(share, 1));
    }

    upOf(share) {
        return share < this.least ? HEIGHT - BOTTOM - BAND / 2 : this.y(Math.min(share, 1));
    }

    drawAxes() {
        const decades = [];
        for (let at = 0; 10 ** at >= this.least * 0.99; at--)
            decades.push(10 ** at);
        const label = (share) => `${Number((100 * share).toPrecision(1))}%`;
        const floor = HEIGHT - BOTTOM;
        for (const share of decades)
            this.root.append(
                svgElement("path", { class: "grid", d: `M${this.x(share)},${TOP}V${floor}` }),
                svgElement("path", { class: "grid", d: `M${LEFT},${this.y(share)}H${WIDTH - RIGHT}` }));
        this.root.append(
            svgElement("path", { class: "band", d: `M${LEFT},${floor}V${TOP}h${BAND}V${floor - BAND}H${WIDTH - RIGHT}v${BAND}Z` }),
            svgElement("path", { class: "line", d: `M${this.x(this.least)},${this.y(this.least)}L${this.x(1)},${this.y(1)}` }));
        const across = svgElement("g", { class: "axis", transform: `translate(0,${floor})` });
        const up = svgElement("g", { class: "axis", transform: `translate(${LEFT},0)` });
        select(across).call(axisBottom(this.x).tickValues(decades).tickFormat(label));
        select(up).call(axisLeft(this.y).tickValues(decades).tickFormat(label));
        const text = (x, y, said, extra = {}) =>
            svgElement("text", { x, y, class: "axis-label", ...extra }, said);
        this.root.append(across, up,
            text((LEFT + WIDTH) / 2, HEIGHT - 8, "exact share of the time", { "text-anchor": "middle" }),
            text(LEFT + BAND / 2, floor + 32, "less", { "text-anchor": "middle" }),
            text(LEFT - 9, floor - BAND / 2 + 4, "none", { "text-anchor": "end" }),
            text(0, 0, "share of the samples", { "text-anchor": "middle",
                transform: `translate(14,${HEIGHT / 2 - 20})rotate(-90)` }));
    }

    drawPoints(parent) {
        const rows = this.data.rows.slice().sort((a, b) =>
            AT_WEIGHT[b.verdict] - AT_WEIGHT[a.verdict] || b.exact_share - a.exact_share);
        if (rows.length > POINTS)
            parent.append(element("p", { class: "hint" },
                `${count(POINTS)} points of ${count(rows.length)} are drawn: what differs, then the largest.`));
        this.points = rows.slice(0, POINTS).map((row) => {
            const x = this.acrossOf(row.exact_share), y = this.upOf(row.sampled_share);
            // The intervals of rows that were never sampled all end at one height and would hide the
            // rest: only those that matter are drawn.
            const isPlain = row.sampled_share === 0 && AT_WEIGHT[row.verdict] < 2;
            const bar = svgElement("path", { class: `interval ${classOf(row.verdict)}${isPlain ? " plain" : ""}`,
                d: `M${x},${this.upOf(row.low)}V${this.upOf(row.high)}` });
            const dot = mark(row.verdict);
            dot.setAttribute("transform", `translate(${x},${y})`);
            return { row, x, y, group: svgElement("g", { class: "point" }, bar, dot) };
        });
        // What differs is drawn last, on top; keys go from the largest share downwards.
        this.root.append(...this.points.map((point) => point.group).reverse());
        this.points.sort((a, b) => b.row.exact_share - a.row.exact_share);
    }

    filter(matches) {
        this.matches = matches;
        for (const point of this.points)
            point.group.toggleAttribute("hidden", !matches(point.row));
        this.show(null);
    }

    // Marks a row that was chosen elsewhere.
    mark(row) {
        const point = this.points.find((one) => one.row === row && this.matches(row));
        this.show(point ?? null);
    }

    pointAt(event) {
        const box = this.root.getBoundingClientRect();
        const scale = WIDTH / box.width;
        const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
        let nearest = null, least = NEAR * NEAR;
        for (const point of this.points) {
            const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
            if (distance < least && this.matches(point.row)) {
                nearest = point;
                least = distance;
            }
        }
        this.show(nearest);
    }

    press(event) {
        const visible = this.points.filter((point) => this.matches(point.row));
        const at = visible.indexOf(this.shown);
        const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1,
                     Home: 0, End: visible.length - 1 }[event.key];
        if (to !== undefined && visible.length > 0)
            this.show(visible[Math.min(Math.max(to, 0), visible.length - 1)]);
        else if (event.key === "Enter" && this.shown)
            this.onPick(this.shown.row);
        else if (event.key === "Escape")
            this.show(null);
        else
            return;
        this.say(this.shown ? this.describe(this.shown.row).join(", ") : "");
        event.preventDefault();
    }

    describe(row) {
        return [this.nameOf(row), `exact ${percent(row.exact_share, 2)}`,
                `sampled ${percent(row.sampled_share, 2)} (${percent(row.low, 2)} to ${percent(row.high, 2)})`,
                `${row.verdict}, grade ${row.grade}, ${count(row.calls)} calls`];
    }

    show(point) {
        if (this.shown === point)
            return;
        this.shown?.group.classList.remove("shown");
        this.shown = point;
        this.tip.hidden = point === null;
        if (point === null)
            return;
        point.group.classList.add("shown");
        const [name, ...lines] = this.describe(point.row);
        this.tip.replaceChildren(element("b", {}, name), ...lines.map((line) => element("div", {}, line)));
        const isRight = point.x > WIDTH / 2;
        this.tip.style.left = isRight ? "" : `${100 * (point.x + 14) / WIDTH}%`;
        this.tip.style.right = isRight ? `${100 * (WIDTH - point.x + 14) / WIDTH}%` : "";
        this.tip.style.top = `${100 * Math.min(point.y / HEIGHT, 0.78)}%`;
    }
}
