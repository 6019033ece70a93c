// SPDX-License-Identifier: MIT
// The page of `cinstr report --html`. Its data is in the page; where it is not, it comes from
// data.json beside the page, and again as often as is asked for.
import { byId, definitions, element, focusSearchBySlash } from "./element.mjs";
import { Flame } from "./flame.mjs";
import { Profile } from "./profile.mjs";
import { Table } from "./table.mjs";
import { amount, baseName, count, ns, share } from "./units.mjs";

let profile;
let type;       // index of the value that is looked at
let picked = 0; // index of a function

// --- columns of the tables -----------------------------------------------------------------------

const unitOf = (index) => profile.types[index].unit;
const totalOf = (index) => profile.types[index].total;
// The value that says how often; -1: none does.
const counting = () => profile.types[type].count;
const countName = () => profile.types[counting()].name.replace("edge_", "");

const text = (name, label, value, width) => ({ name, label, isText: true, width, value, text: value });

function number(name, label, title, value, show, width = "7em") {
    return { name, label, title, width, value, text: (row) => show(value(row)) };
}

// Calls, total, self and mean of functions or edges; quantiles where the profile has them.
function numbers(rows) {
    const counted = counting();
    const calls = (row) => profile.self(rows, row, counted);
    const total = (row) => profile.total(rows, row, type);
    const self = (row) => profile.self(rows, row, type);
    const value = (amountOf) => amount(amountOf, unitOf(type));
    const part = (amountOf) => share(amountOf, totalOf(type));
    const columns = [];
    if (counted >= 0)
        columns.push(number("calls", countName(), null, calls,
            (one) => amount(one, unitOf(counted)), `${Math.max(8.5, 0.7 * countName().length)}em`));
    if (counted !== type)
        columns.push(
            number("total", "total", "with all that it calls", total, value),
            number("total_share", "%", "share of the total of all", total, part, "5em"),
            number("self", "self", "without what it calls", self, value),
            number("self_share", "%", "share of the total of all", self, part, "5em"));
    else
        columns.push(number("total", "below", "in it and all that it calls", total, value, "8.5em"));
    if (counted >= 0 && counted !== type)
        columns.push(number("mean", "mean", "total of each call",
            (row) => calls(row) === 0 ? null : total(row) / calls(row),
            (one) => one === null ? "-" : value(one)));
    if (profile.hasDurations)
        ["median", "90 %", "99 %", "longest"].forEach((label, i) => columns.push(
            number(`duration${i}`, label, "of the durations of calls, as measured, probes included",
                (row) => row.durations[i] || null, (one) => one === null ? "-" : ns(one), "6.5em")));
    return columns;
}

const where = (row) => row.line > 0 && row.file !== "" ? `${row.file}:${row.line}` : row.file;
const caller = (row) => row.caller === null ? "(outermost)" : row.caller.name;
const callee = (row) => row.callee.name;

const functionColumns = () =>
    [text("function", "function", (row) => row.name), text("file", "file", where, "10em"), ...numbers("functions")];
const edgeColumns = () =>
    [text("caller", "caller", caller), text("callee", "callee", callee), ...numbers("edges")];
// Beside each other there is room for less.
const neighbourColumns = (name, of) => [text(name, name, of), ...numbers("edges")
    .filter((column) => ["calls", "total", "self", "mean"].includes(column.name))
    .map((column) => ({ ...column, width: `${Math.max(6.5, 0.7 * column.label.length)}em` }))];

// --- parts of the page ---------------------------------------------------------------------------

const search = byId("search");
const say = (said) => byId("said").textContent = said;

const functions = new Table(byId("functions"), {
    label: "functions", sort: "self",
    onPick: (row) => pick(row.index), onCurrent: (row) => pick(row.index),
});
const edges = new Table(byId("edges"), {
    label: "edges", sort: "calls",
    onPick: (row) => pick(row.callee.index),
});
const callers = new Table(byId("callers"), {
    label: "callers of the chosen function", sort: "calls",
    onPick: (row) => row.caller !== null && choose(row.caller.index),
});
const callees = new Table(byId("callees"), {
    label: "what the chosen function calls", sort: "calls",
    onPick: (row) => choose(row.callee.index),
});
const flame = new Flame(byId("flame"), {
    describe, say, onZoom: sayZoom, onPick: (node) => node > 0 && choose(profile.functionOf[node]),
});

function describe(node) {
    const value = flame.totals[node], unit = unitOf(type);
    const lines = [profile.nameOf(node), `${amount(value, unit)} of ${profile.types[type].name}, ` +
        share(value, totalOf(type))];
    if (node === 0)
        return lines;
    const self = profile.data.nodes.self[type][node - 1];
    if (counting() !== type)
        lines.push(`self ${amount(self, unit)}, ${share(self, totalOf(type))}`);
    if (counting() >= 0)
        lines.push(`${amount(profile.data.nodes.self[counting()][node - 1], unitOf(counting()))} ` +
            `${countName()} here`);
    lines.push(where(profile.functions[profile.functionOf[node]]));
    return lines;
}

// The innermost frames of the path are those of interest.
function sayZoom(node) {
    const path = profile.pathOf(node).map((index) => profile.functions[index].name);
    const shown = path.length > 6 ? ["…", ...path.slice(-6)] : path;
    const total = flame.totals[node];
    byId("zoomed").textContent = `${["all", ...shown].join(" › ")}: ${amount(total, unitOf(type))}` +
        (node === 0 ? "" : `, ${share(total, totalOf(type))}`);
    byId("zoomed").dataset.total = total;
    byId("reset").disabled = node === 0;
    byId("back").disabled = flame.history.length === 0;
}

