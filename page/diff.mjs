// SPDX-License-Identifier: MIT
// The page of `cinstr diff --html`: shows what --json prints, which is in the page, and the contexts
// of both sides as one flame graph.
import { Difference } from "./difference.mjs";
import { byId, definitions, element, focusSearchBySlash } from "./element.mjs";
import { Flame } from "./flame.mjs";
import { Table } from "./table.mjs";
import { amount, baseName, count, percent } from "./units.mjs";

const OLD = 0, NEW = 1;
const LIST = 100; // names of functions without a counterpart, at most
const data = JSON.parse(byId("difference").textContent);
const difference = new Difference(data);

// --- numbers -------------------------------------------------------------------------------------

// Parts and means need not be whole numbers: below a thousandth they are rounding errors.
const tidy = (value) => Math.abs(value) < 0.0005 ? 0 : value;
const times = (number) => Number.isInteger(number) || Math.abs(number) >= 1000 ? count(number) : number.toFixed(2);
const value = (number) => number === null ? "-" : data.unit === "count" ? times(tidy(number)) :
    amount(tidy(number), data.unit);
const signed = (number) => (tidy(number) > 0 ? "+" : "") + value(number);
const isSure = (change, error) => error !== null && Math.abs(change) > error;
const where = (row) => row.line > 0 && row.file !== "" ? `${row.file}:${row.line}` : row.file;
const nameOf = (row) => row === null ? "(outermost)" : row.name;
const share = (change, old) => old === 0 ? "" : `, ${change > 0 ? "+" : ""}${percent(change / old)}`;

function paintChange(cell, change, error) {
    if (isSure(change, error))
        cell.classList.add(change > 0 ? "up" : "down");
}

// --- causes, as sentences ------------------------------------------------------------------------

function costOf(cause) {
    const means = [OLD, NEW].map((side) => cause.self[side] / (cause.calls[side] || 1));
    const place = cause.caller === null ? "" : `${cause.caller.name} > `;
    const says = `${place}${cause.function.name} itself: ${value(means[OLD])} → ${value(means[NEW])} ` +
        (data.count === "calls" ? "a call" : "each");
    const { ratio } = cause;
    return ratio === null || Math.abs(ratio - 1) < 0.0005 || (ratio > 1) === (means[NEW] > means[OLD]) ? says :
        `${says}, ${ratio > 1 ? "+" : ""}${percent(ratio - 1)} in the same contexts`;
}

function callsOf(cause) {
    const rate = (side) => Number((cause.calls[side] / cause.caller_calls[side]).toPrecision(4));
    const perCall = cause.caller_calls.every((calls) => calls > 0) ?
        ` ${rate(OLD)} → ${rate(NEW)} times a call` : "";
    return `${nameOf(cause.caller)} calls ${cause.function.name}${perCall} ` +
        `(${times(cause.calls[OLD])} → ${times(cause.calls[NEW])} ${data.count})`;
}

function sentence(cause) {
    const once = (side) => `${cause.function.name} (${times(cause.calls[side])} ${data.count})`;
    switch (cause.cause) {
    case "cost": return costOf(cause);
    case "new": return `${nameOf(cause.caller)} now calls ${once(NEW)}`;
    case "gone": return `${nameOf(cause.caller)} no longer calls ${once(OLD)}`;
    default: return callsOf(cause);
    }
}

// --- columns of the tables -----------------------------------------------------------------------

const text = (name, label, of, width) => ({ name, label, isText: true, width, value: of, text: of });
const number = (name, label, title, of, show, width = "7em") =>
    ({ name, label, title, width, value: of, text: (row) => show(of(row)) });

const part = (name, label, title) => number(`by_${name}`, label, title, (row) => row.self_parts[name], signed);

const numbers = () => [
    { ...number("change", "change", `of self ${data.value}; sorted by its size`,
        (row) => row.self.change, signed),
      value: (row) => Math.abs(row.self.change),
      decorate: (cell, row) => paintChange(cell, row.self.change, row.self.error) },
    number("error", "±", "half the 95 % interval of the change", (row) => row.self.error, value, "6em"),
    part("calls", "by calls", "by more or fewer calls"),
    part("cost", "by each", "by dearer or cheaper calls"),
    part("new", "by new", "by callers that are new"),
    part("gone", "by gone", "by callers that are gone"),
    number("calls_old", "calls old", data.count, (row) => row.calls.old, times, "7.5em"),
    number("calls_new", "calls new", data.count, (row) => row.calls.new, times, "7.5em"),
    number("calls_change", "calls ±", "change of how often", (row) => row.calls.change,
        (one) => (one > 0 ? "+" : "") + times(one), "7em"),
    number("total_change", "total ±", "change with all that is called", (row) => row.total.change, signed),
];
const shortNumbers = () => numbers().filter((column) =>
    ["change", "calls_old", "calls_new", "total_change"].includes(column.name));

