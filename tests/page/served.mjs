// SPDX-License-Identifier: MIT
// `node served.mjs URL FUNCTION`: the page that a running program serves shows FUNCTION, requests
// nothing but its data, and shows what the program does meanwhile. Called by tests/e2e/http.sh.
import assert from "node:assert/strict";
import { cellsOf, check, withBrowser } from "./browser.mjs";

const [url, name] = process.argv.slice(2);

await withBrowser(async (open) => {
    const page = await open(url);
    const total = () => page.getAttribute("#zoomed", "data-total").then(Number);
    await page.waitForSelector("#functions tr[data-row]");
    await check("the served page has the function, and logs no error", async () => {
        assert.ok((await cellsOf(page, "#functions")).some((cells) => cells[0].startsWith(name)));
        assert.deepEqual(page.said, []);
        assert.deepEqual(new Set(page.requests.map((one) => one.replace(/\?.*/, ""))),
            new Set([url.replace(/\?.*/, "") + "data.json"]));
    });
    await check("the served page follows the program", async () => {
        const value = await page.$eval("#value", (select) =>
            [...select.options].map((one) => one.textContent).find((one) => /^(calls|alloc_objects)/.test(one)));
        await page.selectOption("#value", { label: value });
        const before = await total();
        await page.selectOption("#every", "1");
        await page.waitForFunction((least) => Number(document.getElementById("zoomed").dataset.total) > least, before);
    });
});
