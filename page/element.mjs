// SPDX-License-Identifier: MIT
// Elements of the document. Text goes in as text: names come from profiles and may look like markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value !== null && value !== false)
            element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
}

export const element = (tag, attributes = {}, ...children) =>
    fill(document.createElement(tag), attributes, children);

export const svgElement = (tag, attributes = {}, ...children) =>
    fill(document.createElementNS(SVG, tag), attributes, children);

export const byId = (id) => document.getElementById(id);

// Fills a list of terms and descriptions; a description is a string or a list of strings.
export function definitions(list, entries) {
    for (const [term, said] of entries) {
        if (said.length === 0)
            continue;
        list.append(element("dt", {}, term));
        for (const text of Array.isArray(said) ? said : [said])
            list.append(element("dd", {}, text));
    }
}

// "/" goes to the search, as on many pages, unless something is being typed.
export function focusSearchBySlash(input) {
    document.addEventListener("keydown", (event) => {
        if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey ||
            event.target.matches("input, select, textarea"))
            return;
        event.preventDefault();
        input.focus();
    });
}
