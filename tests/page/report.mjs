// SPDX-License-Identifier: MIT
// `node report.mjs PAGE DIRECTORY`: the page that `cinstr report --html` wrote shows what the
// command prints as JSON (functions.json, edges.json, tree.json in DIRECTORY) and what pprof prints
// of the profile (raw, top.TYPE); histogram.html there shows what pprof prints in histogram.raw.
// Called by tests/e2e/page.sh. One function of the program has the name in HOSTILE, which is
// markup.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cellsOf, check, columnsOf, isAccessible, isQuiet, withBrowser } from "./browser.mjs";

const [file, directory] = process.argv.slice(2);
const read = (name) => readFileSync(join(directory, name), "utf8");
const json = (name) => JSON.parse(read(name));
const functions = json("functions.json"), edges = json("edges.json").edges, tree = json("tree.json").nodes;
const all = functions.values, measured = json("histogram.json");
const NS = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };
const inFull = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

// How many digits of a value are known within two standard errors.
const digitsOf = (value, error) =>
    [[0.005, 4], [0.05, 3], [1, 2]].find(([most]) => 1.96 * error <= most * value)?.[1] ?? 1;
const rounded = (value, digits) => Number(value.toPrecision(digits));
const gradeOf = (value, error) =>
    1.96 * error >= value ? "-" : 1.96 * error <= 0.05 * value ? "A" : 1.96 * error <= 0.2 * value ? "B" : "C";

async function shown(page, table) {
    const columns = await columnsOf(page, table);
    return (await cellsOf(page, table)).map((cells) =>
        Object.fromEntries(cells.map((text, i) => [columns[i], text])));
}

// pprof's own sums of its raw samples, by type.
function sumsOfRaw() {
    const lines = read("raw").split("\n");
    const types = lines[lines.indexOf("Samples:") + 1].trim().split(/\s+/).map((one) => one.split("/")[0]);
    const sums = Object.fromEntries(types.map((type) => [type, 0]));
    for (const line of lines) {
        const values = /^\s+(-?\d+(?:\s+-?\d+)*): /.exec(line)?.[1].trim().split(/\s+/);
        if (values?.length === types.length)
            types.forEach((type, i) => sums[type] += Number(values[i]));
    }
    return sums;
}

async function rootIsPprofsTotal(page) {
    const sums = Object.entries(sumsOfRaw())
        .filter(([type]) => !["timed_calls", "wall_error", "cpu_error", "variance"].includes(type));
    assert.ok(sums.length >= 4);
    for (const [type, sum] of sums) {
        await page.selectOption("#value", { label: type.replace("[dflt]", "") });
        assert.equal(Number(await page.getAttribute("#zoomed", "data-total")), sum, type);
    }
    await page.selectOption("#value", { label: "wall" });
    const [, total, unit] = /of ([\d.]+)(ms|s|us|ns) total/.exec(read("top.wall"));
    const [, own, ownUnit] = /all: ([\d.]+) (\w+)/.exec(await page.textContent("#zoomed"));
    const digits = digitsOf(all.wall.total, functions.sum_error_ns);
    const ratio = own * NS[ownUnit] / rounded(total * NS[unit], digits);
    assert.ok(Math.abs(ratio - 1) < Math.max(0.006, 1.01 * 10 ** (1 - digits)),
        `${own} ${ownUnit}, pprof: ${total} ${unit}`);
}

async function functionsAreThoseOfTheJson(page) {
    const rows = (await shown(page, "#functions")).map((row) => `${row.function} ${row.calls}`);
    const wanted = functions.functions.map((row) => `${row.function} ${inFull(row.calls)}`);
    assert.deepEqual(rows.sort(), wanted.sort());
}

async function timesAreGraded(page) {
    const rows = await shown(page, "#functions");
    for (const row of functions.functions) {
        const cells = rows.find((one) => one.function === row.function);
        for (const of of ["self", "total"]) {
            const value = row[`${of}_ns`], error = row[`${of}_error_ns`];
            const [, number, unit, grade] = /^<?([\d.,]+)(?: (\w+))? ([ABC-])$/.exec(cells[of]);
            assert.equal(grade, row[`${of}_grade`], `${row.function}: ${of}`);
            assert.equal(grade, gradeOf(value, error), `${row.function}: ${of}`);
            const wanted = rounded(value, digitsOf(value, error));
            if (value > 0)
                assert.ok(Math.abs(number.replace(/,/g, "") * NS[unit] / wanted - 1) < 1e-3,
                    `${row.function}: ${cells[of]}, ${value} +- ${error}`);
        }
    }
}

