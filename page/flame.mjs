// SPDX-License-Identifier: MIT
// The flame graph, callers above the functions they call, on a canvas: tens of thousands of contexts stay
// quick, since only frames that can be seen are laid out, and only rows in view are drawn.
import { element } from "./element.mjs";

const ROW = 19;
const LEAST = 0.4;  // pixels: narrower frames are not drawn
const HEIGHT = 420; // of the view; what is deeper is scrolled to

function hash(text) {
    let value = 2166136261;
    for (let i = 0; i < text.length; i++)
        value = Math.imul(value ^ text.charCodeAt(i), 16777619);
    return value >>> 0;
}

export class Flame {
    // paint(node, isDark): the fill of a frame; without it files and functions have their own.
    constructor(parent, { describe, onZoom, onPick, say, paint = null }) {
        Object.assign(this, { describe, onZoom, onPick, say, paint });
        this.canvas = element("canvas", { tabindex: 0, role: "application",
            "aria-label": "flame graph; arrow keys move, Enter zooms, Backspace goes back, Escape shows all" });
        this.spacer = element("div", { class: "flame-rows" }, this.canvas);
        this.box = element("div", { class: "flame-view" }, this.spacer);
        this.tip = element("div", { class: "tip", hidden: true });
        parent.append(this.box, this.tip);
        this.context = this.canvas.getContext("2d");
        this.dark = matchMedia("(prefers-color-scheme: dark)");
        this.zoom = this.current = 0;
        this.history = [];
        this.matched = null;
        this.widths = new Map();
        this.colours = new Map();
        this.rows = [];
        this.listen();
    }

    listen() {
        new ResizeObserver(() => this.layOut()).observe(this.box);
        this.dark.addEventListener("change", () => this.draw());
        this.box.addEventListener("scroll", () => this.draw(), { passive: true });
        this.canvas.addEventListener("pointermove", (event) => this.point(event));
        this.canvas.addEventListener("pointerleave", () => this.hover(null));
        this.canvas.addEventListener("click", (event) => this.click(event));
        this.canvas.addEventListener("keydown", (event) => this.press(event));
        this.canvas.addEventListener("focus", () => this.draw());
        this.canvas.addEventListener("blur", () => this.draw());
    }

    // Shows a tree; frames are as wide as the value says. Keeps the zoom if that context still exists.
    show(profile, type) {
        const keys = (node) => this.profile.pathOf(node).map((index) => this.profile.keyOf(index));
        const places = this.profile === undefined || this.profile === profile ? null :
            [this.zoom, this.current, ...this.history].map(keys);
        this.profile = profile;
        this.totals = profile.totalsOf(type);
        if (places !== null)
            [this.zoom, this.current, ...this.history] = places.map((path) => profile.follow(path));
        this.colours.clear();
        this.layOut();
        this.onZoom(this.zoom);
    }

    // `matched`: by function, whether it matches the search; null: there is no search.
    highlight(matched) {
        this.matched = matched;
        this.draw();
    }

    // The sum of `totals`, by node, over the frames that match. A frame with a matching frame above it
    // is not added again.
    matchedTotal(totals) {
        const { nodes, parent, functionOf } = this.profile;
        const inside = new Uint8Array(nodes);
        let total = 0;
        for (let node = 1; node < nodes; node++) {
            inside[node] = inside[parent[node]];
            if (inside[node] === 0 && this.matched[functionOf[node]]) {
                inside[node] = 1;
                total += totals[node];
            }
        }
        return total;
    }

    zoomTo(node, isBack = false) {
        if (node !== this.zoom && !isBack)
            this.history.push(this.zoom);
        this.zoom = this.current = node;
        this.layOut();
        this.onZoom(node);
    }

    back() {
        if (this.history.length > 0)
            this.zoomTo(this.history.pop(), true);
    }

    reset() {
        this.zoomTo(0);
    }

    // --- layout: rows of {node, from, to}, in pixels, from left to right -------------------------

