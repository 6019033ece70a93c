// SPDX-License-Identifier: MIT
// `node growth.mjs PAGE JSON`: the page that `cinstr growth --html` wrote shows what --json printed
// about the same runs. Called by tests/e2e/growth_page.sh. One function has the name in HOSTILE,
// which is markup.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cellsOf, check, columnsOf, isAccessible, isQuiet, withBrowser } from "./browser.mjs";

const [file, json] = process.argv.slice(2);
const data = JSON.parse(readFileSync(json, "utf8"));
const { sizes } = data;
const hostile = process.env.HOSTILE;

// In the order of --json, in which the steepest growth is first.
const ofView = (isEdge, isExact) => data.rows.filter((row) => (row.caller !== null) === isEdge && row.exact === isExact);
const functions = ofView(false, true); // what the page shows at first
const drawn = functions.filter((row) => row.points >= 2).slice(0, 12);

const decimals = (number) => number === null ? "-" : number.toFixed(2).replace(/^-0.00$/, "0.00");
const FIELDS = ["caller", "function", "value", "exponent", "low", "high", "last", "shape"];
const said = (row) => FIELDS.map((name) => typeof row[name] === "number" ? decimals(row[name]) :
    row[name] ?? (name === "caller" ? "" : "-")).join(" ");

async function shown(page) {
    const columns = await columnsOf(page, "#rows");
    return (await cellsOf(page, "#rows")).map((cells) =>
        Object.fromEntries([["caller", ""], ...cells.map((text, i) => [columns[i], text])]));
}

async function rowsAreThoseOfTheJson(page) {
    const kinds = await page.locator("#values option").allTextContents();
    const ofKind = (isEdge, kind) => kind === "all" ? [true, false].flatMap((isExact) => ofView(isEdge, isExact)) :
        ofView(isEdge, kind === kinds[0]);
    for (const kind of [...kinds].reverse()) {
        await page.selectOption("#values", { label: kind });
        for (const view of ["edges", "functions"]) {
            await page.selectOption("#view", view);
            const rows = (await shown(page)).map((row) => FIELDS.map((name) => row[name]).join(" "));
            assert.deepEqual(rows.sort(), ofKind(view === "edges", kind).map(said).sort(), `${view}, ${kind}`);
        }
    }
}

const exponentsOf = (rows) => rows.map((row) => row.exponent === "-" ? -Infinity : Number(row.exponent));

async function sorts(page) {
    const rows = await shown(page);
    assert.equal(rows[0].function, functions[0].function);
    assert.deepEqual(exponentsOf(rows), exponentsOf(rows).sort((a, b) => b - a));
    await page.click("#rows th button:text-is('function')");
    const names = (await shown(page)).map((row) => row.function);
    assert.deepEqual(names, names.slice().sort((a, b) => a < b ? -1 : 1));
    await page.click("#rows th button:text-is('exponent')");
    assert.deepEqual(await shown(page), rows);
}

const pointsOf = (plot) => plot.locator("circle").evaluateAll((circles) =>
    circles.map((circle) => ["cx", "cy"].map((name) => Number(circle.getAttribute(name)))));

async function plotsTheWorst(page) {
    const panels = await page.locator("#worst .panel").all();
    assert.equal(panels.length, drawn.length);
    for (const [i, row] of drawn.entries()) {
        assert.equal(await panels[i].locator("b").textContent(), row.function);
        assert.ok((await panels[i].locator("span").textContent()).startsWith(`${row.value}: n^${decimals(row.exponent)}`));
        assert.equal((await pointsOf(panels[i])).length, row.points);
    }
}

// A factor of ten has the same height in pixels in each plot.
async function slopesAreOfOneScale(page) {
    const scales = [];
    for (const [i, panel] of (await page.locator("#worst .panel").all()).entries()) {
        const points = await pointsOf(panel), decades = Math.log10(drawn[i].values.at(-1) / drawn[i].values[0]);
        if (drawn[i].points === sizes.length && Math.abs(decades) > 0.5)
            scales.push((points[0][1] - points.at(-1)[1]) / decades);
    }
    assert.ok(scales.length > 0 && scales[0] > 0);
    assert.ok(scales.every((scale) => Math.abs(scale - scales[0]) < 0.01), scales.join(" "));
}

// The large plot is that of the row.
async function showsLarge(page, row) {
    assert.equal(await page.textContent("#name"), row.function);
    assert.ok((await page.textContent("#large p")).startsWith(`${row.value}: n^${decimals(row.exponent)}`));
    assert.equal((await pointsOf(page.locator("#large"))).length, row.points);
    assert.deepEqual(await page.locator("#large dt").allTextContents(), sizes.map((size) => size.toLocaleString("en-US")));
}

async function clicksShowAPlot(page) {
    await showsLarge(page, functions[0]);
    await page.locator("#rows tr[data-row]").nth(2).click();
    await showsLarge(page, functions[2]);
    await page.locator("#worst .panel").nth(1).click();
    await showsLarge(page, drawn[1]);
    assert.equal(await page.textContent("#rows tr[aria-selected=true] td"), drawn[1].function);
}

async function keysShowAPlot(page) {
    await page.focus("#rows table");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await showsLarge(page, functions[1]);
    assert.ok((await page.textContent("#said")).startsWith(functions[1].function));
    await page.focus("#worst .panel");
    await page.keyboard.press("Enter");
    await showsLarge(page, drawn[0]);
}

async function searches(page) {
    const name = functions[0].function;
    await page.keyboard.press("/");
    await page.keyboard.type(name.toUpperCase());
    assert.ok((await shown(page)).every((row) => row.function.includes(name)));
    assert.equal(await page.locator("#worst .panel").count(), drawn.filter((row) => row.function.includes(name)).length);
    await page.fill("#search", "");
    assert.equal((await shown(page)).length, functions.length);
}

async function saysWhatWasAsked(page) {
    assert.equal(await page.textContent("h1"), data.command);
    const about = await page.textContent("#about");
    assert.ok(about.includes(sizes.join(", ")));
    for (const gate of data.gates)
        assert.ok(about.includes(`${gate.verdict}: ${gate.gate}`));
}

async function hostileStaysText(page) {
    assert.ok((await shown(page)).some((row) => row.function === hostile));
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.evaluate(() => globalThis.hit), undefined);
}

await withBrowser(async (open) => {
    const page = await open(file);
    const of = `${sizes.length} sizes`;
    await check(`the page of ${of} has the numbers of --json, for functions and edges`, () => rowsAreThoseOfTheJson(page));
    await check(`in the page of ${of} the worst is first, and the table sorts`, () => sorts(page));
    await check(`in the page of ${of} the worst are drawn, each with as many points`, () => plotsTheWorst(page));
    await check(`equal growth over ${of} has the same slope in each plot`, () => slopesAreOfOneScale(page));
    await check(`in the page of ${of} a click on a row or plot shows its large plot`, () => clicksShowAPlot(page));
    await check(`in the page of ${of} keys show a large plot`, () => keysShowAPlot(page));
    await check(`the page of ${of} can be searched`, () => searches(page));
    await check(`the page of ${of} shows the command and the verdict on each limit`, () => saysWhatWasAsked(page));
    await check(`in the page of ${of} a name that is markup is shown as text`, () => hostileStaysText(page));
    await check(`the page of ${of} makes no network request and logs no error`, () => isQuiet(page));
    await check(`axe finds no accessibility problem in the page of ${of}`, () => isAccessible(open, file));
});
