// SPDX-License-Identifier: MIT
// A tree of calling contexts as the flame graph takes it. A parent has a lower index than its
// children; node 0 is the root and stands for no function.
export class Tree {
    // functions: {name, path} by index; nodes: columns `parent` and `function`, `count` long, of the
    // nodes from 1 on.
    constructor(functions, { count, parent, function: functionOf }) {
        this.functions = functions;
        this.nodes = count + 1;
        this.parent = new Int32Array(this.nodes);
        this.functionOf = new Int32Array(this.nodes);
        this.depth = new Int32Array(this.nodes);
        this.parent[0] = this.functionOf[0] = -1;
        for (let i = 0; i < count; i++) {
            this.parent[i + 1] = parent[i];
            this.functionOf[i + 1] = functionOf[i];
            this.depth[i + 1] = this.depth[parent[i]] + 1;
        }
        this.plant();
    }

    // Children of a node stand next to each other in `children`, from first[node] on.
    plant() {
        this.first = new Int32Array(this.nodes + 1);
        for (let node = 1; node < this.nodes; node++)
            this.first[this.parent[node] + 1]++;
        for (let node = 0; node < this.nodes; node++)
            this.first[node + 1] += this.first[node];
        this.children = new Int32Array(this.nodes - 1);
        const next = this.first.slice();
        for (let node = 1; node < this.nodes; node++)
            this.children[next[this.parent[node]]++] = node;
    }

    // The totals by node of a column of self values, which begins with node 1.
    sumUp(self) {
        const totals = new Float64Array(this.nodes);
        for (let node = this.nodes - 1; node > 0; node--) {
            totals[node] += self[node - 1];
            totals[this.parent[node]] += totals[node];
        }
        return totals;
    }

    // The children of a node, the largest first.
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

    // What identifies a function when the data is loaded again.
    keyOf(index) {
        const row = this.functions[index];
        return `${row.name}\n${row.path}`;
    }
}
