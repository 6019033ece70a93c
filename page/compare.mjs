// SPDX-License-Identifier: MIT
// The page of `cinstr compare --html`: shows what --json prints, which is in the page.
import { byId, definitions, element, focusSearchBySlash } from "./element.mjs";
import { Scatter } from "./scatter.mjs";
import { Table } from "./table.mjs";
import { baseName, count, ns, percent } from "./units.mjs";
import { VERDICTS, shape } from "./verdicts.mjs";

const data = JSON.parse(byId("comparison").textContent);
const unit = data.rows.some((row) => row.stack) ? "contexts" : "functions";
const hidden = new Set();

// A function; or a context, innermost first, without the function itself.
const callers = (row) => row.stack ? ` < ${row.stack.slice(1).join(" < ")}` : "";
const nameOf = (row) => row.function + (row.stack && row.stack.length > 1 ? callers(row) : "");

function sources() {
    const own = data.same_run;
    const total = data.rows.reduce((sum, row) => sum + row.exact_ns, 0);
    const samples = [`${count(data.samples)} samples`];
    const part = (value, what) => value > 0 && samples.push(`${percent(value / data.samples)} ${what}`);
    part(data.in_probes, "in the probes");
    part(data.charged_to_callers, "in code without hooks, charged to its caller");
    part(data.unmatched, "in no function of the exact profile, left out");
    const known = data.relative_error === null ? "" :
        `, known to ${(100 * 1.96 * data.relative_error).toFixed(0)}%`;
    definitions(byId("sources"), [
        ["exact", `${data.exact}: ${ns(total)} of ${data.value} time in ` +
            `${count(data.rows.length + data.left_out)} ${unit}` + (data.unplaced_ns > 0
            ? `; ${ns(data.unplaced_ns)} of that is in the wrong functions, which ones is not known` : "")],
        ["sampled", `${data.sampled}: ${samples.join("; ")}`],
        ["against", data.against === "raw"
            ? `raw times${own ? ", since the samples are of the same run" : ""}; of these ` +
              `${percent(data.overhead_share)} are estimated to be probe overhead`
            : `times with the probes taken out${own ? "" : ", since the samples are of another run"}: ` +
              `those took ${percent(data.overhead_share)} of the run${known}`],
    ]);
}

function verdict() {
    byId("verdict").textContent = data.differ === 0
        ? "No difference beyond chance and the exact side's error, which is lack of evidence, not agreement."
        : `${count(data.differ)} ${data.differ === 1 ? `${unit.slice(0, -1)} differs` : `${unit} differ`} ` +
          "beyond chance and the exact side's error: the sampler is in step with the program, skids or " +
          `misses something${data.same_run ? "" : ", or the builds differ, as by inlining"}.`;
    byId("verdict").className = data.differ === 0 ? "fine" : "differs";
}

function sums() {
    const matched = data.samples_matched;
    const needed = data.samples_needed;
    definitions(byId("sums"), [
        ["distance", `${percent(data.total_variation, 2)} of the samples lie elsewhere; by chance ` +
            `alone ${percent(data.total_variation_by_chance, 2)} would, by the exact side's error ` +
            percent(data.total_variation_by_error, 2)],
        ["chance", `chi-square ${data.chi_square?.toFixed(1) ?? "-"} with ${data.degrees} degrees of ` +
            `freedom, that error included: p = ${data.chi_square_p?.toPrecision(2) ?? "-"}`],
        ["order", `rank correlation ${data.rank_correlation?.toFixed(2) ?? "-"} of the 20 largest; ` +
            `${data.top10} of the top 10 and ${data.top20} of the top 20 agree`],
        ["unseen", `${count(data.never_sampled)} ${unit} were never sampled, ` +
            `${data.never_sampled_expected.toFixed(0)} expected; they made ` +
            `${count(data.never_sampled_calls)} calls`],
        ["noise", `shares of the ${data.samples_needed_for} largest to within a tenth take ` +
            `${needed === null ? "ever more" : count(Math.trunc(needed))} samples: ` +
            (needed !== null && needed <= matched ? "there are enough"
                : `${needed === null ? "∞" : (needed / matched).toFixed(1)} times as many`)],
        ["error", data.within_error === 0 ? [] : `${count(data.within_error)} of the ${unit} differ beyond ` +
            "chance, but not beyond the exact side's error"],
        ["unknown", data.unresolved === 0 ? [] : "the exact profile does not know the time of " +
            `${count(data.unresolved)} of the ${unit}: not judged`],
        ["shifted", data.shifted.map((one) => `${one.function} has samples that belong to its ` +
            `${one.which_is_its} ${one.belongs_to}: the sampler skids, or one is inlined into the ` +
            "other there")],
        ["missed", data.missed.map((one) => `${nameOf(one)} has no sample, ` +
            `${one.expected.toFixed(0)} expected: not sampled there, or inlined?`)],
    ]);
}

