// SPDX-License-Identifier: MIT
// `node live.mjs PAGE`: the page without its data, as a server sends it, fetches data.json from its
// own folder again and again, and keeps what the user has selected. The server is in this script.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { check, withBrowser } from "./browser.mjs";

const parts = /^(.*<script type="application\/json" id="profile">)(.*?)(<\/script>.*)$/s
    .exec(readFileSync(process.argv[2], "utf8"));
const data = JSON.parse(parts[2]);
const calls = data.types.name.indexOf("calls");
let answers = 0, broken = false;

// Each answer has one more call of the first function that has any.
const counted = data.nodes.self[calls].findIndex((value) => value > 0);
function answer() {
    answers++;
    data.nodes.self[calls][counted]++;
    return JSON.stringify(data);
}

const server = createServer((request, response) => {
    if (request.url === "/page/")
        response.setHeader("Content-Type", "text/html; charset=utf-8").end(parts[1] + parts[3]);
    else if (request.url === "/page/data.json" && !broken)
        response.setHeader("Content-Type", "application/json").end(answer());
    else
        response.writeHead(500).end();
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

await withBrowser(async (open) => {
    const page = await open(`http://127.0.0.1:${server.address().port}/page/`);
    const total = () => page.getAttribute("#zoomed", "data-total").then(Number);
    await page.waitForSelector("#functions tr[data-row]");
    await page.selectOption("#value", { label: "calls" });
    await check("without data in it the page fetches data.json", async () => {
        assert.ok(answers >= 1);
        assert.deepEqual(new Set(page.requests.map((url) => new URL(url).pathname)), new Set(["/page/data.json"]));
    });
    await check("it fetches data.json again, and keeps what was selected", async () => {
        const before = await total();
        await page.fill("#search", "middle");
        await page.selectOption("#every", "1");
        await page.waitForFunction((least) => document.getElementById("zoomed").dataset.total > least, before);
        assert.equal(await page.inputValue("#search"), "middle");
        assert.equal(await page.$eval("#value", (select) => select.selectedOptions[0].label), "calls");
        assert.equal(await page.locator("#functions tr[data-row]").count(), 1);
    });
    await check("it says that data.json cannot be loaded, and tries again", async () => {
        broken = true;
        await page.waitForSelector("#trouble:visible");
        assert.match(await page.textContent("#trouble"), /cannot load data.json: 500/);
        broken = false;
        await page.waitForSelector("#trouble", { state: "hidden" });
    });
});
