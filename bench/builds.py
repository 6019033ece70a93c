# SPDX-License-Identifier: MIT
"""Measures what instrumentation costs the build: compile time and code size of each way, with all files
compiled anew. Called by bench/bench, which prints the table."""
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

import tables
from programs import PROGRAMS
from runner import TOP
from sides import AFTER, BEFORE, CLANG, PLAIN, PLUGIN, PLUGIN_WITH

WAYS = [("gcc: plain", "gcc", PLAIN), ("gcc, hooks", "gcc", BEFORE), (f"{CLANG}: plain", CLANG, PLAIN),
        (f"{CLANG}, hooks", CLANG, BEFORE), (f"{CLANG}, hooks after inlining", CLANG, AFTER),
        (f"{CLANG}, plugin: exact", CLANG, PLUGIN),
        (f"{CLANG}, plugin: exact, instructions", CLANG, PLUGIN_WITH + "instructions"),
        (f"{CLANG}, plugin: count", CLANG, PLUGIN_WITH + "count")]


def compile_afresh(runner, program, compiler, flags):
    """CPU seconds, and bytes of code in all objects. Sources are shared with the other builds,
    objects are not."""
    real = Path(runner.environment["REAL_DIR"])
    with tempfile.TemporaryDirectory(prefix="cinstr-builds.") as work:
        for kept in real.iterdir():
            if kept.name != "objects":
                (Path(work) / kept.name).symlink_to(kept)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["bash", "-c", '. tests/real/programs.sh && real_compile "$@"', "bash", program.source,
                        compiler, "-O2", "-g", *runner.fill_flags(flags).split()], cwd=TOP, check=True,
                       env={**runner.environment, "REAL_DIR": work}, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        listing = subprocess.run(["size", "-t", *Path(work).rglob("objects/*/*.o")], check=True,
                                 capture_output=True, text=True).stdout
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(listing.splitlines()[-1].split()[0])


def measure(runner):
    rows = [["program", "way", "compile CPU s", "× plain", "code KB", "× plain"]]
    for program in [p for p in PROGRAMS if p.name in ("sqlite", "json")]:
        plain = {}
        for name, compiler, flags in WAYS:
            if not shutil.which(compiler):
                continue
            seconds, size = compile_afresh(runner, program, compiler, flags)
            plain.setdefault(compiler, (seconds, size))
            rows.append([program.title, name, tables.number(seconds), tables.number(seconds / plain[compiler][0]),
                         tables.number(size / 1e3), tables.number(size / plain[compiler][1])])
    return {"title": "What instrumenting costs the build", "rows": rows,
            "expected": "the plugin near clang's own hooks"}
