// SPDX-License-Identifier: MIT
// `node build.mjs TOOLS NAME OUT` makes a page of NAME.html, NAME.mjs, head.html and style.css: one
// file that loads nothing. TOOLS is where `npm ci` put node_modules. @DATA@ is left for the command to fill.
// The policy lets the page's own script and style run, by their hashes, and nothing else: no text
// of a profile can become code, even if it became markup. Called by the Makefile.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [tools, name, out] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const modules = resolve(tools, "node_modules");
const { buildSync } = createRequire(join(modules, "x"))("esbuild");

function bundle(file) {
    const result = buildSync({
        entryPoints: [join(here, file)], bundle: true, minify: true, write: false, format: "iife",
        target: ["es2020"], charset: "ascii", legalComments: "none", nodePaths: [modules],
        logLevel: "warning",
    });
    return result.outputFiles[0].text.trim();
}

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const script = bundle(`${name}.mjs`);
const style = bundle("style.css");
const read = (file) => readFileSync(join(here, file), "utf8");
const parts = {
    NAME: name,
    STYLE: `<style>${style}</style>`,
    SCRIPT: `<script>${script}</script>`,
    POLICY: `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; ` +
        `script-src ${hash(script)}; style-src ${hash(style)}; connect-src 'self'; ` +
        `base-uri 'none'; form-action 'none'">`,
};
const head = read("head.html").replace(/^<!--.*-->\n/, "").trimEnd();
const page = read(`${name}.html`).replace("@HEAD@", () => head)
    .replace(/@(NAME|STYLE|SCRIPT|POLICY)@/g, (_, part) => parts[part]);
if (page.split("@DATA@").length !== 2)
    throw new Error(`page/${name}.html must hold @DATA@ once`);
writeFileSync(out, page);
