// SPDX-License-Identifier: MIT
// `node compare.mjs PAGE JSON`: the page that `cinstr compare --html` wrote shows what --json
// printed. Called by tests/e2e/page.sh. One function of the program has the name in HOSTILE, which
// is markup.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cellsOf, check, columnsOf, isAccessible, isQuiet, withBrowser } from "./browser.mjs";

const [file, json] = process.argv.slice(2);
const data = JSON.parse(readFileSync(json, "utf8"));
const hostile = process.env.HOSTILE;

const percent = (share) => `${(100 * share).toFixed(2)}%`;
const inFull = (number) => String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ",");
const shownOf = (row) => ({
    function: row.function, exact: percent(row.exact_share), sampled: percent(row.sampled_share),
    "95 % from": percent(row.low), to: percent(row.high), samples: inFull(row.samples),
    z: row.z.toFixed(1), verdict: row.verdict, grade: row.grade, calls: inFull(row.calls),
});

async function shown(page) {
    const columns = await columnsOf(page, "#rows");
    return (await cellsOf(page, "#rows")).map((cells) =>
        Object.fromEntries(cells.map((text, i) => [columns[i], text])));
}

const byName = (a, b) => a.function < b.function ? -1 : 1;

async function rowsAreThoseOfTheJson(page) {
    const keys = Object.keys(shownOf(data.rows[0]));
    const rows = (await shown(page)).map((row) => Object.fromEntries(keys.map((key) => [key, row[key]])));
    assert.deepEqual(rows.sort(byName), data.rows.map(shownOf).sort(byName));
}

async function sorts(page) {
    const of = { function: "function", exact: "exact_share", sampled: "sampled_share", to: "high",
                 samples: "samples", z: "z", p: "p", time: "exact_ns", calls: "calls" };
    const compare = (a, b) => typeof a === "string" ? (a < b ? -1 : a > b ? 1 : 0) : a - b;
    for (const [label, key] of Object.entries(of)) {
        for (const direction of key === "function" ? [1, -1] : [-1, 1]) {
            const header = page.locator("#rows th", { hasText: new RegExp(`^${label}$`) });
            const wanted = direction > 0 ? "ascending" : "descending";
            if (await header.getAttribute("aria-sort") !== wanted)
                await header.locator("button").click();
            assert.equal(await header.getAttribute("aria-sort"), wanted);
            const names = (await shown(page)).map((row) => row.function);
            const values = names.map((name) => data.rows.find((row) => row.function === name)[key]);
            const sorted = values.slice().sort((a, b) => direction * compare(a, b));
            assert.deepEqual(values, sorted, `${label}, ${wanted}`);
        }
    }
}

async function searches(page) {
    await page.keyboard.press("/");
    await page.keyboard.type("WORK_A");
    assert.deepEqual((await shown(page)).map((row) => row.function), ["work_a"]);
    assert.equal(await page.locator("#plot .point:not([hidden])").count(), 1);
    await page.fill("#search", "");
    assert.equal((await shown(page)).length, data.rows.length);
}

async function filtersByVerdict(page) {
    const wanted = data.rows.filter((row) => row.verdict !== "within chance").length;
    await page.getByLabel(/^within chance/).uncheck();
    assert.equal((await shown(page)).length, wanted);
    await page.getByLabel(/^within chance/).check();
}

// There is a point for each row, with the shape of its verdict.
async function plots(page) {
    const shapes = await page.$$eval("#plot .mark", (marks) =>
        marks.map((mark) => [mark.classList[1], mark.getAttribute("d")]));
    assert.deepEqual(shapes.map(([verdict]) => verdict).sort(),
        data.rows.map((row) => row.verdict.replace(" ", "-")).sort());
    const paths = new Set(shapes.map(([, path]) => path));
    assert.equal(paths.size, new Set(data.rows.map((row) => row.verdict)).size);
}

async function namesByKey(page) {
    const largest = data.rows.slice().sort((a, b) => b.exact_share - a.exact_share);
    await page.focus("#plot svg");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.match(await page.textContent(".tip"), new RegExp(largest[1].function));
    await page.keyboard.press("Enter");
    assert.equal(await page.textContent("#rows tr[aria-selected=true] td"), largest[1].function);
}

async function namesByPointer(page) {
    const dot = page.locator("#plot .mark.more").first();
    const box = await dot.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const differing = data.rows.filter((row) => row.verdict === "more").map((row) => row.function);
    assert.ok(differing.includes(await page.textContent(".tip b")));
}

async function saysTheSums(page) {
    const text = await page.textContent("#sums");
    assert.ok(text.includes(`${percent(data.total_variation)} of the samples lie elsewhere`));
    assert.ok(text.includes(`chi-square ${data.chi_square.toFixed(1)}`));
    assert.ok(text.includes(`${data.top10} of the top 10`));
    for (const one of data.missed)
        assert.ok(text.includes(`${one.function} has no sample`));
    assert.ok((await page.textContent("#verdict")).startsWith(`${data.differ} functions differ beyond chance`));
}

async function hostileStaysText(page) {
    assert.ok((await shown(page)).some((row) => row.function === hostile));
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.evaluate(() => globalThis.hit), undefined);
}

// Even if a name became markup by mistake, its code would not run.
async function policyForbidsCode(page) {
    await page.evaluate(() => {
        document.body.append(Object.assign(document.createElement("script"), { textContent: "hit=2" }));
        document.body.insertAdjacentHTML("beforeend", "<img src='data:,x' onerror='hit=1'>");
        return new Promise((tried) => document.body.lastChild.addEventListener("error", tried));
    });
    assert.equal(await page.evaluate(() => globalThis.hit), undefined);
}

await withBrowser(async (open) => {
    const page = await open(file);
    await check("the comparison's table has the numbers of --json", () => rowsAreThoseOfTheJson(page));
    await check("the comparison's table sorts by each column, both ways", () => sorts(page));
    await check("the comparison is searched after /, ignoring case", () => searches(page));
    await check("rows can be hidden by verdict", () => filtersByVerdict(page));
    await check("each function is a point with the shape of its verdict", () => plots(page));
    await check("keys move from point to point and select its row", () => namesByKey(page));
    await check("a point under the pointer shows its function", () => namesByPointer(page));
    await check("statistics and causes are shown", () => saysTheSums(page));
    await check("a function name that is markup is shown as text", () => hostileStaysText(page));
    await check("the comparison makes no network request and logs no error", () => isQuiet(page));
    await check("axe finds no accessibility problem in the comparison", () => isAccessible(open, file));
    await check("the page's content security policy forbids other code", () => policyForbidsCode(page));
});
