// SPDX-License-Identifier: MIT
// The page of `cinstr growth --html`: shows what --json prints, which is in the page.
import { byId, definitions, element, focusSearchBySlash } from "./element.mjs";
import { decadesOf, powerAt, powerPlot } from "./power_plot.mjs";
import { Table } from "./table.mjs";
import { amount, baseName, count, percent } from "./units.mjs";

const PANELS = 12; // small plots, at most
const data = JSON.parse(byId("growth").textContent);
const { sizes } = data;

// --- words ---------------------------------------------------------------------------------------

const decimals = (number) => number === null ? "-" : number.toFixed(2).replace(/^-0\.00$/, "0.00");
const where = (row) => row.line > 0 && row.file !== "" ? `${baseName(row.file)}:${row.line}` : baseName(row.file);
const nameOf = (row) => row.caller === null ? row.function : `${row.caller} > ${row.function}`;
const show = (row, number) => amount(number, row.unit);

function factsOf(row) {
    if (row.points < 2)
        return `${row.value}: at one size only`;
    const power = `${row.value}: n^${decimals(row.exponent)}`;
    return row.low === null ? `${power} from two sizes`
        : `${power} (${decimals(row.low)} to ${decimals(row.high)}), ${row.shape}`;
}

function limitOf(gate) {
    const because = gate.row === null ? "" : `: ${nameOf(gate.row)}, ${factsOf(gate.row)}`;
    return `${gate.verdict}: ${gate.gate}${because}`;
}

// --- the table -----------------------------------------------------------------------------------

const text = (name, of, width) => ({ name, label: name, isText: true, width, value: of, text: of });
const number = (name, title, width) => ({
    name, label: name, title, width, value: (row) => row[name], text: (row) => decimals(row[name]),
});

const columns = [
    text("function", (row) => row.function),
    // Exponents that are equal may differ in their last digits; the row with the larger number is first.
    { ...number("exponent", "the slope of the logarithms", "7em"),
      value: (row) => row.exponent === null ? null : Number(row.exponent.toFixed(9)) },
    number("low", "its 95 % interval", "4.5em"), number("high", "its 95 % interval", "4.5em"),
    number("last", "the exponent of the two largest sizes alone", "4.5em"),
    text("shape", (row) => row.shape ?? "-", "5.5em"),
    { ...number("residual", "mean deviation from the line", "5.5em"), text: (row) => percent(row.residual) },
    text("value", (row) => row.value, "7em"),
    { name: "most", label: `at ${count(sizes.at(-1))}`, width: "7.5em", value: (row) => row.values.at(-1),
      text: (row) => show(row, row.values.at(-1)) },
    text("file", where, "9em"),
];
const columnsOf = { functions: columns, edges: [text("caller", (row) => row.caller), ...columns] };

// --- plots ---------------------------------------------------------------------------------------

const hasPlot = (row) => row.points >= 2;

function pointOf(row, size, i) {
    const value = row.values[i], off = value / powerAt(row, size) - 1;
    if (value === 0 || !hasPlot(row))
        return show(row, value);
    const place = Math.abs(off) < 0.0005 ? "on" : `${percent(Math.abs(off))} ${off < 0 ? "below" : "above"}`;
    return `${show(row, value)}, ${place} the line`;
}

function pick(row) {
    const facts = `${factsOf(row)}${row.residual === null ? "" : `, residual ${percent(row.residual)}`}`;
    const points = element("dl");
    definitions(points, sizes.map((size, i) => [count(size), pointOf(row, size, i)]));
    byId("name").textContent = nameOf(row);
    byId("large").replaceChildren(element("p", {}, facts), element("p", { class: "hint" }, where(row)), points);
    if (hasPlot(row))
        points.before(powerPlot(row, sizes, { width: 460, height: 320, decades: decadesOf([row], sizes),
            role: "img", "aria-label": `${nameOf(row)}, ${facts}` }));
    byId("said").textContent = `${nameOf(row)}, ${facts}`;
}

const reveal = () => byId("large").querySelector("svg")?.scrollIntoView({ block: "nearest" });

function panelOf(row, decades) {
    const panel = element("button", { type: "button", class: "panel", title: nameOf(row) },
        element("b", {}, nameOf(row)), element("span", {}, factsOf(row)),
        powerPlot(row, sizes, { width: 300, height: 190, decades, "aria-hidden": "true" }));
    panel.addEventListener("click", () => {
        table.select(row);
        pick(row);
        reveal();
    });
    return panel;
}

function drawWorst(rows) {
    const worst = rows.filter(hasPlot).slice(0, PANELS);
    const decades = decadesOf(worst, sizes);
    byId("worst").replaceChildren(...worst.map((row) => panelOf(row, decades)));
    byId("drawn").textContent = `${worst.length} of ${count(rows.length)}`;
}

// --- the page ------------------------------------------------------------------------------------

const search = byId("search"), view = byId("view"), values = byId("values");
const table = new Table(byId("rows"), { label: "exponents", sort: "exponent", onCurrent: pick, onPick: reveal });

// Counts and times are offered in separate groups.
function offerValues() {
    const names = (isExact) => [...new Set(data.rows.filter((row) => row.exact === isExact).map((row) => row.value))];
    const kinds = [names(true), names(false)].filter((kind) => kind.length > 0);
    const all = kinds.flat();
    for (const kind of kinds.length === 1 ? kinds : [...kinds, all])
        values.append(element("option", { value: JSON.stringify(kind) }, kind === all ? "all" : kind.join(", ")));
}

function filter() {
    const wanted = search.value.toLowerCase(), kinds = new Set(JSON.parse(values.value));
    const ofView = data.rows.filter((row) => (row.caller !== null) === (view.value === "edges") && kinds.has(row.value));
    const matching = ofView.filter((row) => `${nameOf(row)}\n${row.file}`.toLowerCase().includes(wanted));
    table.setRows(matching);
    byId("found").textContent = `${count(matching.length)} of ${count(ofView.length)}`;
    drawWorst(matching);
}

function change() {
    table.setColumns(columnsOf[view.value]);
    filter();
    if (table.rows.length > 0) {
        table.select(table.rows[0]);
        pick(table.rows[0]);
    }
}

function start() {
    document.title = `${data.command} – cinstr growth`;
    byId("program").textContent = data.command;
    definitions(byId("about"), [["sizes", sizes.map(count).join(", ")], ["limits", data.gates.map(limitOf)]]);
    offerValues();
    change();
}

view.addEventListener("change", change);
values.addEventListener("change", change);
search.addEventListener("input", filter);
focusSearchBySlash(search);
start();