    layOut() {
        if (this.profile === undefined)
            return;
        this.width = this.box.clientWidth;
        this.rows = [];
        const ancestors = [];
        for (let at = this.zoom; at >= 0; at = this.profile.parent[at])
            ancestors.push(at);
        for (const node of ancestors.reverse())
            this.place(node, this.profile.depth[node], 0, this.width);
        this.placeChildren();
        const height = this.rows.length * ROW;
        this.spacer.style.height = `${height}px`;
        this.box.style.height = `${Math.min(height, HEIGHT)}px`;
        this.draw();
    }

    place(node, row, from, to) {
        (this.rows[row] ??= []).push({ node, from, to });
    }

    // Without recursion: programs may be thousands of calls deep.
    placeChildren() {
        const stack = [{ node: this.zoom, from: 0, to: this.width }];
        while (stack.length > 0) {
            const { node, from, to } = stack.pop();
            const scale = (to - from) / this.totals[node];
            if (!(scale > 0))
                continue;
            let at = from;
            const placed = [];
            for (const child of this.profile.childrenOf(node, this.totals)) {
                const end = Math.min(to, at + this.totals[child] * scale);
                if (end - at < LEAST)
                    break;
                this.place(child, this.profile.depth[child], at, end);
                placed.push({ node: child, from: at, to: end });
                at = end;
            }
            stack.push(...placed.reverse());
        }
    }

    // --- drawing ---------------------------------------------------------------------------------

    draw() {
        if (this.profile === undefined || this.width === 0)
            return;
        const height = this.box.clientHeight, ratio = devicePixelRatio || 1;
        const wide = Math.round(this.width * ratio), high = Math.round(height * ratio);
        if (this.canvas.width !== wide || this.canvas.height !== high) {
            this.canvas.width = wide;
            this.canvas.height = high;
            this.canvas.style.width = `${this.width}px`;
            this.canvas.style.height = `${height}px`;
        }
        this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
        this.context.clearRect(0, 0, this.width, height);
        this.context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
        this.context.textBaseline = "middle";
        const top = this.box.scrollTop;
        const last = Math.min(this.rows.length - 1, Math.floor((top + height) / ROW));
        for (let row = Math.floor(top / ROW); row <= last; row++) {
            for (const frame of this.rows[row])
                this.drawFrame(frame, row * ROW - top);
        }
    }

    drawFrame({ node, from, to }, y) {
        const context = this.context, width = to - from;
        const gap = width > 3 ? 1 : 0;
        const { fill, ink } = this.colourOf(node);
        context.fillStyle = fill;
        context.fillRect(from, y, width - gap, ROW - 1);
        if (node === this.current && document.activeElement === this.canvas || node === this.hovered) {
            context.strokeStyle = this.dark.matches ? "#fff" : "#000";
            context.lineWidth = 1.5;
            context.strokeRect(from + 0.75, y + 0.75, Math.max(width - gap - 1.5, 0.5), ROW - 2.5);
        }
        if (width > 24) {
            context.fillStyle = ink;
            context.fillText(this.fit(this.profile.nameOf(node), width - 9), from + 4, y + ROW / 2);
        }
    }

    // A file has a range of hues, a function one of them; frames that do not match a search are grey.
    colourOf(node) {
        const isDark = this.dark.matches;
        const index = this.profile.functionOf[node];
        const matches = this.matched === null ? null : index >= 0 && Boolean(this.matched[index]);
        if (this.paint !== null && matches === null && index >= 0)
            return { fill: this.paint(node, isDark), ink: isDark ? "#eef1f5" : "#16191d" };
        const key = `${index} ${isDark} ${matches}`;
        let colour = this.colours.get(key);
        if (colour === undefined) {
            colour = this.mix(index, isDark, matches);
            this.colours.set(key, colour);
        }
        return colour;
    }