const causeColumns = [
    text("cause", "cause", sentence, "40em"),
    { ...number("effect", "effect", `on the ${data.value} of the whole; sorted by its size`,
        (row) => row.effect, signed),
      value: (row) => Math.abs(row.effect),
      decorate: (cell, row) => paintChange(cell, row.effect, row.error) },
    number("error", "±", "half its 95 % interval", (row) => row.error, value, "6em"),
    text("file", "file", (row) => where(row.function), "10em"),
];
const functionColumns = [text("function", "function", (row) => row.name), text("file", "file", where, "11em"),
    ...numbers()];
const edgeColumns = [text("caller", "caller", (row) => nameOf(row.caller)),
    text("callee", "callee", (row) => row.callee.name), ...numbers()];
const callerColumns = [text("caller", "caller", (row) => nameOf(row.caller)), ...shortNumbers()];
const calleeColumns = [text("callee", "callee", (row) => row.callee.name), ...shortNumbers()];

// --- the flame graph: width one side, colour the change -------------------------------------------

// How much of a node changed, from -1 (gone) over 0 to 1 (new).
function changeOf(node) {
    const before = difference.totals[OLD][node], after = difference.totals[NEW][node];
    const most = Math.max(before, after);
    return most <= 0 ? 0 : Math.max(-1, Math.min(1, (after - before) / most));
}

function paint(node, isDark) {
    const change = changeOf(node), much = Math.abs(change);
    const hue = change > 0 ? 14 : 210;
    return isDark ? `hsl(${hue} ${(60 * much).toFixed(0)}% ${(26 + 10 * much).toFixed(0)}%)`
        : `hsl(${hue} ${(90 * much).toFixed(0)}% ${(90 - 22 * much).toFixed(0)}%)`;
}

const kindOf = (before, after) => before === 0 ? "new" : after === 0 ? "gone" : "";

function describe(node) {
    const totals = [OLD, NEW].map((side) => difference.totals[side][node]);
    const selves = [OLD, NEW].map((side) => difference.selfOf(side, node));
    const change = ([before, after]) => `${value(before)} → ${value(after)}, ${signed(after - before)}` +
        share(after - before, before);
    const lines = [difference.nameOf(node), `${change(totals)} ${kindOf(...totals)}`.trim()];
    if (node === 0)
        return lines;
    lines.push(`self ${change(selves)}`,
        `${[OLD, NEW].map((side) => times(difference.callsOf(side, node))).join(" → ")} ${data.count} here`,
        where(difference.functions[difference.functionOf[node]]));
    return lines;
}

// Shows the innermost frames of the path, since those matter most.
function sayZoom(node) {
    const path = difference.pathOf(node).map((index) => difference.functions[index].name);
    const shown = path.length > 6 ? ["…", ...path.slice(-6)] : path;
    const zoomed = byId("zoomed");
    zoomed.textContent = `${["all", ...shown].join(" › ")}: ${describe(node)[1]}`;
    zoomed.dataset.old = difference.totals[OLD][node];
    zoomed.dataset.new = difference.totals[NEW][node];
    byId("reset").disabled = node === 0;
    byId("back").disabled = flame.history.length === 0;
}

// --- parts of the page ---------------------------------------------------------------------------

const search = byId("search"), width = byId("width");

const flame = new Flame(byId("flame"), {
    describe, paint, say: (said) => byId("said").textContent = said, onZoom: sayZoom,
    onPick: (node) => node > 0 && choose(difference.functions[difference.functionOf[node]]),
});
const causes = new Table(byId("causes"), {
    label: "causes", sort: "effect", columns: causeColumns, onPick: follow, onCurrent: (row) => pick(row.function),
});
const functions = new Table(byId("functions"), {
    label: "functions", sort: "change", columns: functionColumns, onPick: pick, onCurrent: pick,
});
const edges = new Table(byId("edges"), {
    label: "edges", sort: "change", columns: edgeColumns, onPick: (row) => pick(row.callee),
});
const callers = new Table(byId("callers"), {
    label: "callers of the chosen function", sort: "calls_new", columns: callerColumns,
    onPick: (row) => row.caller !== null && choose(row.caller),
});
const callees = new Table(byId("callees"), {
    label: "what the chosen function calls", sort: "calls_new", columns: calleeColumns,
    onPick: (row) => choose(row.callee),
});

