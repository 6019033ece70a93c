# SPDX-License-Identifier: MIT
"""The summary of bench/bench's tables: a row for each question, a column for each program. A ratio
compares what two sides add to the plain build's CPU time, or their whole CPU time where that is said.
Ratios are medians of interleaved runs. Called by document.py and bench/bench."""
import tables
from sides import CLANG

HOOKS, AFTER, PLUGIN = "gcc, hooks: ", f"{CLANG}, hooks after inlining: ", f"{CLANG}, plugin: "
GCC_AFTER = "gcc, hooks after inlining: "

ADDED, WHOLE = "added", "whole"

QUESTIONS = [  # the question, what it compares, numerator, denominator, the aim
    ("gcc's hooks: cinstr ÷ two clocks", ADDED, HOOKS + "cinstr", HOOKS + "two clocks", "≤ 1.25; fan-out 1.4"),
    ("clang's hooks: cinstr ÷ two clocks", ADDED, f"{CLANG}, hooks: cinstr", f"{CLANG}, hooks: two clocks",
     "≤ 1.25; fan-out 1.4"),
    ("clang, after inlining: cinstr ÷ two clocks", ADDED, AFTER + "cinstr", AFTER + "two clocks", ""),
    ("gcc's plugin: cinstr ÷ two clocks", ADDED, GCC_AFTER + "cinstr", GCC_AFTER + "two clocks", "≤ 1.15"),
    ("plugin: exact ÷ two clocks", ADDED, PLUGIN + "exact", AFTER + "two clocks", "≤ 1.10"),
    ("cinstr ÷ uftrace record", ADDED, HOOKS + "cinstr", "gcc, hooks: uftrace record", "≤ 0.25"),
    ("cinstr ÷ callgrind", ADDED, HOOKS + "cinstr", "gcc: callgrind", "≤ 0.20"),
    ("plugin: exact ÷ XRay basic", ADDED, PLUGIN + "exact", f"{CLANG}: XRay basic", "≤ 0.10"),
    ("plugin: exact ÷ XRay profiling", ADDED, PLUGIN + "exact", f"{CLANG}: XRay profiling", "≤ 0.20"),
    ("CPU time: with ÷ without", ADDED, HOOKS + "cinstr", HOOKS + "cinstr, cpu=0", "≤ 1.10"),
    ("histogram=1: with ÷ without", ADDED, HOOKS + "cinstr, histogram=1", HOOKS + "cinstr", "≤ 1.20"),
    ("plugin, timing=adaptive: run ÷ plain", WHOLE, PLUGIN + "timing=adaptive", f"{CLANG}: plain", "≤ 1.5"),
    ("plugin, timing=count: run ÷ plain", WHOLE, PLUGIN + "timing=count", f"{CLANG}: plain", "≤ 1.25"),
    ("plugin, count: run ÷ plain", WHOLE, PLUGIN + "count", f"{CLANG}: plain", "≤ 1.25"),
    ("gcc's plugin, timing=adaptive: run ÷ plain", WHOLE, GCC_AFTER + "cinstr, timing=adaptive", "gcc: plain", "≤ 1.5"),
    ("gprof: run ÷ plain", WHOLE, "gcc: gprof", "gcc: plain", ""),
    ("plugin: with instructions ÷ exact", WHOLE, PLUGIN + "exact, instructions", PLUGIN + "exact", "≤ 1.15"),
]


def ratio(summary, of, above, below):
    rows = {row["side"]: row for row in summary["rows"]}
    if above not in rows or below not in rows:
        return None

    def time(name):
        plain = rows.get(f"{name.partition(':')[0].partition(',')[0]}: plain")
        return rows[name]["seconds"] - (plain["seconds"] if of == ADDED and plain else 0)

    return time(above) / time(below) if time(below) > 0 else None


def table(summaries):
    rows = [["", *(summary["program"] for summary in summaries), "aim"]]
    for question, of, above, below, aim in QUESTIONS:
        found = [ratio(summary, of, above, below) for summary in summaries]
        if any(value is not None for value in found):
            rows.append([question, *map(tables.number, found), aim])
    return rows
