// SPDX-License-Identifier: MIT
// `node large.mjs PAGE CONTEXTS`: a page of many contexts shows them all, but keeps only the
// visible rows in the document. It prints how long that takes, but does not check it: that depends
// on the machine.
import assert from "node:assert/strict";
import { check, isQuiet, withBrowser } from "./browser.mjs";

const [file, contexts] = process.argv.slice(2);

// Milliseconds from before `act` until the frame with its result has been drawn.
const timed = (page, act, argument) => page.evaluate(async ([source, value]) => {
    const start = performance.now();
    new Function("value", source)(value);
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    return Math.round(performance.now() - start);
}, [act, argument]);

await withBrowser(async (open) => {
    const start = performance.now();
    const page = await open(file, { bypassCSP: true });
    await page.waitForSelector("#functions tr[data-row]");
    console.log(`# ${contexts} contexts: opened and drawn in ${Math.round(performance.now() - start)} ms`);
    await check("a profile of many contexts is shown completely", async () => {
        assert.match(await page.textContent("#about"), new RegExp(`of ${Number(contexts).toLocaleString("en-US")} contexts`));
        assert.match(await page.textContent("#functions-found"), /^2,000$/);
    });
    await check("only rows in view are in the document", async () => {
        assert.ok(await page.locator("#functions tr[data-row]").count() < 60);
        assert.ok(await page.locator("#edges tr[data-row]").count() < 60);
        await page.$eval("#edges .table", (box) => box.scrollTop = box.scrollHeight);
        const rows = Number((await page.textContent("#edges-found")).replace(/,/g, ""));
        await page.waitForSelector(`#edges tr[data-row="${rows - 1}"]`);
    });
    const click = "document.querySelector('.flame-view canvas').dispatchEvent(new MouseEvent('click', " +
        "{ clientX: value.x, clientY: value.y, bubbles: true }))";
    const box = await page.locator(".flame-view canvas").boundingBox();
    const zoom = await timed(page, click, { x: box.x + 30, y: box.y + 3 * 19 + 9 });
    const search = await timed(page,
        "const s = document.getElementById('search'); s.value = '77'; s.dispatchEvent(new Event('input'))", null);
    const scroll = await timed(page, "document.querySelector('#edges .table').scrollTop = 20000", null);
    console.log(`# zoom ${zoom} ms, search ${search} ms, scrolling ${scroll} ms`);
    await check("a click zooms in a page of many contexts", async () =>
        assert.match(await page.textContent("#zoomed"), /^all › .*function_/));
    await check("a page of many contexts makes no network request and logs no error", () => isQuiet(page));
});