// A function's callers and callees.
function pick(index) {
    picked = index;
    const row = profile.functions[index];
    if (row === undefined)
        return;
    const calls = counting() < 0 ? "" :
        `${amount(profile.self("functions", row, counting()), unitOf(counting()))} ${countName()}, `;
    byId("picked").textContent = `${row.name}: ${calls}total ` +
        `${amount(profile.total("functions", row, type), unitOf(type))}, self ` +
        `${amount(profile.self("functions", row, type), unitOf(type))}`;
    callers.setRows(profile.shownEdges.filter((edge) => edge.callee === row));
    callees.setRows(profile.shownEdges.filter((edge) => edge.caller === row));
}

// As pick(), and the table of functions goes there.
function choose(index) {
    pick(index);
    functions.select(profile.functions[index]);
}

function filter() {
    const wanted = search.value.toLowerCase();
    const matched = Uint8Array.from(profile.functions, (row) =>
        row.name.toLowerCase().includes(wanted) || row.file.toLowerCase().includes(wanted));
    functions.filter((row) => matched[row.index]);
    edges.filter((row) => matched[row.callee.index] || (row.caller !== null && matched[row.caller.index]));
    byId("functions-found").textContent = found(functions, profile.shownFunctions);
    byId("edges-found").textContent = found(edges, profile.shownEdges);
    flame.highlight(wanted === "" ? null : matched);
    byId("matched").textContent = wanted === "" ? "" :
        `in ${share(flame.matchedTotal(), totalOf(type))} of ${profile.types[type].name}`;
}

const found = (table, all) => table.rows.length === all.length ? count(all.length) :
    `${count(table.rows.length)} of ${count(all.length)}`;

function about() {
    const data = profile.data;
    const program = baseName(data.program) || "Profile";
    document.title = `${program} – cinstr`;
    byId("program").textContent = program;
    const when = data.time_ns > 0 ? new Date(data.time_ns / 1e6).toLocaleString("sv-SE") : "";
    const lasted = data.duration_ns > 0 ? `${when === "" ? "" : ", "}for ${ns(data.duration_ns)}` : "";
    byId("about").replaceChildren();
    definitions(byId("about"), [
        ["program", data.program],
        ["recorded", when + lasted],
        ["holds", profile.types.map((one) => `${amount(one.total, one.unit)} ${one.name}`).join("; ") +
            ` in ${count(data.contexts)} ${data.contexts === 1 ? "sample" : "samples"} of ` +
            `${count(profile.nodes - 1)} contexts`],
    ]);
    byId("comments").hidden = data.comments.length === 0;
    byId("comments").lastElementChild.replaceChildren(...data.comments.map((one) => element("li", {}, one)));
}

function setColumns() {
    functions.setColumns(functionColumns());
    edges.setColumns(edgeColumns());
    callers.setColumns(neighbourColumns("caller", caller));
    callees.setColumns(neighbourColumns("callee", callee));
}

function showType(index) {
    type = index;
    setColumns();
    flame.show(profile, type);
    pick(picked);
    filter();
}

// All that was chosen before stays, as far as it is there still.
function show(data) {
    const before = profile;
    const value = before === undefined ? null : before.types[type].name;
    const key = before === undefined ? null : before.keyOf(picked);
    profile = new Profile(data);
    const kept = profile.types.findIndex((one) => one.name === value);
    type = kept >= 0 ? kept : data.value;
    byId("value").replaceChildren(...profile.types.map((one, i) =>
        element("option", { value: i, selected: i === type }, one.name)));
    const again = profile.functions.findIndex((row) => profile.keyOf(row.index) === key);
    picked = again >= 0 ? again : largest();
    document.querySelector("main").hidden = false;
    about();
    setColumns();
    functions.setRows(profile.shownFunctions);
    edges.setRows(profile.shownEdges);
    showType(type);
}

// To begin with: the function that has the most.
function largest() {
    let best = profile.shownFunctions[0];
    for (const row of profile.shownFunctions) {
        if (profile.self("functions", row, type) > profile.self("functions", best, type))
            best = row;
    }
    return best === undefined ? 0 : best.index;
}

// --- where the data comes from -------------------------------------------------------------------

async function fetchData() {
    const trouble = byId("trouble");
    try {
        const answer = await fetch(`data.json${location.search}`, { cache: "no-store" });
        if (!answer.ok)
            throw new Error(`${answer.status} ${answer.statusText}`);
        show(await answer.json());
        trouble.hidden = true;
    } catch (error) {
        trouble.textContent = `data.json cannot be had: ${error.message}`;
        trouble.hidden = false;
    }
}

// The next one is asked for when the last has been shown: a slow answer makes no queue.
function live() {
    const every = byId("every");
    let timer;
    const next = async () => {
        await fetchData();
        if (Number(every.value) > 0)
            timer = setTimeout(next, 1000 * Number(every.value));
    };
    byId("live").hidden = false;
    every.addEventListener("change", () => {
        clearTimeout(timer);
        if (Number(every.value) > 0)
            next();
    });
    next();
}

byId("value").addEventListener("change", () => showType(Number(byId("value").value)));
byId("back").addEventListener("click", () => flame.back());
byId("reset").addEventListener("click", () => flame.reset());
search.addEventListener("input", filter);
focusSearchBySlash(search);

const embedded = byId("profile").textContent.trim();
if (embedded === "")
    live();
else
    show(JSON.parse(embedded));
