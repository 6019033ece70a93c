# SPDX-License-Identifier: MIT
"""Measures how costs grow: start-up and exit, dumps of a running program, dumps and exit profiles with the
number of contexts, a call's cost with the number of children and threads, symbols of a large binary.
Called by bench/bench, which prints the tables: a title, rows of cells with the head first, and what is
expected of them."""
import os
import subprocess
import threading
from statistics import median

import tables
from compare import Comparison
from programs import PROGRAMS, Program
from runner import TOP
from sides import BEFORE, CINSTR, CLOCK, SIDES

ROUNDS = 3
DUMP_ROUNDS = 7
DUMP_SECONDS = 0.1
START_ROUNDS = 21
BUDGET = "contexts=2097152"
FUNCTIONS_A_FILE = 2000
COMPARED = ("gcc: plain", "gcc, hooks: two clocks", "gcc, hooks: cinstr")

FUNCTIONS_MAIN = """#include <stdio.h>
%s
static void (*const *const functions[])(void) = {%s};
int main(void) {
    for (unsigned i = 0; i < %d; i++)
        functions[i / %d][i %% %d]();
    puts("ready");
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    return 0;
}
"""


def title(text, expected, rows):
    return {"title": text, "expected": expected, "rows": rows}


def milliseconds(seconds):
    return tables.number(seconds * 1e3)


def start_and_exit(runner):
    program = Program("start", "", "micro", ("leaf", "1"), ("leaf", "1"))
    sides = [("plain", "", (), {}), ("hooks that read the clock", BEFORE, CLOCK, {}),
             ("cinstr, output=none", BEFORE, CINSTR, {"CINSTR_OPTIONS": "output=none"}),
             ("cinstr", BEFORE, CINSTR, {"CINSTR_OPTIONS": "output=profile.pb.gz"})]
    found = {name: [] for name, *_ in sides}
    for _ in range(START_ROUNDS):
        for name, flags, link, environment in sides:
            binary = runner.binary(program, "gcc", flags, link)
            found[name].append(runner.run(program, binary, environment=environment))
    rows = [["a program of one call", "wall ms", "CPU ms", "memory MB"]]
    for name, runs in found.items():
        rows.append([name, milliseconds(median(r["wall"] for r in runs)),
                     milliseconds(median(r["cpu"] for r in runs)), tables.number(runs[0]["memory"] / 1e6)])
    return title("Start-up and exit", "cinstr less plain: under 5 ms", rows)