// Shows a function's callers and callees.
function pick(row) {
    const change = (of, show) => `${show(of.old)} → ${show(of.new)}`;
    byId("picked").textContent = `${row.name}: ${change(row.calls, times)} ${data.count}, ` +
        `self ${change(row.self, value)}, total ${change(row.total, value)}`;
    callers.setRows(difference.edges.filter((edge) => edge.callee === row));
    callees.setRows(difference.edges.filter((edge) => edge.caller === row));
}

// Does what pick() does, and selects the function in its table.
function choose(row) {
    pick(row);
    functions.select(row);
}

// Chooses the function of a cause, and zooms to where it is called most. A function that is gone has no
// width on the new side, so then the old one is shown.
function follow(cause) {
    choose(cause.function);
    if (cause.cause === "gone" || cause.cause === "new") {
        width.value = cause.cause === "gone" ? OLD : NEW;
        flame.show(difference, Number(width.value));
    }
    flame.zoomTo(difference.widest(cause.function, cause.caller));
}

const found = (table, all) => table.rows.length === all.length ? count(all.length) :
    `${count(table.rows.length)} of ${count(all.length)}`;

function filter() {
    const wanted = search.value.toLowerCase();
    const matched = Uint8Array.from(difference.functions, (row) =>
        row.name.toLowerCase().includes(wanted) || row.file.toLowerCase().includes(wanted));
    const has = (row) => row !== null && Boolean(matched[row.index]);
    functions.filter(has);
    edges.filter((row) => has(row.callee) || has(row.caller));
    causes.filter((row) => has(row.function) || has(row.caller));
    byId("functions-found").textContent = found(functions, difference.shownFunctions);
    byId("edges-found").textContent = found(edges, difference.edges);
    byId("causes-found").textContent = found(causes, difference.causes);
    flame.highlight(wanted === "" ? null : matched);
    const whole = difference.totals[width.value][0];
    byId("matched").textContent = wanted === "" ? "" :
        `in ${percent(flame.matchedTotal(difference.totals[width.value]) / whole)} of ${data.value}`;
}

const sideOf = (side, name) => [`${side.profiles.join(", ")}: ${value(data.total[name])}` +
    `${data.unit === "count" ? " " : " of "}${data.value}` +
    (data.value === data.count || data.count === "" ? "" : `, ${times(data.calls[name])} ${data.count}`)];

function about() {
    const { change, error, old } = data.total, parts = data.parts;
    const program = baseName(data.new.program) || "Difference";
    document.title = `${program} – cinstr diff`;
    byId("program").textContent = program;
    const interval = error === null ? ", of unknown interval" : error > 0 ? ` ± ${value(error)}` : "";
    definitions(byId("about"), [
        ["old", sideOf(data.old, "old")],
        ["new", sideOf(data.new, "new")],
        ["change", `${signed(change)}${interval}${share(change, old)}`],
        ["of it", `${signed(parts.calls)} more or fewer calls, ${signed(parts.cost)} dearer or cheaper calls, ` +
            `${signed(parts.new)} new callees, ${signed(parts.gone)} callees that are gone`],
    ]);
}

function unmatched() {
    const names = (rows) => rows.length <= LIST ? rows.map((row) => row.function) :
        [...rows.slice(0, LIST).map((row) => row.function), `and ${count(rows.length - LIST)} more`];
    const list = (rows) => rows.length === 0 ? "none" : names(rows).join(", ");
    definitions(byId("unmatched"), [["only in old", list(data.old.only)], ["only in new", list(data.new.only)]]);
}

function legend() {
    byId("colours").append("A frame is as wide as its ", data.value, " on the side that is chosen above. ",
        element("b", { class: "up" }, "Red"), " has become more, ",
        element("b", { class: "down" }, "blue"), " less; the stronger, the larger the part that changed.");
}

function start() {
    about();
    legend();
    unmatched();
    causes.setRows(difference.causes);
    functions.setRows(difference.shownFunctions);
    edges.setRows(difference.edges);
    flame.show(difference, NEW);
    filter();
    const first = difference.causes[0]?.function ?? difference.shownFunctions[0];
    if (first !== undefined)
        pick(first);
}

width.addEventListener("change", () => {
    flame.show(difference, Number(width.value));
    filter();
});
byId("back").addEventListener("click", () => flame.back());
byId("reset").addEventListener("click", () => flame.reset());
search.addEventListener("input", filter);
focusSearchBySlash(search);
start();
