// SPDX-License-Identifier: MIT
// Prepares the data of a difference (cli/diff/diff_json.c) for its page: functions and edges that know
// each other, and the tree of both sides. Sides are 0, old, and 1, new.
import { Tree } from "./tree.mjs";
import { baseName } from "./units.mjs";

const NOTHING = { old: 0, new: 0, change: 0, error: 0 };
const NO_PARTS = { calls: 0, cost: 0, new: 0, gone: 0 };

export class Difference extends Tree {
    constructor(data) {
        super(data.names.name.map((name, i) => ({
            index: i, name, path: data.names.file[i], file: baseName(data.names.file[i]),
            line: data.names.line[i], calls: NOTHING, self: NOTHING, total: NOTHING, self_parts: NO_PARTS,
        })), data.nodes);
        this.data = data;
        this.byKey = new Map(this.functions.map((row) => [this.keyOf(row.index), row]));
        this.shownFunctions = data.functions.map((row) =>
            Object.assign(this.find(row.function, row.file), {
                calls: row.calls, self: row.self, total: row.total, self_parts: row.self_parts,
            }));
        this.edges = data.edges.map((row) => ({
            ...row, caller: this.find(row.caller, row.caller_file), callee: this.find(row.callee, row.callee_file),
        }));
        this.causes = data.causes.map((row) => ({
            ...row, caller: this.find(row.caller, row.caller_file), function: this.find(row.function, row.file),
        }));
        this.totals = data.nodes.self.map((self) => this.sumUp(self));
    }

    // The function of that name and file. The caller of an outermost function has the name null.
    find(name, file) {
        return name === null ? null : this.byKey.get(`${name}\n${file}`);
    }

    totalsOf(side) {
        return this.totals[side];
    }

    selfOf(side, node) {
        return node === 0 ? 0 : this.data.nodes.self[side][node - 1];
    }

    callsOf(side, node) {
        return node === 0 ? 0 : this.data.nodes.calls[side][node - 1];
    }

    // The node of the function, called by `caller` (null: by any), that is widest on either side; the root
    // if there is none.
    widest(row, caller) {
        let best = 0, most = -1;
        for (let node = 1; node < this.nodes; node++) {
            const width = Math.max(this.totals[0][node], this.totals[1][node]);
            if (this.functionOf[node] === row.index && width > most &&
                (caller === null || this.functionOf[this.parent[node]] === caller.index)) {
                best = node;
                most = width;
            }
        }
        return best;
    }
}
