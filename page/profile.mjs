// SPDX-License-Identifier: MIT
// Prepares the data of a profile (page/report_data.h) for the page: rows of tables, and the tree with
// its totals.
import { Tree } from "./tree.mjs";
import { baseName } from "./units.mjs";

export class Profile extends Tree {
    constructor(data) {
        super(data.functions.name.map((name, i) => ({
            index: i, name, file: baseName(data.functions.file[i]), line: data.functions.line[i],
            path: data.functions.file[i], durations: data.functions.durations?.[i],
        })), data.nodes);
        this.data = data;
        const { name: names, ...columns } = data.types;
        this.types = names.map((name, i) => Object.fromEntries(
            [["name", name], ...Object.entries(columns).map(([key, column]) => [key, column[i]])]));
        this.hasDurations = data.functions.durations !== undefined;
        this.edges = data.edges.caller.map((caller, i) => ({
            index: i, caller: caller < 0 ? null : this.functions[caller],
            callee: this.functions[data.edges.callee[i]], durations: data.edges.durations?.[i],
        }));
        this.shownFunctions = this.functions.filter((row) => this.says(data.functions, row));
        this.shownEdges = this.edges.filter((row) => this.says(data.edges, row));
        this.totals = new Map();
    }

    // Whether any value of the row is not 0: like the command, the page shows no other rows.
    says(columns, row) {
        return columns.total.some((column) => column[row.index] !== 0) ||
            columns.self.some((column) => column[row.index] !== 0);
    }

    // The totals by node; computed when first asked for.
    totalsOf(type) {
        if (!this.totals.has(type))
            this.totals.set(type, this.sumUp(this.data.nodes.self[type]));
        return this.totals.get(type);
    }

    // The self value of a row of functions or edges.
    self(columns, row, type) {
        return this.data[columns].self[type][row.index];
    }

    total(columns, row, type) {
        return this.data[columns].total[type][row.index];
    }

    // Whether the profile has errors of the values of a type.
    hasErrors(type) {
        return this.types[type].error >= 0 || this.types[type].samples >= 0;
    }

    // One standard error of a value; below 0: unknown. `of` gives the value for each type. Computed like
    // in reader/analysis/analysis_errors.c.
    error(type, of) {
        const { error, variance, samples } = this.types[type];
        if (error >= 0)
            return of(error) > 0 ? Math.hypot(of(error), variance < 0 ? 0 : 1e3 * Math.sqrt(of(variance))) : -1;
        return samples >= 0 && of(samples) > 0 ? of(type) / Math.sqrt(of(samples)) : -1;
    }
}
