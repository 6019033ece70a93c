# SPDX-License-Identifier: MIT
"""Runs all sides of a program interleaved and sums up how they compare. Used by bench/bench.

Time is CPU time, user and system, of the program and whatever runs with it: other work on the
machine disturbs it less than wall time (which the JSON has too). Each round runs every side once,
in an order of its own; ratios are formed within a round and their median taken."""
import random
import sys
from statistics import median

import readers
from sides import BEFORE
from runner import Skipped


def say(text):
    print(text, file=sys.stderr, flush=True)


class Comparison:
    def __init__(self, runner, program, sides, rounds, slow_rounds):
        self.runner, self.program = runner, program
        self.sides = list(sides)
        self.rounds, self.slow_rounds = rounds, slow_rounds
        self.runs = {side.name: {} for side in sides}  # name: {round: figures}
        self.truths = {}
        self.output = None
        self.skipped = []

    def drop(self, side, why):
        say(f"bench: {self.program.name}: skipped {side.name}: {why}")
        self.skipped.append(f"{side.name}: {why}")
        self.sides.remove(side)
        self.runs.pop(side.name)

    def truth(self, side):
        """The counting hook's counts of the calls that this side sees; None if the hook sees others."""
        flags = side.calls or ("" if self.program.is_real or not side.reads else BEFORE)
        key = (side.compiler, flags)
        if not flags:
            return None
        if key not in self.truths:
            try:
                self.truths[key] = self.runner.count(self.program, *key)
            except Skipped as why:
                say(f"bench: {self.program.name}: calls of {key[0]} {key[1]} are not counted: {why}")
                self.truths[key] = None
        return self.truths[key]

    def read(self, side, binary, figures):
        """Reads what the run has left behind: the counts once, the total time in every run."""
        if side.reads.startswith("cinstr"):
            figures["corrected"] = readers.corrected_seconds(figures["directory"], self.runner.cinstr)
        if side.reads and not self.runs[side.name]:
            calls = readers.READERS[side.reads](binary, figures["directory"], self.runner.cinstr)
            truth = self.truth(side)
            figures["exact"] = readers.is_exact(side.reads, calls, truth)
            figures["calls"] = sum(truth[1].values()) if truth else sum(calls.values()) if calls else None
        elif side.calls and not self.runs[side.name] and self.truth(side):
            figures["calls"] = sum(self.truth(side)[1].values())

    def run_side(self, side, number):
        binary = self.runner.binary(self.program, side.compiler, side.flags, side.link)
        figures = self.runner.run(self.program, binary, side.command, side.environment)
        self.output = self.output or figures["output"]
        if figures["output"] != self.output:
            raise Skipped("prints something else than the plain build")
        self.read(side, binary, figures)
        self.runs[side.name][number] = figures

    def run(self):
        for number in range(self.rounds):
            order = self.sides[1:]
            random.Random(number).shuffle(order)
            for side in self.sides[:1] + order:
                if side.slow and number >= self.slow_rounds:
                    continue
                try:
                    self.run_side(side, number)
                except Skipped as why:
                    self.drop(side, why)
            say(f"bench: {self.program.name}: round {number + 1} of {self.rounds}")

    def ratios(self, side, divisor, subtract):
        """(side - subtract) / (divisor - subtract), for each round in which all of them ran."""
        found = []
        for number, figures in self.runs[side.name].items():
            below = self.runs.get(subtract, {}).get(number, {"cpu": 0})["cpu"]
            other = self.runs.get(divisor, {}).get(number)
            if other and other["cpu"] > below:
                found.append((figures["cpu"] - below) / (other["cpu"] - below))
        return found

    def corrected(self, side, plain):
        """The median error of the corrected total, and how often its interval contains the plain time."""
        found = [f["corrected"] for f in self.runs[side.name].values() if f.get("corrected")]
        if not found or not plain:
            return {}
        return {"total_error": median(total / plain - 1 for total, _, _ in found),
                "total_bar": median((high - low) / 2 / plain for _, low, high in found),
                "bar_holds": sum(low <= plain <= high for _, low, high in found), "bars": len(found)}

    def row(self, side):
        runs = list(self.runs[side.name].values())
        plain = [f["cpu"] for f in self.runs.get(side.plain, {}).values()]
        seconds = median(f["cpu"] for f in runs)
        slowdowns = self.ratios(side, side.plain, "")
        calls = next((f["calls"] for f in runs if f.get("calls")), None)
        row = {"side": side.name, "rounds": len(runs), "seconds": seconds,
               "wall_seconds": median(f["wall"] for f in runs), "calls": calls,
               "memory": max(f["memory"] for f in runs), "disk": max(f["disk"] for f in runs),
               "exact": next((f["exact"] for f in runs if "exact" in f), None)}
        if slowdowns:
            row["slowdown"] = [median(slowdowns), min(slowdowns), max(slowdowns)]
        if calls and plain:
            row["added_ns"] = (seconds - median(plain)) / calls * 1e9
        floors = self.ratios(side, side.floor, side.plain)
        if floors and side.name != side.floor:
            row["floor_ratio"] = median(floors)
        return {**row, **self.corrected(side, median(plain) if plain else None)}

    def summary(self):
        return {"program": self.program.name, "title": self.program.title, "skipped": self.skipped,
                "rows": [self.row(side) for side in self.sides if self.runs[side.name]]}
