// SPDX-License-Identifier: MIT
// `node synthetic.mjs CONTEXTS FILE` writes a pprof profile of two thousand functions with so many
// contexts, up to sixty calls deep. It is the same each time.
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const [contexts, file] = [Number(process.argv[2]), process.argv[3]];
const FUNCTIONS = 2000, DEEPEST = 60;

function varint(value) {
    const bytes = [];
    for (; value >= 128; value = Math.floor(value / 128))
        bytes.push(value % 128 + 128);
    return Buffer.from([...bytes, value]);
}
const number = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field, content) => Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
const message = (field, ...parts) => bytes(field, Buffer.concat(parts));
const packed = (field, values) => bytes(field, Buffer.concat(values.map(varint)));

// The upper half of Knuth's MMIX generator.
let state = 1n;
function random(below) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 33n) % below;
}

const strings = ["", "calls", "count", "wall", "nanoseconds", "synthetic.c"];
const parts = [message(1, number(1, 1), number(2, 2)), message(1, number(1, 3), number(2, 4))];
for (let id = 1; id <= FUNCTIONS; id++) {
    strings.push(`function_${id}`);
    parts.push(message(5, number(1, id), number(2, strings.length - 1), number(4, 5)),
        message(4, number(1, id), number(3, 4096 + id), message(4, number(1, id), number(2, id))));
}
// A new context is below one of the last few or below any: some stacks become deep, some trees
// wide.
const stacks = [[1]];
while (stacks.length < contexts) {
    const recent = Math.max(0, stacks.length - 1 - random(20));
    const parent = stacks[random(3) === 0 ? random(stacks.length) : recent];
    stacks.push(parent.length < DEEPEST ? [1 + random(FUNCTIONS), ...parent] : [1 + random(FUNCTIONS), 1]);
}
for (const stack of stacks)
    parts.push(message(2, packed(1, stack), packed(2, [1 + random(1000), 1 + random(100000)])));
for (const text of strings)
    parts.push(bytes(6, Buffer.from(text)));
parts.push(number(9, 1700000000000000000), number(14, 3));
writeFileSync(file, gzipSync(Buffer.concat(parts)));
