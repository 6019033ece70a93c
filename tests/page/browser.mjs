// SPDX-License-Identifier: MIT
// Opens pages in Debian's chromium. The scripts in this directory make their checks with it, and
// print `ok NAME` or `not ok NAME: why` for each, as tests/e2e/lib.sh does. All network requests
// and console messages of a page are kept.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// PAGE_TESTS is the directory in which `npm ci` has installed what package.json lists.
const require = createRequire(join(process.env.PAGE_TESTS, "x"));
const { chromium } = require("playwright-core");
let failures = 0;

export async function check(name, promise) {
    try {
        await promise();
        console.log(`ok ${name}`);
    } catch (error) {
        failures++;
        console.log(`not ok ${name}: ${error.message.split("\n")[0]}`);
        console.log(error.stack.replace(/^/gm, "# "));
    }
}

// Calls `work` with a function that opens pages, and ends the script afterwards.
export async function withBrowser(work) {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"],
    });
    try {
        await work((address, options) => open(browser, address, options));
    } finally {
        await browser.close();
    }
    process.exit(failures === 0 ? 0 : 1);
}

async function open(browser, address, options = {}) {
    const url = /^(https?|file):/.test(address) ? address : pathToFileURL(address).href;
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.said = [];
    page.requests = [];
    page.on("console", (message) => page.said.push(message.text()));
    page.on("pageerror", (error) => page.said.push(error.message));
    page.on("request", (request) => request.url() !== url && page.requests.push(request.url()));
    await page.goto(url);
    return page;
}

// The texts of the cells of each row that is in the document.
export const cellsOf = (page, table) => page.$$eval(`${table} tr[data-row]`,
    (lines) => lines.map((line) => [...line.cells].map((cell) => cell.textContent)));

export const columnsOf = (page, table) => page.$$eval(`${table} th`,
    (heads) => heads.map((head) => head.textContent));

export async function isQuiet(page) {
    assert.deepEqual(page.said, []);
    assert.deepEqual(page.requests, []);
}

// axe finds no accessibility problem in the page, light or dark. The page is opened without its
// content security policy, which would not let axe's code run.
export async function isAccessible(open, file) {
    for (const colorScheme of ["light", "dark"]) {
        const page = await open(file, { colorScheme, bypassCSP: true });
        await page.addScriptTag({ path: require.resolve("axe-core") });
        const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
        assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes[0].html}`), []);
        assert.ok(passes.length > 20);
        await page.close();
    }
}
