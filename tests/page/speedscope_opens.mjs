// SPDX-License-Identifier: MIT
// `speedscope_opens.mjs FILE FUNCTION…`: speedscope, from npm, opens a file of any format and lists
// these functions.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { check, withBrowser } from "./browser.mjs";

const [file, ...functions] = process.argv.slice(2);
const require = createRequire(join(process.env.PAGE_TESTS, "x"));
const viewer = join(dirname(require.resolve("speedscope/package.json")), "dist/release/index.html");

// This is how speedscope's own command passes a file.
const script = `${file}.js`;
await writeFile(script, `speedscope.loadFileFromBase64(${JSON.stringify(basename(file))}, "${
    (await readFile(file)).toString("base64")}")`);

await withBrowser(async (open) => {
    const page = await open(`${pathToFileURL(viewer).href}#localProfilePath=${pathToFileURL(script).pathname}`);
    await check(`speedscope opens ${basename(file)} and lists its functions`, async () => {
        await page.waitForFunction(() => document.body.innerText.includes("Sandwich"), undefined, { timeout: 60000 });
        await page.keyboard.press("3");
        await page.waitForFunction(() => document.body.innerText.includes("Symbol Name"));
        const shown = await page.$$eval("tr", (lines) => lines.map((line) => line.lastElementChild?.textContent));
        assert.deepEqual(functions.filter((name) => !shown.includes(name)), []);
    });
    await check(`speedscope logs no error about ${basename(file)}`, async () => {
        assert.deepEqual(page.said.filter((line) => /error|fail|unexpected/i.test(line)), []);
    });
});