    mix(index, isDark, matches) {
        const ink = isDark ? "#eef1f5" : "#16191d";
        if (index < 0)
            return { fill: isDark ? "#3a424d" : "#dfe3e8", ink };
        if (matches === false)
            return { fill: isDark ? "#262b32" : "#eceef1", ink: isDark ? "#8d97a4" : "#6a7380" };
        if (matches === true)
            return { fill: isDark ? "#a0208c" : "#f08ae0", ink };
        const row = this.profile.functions[index];
        const own = hash(row.name);
        const hue = (hash(row.path) % 360 + own % 90) % 360, shade = (own >>> 8) % 9;
        return { fill: isDark ? `hsl(${hue} 38% ${27 + shade}%)` : `hsl(${hue} 62% ${74 + shade}%)`, ink };
    }

    widthOf(text) {
        let width = this.widths.get(text);
        if (width === undefined) {
            width = this.context.measureText(text).width;
            this.widths.set(text, width);
        }
        return width;
    }

    fit(name, room) {
        const width = this.widthOf(name);
        if (width <= room)
            return name;
        const letters = Math.floor(name.length * room / width) - 1;
        return letters < 1 ? "" : `${name.slice(0, letters)}…`;
    }

    // --- pointing and keys -----------------------------------------------------------------------

    frameAt(event) {
        const box = this.canvas.getBoundingClientRect();
        const x = event.clientX - box.left, y = event.clientY - box.top + this.box.scrollTop;
        const row = this.rows[Math.floor(y / ROW)] ?? [];
        return row.find((frame) => x >= frame.from && x < frame.to) ?? null;
    }

    point(event) {
        const frame = this.frameAt(event);
        this.hover(frame === null ? null : frame.node);
        if (frame === null)
            return;
        const box = this.box.parentElement.getBoundingClientRect();
        const x = event.clientX - box.left, y = event.clientY - box.top;
        const isRight = x > box.width / 2;
        this.tip.style.left = isRight ? "" : `${x + 14}px`;
        this.tip.style.right = isRight ? `${box.width - x + 14}px` : "";
        this.tip.style.top = `${y + 16}px`;
    }

    hover(node) {
        this.canvas.style.cursor = node === null ? "" : "pointer";
        if (node === (this.hovered ?? null))
            return;
        this.hovered = node;
        this.tip.hidden = node === null;
        if (node !== null) {
            const [name, ...lines] = this.describe(node);
            this.tip.replaceChildren(element("b", {}, name), ...lines.map((line) => element("div", {}, line)));
        }
        this.draw();
    }

    click(event) {
        const frame = this.frameAt(event);
        if (frame === null)
            return;
        this.hover(null);
        this.zoomTo(frame.node);
        this.onPick(frame.node);
    }

    // The frame beside the current one in its row.
    beside(step) {
        const row = this.rows[this.profile.depth[this.current]] ?? [];
        const at = row.findIndex((frame) => frame.node === this.current);
        return row[at + step]?.node ?? this.current;
    }

    below() {
        const row = this.rows[this.profile.depth[this.current] + 1] ?? [];
        return row.find((frame) => this.profile.parent[frame.node] === this.current)?.node ?? this.current;
    }

    press(event) {
        const act = {
            ArrowUp: () => this.goTo(Math.max(this.profile.parent[this.current], 0)),
            ArrowDown: () => this.goTo(this.below()),
            ArrowLeft: () => this.goTo(this.beside(-1)),
            ArrowRight: () => this.goTo(this.beside(1)),
            Enter: () => (this.zoomTo(this.current), this.onPick(this.current)),
            " ": () => (this.zoomTo(this.current), this.onPick(this.current)),
            Backspace: () => this.back(),
            Escape: () => this.reset(),
        }[event.key];
        if (act === undefined)
            return;
        act();
        event.preventDefault();
    }

    goTo(node) {
        this.current = node;
        const top = this.profile.depth[node] * ROW;
        if (top < this.box.scrollTop)
            this.box.scrollTop = top;
        else if (top + ROW > this.box.scrollTop + this.box.clientHeight)
            this.box.scrollTop = top + ROW - this.box.clientHeight;
        this.say(this.describe(node).join(", "));
        this.draw();
    }
}
