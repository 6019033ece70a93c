// SPDX-License-Identifier: MIT
// Verdicts of a comparison: each has a colour (style.css) and a shape, for those who do not tell
// the colours apart.
import { svgElement } from "./element.mjs";

// Paths around 0,0 within 5 of it.
export const VERDICTS = {
    "within chance": { path: "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z",
                       title: "chance explains the difference: lack of evidence is not agreement" },
    "within error": { path: "M0,-5L5,0L0,5L-5,0Z",
                      title: "beyond chance, but the exact time is not known as well as that" },
    more: { path: "M0,-5L5,4L-5,4Z", title: "sampled more often than its time predicts" },
    less: { path: "M0,5L5,-4L-5,-4Z", title: "sampled less often than its time predicts" },
    unresolved: { path: "M-3.5,-3.5H3.5V3.5H-3.5Z",
                  title: "the exact profile does not know its time: it is not judged" },
};

// The verdict's class in style.css.
export const classOf = (verdict) => verdict.replace(" ", "-");

export const mark = (verdict) => svgElement("path", { class: `mark ${classOf(verdict)}`, d: VERDICTS[verdict].path });

// The shape alone, for a line of text.
export const shape = (verdict) => svgElement("svg",
    { class: "shape", width: 12, height: 12, viewBox: "-6 -6 12 12", "aria-hidden": "true" }, mark(verdict));
