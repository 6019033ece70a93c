// SPDX-License-Identifier: MIT
// The page of `cinstr report --html`. Its data is in the page, or else in data.json beside the page,
// which is loaded again as often as the reader chooses.
import { byId, definitions, element, focusSearchBySlash } from "./element.mjs";
import { Flame } from "./flame.mjs";
import { Profile } from "./profile.mjs";
import { Table } from "./table.mjs";
import { amount, amountWithin, baseName, count, gradeOf, interval, ns, plural, shareWithin } from "./units.mjs";

let profile;
let type;       // index of the value that is looked at
let picked = 0; // index of a function

// --- columns of the tables -----------------------------------------------------------------------

const unitOf = (index) => profile.types[index].unit;
const totalOf = (index) => profile.types[index].total;
// The index of the value that counts calls; -1: there is none.
const counting = () => profile.types[type].count;
const countName = () => profile.types[counting()].name.replace("edge_", "");

const text = (name, label, value, width) => ({ name, label, isText: true, width, value, text: value });

function number(name, label, title, value, show, width = "7em") {
    return { name, label, title, width, value, text: (row) => show(value(row)) };
}

const GRADES = "; the letter says how well it is known (95 %): A to within 5 %, B 20 %, C worse, - not known";

// "38 ms B": a time and its grade.
function known(value, error) {
    const text = amountWithin(value, unitOf(type), error);
    return profile.hasErrors(type) ? `${text} ${gradeOf(value, error)}` : text;
}

// The columns of "total" or "self" and of its share.
function times(rows, name, title, of) {
    const value = (row) => profile[of](rows, row, type);
    const error = (row) => profile.error(type, (one) => profile[of](rows, row, one));
    return [
        { name, label: name, title: title + (profile.hasErrors(type) ? GRADES : ""), width: "7.5em", value,
          text: (row) => known(value(row), error(row)) },
        { name: `${name}_share`, label: "%", title: "share of the total of all", width: "5em", value,
          text: (row) => shareWithin(value(row), totalOf(type), error(row)) },
    ];
}

// The mean of a call's durations. If the profile has quantiles, it is as measured, like them; otherwise it
// is without the time of the probes.
function durations(rows, calls) {
    const counted = counting();
    const each = (row, of) => calls(row) === 0 ? null : of(row) / calls(row);
    if (!profile.hasDurations && counted >= 0 && counted !== type) {
        const mean = (row) => each(row, (one) => profile.total(rows, one, type));
        const error = (row) => profile.error(type, (one) => profile.total(rows, row, one)) / calls(row);
        return [{ name: "mean", label: "mean", title: "total of each call", width: "7em", value: mean,
                  text: (row) => mean(row) === null ? "-" : amountWithin(mean(row), unitOf(type), error(row)) }];
    }
    if (!profile.hasDurations)
        return [];
    const title = "of the durations of calls, as measured, probes included";
    const raw = profile.types.flatMap((one, i) => ["wall", "overhead"].includes(one.name) ? [i] : []);
    const mean = (row) => each(row, () => raw.reduce((sum, one) => sum + profile.total(rows, row, one), 0));
    const show = (one) => one === null ? "-" : ns(one);
    return [number("mean", "raw mean", title, mean, show, "6.5em"),
        ...["raw median", "raw 90 %", "raw 99 %", "raw longest"].map((label, i) =>
            number(`duration${i}`, label, title, (row) => row.durations[i] || null, show, "7.5em"))];
}

// Calls, total, self and mean of functions or edges; quantiles where the profile has them.
function numbers(rows) {
    const counted = counting();
    const calls = (row) => profile.self(rows, row, counted);
    const columns = [];
    if (counted >= 0)
        columns.push(number("calls", countName(), null, calls,
            (one) => amount(one, unitOf(counted)), `${Math.max(8.5, 0.7 * countName().length)}em`));
    if (counted !== type)
        columns.push(...times(rows, "total", "with all that it calls", "total"),
            ...times(rows, "self", "without what it calls", "self"));
    else
        columns.push(number("total", "below", "in it and all that it calls",
            (row) => profile.total(rows, row, type), (one) => amount(one, unitOf(type)), "8.5em"));
    return [...columns, ...durations(rows, calls)];
}

const where = (row) => row.line > 0 && row.file !== "" ? `${row.file}:${row.line}` : row.file;
const caller = (row) => row.caller === null ? "(outermost)" : row.caller.name;
const callee = (row) => row.callee.name;

const functionColumns = () =>
    [text("function", "function", (row) => row.name), text("file", "file", where, "10em"), ...numbers("functions")];
const edgeColumns = () =>
    [text("caller", "caller", caller), text("callee", "callee", callee), ...numbers("edges")];
// The tables of callers and callees stand side by side and have fewer columns.
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