const columns = [
    { name: "function", label: unit === "contexts" ? "context" : "function", isText: true,
      width: unit === "contexts" ? "30em" : undefined, value: nameOf, text: nameOf },
    { name: "file", label: "file", isText: true, width: "9em", value: (row) => baseName(row.file),
      text: (row) => baseName(row.file) },
    { name: "exact_share", label: "exact", title: "share of the exact time", width: "6em",
      value: (row) => row.exact_share, text: (row) => percent(row.exact_share, 2) },
    { name: "sampled_share", label: "sampled", title: "share of the samples", width: "6em",
      value: (row) => row.sampled_share, text: (row) => percent(row.sampled_share, 2) },
    { name: "low", label: "95 % from", width: "6.5em", value: (row) => row.low,
      text: (row) => percent(row.low, 2) },
    { name: "high", label: "to", width: "6em", value: (row) => row.high,
      text: (row) => percent(row.high, 2) },
    { name: "samples", label: "samples", width: "6em", value: (row) => row.samples,
      text: (row) => count(row.samples) },
    { name: "z", label: "z", title: "difference in standard deviations", width: "4.5em",
      value: (row) => row.z, text: (row) => row.z?.toFixed(1) ?? "-" },
    { name: "p", label: "p", title: "that chance alone makes such a difference, judged among all",
      width: "6em", value: (row) => row.p, text: (row) => row.p?.toPrecision(2) ?? "-" },
    { name: "verdict", label: "verdict", isText: true, width: "8.5em", value: (row) => row.verdict,
      text: (row) => row.verdict,
      decorate: (cell, row) => cell.prepend(shape(row.verdict)) },
    { name: "grade", label: "grade", isText: true, width: "4.5em", value: (row) => row.grade,
      title: "how well the exact time is known (95 %): A to within 5 %, B 20 %, C worse, - not known",
      text: (row) => row.grade },
    { name: "exact_ns", label: "time", title: "exact, on the basis compared", width: "7em",
      value: (row) => row.exact_ns, text: (row) => ns(row.exact_ns) },
    { name: "calls", label: "calls", width: "8em", value: (row) => row.calls,
      text: (row) => count(row.calls) },
];

function start() {
    sources();
    verdict();
    sums();
    byId("rows-title").textContent = unit === "contexts" ? "Contexts" : "Functions";
    const scatter = new Scatter(byId("plot"), data, {
        nameOf, say: (text) => byId("said").textContent = text, onPick: (row) => table.select(row),
    });
    const table = new Table(byId("rows"), {
        label: unit, columns, sort: "exact_share", onCurrent: (row) => scatter.mark(row),
    });
    const search = byId("search");
    const filter = () => {
        const wanted = search.value.toLowerCase();
        const matches = (row) => !hidden.has(row.verdict) &&
            (nameOf(row).toLowerCase().includes(wanted) || baseName(row.file).toLowerCase().includes(wanted));
        table.filter(matches);
        scatter.filter(matches);
        const left = data.left_out === 0 ? "" : `; ${count(data.left_out)} left out by --limit`;
        byId("found").textContent = `${count(table.rows.length)} of ${count(data.rows.length)}${left}`;
    };
    for (const name of Object.keys(VERDICTS)) {
        const number = data.rows.filter((row) => row.verdict === name).length;
        const box = element("input", { type: "checkbox", checked: true, disabled: number === 0 });
        box.addEventListener("change", () => {
            hidden[box.checked ? "delete" : "add"](name);
            filter();
        });
        byId("legend").append(element("label", { title: VERDICTS[name].title }, box, shape(name),
            `${name} (${count(number)})`));
    }
    search.addEventListener("input", filter);
    focusSearchBySlash(search);
    table.setRows(data.rows);
    filter();
}

start();
