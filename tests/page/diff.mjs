// SPDX-License-Identifier: MIT
// `node diff.mjs DIRECTORY`: the pages that `cinstr diff --html` wrote there, of calls and of wall
// time, show what --json printed: a new step, one that is gone, a function that is called more
// often. Called by tests/e2e/diff_page.sh. One function of the program has the name in HOSTILE,
// which is markup.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cellsOf, check, columnsOf, isAccessible, isQuiet, withBrowser } from "./browser.mjs";

const [directory] = process.argv.slice(2);
const file = join(directory, "calls.html");
const read = (name) => JSON.parse(readFileSync(join(directory, name), "utf8"));
const data = read("calls.json"), wall = read("wall.json");
const inFull = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

async function shown(page, table) {
    const columns = await columnsOf(page, table);
    return (await cellsOf(page, table)).map((cells) =>
        Object.fromEntries(cells.map((text, i) => [columns[i], text])));
}

const counts = (row) => `${inFull(row.calls.old)} ${inFull(row.calls.new)}`;
const shownCounts = (row) => `${row["calls old"]} ${row["calls new"]}`;

async function functionsAreThoseOfTheJson(page) {
    const rows = (await shown(page, "#functions")).map((row) => `${row.function} ${shownCounts(row)}`);
    assert.deepEqual(rows.sort(), data.functions.map((row) => `${row.function} ${counts(row)}`).sort());
}

async function edgesAreThoseOfTheJson(page) {
    const rows = (await shown(page, "#edges")).map((row) => `${row.caller} ${row.callee} ${shownCounts(row)}`);
    const caller = (row) => row.caller ?? "(outermost)";
    assert.deepEqual(rows.sort(),
        data.edges.map((row) => `${caller(row)} ${row.callee} ${counts(row)}`).sort());
}

async function causesAreThoseOfTheJson(page, { causes, parts, total }) {
    const rows = await shown(page, "#causes");
    assert.equal(rows.length, causes.length);
    for (const cause of causes) {
        const row = rows.find((one) => one.cause.includes(cause.function) &&
            (cause.cause === "cost" ? one.cause.includes(" itself: ") : one.cause.startsWith(cause.caller)));
        assert.ok(row !== undefined, `${cause.caller} ${cause.cause} ${cause.function}`);
        assert.equal(row.effect.startsWith("+"), cause.effect >= 0.0005, row.effect);
    }
    const near = (sum) => Math.abs(sum - total.change) < 1e-6 * (total.old + total.new);
    assert.ok(near(parts.calls + parts.cost + parts.new + parts.gone));
    assert.ok(near(causes.reduce((all, cause) => all + cause.effect, 0)));
}

async function sorts(page) {
    for (const [label, key] of [["calls new", "new"], ["calls old", "old"], ["calls ±", "change"]]) {
        await page.locator("#functions th", { hasText: new RegExp(`^${label}$`) }).locator("button").click();
        const values = (await shown(page, "#functions"))
            .map((row) => data.functions.find((one) => one.function === row.function).calls[key]);
        assert.deepEqual(values, values.slice().sort((a, b) => b - a), label);
    }
}

const totals = async (page) => [Number(await page.getAttribute("#zoomed", "data-old")),
    Number(await page.getAttribute("#zoomed", "data-new"))];

async function rootIsBothTotals(page) {
    assert.deepEqual(await totals(page), [data.total.old, data.total.new]);
}

// A click on a cause zooms to the frame of its function, and shows its callers.
async function causesLeadToFrames(page) {
    await page.click("#causes tr[data-row] td:has-text('now calls log_request')");
    assert.match(await page.textContent("#zoomed"), / › handle › log_request: /);
    const row = data.functions.find((one) => one.function === "log_request");
    assert.deepEqual(await totals(page), [0, row.total.new]);
    assert.equal(await page.textContent("#functions tr[aria-selected=true] td"), "log_request");
    assert.deepEqual((await shown(page, "#callers")).map((one) => one.caller), ["handle"]);
    await page.click("#causes tr[data-row] td:has-text('no longer calls old_step')");
    assert.match(await page.textContent("#zoomed"), / › old_step: /);
    assert.equal(await page.inputValue("#width"), "0");
    await page.selectOption("#width", "1");
    await page.click("#reset");
    await rootIsBothTotals(page);
}

