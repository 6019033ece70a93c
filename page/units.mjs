// SPDX-License-Identifier: MIT
// Numbers for people, as cli/print/units.c writes them: four significant digits in the largest unit of
// which there is one.

export const count = (value) => Math.round(value).toLocaleString("en-US");

const TIME = [[1, "ns"], [1e3, "us"], [1e6, "ms"], [1e9, "s"]];
const SIZE = [[1, "B"], [1024, "KiB"], [1024 ** 2, "MiB"], [1024 ** 3, "GiB"]];

function scaled(value, scales) {
    const size = Math.abs(value);
    if (value === 0)
        return "0";
    if (Number.isInteger(value) && size < 1000)
        return `${value} ${scales[0][1]}`;
    let i = 0;
    while (i < scales.length - 1 && size / scales[i][0] >= scales[i + 1][0] / scales[i][0] * 0.99995)
        i++;
    const shown = value / scales[i][0];
    const magnitude = Math.abs(shown);
    const decimals = magnitude >= 999.95 ? 0 : magnitude >= 99.995 ? 1 : magnitude >= 9.9995 ? 2 : 3;
    return `${magnitude >= 9999.5 ? count(shown) : shown.toFixed(decimals)} ${scales[i][1]}`;
}

export const ns = (value) => scaled(value, TIME);

// By the unit of a profile's values.
export function amount(value, unit) {
    if (unit === "nanoseconds")
        return ns(value);
    if (unit === "bytes")
        return scaled(value, SIZE);
    const text = Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(4)));
    return unit === "count" || unit === "" ? text : `${text} ${unit}`;
}

export const percent = (share, decimals = 1) =>
    share === null || Number.isNaN(share) ? "-" : `${(100 * share).toFixed(decimals)}%`;

export const share = (part, whole) => whole === 0 ? "-" : percent(part / whole);

export const baseName = (path) => path.slice(path.lastIndexOf("/") + 1);
