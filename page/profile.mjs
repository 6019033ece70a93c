// SPDX-License-Identifier: MIT
// The data of a profile (page/report_data.h) as what the page shows: rows of tables, and the tree
// with its totals.
import { Tree } from "./tree.mjs";
import { baseName } from "./units.mjs";

export class Profile extends Tree {
    constructor(data) {
        super(data.functions.name.map((name, i) => ({
            index: i, name, file: baseName(data.functions.file[i]), line: data.functions.line[i],
            path: data.functions.file[i], durations: data.functions.durations?.[i],
        })), data.nodes);
        this.data = data;
        this.types = data.types.name.map((name, i) =>
            ({ name, unit: data.types.unit[i], total: data.types.total[i], count: data.types.count[i] }));
        this.hasDurations = data.functions.durations !== undefined;
        this.edges = data.edges.caller.map((caller, i) => ({
            index: i, caller: caller < 0 ? null : this.functions[caller],
            callee: this.functions[data.edges.callee[i]], durations: data.edges.durations?.[i],
        }));
        this.shownFunctions = this.functions.filter((row) => this.says(data.functions, row));
        this.shownEdges = this.edges.filter((row) => this.says(data.edges, row));
        this.totals = new Map();
    }

    // Whether any value of the row is not 0: others stand in the tables of the command neither.
    says(columns, row) {
        return columns.total.some((column) => column[row.index] !== 0) ||
            columns.self.some((column) => column[row.index] !== 0);
    }

    // By node; computed when first asked for.
    totalsOf(type) {
        if (!this.totals.has(type))
            this.totals.set(type, this.sumUp(this.data.nodes.self[type]));
        return this.totals.get(type);
    }

    // Of a row of functions or edges.
    self(columns, row, type) {
        return this.data[columns].self[type][row.index];
    }

    total(columns, row, type) {
        return this.data[columns].total[type][row.index];
    }
}