// The total of a node, for each value type.
const totalIn = (node) => (one) => profile.totalsOf(one)[node];
const selfIn = (node) => (one) => profile.data.nodes.self[one][node - 1];
// The profile states the error of the sum of all: it is less than the errors of its parts together.
const errorIn = (node) => node === 0 ? profile.types[type].sum_error : profile.error(type, totalIn(node));

function describe(node) {
    const value = flame.totals[node], error = errorIn(node);
    const lines = [profile.nameOf(node), `${known(value, error)} of ${profile.types[type].name}, ` +
        shareWithin(value, totalOf(type), error)];
    if (node === 0)
        return lines;
    const self = selfIn(node)(type), selfError = profile.error(type, selfIn(node));
    if (counting() !== type)
        lines.push(`self ${known(self, selfError)}, ${shareWithin(self, totalOf(type), selfError)}`);
    if (counting() >= 0)
        lines.push(`${amount(selfIn(node)(counting()), unitOf(counting()))} ${countName()} here`);
    lines.push(where(profile.functions[profile.functionOf[node]]));
    return lines;
}

// Shows the innermost frames of the path, since those matter most.
function sayZoom(node) {
    const path = profile.pathOf(node).map((index) => profile.functions[index].name);
    const shown = path.length > 6 ? ["…", ...path.slice(-6)] : path;
    const total = flame.totals[node], error = errorIn(node);
    byId("zoomed").textContent = `${["all", ...shown].join(" › ")}: ${known(total, error)}` +
        (node === 0 ? "" : `, ${shareWithin(total, totalOf(type), error)}`);
    byId("zoomed").dataset.total = total;
    byId("reset").disabled = node === 0;
    byId("back").disabled = flame.history.length === 0;
}

// Shows a function's callers and callees.
function pick(index) {
    picked = index;
    const row = profile.functions[index];
    if (row === undefined)
        return;
    const calls = counting() < 0 ? "" :
        `${amount(profile.self("functions", row, counting()), unitOf(counting()))} ${countName()}, `;
    const said = (of) => known(profile[of]("functions", row, type),
        profile.error(type, (one) => profile[of]("functions", row, one)));
    byId("picked").textContent = `${row.name}: ${calls}total ${said("total")}, self ${said("self")}`;
    callers.setRows(profile.shownEdges.filter((edge) => edge.callee === row));
    callees.setRows(profile.shownEdges.filter((edge) => edge.caller === row));
}

// Does what pick() does, and selects the function in its table.
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
    const matchedIn = (one) => flame.matchedTotal(profile.totalsOf(one));
    byId("matched").textContent = wanted === "" ? "" :
        `in ${shareWithin(matchedIn(type), totalOf(type), profile.error(type, matchedIn))} of ${profile.types[type].name}`;
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
        ["holds", profile.types.filter((one) => one.shown).map((one) =>
            `${one.name} ${interval(one.sum, one.unit, one.sum_error)}`).join("; ") +
            ` in ${plural(data.contexts, "sample")} of ${plural(profile.nodes - 1, "context")}`],
    ]);
    notes(data.comments);
}

// Warnings come first; if there are any, the notes are open until the reader closes them.
function notes(comments) {
    const box = byId("comments"), warnings = comments.filter((one) => one.startsWith("warning: "));
    const others = comments.filter((one) => !warnings.includes(one));
    box.open = box.hidden ? warnings.length > 0 : box.open;
    box.hidden = comments.length === 0;
    box.lastElementChild.replaceChildren(
        ...warnings.map((one) => element("li", { class: "warning" }, one)),
        ...others.map((one) => element("li", {}, one)));
}

function setColumns() {
    functions.setColumns(functionColumns());
    edges.setColumns(edgeColumns());
    callers.setColumns(neighbourColumns("caller", caller));
    callees.setColumns(neighbourColumns("callee", callee));
}

function showType(index) {
    type = index;
    byId("grades").hidden = !profile.hasErrors(type);
    setColumns();
    flame.show(profile, type);
    pick(picked);
    filter();
}

// Shows new data, and keeps the reader's choices as far as they still exist.
function show(data) {
    const before = profile;
    const value = before === undefined ? null : before.types[type].name;
    const key = before === undefined ? null : before.keyOf(picked);
    profile = new Profile(data);
    const kept = profile.types.findIndex((one) => one.name === value);
    type = kept >= 0 ? kept : data.value;
    byId("value").replaceChildren(...profile.types.flatMap((one, i) => one.shown || i === type ?
        [element("option", { value: i, selected: i === type }, one.name)] : []));
    const again = profile.functions.findIndex((row) => profile.keyOf(row.index) === key);
    picked = again >= 0 ? again : largest();
    document.querySelector("main").hidden = false;
    about();
    setColumns();
    functions.setRows(profile.shownFunctions);
    edges.setRows(profile.shownEdges);
    showType(type);
}

// The function that is chosen at first: the one with the largest value.
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
        trouble.textContent = `cannot load data.json: ${error.message}`;
        trouble.hidden = false;
    }
}

// Asks for the next data after the last was shown, so that slow answers do not pile up.
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
