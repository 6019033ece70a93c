# SPDX-License-Identifier: MIT
"""Writes docs/benchmarks.md and its picture from what bench/bench has measured. It must state
nothing that was not measured in that run, or says when."""
import re

import charge_document
import picture
import ratios
import tables
from programs import PROGRAMS

INTRODUCTION = """\
# What cinstr costs, and its peers

Measured by `make bench` on {cpu} ({cpus} CPUs), Linux {kernel}, {date}. This page is written by it;
absolute times wander from machine to machine, ratios within a table are what counts. `make
bench-quick` does the micro-programs in two minutes. `scripts/install-deps bench` installs the peers.

![Slowdown against the plain build, logarithmic]({picture})

## How to read the tables

- Every side was run {rounds} times, all sides in turn and in a different order each time; sides that
  are slow or write much in half of the rounds. All are built with `-O2 -g`. Figures are medians; the
  slowdown is that of CPU time (user and system) against the plain build by the same compiler in the
  same round, with the smallest and the largest in brackets.
- **+ns a call**: CPU time added, by the number of calls that the side sees (counted by a hook of its
  own kind, tests/real/count_hook.c).
- **× floor**: added time against that of hooks, in the same place, that read the clock twice and
  keep nothing. Exact durations cannot cost less than that. *empty* hooks are the floor of the calling
  convention. Hooks are linked into the program as cinstr's are, but for the *shared* rows.
- **memory** is the peak of the process and what it runs with; **disk** is what the run leaves.
- **counts exact**: every count equals the counting hook's: for cinstr on every call edge (the
  plugin's, whose code lies elsewhere, by function), for others by function. Empty where it is not known.
- **total time: error**: the profile's total on-CPU time, with the probes taken out, against the
  plain build's CPU time; **its bar** is the profile's own (95 %); **holds**: in how many runs it
  contained the plain build's time. Peers do not take their own cost out at all.
- Hooks before inlining see every call in the source; hooks after it, and gcc's -pg, those that are
  left. clang's hooks before inlining do not link with libstdc++'s always-inline members.
"""


def kept(page, heading):
    """A section that this run has left out: the text in the page, with the day when it was measured."""
    body = page.partition(f"\n{heading}\n")[2].split("\n## ")[0]
    if not body:
        return ""
    day = re.search(r"Measured by `make bench` on (.*?)\. This page", page, re.S)
    said = "" if body.startswith("\nMeasured") or not day else f"\nMeasured on {' '.join(day[1].split())}, not with the rest.\n"
    return f"\n{heading}\n{said}{body}"


def write(path, results):
    image = path.with_suffix(".svg")
    page = path.read_text() if path.exists() else ""
    real = {program.name for program in PROGRAMS if program.is_real}
    parts = [INTRODUCTION.format(**results["machine"], picture=image.name, rounds=results["rounds"])]
    parts.append(f"\n## In short\n\nRatios of added CPU time, but for those of a whole run.\n\n"
                 f"{tables.markdown(ratios.table(results['programs']))}")
    for heading, is_real in (("Real programs", True), ("Nothing but calls", False)):
        chosen = [s for s in results["programs"] if (s["program"] in real) == is_real]
        if chosen:
            parts.append(f"\n## {heading}\n")
        for summary in chosen:
            parts.append(f"\n### {summary['title']}\n\n{tables.markdown(tables.program_table(summary))}")
            parts.extend(f"\nSkipped: {line}\n" for line in summary["skipped"])
    parts.append("\n## How costs grow\n" if results["growth"] else kept(page, "## How costs grow"))
    for table in results["growth"]:
        parts.append(f"\n### {table['title']}\n\nExpected: {table['expected']}.\n\n{tables.markdown(table['rows'])}")
    if results["charges"]:
        parts += ["\n", charge_document.section(results)]
    else:
        parts.append(kept(page, charge_document.HEADING))
    path.write_text("".join(parts))
    image.write_text(picture.draw([s for s in results["programs"] if s["program"] in real] or results["programs"]))
