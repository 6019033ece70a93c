// SPDX-License-Identifier: MIT
// The data of a profile (page/report_data.h) as what the page shows: rows of tables, and the tree
// with its totals. A parent has a lower index than its children; node 0 is the root.
import { baseName } from "./units.mjs";

export class Profile {
    constructor(data) {
        this.data = data;
        this.types = data.types.name.map((name, i) =>
            ({ name, unit: data.types.unit[i], total: data.types.total[i], count: data.types.count[i] }));
        this.hasDurations = data.functions.durations !== undefined;
        this.functions = data.functions.name.map((name, i) => ({
            index: i, name, file: baseName(data.functions.file[i]), line: data.functions.line[i],
            path: data.functions.file[i], durations: data.functions.durations?.[i],
        }));
        this.edges = data.edges.caller.map((caller, i) => ({
            index: i, caller: caller < 0 ? null : this.functions[caller],
            callee: this.functions[data.edges.callee[i]], durations: data.edges.durations?.[i],
        }));
        this.shownFunctions = this.functions.filter((row) => this.says(data.functions, row));
        this.shownEdges = this.edges.filter((row) => this.says(data.edges, row));
        this.plantTree();
    }

    // Whether any value of the row is not 0: others stand in the tables of the command neither.
    says(columns, row) {
        return columns.total.some((column) => column[row.index] !== 0) ||
            columns.self.some((column) => column[row.index] !== 0);
    }

    // Children of a node stand next to each other in `children`, from first[node] on.
    plantTree() {
        const { count, parent, function: functions } = this.data.nodes;
        this.nodes = count + 1;
        this.parent = new Int32Array(this.nodes);
        this.functionOf = new Int32Array(this.nodes);
        this.depth = new Int32Array(this.nodes);
        this.first = new Int32Array(this.nodes + 1);
        this.parent[0] = this.functionOf[0] = -1;
        for (let i = 0; i < count; i++) {
            this.parent[i + 1] = parent[i];
            this.functionOf[i + 1] = functions[i];
            this.depth[i + 1] = this.depth[parent[i]] + 1;
            this.first[parent[i] + 1]++;
        }
        for (let node = 0; node < this.nodes; node++)
            this.first[node + 1] += this.first[node];
        this.children = new Int32Array(count);
        const next = this.first.slice();
        for (let node = 1; node < this.nodes; node++)
            this.children[next[this.parent[node]]++] = node;
        this.totals = new Map();
    }

    // By node; computed when first asked for.
    totalsOf(type) {
        if (this.totals.has(type))
            return this.totals.get(type);
        const totals = new Float64Array(this.nodes);
        const self = this.data.nodes.self[type];
        for (let node = this.nodes - 1; node > 0; node--) {
            totals[node] += self[node - 1];
            totals[this.parent[node]] += totals[node];
        }
        this.totals.set(type, totals);
        return totals;
    }

    // Largest first.
    childrenOf(node, totals) {
        return this.children.slice(this.first[node], this.first[node + 1])
            .sort((a, b) => totals[b] - totals[a] || a - b);
    }

    nameOf(node) {
        return node === 0 ? "all" : this.functions[this.functionOf[node]].name;
    }

    pathOf(node) {
        const path = [];
        for (let at = node; at > 0; at = this.parent[at])
            path.push(this.functionOf[at]);
        return path.reverse();
    }

    // The node reached by these functions' names and files, or the last one on the way.
    follow(path) {
        let node = 0;
        for (const key of path) {
            const children = this.children.subarray(this.first[node], this.first[node + 1]);
            const next = children.find((child) => this.keyOf(this.functionOf[child]) === key);
            if (next === undefined)
                break;
            node = next;
        }
        return node;
    }

    // Tells functions apart from one load of the data to the next.
    keyOf(index) {
        const row = this.functions[index];
        return `${row.name}\n${row.path}`;
    }

    // Of a row of functions or edges.
    self(columns, row, type) {
        return this.data[columns].self[type][row.index];
    }

    total(columns, row, type) {
        return this.data[columns].total[type][row.index];
    }
}