def dump_of(runner, binary, arguments):
    """Dumps a program that waits for its input to end. Returns what the dump took."""
    environment = {**runner.environment, "CINSTR_OPTIONS": f"output=none:{BUDGET}"}
    figures, profile = runner.bench / "figures", runner.bench / "dump.pb.gz"
    with subprocess.Popen([binary, *arguments], env=environment, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        subprocess.run([runner.bench / "measure", figures, runner.cinstr, "dump", str(process.pid), "-o", profile],
                       check=True, capture_output=True)
        process.stdin.close()
    _, wall, _, _, memory = figures.read_text().split()
    return {"wall": float(wall), "memory": int(memory) * 1024, "size": profile.stat().st_size}


def exit_profile_of(runner, program, binary):
    """What writing the profile at exit adds to a run, and the run's peak memory."""
    runs = {output: runner.run(program, binary, environment={"CINSTR_OPTIONS": f"output={output}:{BUDGET}"})
            for output in ("none", "profile.pb.gz")}
    return {"wall": runs["profile.pb.gz"]["wall"] - runs["none"]["wall"],
            "memory": runs["profile.pb.gz"]["memory"], "before": runs["none"]["memory"]}


class Dumps(threading.Thread):
    """Dumps the process again and again, until told to stop."""

    def __init__(self, runner, pid):
        super().__init__()
        self.command = [runner.cinstr, "dump", str(pid), "-o", runner.bench / "dump.pb.gz"]
        self.ended = threading.Event()
        self.done = 0

    def run(self):
        while not self.ended.wait(DUMP_SECONDS):
            if subprocess.run(self.command, capture_output=True).returncode == 0:
                self.done += 1


def run_with_dumps(runner, command, directory, is_dumped):
    """CPU seconds of the command, and how often it was dumped. It writes its pid to a pipe first."""
    reading, writing = os.pipe()
    announced = ["sh", "-c", f'echo $$ >&{writing}; exec {writing}>&-; exec "$0" "$@"']
    environment = {**runner.environment, "CINSTR_OPTIONS": "output=none"}
    with subprocess.Popen([*command[:-1], *announced, command[-1]], cwd=directory, env=environment,
                          stdout=subprocess.DEVNULL, pass_fds=[writing]) as process:
        os.close(writing)
        with open(reading) as pipe:
            dumps = Dumps(runner, int(pipe.readline()))
        if is_dumped:
            dumps.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        dumps.ended.set()
        if is_dumped:
            dumps.join()
    return usage.ru_utime + usage.ru_stime, dumps.done


def live_dumps(runner):
    rows = [["program", "alone, CPU s", "dumped, CPU s", "dumps", "ratio (min–max)"]]
    for program in [p for p in PROGRAMS if p.is_real]:
        binary = runner.binary(program, "gcc", BEFORE, CINSTR)
        command = [TOP / "tests/real/run", program.source, "demo", binary]
        rounds = [[run_with_dumps(runner, command, runner.bench, is_dumped) for is_dumped in (False, True)]
                  for _ in range(DUMP_ROUNDS)]
        ratios = [dumped[0] / alone[0] for alone, dumped in rounds]
        rows.append([program.title, tables.number(median(alone[0] for alone, _ in rounds)),
                     tables.number(median(dumped[0] for _, dumped in rounds)),
                     tables.number(median(dumped[1] for _, dumped in rounds)),
                     f"{median(ratios):.3f} ({min(ratios):.3f}–{max(ratios):.3f})"])
    return title("A run that is dumped ten times a second", "under 2 % added", rows)


def contexts(runner):
    rows = [["contexts", "dump s", "dump MB", "profile MB", "exit profile s", "peak MB", "without it MB"]]
    for depth in range(3, 7):
        program = Program("tree", "", "growth", ("tree", str(depth)))
        binary = runner.binary(program, "gcc", BEFORE, CINSTR)
        dump = dump_of(runner, binary, program.arguments)
        at_exit = exit_profile_of(runner, program, binary)
        count = sum(10**i for i in range(1, depth + 1))
        rows.append([f"{count:,}", tables.number(dump["wall"]), tables.number(dump["memory"] / 1e6),
                     tables.number(dump["size"] / 1e6), tables.number(at_exit["wall"]),
                     tables.number(at_exit["memory"] / 1e6), tables.number(at_exit["before"] / 1e6)])
    return title("Dump and exit profile as contexts grow", "linear; 1,000,000 under 3 s and 1 GiB", rows)


def call_costs(runner, programs):
    """The ns that hooks with the clock alone, and cinstr, add to a call, for each program."""
    costs = []
    for program in programs:
        comparison = Comparison(runner, program, [s for s in SIDES if s.name in COMPARED], ROUNDS, ROUNDS)
        comparison.run()
        rows = {row["side"]: row for row in comparison.summary()["rows"]}
        costs.append((rows[COMPARED[1]]["added_ns"], rows[COMPARED[2]]["added_ns"],
                      rows[COMPARED[2]]["floor_ratio"]))
    return costs


def children(runner):
    widths = (1, 10, 100, 1000, 10000)
    programs = [Program("children", f"{w}", "growth", ("children", str(w), "10000000")) for w in widths]
    rows = [["children of one node", "two clocks, ns", "cinstr, ns", "× floor"]]
    for width, (clock, cinstr, ratio) in zip(widths, call_costs(runner, programs)):
        rows.append([f"{width:,}", tables.number(clock), tables.number(cinstr), tables.number(ratio)])
    return title("A call's cost as children grow, called at random", "flat but for cache misses", rows)


def threads(runner):
    counts = (1, 2, 4, 8)
    programs = [Program("threads", f"{n}", "micro", ("threads", str(n), str(40000000 // n))) for n in counts]
    rows = [["threads", "two clocks, ns", "cinstr, ns", "of one thread's"]]
    costs = call_costs(runner, programs)
    for count, (clock, cinstr, _) in zip(counts, costs):
        rows.append([str(count), tables.number(clock), tables.number(cinstr), tables.number(cinstr / costs[0][1])])
    return title("A call's CPU time as threads grow", "two threads within 5 % of one", rows)


def write_functions(directory, count):
    """Writes a program of `count` functions, each called once, in files small enough for a compiler."""
    files = range(count // FUNCTIONS_A_FILE or 1)
    each = count // len(files)
    directory.mkdir(parents=True, exist_ok=True)
    for number in files:
        names = [f"function_{number}_{i}" for i in range(each)]
        bodies = (f'static void {name}(void) {{ __asm__ volatile("" : : "r"({i})); }}\n'
                  for i, name in enumerate(names))
        (directory / f"{number}.c").write_text(
            "".join(bodies) + f"void (*const functions_{number}[])(void) = {{{', '.join(names)}}};\n")
    (directory / "main.c").write_text(FUNCTIONS_MAIN % (
        "\n".join(f"extern void (*const functions_{n}[])(void);" for n in files),
        ", ".join(f"functions_{n}" for n in files), count, each, each))


def symbols(runner):
    rows = [["functions", "dump s", "dump MB", "profile MB"]]
    for count in (1000, 10000, 100000):
        directory = runner.bench / f"functions_{count}"
        binary = directory / "functions"
        if not binary.exists():
            write_functions(directory, count)
            subprocess.run(["gcc", "-O1", "-g", BEFORE, *sorted(directory.glob("*.c")), "-o", binary,
                            *map(runner.fill, CINSTR)], check=True)
        dump = dump_of(runner, binary, [])
        rows.append([f"{count:,}", tables.number(dump["wall"]), tables.number(dump["memory"] / 1e6),
                     tables.number(dump["size"] / 1e6)])
    return title("Dump as functions grow: most of it symbols and lines", "linear; 100,000 in seconds", rows)


def measure(runner):
    for measurement in (start_and_exit, live_dumps, contexts, children, threads, symbols):
        yield measurement(runner)
