// SPDX-License-Identifier: MIT
// `speedscope.mjs FILE REPORT…`: speedscope, from npm, opens the file. What it lists for each
// function is what `cinstr report --json` says, with a REPORT for each of the first profiles in the
// file.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { check, withBrowser } from "./browser.mjs";

const [file, ...reports] = process.argv.slice(2);
const require = createRequire(join(process.env.PAGE_TESTS, "x"));
const viewer = join(dirname(require.resolve("speedscope/package.json")), "dist/release/index.html");

// This is how speedscope's own command passes a file.
const script = `${file}.js`;
await writeFile(script, `speedscope.loadFileFromBase64(${JSON.stringify(basename(file))}, "${
    (await readFile(file)).toString("base64")}")`);

const units = { s: 1e9, ms: 1e6, "µs": 1e3, ns: 1 };

// The least and the greatest number that speedscope may have printed so. "13.65µs" is rounded, in
// floating point, so that a half may have gone up or down.
function meant(written) {
    const [, number, unit] = written.match(/^([\d.,]+)(\D*)$/);
    const amount = Number(number.replaceAll(",", "")) * (units[unit] ?? 1);
    const rounding = unit ? 0.00501 * units[unit] : 0;
    return { least: amount - rounding, most: amount + rounding };
}

const byName = ([a], [b]) => a < b ? -1 : Number(a > b);

// [NAME, SELF, TOTAL] of the functions whose value is not 0.
function reported({ value, functions }) {
    return functions.map((one) => [one.function, one.self_ns ?? one[value], one.total_ns ?? one.total])
        .filter(([, , total]) => total !== 0).sort(byName);
}

const shown = async (page) => (await page.$$eval("tr", (lines) => lines
    .map((line) => [...line.children].map((cell) => cell.textContent))
    .filter(([total]) => total.includes("%"))
    .map(([total, self, name]) => [name, self.split(" ")[0], total.split(" ")[0]]))).sort(byName);

// The functions for which the viewer shows something else than the report.
function differing(rows, expected) {
    const differs = (written, amount) => amount < meant(written).least || amount > meant(written).most;
    return rows.filter(([, self, total], i) => differs(self, expected[i][1]) || differs(total, expected[i][2]))
        .map((row) => `${row.join(" ")}, reported ${expected.find(([name]) => name === row[0])?.join(" ")}`);
}

await withBrowser(async (open) => {
    const page = await open(`${pathToFileURL(viewer).href}#localProfilePath=${pathToFileURL(script).pathname}`);
    for (const [index, path] of reports.entries()) {
        const report = JSON.parse(await readFile(path));
        await check(`speedscope lists each function's ${report.value}, self and inclusive`, async () => {
            await page.waitForFunction((start) => document.body.innerText.includes(start),
                `${report.value} (${index + 1}/`, { timeout: 60000 });
            await page.keyboard.press("3");
            await page.waitForFunction(() => document.body.innerText.includes("Symbol Name"));
            assert.ok(reported(report).length >= 5);
            const [rows, expected] = [await shown(page), reported(report)];
            assert.deepEqual(rows.map(([name]) => name), expected.map(([name]) => name));
            assert.deepEqual(differing(rows, expected), []);
        });
        await page.keyboard.press("n");
    }
    await check("speedscope logs no error", async () => {
        assert.deepEqual(page.said.filter((line) => /error|fail|unexpected/i.test(line)), []);
    });
});