// Warnings are shown at once, and the other notes when they are asked for.
async function notesAreThere(page) {
    const warnings = functions.warnings.map((one) => `warning: ${one}`);
    assert.equal(await page.textContent("#comments summary"), "Accuracy and recording notes");
    assert.equal(await page.getAttribute("#comments", "open") !== null, warnings.length > 0);
    const shownNotes = await page.$$eval("#comments li", (items) => items.map((one) => one.textContent));
    assert.deepEqual(shownNotes.slice().sort(), functions.comments.slice().sort());
    assert.deepEqual(shownNotes.slice(0, warnings.length), warnings);
}

async function sortsFunctions(page) {
    const sorts = async (label, key) => {
        await page.locator("#functions th", { hasText: new RegExp(`^${label}$`) }).locator("button").click();
        const values = (await shown(page, "#functions"))
            .map((row) => functions.functions.find((one) => one.function === row.function)[key]);
        assert.deepEqual(values, values.slice().sort((a, b) => b - a), label);
    };
    await sorts("total", "total_ns");
    await sorts("calls", "calls");
    await sorts("self", "self_ns");
}

async function pickedEdges(page) {
    await page.click("#functions tr[data-row] td:text-is('middle')");
    const of = (row, name) => `${name} ${inFull(row.calls)}`;
    const callers = (await shown(page, "#callers")).map((row) => of(row, row.caller));
    const callees = (await shown(page, "#callees")).map((row) => of(row, row.callee));
    assert.deepEqual(callers.sort(),
        edges.filter((row) => row.callee === "middle").map((row) => of(row, row.caller)).sort());
    assert.deepEqual(callees.sort(),
        edges.filter((row) => row.caller === "middle").map((row) => of(row, row.callee)).sort());
    // A click on a caller selects it: its callees include the function that was selected before.
    await page.click("#callers tr[data-row] td");
    assert.match(await page.textContent("#picked"), /^main: 1 calls/);
    assert.ok((await shown(page, "#callees")).some((row) => row.callee === "middle"));
}

async function allEdges(page) {
    const rows = (await shown(page, "#edges")).map((row) => `${row.caller} ${row.callee} ${row.calls}`);
    const wanted = edges.map((row) => `${row.caller ?? "(outermost)"} ${row.callee} ${inFull(row.calls)}`);
    assert.deepEqual(rows.sort(), wanted.sort());
}

// The node of the tree with this name, which has its total and its depth.
const nodeOf = (name) => tree.find((node) => node.function === name);

async function clickZooms(page) {
    await page.evaluate(() => scrollTo(0, 0));
    const box = await page.locator(".flame-view canvas").boundingBox();
    const middle = nodeOf("middle");
    for (let x = 4; x < box.width; x += 4) {
        await page.mouse.move(box.x + x, box.y + middle.depth * 19 + 9);
        if (await page.locator("#flame .tip b:visible").count() === 1 &&
            await page.textContent("#flame .tip b") === "middle")
            break;
    }
    assert.equal(await page.textContent("#flame .tip b"), "middle");
    await page.mouse.down();
    await page.mouse.up();
    assert.match(await page.textContent("#zoomed"), / › middle: /);
    assert.equal(Number(await page.getAttribute("#zoomed", "data-total")), middle.total_ns);
    await page.click("#back");
    assert.match(await page.textContent("#zoomed"), /^all: /);
}

async function keysZoom(page) {
    await page.focus(".flame-view canvas");
    const down = nodeOf("main").depth;
    for (let i = 0; i < down; i++)
        await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.match(await page.textContent("#zoomed"), /main: /);
    await page.keyboard.press("ArrowDown");
    const largest = tree.filter((node) => node.parent === nodeOf("main").node)
        .sort((a, b) => b.total_ns - a.total_ns)[0];
    assert.ok((await page.textContent("#said")).startsWith(largest.function));
    await page.keyboard.press("Enter");
    await page.keyboard.press("Backspace");
    assert.match(await page.textContent("#zoomed"), /main: /);
    await page.keyboard.press("Escape");
    assert.match(await page.textContent("#zoomed"), /^all: /);
}

const coloured = (page) => page.$eval(".flame-view canvas", (canvas) => {
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4)
        found += data[i] === 0xf0 && data[i + 1] === 0x8a && data[i + 2] === 0xe0;
    return found;
});

