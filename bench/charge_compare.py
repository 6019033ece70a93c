# SPDX-License-Identifier: MIT
"""Measures what bench/charge_sides.py lists: all sides interleaved, as compare.py does, and each one's
cost by the allocation, event or lock against the side that it stands on. Used by bench/charges and
bench/bench. Whether a trace kept all events is checked once for each side; no figure contains the time
for that."""
import mmap
import shutil
import subprocess
from math import comb
from statistics import median

import readers
import tables
from charge_sides import PARTS, missing_library
from compare import Comparison
from runner import TOP
from sides import BEFORE

ROUNDS, SLOW_ROUNDS = 15, 3
LOST = b"events lost"


def median_interval(values):
    """The ends of the median's 95 % interval, for any distribution; with few values the outermost ones."""
    ordered, count, outside, skipped = sorted(values), len(values), 0, 0
    while skipped < count // 2:
        outside += 2 * comb(count, skipped) / 2**count
        if outside > 0.05:
            break
        skipped += 1
    last = max(skipped - 1, 0)
    return ordered[last], ordered[count - 1 - last]


def is_without(path, text):
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(text) < 0


def words_are_whole(directory, cinstr):
    written = directory / "written.pftrace"
    segment = next(directory.glob("*.seg"))
    subprocess.run([cinstr, "dump", "-q", "--trace", written, segment],
                   cwd=directory, check=True, capture_output=True)
    return is_without(written, LOST)


def keeps_all(side, binary, directory, cinstr, truth):
    """Whether a trace has every event; None if that is not known."""
    if side.reads == "words":
        return words_are_whole(directory, cinstr)
    if side.reads == "perfetto":
        return is_without(directory / "trace.pftrace", LOST)
    if side.reads == "chrome":
        return is_without(directory / "trace.json", LOST)
    if side.reads == "uftrace":
        return readers.is_exact("uftrace", readers.read_uftrace(binary, directory, cinstr), truth)
    return None


def count_allocations(runner, program):
    """The number of allocations, from the tests' counting allocator."""
    counter, counted = runner.bench / "counting_malloc.so", runner.bench / "counted"
    subprocess.run(["gcc", "-O2", "-w", "-fPIC", "-shared", "-fno-builtin",
                    TOP / "tests/programs/counting_malloc.c", "-o", counter], check=True)
    runner.run(program, runner.binary(program, "gcc", "", ()),
               environment={"LD_PRELOAD": str(counter), "COUNTING_MALLOC": str(counted)})
    return int(counted.read_text().split()[0])


class Charges(Comparison):
    def __init__(self, runner, program, sides, unit, rounds, slow_rounds):
        super().__init__(runner, program, sides, rounds, slow_rounds)
        self.unit = unit
        self.calls = None
        if unit == "event":
            self.calls = runner.count(program, "gcc", BEFORE)
        self.units = (count_allocations(runner, program) if unit == "allocation" else
                      2 * sum(self.calls[1].values()) if unit == "event" else
                      int(program.arguments[0]) * int(program.arguments[1]))
        for side in list(self.sides):
            missing = f"no {side.needs} here (scripts/install-deps bench)" \
                if side.needs and not shutil.which(side.needs) else missing_library(side)
            if missing:
                self.drop(side, missing)

    def read(self, side, binary, figures):
        if not self.runs[side.name]:
            try:
                figures["whole"] = keeps_all(side, binary, figures["directory"], self.runner.cinstr, self.calls)
            except subprocess.CalledProcessError:
                figures["whole"] = None

    def added_ns(self, side):
        """The cost of an allocation, event or lock, in each round in which both sides ran."""
        base = self.runs.get(side.base, {})
        return [(figures["cpu"] - base[number]["cpu"]) / self.units * 1e9
                for number, figures in self.runs[side.name].items() if number in base]

    def row(self, side):
        row = super().row(side)
        added = self.added_ns(side)
        if side.base != side.name and added:
            row["charge_ns"] = [median(added), *median_interval(added)]
            row["base"] = side.base
        row["whole"] = next((f["whole"] for f in self.runs[side.name].values() if "whole" in f), None)
        row["disk_a_unit"] = row["disk"] / self.units
        return row

    def summary(self):
        return {**super().summary(), "unit": self.unit, "units": self.units}


def cells(row, unit):
    middle, least, most = row.get("charge_ns", (None, None, None))
    added = "" if middle is None else f"{tables.number(middle)} ({tables.number(least)}–{tables.number(most)})"
    common = [row["side"], tables.number(row["seconds"]), tables.slowdown_text(row), row.get("base", ""), added,
              tables.number(row["memory"] / 1e6), tables.number(row["disk"] / 1e6)]
    if unit != "event":
        return common
    return common + [tables.number(row["disk_a_unit"]), {True: "yes", False: "no", None: ""}[row["whole"]]]


def table(summary):
    head = ["side", "CPU s", "slowdown (min–max)", "stands on", f"+ns a{'n' * (summary['unit'][0] in 'ae')} "
            f"{summary['unit']} (95 %)", "memory MB", "disk MB"]
    if summary["unit"] == "event":
        head += ["bytes an event", "all kept"]
    return [head] + [cells(row, summary["unit"]) for row in summary["rows"]]


def prepare(runner):
    """Copies the recorder into a directory without the program that writes profiles."""
    recorder = runner.bench / "recorder"
    recorder.mkdir(parents=True, exist_ok=True)
    shutil.copy(runner.build / "libcinstr.so.0", recorder)


def measure(runner, names=None, rounds=ROUNDS, slow_rounds=SLOW_ROUNDS):
    """Yields a summary for each program."""
    prepare(runner)
    for program, sides, unit in PARTS:
        if names is None or program.name in names:
            charges = Charges(runner, program, sides, unit, rounds, min(rounds, slow_rounds))
            charges.run()
            yield charges.summary()
    shutil.rmtree(runner.bench / "run", ignore_errors=True)
