# SPDX-License-Identifier: MIT
"""The section of docs/benchmarks.md about profiles of memory and waits, and traces. bench/bench writes
it with the page, bench/charges alone into an existing page. It must state nothing that was not
measured in that run: its sentences are made from the run's own figures."""
import textwrap

import tables
from charge_compare import table

HEADING = "## Memory, waits and traces"

INTRODUCTION = """\
{heading}

Measured by `make bench-charges` (`bench/charges`), a part of `make bench`, on {cpu} ({cpus} CPUs), Linux
{kernel}, {date}.

- All sides of a table were run in turn, {rounds} rounds, slow sides {slow_rounds}, in a different order each.
- **stands on** is the same run without the profile: cinstr's hooks for what uses them, an allocator for
  its own profiler. **+ns an allocation, an event, a lock** is the CPU time (user and system, writing
  the profile at exit included) added to that, by their number: allocations counted by
  tests/programs/counting_malloc.c, entries and exits by tests/real/count_hook.c, locks known. In brackets is
  the 95 % interval of the median (all that was found, where rounds are few). What is done once, reading
  symbols above all, is in it: rows of 1 in 524288 bytes are little else.
- `cinstr run` is without hooks: each charge unwinds the stack. 524288 bytes is jemalloc's default, too.
- A trace's whole cost has two parts: recording, which leaves words as the row *not yet written out* does
  and `uftrace record` its own, and writing them out, at exit for cinstr, by `uftrace dump` for uftrace.
- **all kept**: no event was lost in the first round; of uftrace, every function's calls equal the counting
  hook's: Lua goes deeper than the 1,024 calls that it records unless told.
"""

HOOKS, PLAIN = "gcc, hooks: cinstr", "gcc: "


def rows_of(summaries, name):
    return {row["side"]: row for summary in summaries if summary["program"] == name for row in summary["rows"]}


def charge(summaries, name, side):
    """What a side adds, as text: the median, or its whole interval if that contains 0; "?" if it was not
    measured."""
    middle, least, most = rows_of(summaries, name).get(side, {}).get("charge_ns", (None, None, None))
    if middle is None:
        return "?"
    return tables.number(middle) if least > 0 else f"{tables.number(least)} to {tables.number(most)}"


READING = """\
Read so: most of a charge's cost is finding whose it is. Where hooks have it already, an exact allocation
adds {exact[0]} ns (SQLite) and {exact[1]} ns (Lua); where cinstr unwinds, {run[0]} and {run[1]} ns,
{times[0]} and {times[1]} times heaptrack's {heaptrack[0]} and {heaptrack[1]} ns; {jemalloc[0]}
and {jemalloc[1]} ns in jemalloc at every allocation, and {tcmalloc[0]} and {tcmalloc[1]} ns in gperftools. The hooks
themselves are not in that:
they cost {calls[0]} and {calls[1]} ns by the allocation, so nobody should add them for a heap profile's sake.
Sampled, an allocation costs {sampled[0]} and {sampled[1]} ns with hooks, {run_sampled[0]} and {run_sampled[1]} ns
without, {jemalloc_sampled[0]} and {jemalloc_sampled[1]} ns in jemalloc. "A to B" is where the rounds do not tell it
from nothing: what a run with hooks takes wanders by more than that. SQLite's allocations are few, so that its
figures are coarse, and hold what is done once. Recording a trace costs
{words[0]} and {words[1]} ns an event, `uftrace record` {uftrace[0]} and {uftrace[1]} ns; written out as well,
{chrome[0]} and {chrome[1]} ns in Chrome's format against {uftrace_chrome[0]} and {uftrace_chrome[1]} ns: writing
out is most of a trace's cost for either. With `mutex=1` a lock that is free costs {free} ns more, one that is waited
for {waited} ns with hooks and {run_waited} ns where the stack is unwound. Before that, hooks alone add {switch} ns to a
lock that is waited for, and {switch_without} ns with `cpu=0`: the kernel keeps the thread's CPU counter
through each switch. None of the peers has a profile of waits to compare with. All this is of these programs; another's
stacks are deeper, or its calls rarer.
"""

SIDES = {
    "exact": ("memory", HOOKS + ", heap=exact"), "sampled": ("memory", HOOKS + ", heap=524288"),
    "calls": ("memory", HOOKS), "run": ("memory", PLAIN + "cinstr run, heap=exact"),
    "run_sampled": ("memory", PLAIN + "cinstr run, heap=524288"), "heaptrack": ("memory", PLAIN + "heaptrack"),
    "tcmalloc": ("memory", PLAIN + "tcmalloc, heap profile"),
    "jemalloc": ("memory", PLAIN + "jemalloc, every allocation"),
    "jemalloc_sampled": ("memory", PLAIN + "jemalloc, 1 in 524288 bytes"),
    "words": ("trace", HOOKS + ", trace=, not yet written out"), "chrome": ("trace", HOOKS + ", trace=FILE.json"),
    "uftrace": ("trace", "gcc, hooks: uftrace record"),
    "uftrace_chrome": ("trace", "gcc, hooks: uftrace record, dump --chrome"),
}


def times(summaries, name, side, other):
    """The side's cost, divided by the other's."""
    found = [rows_of(summaries, name).get(each, {}).get("charge_ns", [0])[0] for each in (side, other)]
    return tables.number(found[0] / found[1]) if min(found) > 0 else "?"


def reading(summaries):
    figures = {key: [charge(summaries, f"{part}-{program}", side) for program in ("sqlite", "lua")]
               for key, (part, side) in SIDES.items()}
    figures["times"] = [times(summaries, f"memory-{program}", SIDES["run"][1], SIDES["heaptrack"][1])
                        for program in ("sqlite", "lua")]
    text = READING.format(**figures, free=charge(summaries, "locks-free", HOOKS + ", mutex=1"),
                          run_waited=charge(summaries, "locks-contended", PLAIN + "cinstr run, mutex=1"),
                          waited=charge(summaries, "locks-contended", HOOKS + ", mutex=1"),
                          switch=charge(summaries, "locks-contended", HOOKS),
                          switch_without=charge(summaries, "locks-contended", HOOKS + ", cpu=0"))
    return textwrap.fill(text.replace("\n", " "), 115) + "\n"


def section(results):
    summaries = results["charges"]
    counts = [row["rounds"] for summary in summaries for row in summary["rows"]]
    parts = [INTRODUCTION.format(**results["machine"], heading=HEADING, rounds=max(counts), slow_rounds=min(counts)),
             "\n", reading(summaries)]
    for summary in summaries:
        parts.append(f"\n### {summary['title']}\n\n{summary['units']:,} {summary['unit']}s.\n\n"
                     f"{tables.markdown(table(summary))}")
        parts.extend(f"\nSkipped: {line}\n" for line in summary["skipped"])
    return "".join(parts)


def replace(path, results):
    """Replaces the section; adds it at the end of the page if there was none."""
    page = path.read_text()
    before, found, after = page.partition(HEADING + "\n")
    if not found:
        before = page.rstrip("\n") + "\n\n"
    rest = after.partition("\n## ")
    path.write_text(before + section(results) + (rest[1] + rest[2] if rest[1] else ""))
