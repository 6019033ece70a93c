// SPDX-License-Identifier: MIT
// A plot of numbers against sizes on logarithmic axes, with the line of the fitted power. A number of 0
// has no logarithm and no point.
import { axisBottom, axisLeft } from "d3-axis";
import { scaleLog } from "d3-scale";
import { select } from "d3-selection";
import { svgElement } from "./element.mjs";
import { amount, count } from "./units.mjs";

const LEFT = 56, RIGHT = 28, TOP = 8, BOTTOM = 26;
const SIZE_LABEL = 60; // pixels that a size needs below the axis

const compact = new Intl.NumberFormat("en-US", { notation: "compact" });

export const powerAt = (row, size) => row.scale * size ** row.exponent;

// The decades, as exponents of ten, that the points and the line reach.
function range(row, sizes) {
    const shown = sizes.flatMap((size, i) => row.values[i] > 0 ? [row.values[i], powerAt(row, size)] : []);
    const low = Math.floor(Math.log10(Math.min(...shown)));
    return [low, Math.max(Math.ceil(Math.log10(Math.max(...shown))), low + 1)];
}

// How many decades the tallest of the rows needs.
export const decadesOf = (rows, sizes) => Math.max(1, ...rows.map((row) => {
    const [low, high] = range(row, sizes);
    return high - low;
}));

// The sizes that have room for a label, the last one always.
function labelled(sizes, x) {
    const chosen = [];
    for (const size of sizes.slice().reverse()) {
        if (chosen.length === 0 || x(size) <= x(chosen.at(-1)) - SIZE_LABEL)
            chosen.push(size);
    }
    return chosen;
}

// An SVG of a row that --json prints, with two points or more. It is `decades` high, from the row's
// lowest decade on.
export function powerPlot(row, sizes, { width, height, decades, ...attributes }) {
    const low = range(row, sizes)[0];
    const first = sizes[0], last = sizes.at(-1);
    const x = scaleLog([first, last], [LEFT, width - RIGHT]);
    const y = scaleLog([10 ** low, 10 ** (low + decades)], [height - BOTTOM, TOP]);
    const step = Math.ceil(decades / Math.floor((height - TOP - BOTTOM) / 20));
    const ticks = Array.from({ length: Math.floor(decades / step) + 1 }, (_, i) => 10 ** (low + i * step));
    const label = (tick) => row.unit === "count" ? compact.format(tick)
        : amount(tick, row.unit).replace(/\.0+ /, " ");
    const across = svgElement("g", { class: "axis", transform: `translate(0,${height - BOTTOM})` });
    const up = svgElement("g", { class: "axis", transform: `translate(${LEFT},0)` });
    select(across).call(axisBottom(x).tickValues(labelled(sizes, x)).tickFormat(count));
    select(up).call(axisLeft(y).tickValues(ticks).tickFormat(label));
    return svgElement("svg", { viewBox: `0 0 ${width} ${height}`, class: "power", ...attributes },
        ...ticks.map((tick) => svgElement("path", { class: "grid", d: `M${LEFT},${y(tick)}H${width - RIGHT}` })),
        ...sizes.map((size) => svgElement("path", { class: "grid", d: `M${x(size)},${TOP}V${height - BOTTOM}` })),
        across, up,
        svgElement("path", { class: "line", d: `M${x(first)},${y(powerAt(row, first))}L${x(last)},${y(powerAt(row, last))}` }),
        ...sizes.flatMap((size, i) => row.values[i] > 0
            ? [svgElement("circle", { class: "point", cx: x(size), cy: y(row.values[i]), r: 3.5 })] : []));
}
