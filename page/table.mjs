// SPDX-License-Identifier: MIT
// A table that sorts by any of its columns and holds any number of rows: only those in view are in
// the document. Keys: arrows, page up and down, home and end move the current row, Enter picks it.
import { element } from "./element.mjs";

const ROW_HEIGHT = 24; // as in style.css
const NAME_WIDTH = "12em"; // at least, of a column that says none: those share what is left
const BEYOND = 8;      // rows kept above and below those in view

let tables = 0;

// Values that cannot be compared come last, whichever way the column is sorted.
function compareValues(a, b, direction) {
    const noA = a === null || a === undefined || Number.isNaN(a);
    const noB = b === null || b === undefined || Number.isNaN(b);
    if (noA || noB)
        return noA - noB;
    return direction * (typeof a === "string" ? (a < b ? -1 : a > b ? 1 : 0) : a - b);
}

export class Table {
    // columns: {name, label, title, value(row), text(row), decorate(td, row), width, isText}
    constructor(parent, { label, columns = [], sort, onPick = () => {}, onCurrent = () => {} }) {
        this.prefix = `table${tables++}`;
        this.onPick = onPick;
        this.onCurrent = onCurrent;
        this.all = [];
        this.rows = [];
        this.matches = () => true;
        this.current = -1;
        this.head = element("tr");
        this.body = element("tbody");
        this.grid = element("table", { role: "grid", tabindex: 0, "aria-label": label },
            element("thead", {}, this.head), this.body);
        this.box = element("div", { class: "table" }, this.grid);
        parent.append(this.box);
        this.sorted = sort;
        this.direction = -1;
        this.setColumns(columns);
        this.box.addEventListener("scroll", () => this.draw(), { passive: true });
        new ResizeObserver(() => this.draw()).observe(this.box);
        this.grid.addEventListener("keydown", (event) => this.press(event));
        this.body.addEventListener("click", (event) => this.click(event));
    }

    setColumns(columns) {
        this.columns = columns;
        const widths = columns.map((column) => parseFloat(column.width ?? NAME_WIDTH));
        this.grid.style.minWidth = `${widths.reduce((sum, width) => sum + width, 0)}em`;
        this.head.replaceChildren(...columns.map((column) => {
            const button = element("button", { type: "button", title: column.title ?? null, tabindex: 0 },
                column.label);
            const cell = element("th", { scope: "col", class: column.isText ? "text" : null }, button);
            cell.style.width = column.width ?? "";
            button.addEventListener("click", () => this.sortBy(column.name));
            return cell;
        }));
        this.arrange();
    }

    setRows(rows) {
        this.all = rows;
        this.arrange();
    }

    // Shows only rows for which `matches` is true.
    filter(matches) {
        this.matches = matches;
        this.box.scrollTop = 0;
        this.arrange();
    }

    sortBy(name) {
        const column = this.columns.find((one) => one.name === name);
        this.direction = this.sorted === name ? -this.direction : column.isText ? 1 : -1;
        this.sorted = name;
        this.box.scrollTop = 0;
        this.arrange();
    }

    // Makes the row the current one and scrolls to it.
    select(row) {
        this.current = this.rows.indexOf(row);
        if (this.current >= 0)
            this.reveal();
        this.draw();
    }

    arrange() {
        const current = this.rows[this.current];
        const column = this.columns.find((one) => one.name === this.sorted) ?? this.columns[0];
        if (column === undefined)
            return;
        const keys = new Map(this.all.map((row) => [row, column.value(row)]));
        this.rows = this.all.filter(this.matches)
            .sort((a, b) => compareValues(keys.get(a), keys.get(b), this.direction));
        this.current = current === undefined ? -1 : this.rows.indexOf(current);
        this.columns.forEach((one, i) => this.head.children[i].setAttribute("aria-sort",
            one !== column ? "none" : this.direction > 0 ? "ascending" : "descending"));
        this.grid.setAttribute("aria-rowcount", this.rows.length + 1);
        this.draw();
    }

    draw() {
        const first = Math.max(0, Math.floor(this.box.scrollTop / ROW_HEIGHT) - BEYOND);
        const seen = Math.ceil(this.box.clientHeight / ROW_HEIGHT) + 2 * BEYOND;
        const last = Math.min(this.rows.length, first + seen);
        const lines = [this.spacer(first)];
        for (let i = first; i < last; i++)
            lines.push(this.line(i));
        lines.push(this.spacer(this.rows.length - last));
        this.body.replaceChildren(...lines);
        if (this.current >= first && this.current < last)
            this.grid.setAttribute("aria-activedescendant", `${this.prefix}-${this.current}`);
        else
            this.grid.removeAttribute("aria-activedescendant");
    }

    spacer(rows) {
        const line = element("tr", { class: "spacer", "aria-hidden": "true" },
            element("td", { colspan: this.columns.length }));
        line.firstChild.style.height = `${rows * ROW_HEIGHT}px`;
        return line;
    }

    line(i) {
        const row = this.rows[i];
        const cells = this.columns.map((column) => {
            const text = column.text(row);
            const cell = element("td", column.isText ? { class: "text", title: text } : {}, text);
            column.decorate?.(cell, row);
            return cell;
        });
        return element("tr", {
            id: `${this.prefix}-${i}`, "data-row": i, "aria-rowindex": i + 2,
            "aria-selected": i === this.current ? "true" : "false",
        }, ...cells);
    }

    reveal() {
        const above = this.current * ROW_HEIGHT;
        const room = this.box.clientHeight - this.head.offsetHeight - ROW_HEIGHT;
        if (above < this.box.scrollTop)
            this.box.scrollTop = above;
        else if (above > this.box.scrollTop + room)
            this.box.scrollTop = above - room;
    }

    move(to) {
        this.current = Math.min(Math.max(to, 0), this.rows.length - 1);
        this.reveal();
        this.draw();
        if (this.current >= 0)
            this.onCurrent(this.rows[this.current]);
    }

    press(event) {
        if (event.target !== this.grid)
            return;
        const page = Math.max(1, Math.floor(this.box.clientHeight / ROW_HEIGHT) - 2);
        const to = {
            ArrowDown: this.current + 1, ArrowUp: this.current - 1, PageDown: this.current + page,
            PageUp: this.current - page, Home: 0, End: this.rows.length - 1,
        }[event.key];
        if (to !== undefined)
            this.move(to);
        else if (event.key === "Enter" && this.current >= 0)
            this.onPick(this.rows[this.current]);
        else
            return;
        event.preventDefault();
    }

    click(event) {
        const line = event.target.closest("tr[data-row]");
        if (line === null)
            return;
        this.move(Number(line.dataset.row));
        this.onPick(this.rows[this.current]);
    }
}