// The numbers of pixels of the canvas that are clearly more red than blue, and more blue than red.
const colours = (page) => page.$eval(".flame-view canvas", (canvas) => {
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data: pixels } = context.getImageData(0, 0, copy.width, copy.height);
    const found = { red: 0, blue: 0 };
    for (let i = 0; i < pixels.length; i += 4) {
        found.red += pixels[i] > pixels[i + 2] + 40;
        found.blue += pixels[i + 2] > pixels[i] + 40;
    }
    return found;
});

async function coloursShowTheChange(page) {
    assert.ok((await colours(page)).red > 100);
    assert.equal((await colours(page)).blue, 0);
    await page.selectOption("#width", "0");
    assert.ok((await colours(page)).blue > 100);
    await page.selectOption("#width", "1");
}

async function keysZoom(page) {
    await page.focus(".flame-view canvas");
    await page.keyboard.press("ArrowDown");
    assert.ok((await page.textContent("#said")).startsWith("main"));
    await page.keyboard.press("Enter");
    assert.match(await page.textContent("#zoomed"), /^all › main: /);
    await page.keyboard.press("Escape");
    assert.match(await page.textContent("#zoomed"), /^all: /);
}

async function searches(page) {
    await page.keyboard.press("/");
    await page.keyboard.type("LOG_REQUEST");
    assert.deepEqual((await shown(page, "#functions")).map((row) => row.function), ["log_request"]);
    assert.ok((await shown(page, "#causes")).every((row) => row.cause.includes("log_request")));
    await page.fill("#search", "");
    assert.equal((await shown(page, "#functions")).length, data.functions.length);
}

async function saysWhatHasNoCounterpart(page) {
    const text = await page.textContent("#unmatched");
    for (const row of [...data.old.only, ...data.new.only])
        assert.ok(text.includes(row.function), row.function);
    assert.ok(text.includes("log_request") && text.includes("old_step"));
}

async function hostileStaysText(page) {
    assert.ok((await shown(page, "#functions")).some((row) => row.function === process.env.HOSTILE));
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.evaluate(() => globalThis.hit), undefined);
}

await withBrowser(async (open) => {
    const page = await open(file, { colorScheme: "light" });
    await check("the difference's table of functions has the counts of --json", () => functionsAreThoseOfTheJson(page));
    await check("the difference's table of edges has the counts of --json", () => edgesAreThoseOfTheJson(page));
    await check("the causes are those of --json, and add up", () => causesAreThoseOfTheJson(page, data));
    await check("the difference's tables sort", () => sorts(page));
    await check("the flame graph's root is the total of old and new", () => rootIsBothTotals(page));
    await check("frames that grew are red, frames that shrank blue", () => coloursShowTheChange(page));
    await check("a click on a cause zooms to its frame, on the side that has it", () => causesLeadToFrames(page));
    await check("keys move and zoom in the difference", () => keysZoom(page));
    await check("the difference is searched", () => searches(page));
    await check("functions without a counterpart are listed", () => saysWhatHasNoCounterpart(page));
    await check("in the difference a name that is markup is shown as text", () => hostileStaysText(page));
    await check("the difference makes no network request and logs no error", () => isQuiet(page));
    const timed = await open(join(directory, "wall.html"));
    await check("more expensive calls are among the causes of a change of time", async () => {
        assert.ok(wall.causes.some((cause) => cause.cause === "cost"));
        await causesAreThoseOfTheJson(timed, wall);
    });
    await check("the difference of times makes no network request and logs no error", () => isQuiet(timed));
    await check("axe finds no accessibility problem in the difference", () => isAccessible(open, file));
});
