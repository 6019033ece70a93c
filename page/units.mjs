// SPDX-License-Identifier: MIT
// Numbers for people, as cli/print/units.c writes them: in the largest unit of which there is at least
// one, with four significant digits, or fewer if no more are known.

export const count = (value) => Math.round(value).toLocaleString("en-US");

const TIME = [[1, "ns"], [1e3, "us"], [1e6, "ms"], [1e9, "s"]];
const SIZE = [[1, "B"], [1024, "KiB"], [1024 ** 2, "MiB"], [1024 ** 3, "GiB"]];

const ALL_DIGITS = 4;

// As reader/base/doubt.c: the interval that holds the true value in 95 of 100 cases is so many standard
// errors to either side. Errors below 0 are unknown.
const DOUBT_95 = 1.959963984540054;

// "A" known to within 5 %, "B" 20 %, "C" less than all of it, "-" not known.
export function gradeOf(value, error) {
    const off = DOUBT_95 * error;
    if (value <= 0 || error < 0 || off >= value)
        return "-";
    return off <= 0.05 * value ? "A" : off <= 0.2 * value ? "B" : "C";
}

function digitsOf(value, error) {
    const off = DOUBT_95 * error / Math.abs(value);
    return !(error > 0) || off <= 0.005 ? ALL_DIGITS : off <= 0.05 ? 3 : off <= 1 ? 2 : 1;
}

function scaled(value, scales, digits = ALL_DIGITS) {
    const size = Math.abs(value);
    const whole = 1 - 0.5 * 10 ** -digits; // what is nearer to 1 would be shown as that
    if (value === 0)
        return "0";
    if (Number.isInteger(value) && size < 1000 && digits === ALL_DIGITS)
        return `${value} ${scales[0][1]}`;
    let i = 0, before = 1;
    while (i < scales.length - 1 && size / scales[i][0] >= scales[i + 1][0] / scales[i][0] * whole)
        i++;
    let shown = value / scales[i][0];
    while (Math.abs(shown) >= 10 ** before * whole)
        before++;
    if (before > digits && digits < ALL_DIGITS)
        shown = Math.round(shown / 10 ** (before - digits)) * 10 ** (before - digits);
    return `${before > ALL_DIGITS ? count(shown) : shown.toFixed(Math.max(digits - before, 0))} ${scales[i][1]}`;
}

export const ns = (value) => scaled(value, TIME);

// A value of a profile, in the given unit, as text.
export function amount(value, unit) {
    if (unit === "nanoseconds")
        return ns(value);
    if (unit === "bytes")
        return scaled(value, SIZE);
    const text = Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(4)));
    return unit === "count" || unit === "" ? text : `${text} ${unit}`;
}

// The same with no more digits than are known; "<8 ms" for 0 with an error: what it may be at most.
export function amountWithin(value, unit, error) {
    if (unit !== "nanoseconds")
        return amount(value, unit);
    return value === 0 && error > 0 ? `<${scaled(DOUBT_95 * error, TIME, 1)}`
        : scaled(value, TIME, digitsOf(value, error));
}

// "480 ms (440 ms to 530 ms)".
export function interval(value, unit, error) {
    const digits = digitsOf(value, error), off = DOUBT_95 * error;
    const known = amountWithin(value, unit, error);
    return !(error >= 0) || value <= 0 ? known
        : `${known} (${scaled(Math.max(0, value - off), TIME, digits)} to ${scaled(value + off, TIME, digits)})`;
}

export const percent = (share, decimals = 1) =>
    share === null || Number.isNaN(share) ? "-" : `${(100 * share).toFixed(decimals)}%`;

// A share, with no more digits than are known of the part.
export function shareWithin(part, whole, error) {
    if (whole === 0)
        return "-";
    const digits = digitsOf(part, error);
    let shown = 100 * part / whole, before = 0;
    while (before < 3 && Math.abs(shown) >= 10 ** before)
        before++;
    if (before > digits)
        shown = Math.round(shown / 10 ** (before - digits)) * 10 ** (before - digits);
    return `${shown.toFixed(digits > before ? 1 : 0)}%`;
}

export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

export const baseName = (path) => path.slice(path.lastIndexOf("/") + 1);
