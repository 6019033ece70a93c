// SPDX-License-Identifier: MIT
// `speedscope.mjs FILE REPORT…`: speedscope, as npm has it, opens the file; what it lists of each function,
// profile after profile, is what `cinstr report --json` says, a REPORT for each of the first profiles.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { check, withBrowser } from "./browser.mjs";

const [file, ...reports] = process.argv.slice(2);
const require = createRequire(join(process.env.PAGE_TESTS, "x"));
const viewer = join(dirname(require.resolve("speedscope/package.json")), "dist/release/index.html");

// As speedscope's own command hands over a file.
const script = `${file}.js`;
await writeFile(script, `speedscope.loadFileFromBase64(${JSON.stringify(basename(file))}, "${
    (await readFile(file)).toString("base64")}")`);

// As speedscope writes an amount.
function written(amount, isTime) {
    if (!isTime)
        return amount.toLocaleString("en-US");
    const [unit, size] = [["s", 1e9], ["ms", 1e6], ["µs", 1e3]].find(([, least]) => amount >= least) ?? ["ns", 1];
    return `${(amount / size).toFixed(2)}${unit}`;
}

// Of functions that have anything of the value, "NAME SELF TOTAL".
function reported({ value, functions }) {
    const isTime = functions.some((one) => "self_ns" in one);
    return functions.map((one) => [one.function, one.self_ns ?? one[value], one.total_ns ?? one.total])
        .filter(([, , total]) => total !== 0)
        .map(([name, self, total]) => `${name} ${written(self, isTime)} ${written(total, isTime)}`).sort();
}

const shown = (page) => page.$$eval("tr", (lines) => lines
    .map((line) => [...line.children].map((cell) => cell.textContent))
    .filter(([total]) => total.includes("%"))
    .map(([total, self, name]) => {
        return `${name} ${self.split(" ")[0]} ${total.split(" ")[0]}`;
    }).sort());

await withBrowser(async (open) => {
    const page = await open(`${pathToFileURL(viewer).href}#localProfilePath=${pathToFileURL(script).pathname}`);
    for (const [index, path] of reports.entries()) {
        const report = JSON.parse(await readFile(path));
        await check(`speedscope lists each function's ${report.value}, and with all below`, async () => {
            await page.waitForFunction((start) => document.body.innerText.includes(start),
                `${report.value} (${index + 1}/`, { timeout: 60000 });
            await page.keyboard.press("3");
            await page.waitForFunction(() => document.body.innerText.includes("Symbol Name"));
            assert.ok(reported(report).length >= 5);
            assert.deepEqual(await shown(page), reported(report));
        });
        await page.keyboard.press("n");
    }
    await check("it finds nothing wrong with the file", async () => {
        assert.deepEqual(page.said.filter((line) => /error|fail|unexpected/i.test(line)), []);
    });
});