async function searchHighlights(page) {
    assert.equal(await coloured(page), 0);
    await page.keyboard.press("/");
    await page.keyboard.type("MIDDLE");
    assert.ok(await coloured(page) > 100);
    const middle = functions.functions.find((row) => row.function === "middle");
    const share = 100 * middle.total_ns / all.wall.total;
    const digits = digitsOf(middle.total_ns, middle.total_error_ns);
    const [, said] = /^in ([\d.]+)% of wall$/.exec(await page.textContent("#matched"));
    assert.ok(Math.abs(said - rounded(share, digits)) < 0.051, `${said}, ${share}`);
    assert.deepEqual((await shown(page, "#functions")).map((row) => row.function), ["middle"]);
    assert.ok((await shown(page, "#edges")).every((row) => [row.caller, row.callee].includes("middle")));
    await page.fill("#search", "");
    assert.equal(await coloured(page), 0);
}

// For each function, the longest duration of its calls in pprof's raw samples.
function longestOfRaw() {
    const [samples, locations] = read("histogram.raw").split("\nLocations\n");
    const names = new Map([...locations.matchAll(/^ +(\d+): 0x\w+ M=\d+ (.*) \S+:\d+ s=\d+$/gm)]
        .map(([, id, name]) => [id, name]));
    const longest = new Map();
    for (const [, leaf, ns] of samples.matchAll(/: (\d+)[ \d]*\n\s+duration:\[(\d+) nanoseconds\]/g))
        longest.set(names.get(leaf), Math.max(longest.get(names.get(leaf)) ?? 0, Number(ns)));
    return longest;
}

function inNs(text) {
    const [number, unit] = text.split(" ");
    return Number(number.replace(/,/g, "")) * NS[unit];
}

async function showsDurations(page) {
    const longest = longestOfRaw();
    const rows = await shown(page, "#functions");
    assert.ok(longest.size >= 5);
    for (const [name, ns] of longest) {
        const row = rows.find((one) => one.function === name);
        assert.ok(Math.abs(inNs(row["raw longest"]) / ns - 1) < 0.001,
            `${name}: ${row["raw longest"]}, pprof: ${ns} ns`);
        const order = ["raw median", "raw 90 %", "raw 99 %", "raw longest"].map((one) => inNs(row[one]));
        assert.deepEqual(order, order.slice().sort((a, b) => a - b), name);
    }
    assert.ok((await columnsOf(page, "#edges")).includes("raw median"));
}

// Like the quantiles, the mean includes the time of the probes, per call.
async function meansAreOnTheSameBasis(page) {
    const rows = await shown(page, "#functions");
    assert.ok(!(await columnsOf(page, "#functions")).includes("mean"));
    for (const row of measured.functions.filter((one) => one.calls > 0)) {
        const mean = (row.total_ns + row.total_overhead_ns) / row.calls;
        const said = inNs(rows.find((one) => one.function === row.function)["raw mean"]);
        assert.ok(Math.abs(said - mean) <= 0.001 * mean, `${row.function}: ${said}, ${mean}`);
    }
}

async function hostileStaysText(page) {
    assert.ok((await shown(page, "#functions")).some((row) => row.function === process.env.HOSTILE));
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.evaluate(() => globalThis.hit), undefined);
}

await withBrowser(async (open) => {
    const page = await open(file, { colorScheme: "light" });
    await check("the flame graph's root is pprof's total for every value", () => rootIsPprofsTotal(page));
    await check("the table of functions has those of --json, with their counts",
        () => functionsAreThoseOfTheJson(page));
    await check("each time has the grade of --json, and no digits that are not known", () => timesAreGraded(page));
    await check("the recorder's notes are there, warnings first and visible", () => notesAreThere(page));
    await check("the table of functions sorts by calls, total and self", () => sortsFunctions(page));
    await check("the edges are those of --edges --json", () => allEdges(page));
    await check("callers and callees of a function are its edges", () => pickedEdges(page));
    await check("a click zooms to a frame, with the tree's total, and Back goes back", () => clickZooms(page));
    await check("keys move, zoom, go back and reset", () => keysZoom(page));
    await check("search highlights frames, shows their share, and filters the tables",
        () => searchHighlights(page));
    await check("in the profile's page a name that is markup is shown as text", () => hostileStaysText(page));
    await check("the profile's page makes no network request and logs no error", () => isQuiet(page));
    await check("axe finds no accessibility problem in the profile's page", () => isAccessible(open, file));
    const histogram = await open(join(directory, "histogram.html"));
    await check("quantiles of durations are shown if recorded, up to pprof's longest",
        () => showsDurations(histogram));
    await check("means include the probes, as quantiles do", () => meansAreOnTheSameBasis(histogram));
    const dark = await open(file, { colorScheme: "dark" });
    await check("the page is dark if the browser prefers that", async () => assert.equal(
        await dark.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(20, 23, 28)"));
});
