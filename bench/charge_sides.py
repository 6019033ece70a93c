# SPDX-License-Identifier: MIT
"""What bench/charges compares: profiles of memory and of waits, traces, and their peers; on which
programs, and by what their cost is divided. A row must not decide how it is measured.

A side stands on another one, which runs the same program in the same way without the profile: a heap
profile of a preloaded allocator stands on that allocator without it, cinstr's profiles on its hooks."""
import subprocess
from dataclasses import dataclass

from programs import Program
from sides import BEFORE, CINSTR, PLAIN, Side

PLAIN_SIDE, HOOKS_SIDE = "gcc: plain", "gcc, hooks: cinstr"
HEAP = ("-L{build}", "-lcinstr_heap", *CINSTR)
BLOCK = ("-L{build}", "-lcinstr_block", *CINSTR)
RAW = ("-L{build}", "-lcinstr", "-Wl,-rpath,{bench}/recorder")  # a recorder that cannot write profiles

# heaptrack prints on the program's standard output, before and after its run.
HEAPTRACK = ("sh", "-c", """heaptrack -o heap "$@" | sed '/^heaptrack output /d; /libheaptrack_preload/d
/^starting application/d; /^Heaptrack finished/,$d'""", "sh")
UFTRACE = ("uftrace", "record", "--no-libcall", "-d", "data")
UFTRACE_CHROME = ("sh", "-c", '{ uftrace record --no-libcall -d data "$@" && '
                  "uftrace dump --chrome -d data >&3 && rm -r data; } 3>trace.json", "sh")


@dataclass(frozen=True)
class Charged(Side):
    base: str = PLAIN_SIDE
    preload: str = ""  # a library that must be here, and how it was built
    built_with: str = ""


def plain(name, *command, base=PLAIN_SIDE, preload="", built_with="", slow=False, needs="", **environment):
    """A side on the plain program."""
    if preload:
        environment["LD_PRELOAD"] = preload
    return Charged(f"gcc: {name}", "gcc", PLAIN, command=command, environment=environment, base=base,
                   preload=preload, built_with=built_with, slow=slow, needs=needs)


def hooks(name, link, *options, base=HOOKS_SIDE, slow=False, reads=""):
    return Charged(f"gcc, hooks: {name}", "gcc", BEFORE, link, base=base, slow=slow, reads=reads,
                   environment={"CINSTR_OPTIONS": ":".join(options)})


def run(name, *options, slow=False):
    """cinstr on a program without hooks: stacks are unwound."""
    return plain(f"cinstr run, {name}", "{build}/cinstr", "run", "-q", "-o", "none", *options, "--", slow=slow)


PROFILE = "output=profile.pb.gz"
TCMALLOC, JEMALLOC = "libtcmalloc.so.4", "libjemalloc.so.2"
PROFILED = "prof:true,prof_final:true"

MEMORY = [
    plain("plain"),
    hooks("cinstr", CINSTR, PROFILE, base=PLAIN_SIDE),
    hooks("cinstr with -lcinstr_heap, off", HEAP, PROFILE),
    hooks("cinstr, heap=exact", HEAP, PROFILE, "heap=exact"),
    hooks("cinstr, heap=524288", HEAP, PROFILE, "heap=524288"),
    run("heap=exact", "--memprofile", "heap.pb.gz", slow=True),
    run("heap=524288", "--heap=524288", "--memprofile", "heap.pb.gz"),
    plain("tcmalloc", preload=TCMALLOC),
    plain("tcmalloc, heap profile", base="gcc: tcmalloc", preload=TCMALLOC, slow=True, HEAPPROFILE="heap"),
    plain("jemalloc", preload=JEMALLOC),
    plain("jemalloc, 1 in 524288 bytes", base="gcc: jemalloc", preload=JEMALLOC,
          built_with="config.prof: true", MALLOC_CONF=PROFILED),
    plain("jemalloc, every allocation", base="gcc: jemalloc", preload=JEMALLOC, slow=True,
          built_with="config.prof: true", MALLOC_CONF=PROFILED + ",prof_accum:true,lg_prof_sample:0"),
    plain("heaptrack", *HEAPTRACK, needs="heaptrack", slow=True),
]

TRACES = [
    plain("plain"),
    hooks("cinstr", CINSTR, PROFILE, base=PLAIN_SIDE),
    hooks("cinstr, trace_ring=16", CINSTR, "output=none", "trace_ring=16", base=PLAIN_SIDE),
    hooks("cinstr, trace=, not yet written out", RAW, "output=none", "directory=.", "trace=trace.pftrace",
          base=PLAIN_SIDE, reads="words"),
    hooks("cinstr, trace=FILE.pftrace", CINSTR, "output=none", "trace=trace.pftrace", base=PLAIN_SIDE,
          slow=True, reads="perfetto"),
    hooks("cinstr, trace=FILE.json", CINSTR, "output=none", "trace=trace.json", base=PLAIN_SIDE, slow=True,
          reads="chrome"),
    Charged("gcc, hooks: uftrace record", "gcc", BEFORE, command=UFTRACE, needs="uftrace", reads="uftrace"),
    Charged("gcc, hooks: uftrace record, dump --chrome", "gcc", BEFORE, command=UFTRACE_CHROME,
            needs="uftrace", slow=True),
]

WAITS = [
    plain("plain"),
    run("block=1", "--blockprofile", "block.pb.gz"),
    run("mutex=1", "--mutexprofile", "mutex.pb.gz"),
    hooks("cinstr", CINSTR, PROFILE, base=PLAIN_SIDE),
    hooks("cinstr, cpu=0", CINSTR, PROFILE, "cpu=0", base=PLAIN_SIDE),
    hooks("cinstr with -lcinstr_block, off", BLOCK, PROFILE),
    hooks("cinstr, block=1", BLOCK, PROFILE, "block=1"),
    hooks("cinstr, mutex=1", BLOCK, PROFILE, "mutex=1"),
    hooks("cinstr, block=1, mutex=1", BLOCK, PROFILE, "block=1", "mutex=1"),
]

# Traces are of the short inputs: a long one's would be gigabytes.
PARTS = [  # program, its sides, what one of its charges is
    (Program("memory-sqlite", "Memory: SQLite, speedtest1", "sqlite", is_real=True), MEMORY, "allocation"),
    (Program("memory-lua", "Memory: Lua, a mixed script", "lua", is_real=True), MEMORY, "allocation"),
    (Program("trace-sqlite", "Traces: SQLite, speedtest1, short", "sqlite", is_real=True, size="test"),
     TRACES, "event"),
    (Program("trace-lua", "Traces: Lua, a mixed script, short", "lua", is_real=True, size="test"),
     TRACES, "event"),
    (Program("locks-free", "Waits: one thread, its lock is always free", "locks", ("1", "10000000")),
     WAITS, "lock"),
    (Program("locks-contended", "Waits: four threads on one CPU, each lock is waited for", "locks",
             ("4", "40000")), WAITS, "lock"),
]


def missing_library(side):
    """What is missing of the library that a side preloads: the loader would go on without it."""
    if not side.preload:
        return None
    checked = {"LD_PRELOAD": side.preload, "MALLOC_CONF": "stats_print:true", "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(["env", "true"], env=checked, capture_output=True, text=True)
    said = ran.stdout + ran.stderr
    if "cannot be preloaded" in said:
        return f"no {side.preload} here (scripts/install-deps bench)"
    return f"{side.preload} was built without its profiler" if side.built_with not in said else None
