# SPDX-License-Identifier: MIT
"""The sides that are compared: a row for each way of building and running a program.

bench/bench builds and runs each; a new way (a mode of the plugin, say) is a new row. Rows that
share compiler and flags share their compiled objects. A row must not decide how it is measured.
"""
import os
import shutil
import subprocess
from dataclasses import dataclass, field

CLANG = next((c for c in ("clang-19", "clang-14", "clang") if shutil.which(c)), "clang")

PLAIN = ""
BEFORE = "-finstrument-functions"
AFTER = "-finstrument-functions-after-inlining"
XRAY = "-fxray-instrument -fxray-instruction-threshold=1"

# In `flags`, `link`, `command` and `environment`: {build} is the build directory, {bench} that of
# the benchmark in it; files are written to the directory that a side is run in.
_PLUGIN = "{build}/cinstr-plugin-" + CLANG.rpartition("-")[2] + ".so"
PLUGIN = f"{AFTER} -fpass-plugin={_PLUGIN}"
PLUGIN_WITH = f"{AFTER} -fplugin={_PLUGIN} -fpass-plugin={_PLUGIN} -Xclang -mllvm -Xclang -cinstr-"
_GCC = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()
GCC_PLUGIN = f"{BEFORE} -fplugin={{build}}/cinstr_gcc_plugin_{_GCC}.so"
CINSTR = ("-L{build}", "-lcinstr", "-Wl,-rpath,{build}")
EMPTY = ("{bench}/hooks_empty.o",)
CLOCK = ("{bench}/hooks_clock.o",)
EMPTY_SHARED = ("-L{bench}", "-lhooks_empty", "-Wl,-rpath,{bench}")
CLOCK_SHARED = ("-L{bench}", "-lhooks_clock", "-Wl,-rpath,{bench}")


@dataclass(frozen=True)
class Side:
    name: str
    compiler: str
    flags: str = PLAIN
    link: tuple = ()
    command: tuple = ()  # runs the program, which comes after it
    environment: dict = field(default_factory=dict)
    floor: str = ""  # the side that reads the clock twice a call, and does nothing else
    calls: str = ""  # flags under which the counting hook sees the calls that this side sees
    reads: str = ""  # what the run leaves behind: a reader of bench/readers.py
    needs: str = ""  # a command that must be there
    slow: bool = False  # fewer rounds

    @property
    def plain(self):
        return f"{self.compiler}: plain"


def hooks(compiler, when, flags, slow_rows=()):
    """The rows for the hooks of one compiler: both floors, cinstr, and cinstr with options."""
    start = f"{compiler}, hooks{when}: "
    floor = start + "two clocks"

    def row(name, link, options=None):
        environment = {} if options is None else {"CINSTR_OPTIONS": ":".join(("output=profile.pb.gz", *options))}
        reads = "" if options is None else "cinstr"
        return Side(start + name, compiler, flags, link, environment=environment, floor=floor,
                    calls=flags, reads=reads)

    return [
        row("empty", EMPTY),
        row("empty, shared", EMPTY_SHARED),
        row("two clocks", CLOCK),
        row("two clocks, shared", CLOCK_SHARED),
        row("cinstr", CINSTR, ()),
        row("cinstr, cpu=0", CINSTR, ("cpu=0",)),
        row("cinstr, histogram=1", CINSTR, ("histogram=1",)),
        row("cinstr, timing=adaptive", CINSTR, ("timing=adaptive",)),
    ]


def plugin(name, flags, options=()):
    return Side(f"{CLANG}, plugin: {name}", CLANG, flags, CINSTR,
                environment={"CINSTR_OPTIONS": ":".join(("output=profile.pb.gz", *options))},
                floor=f"{CLANG}, hooks after inlining: two clocks", calls=AFTER, reads="cinstr functions")


def xray(name, environment):
    environment = {"XRAY_OPTIONS": "patch_premain=true verbosity=0", **environment}
    return Side(f"{CLANG}: XRay {name}", CLANG, XRAY, ("{bench}/xray_start.o", "-fxray-instrument",
                "-fxray-modes=xray-basic,xray-fdr,xray-profiling"), environment=environment,
                floor=f"{CLANG}, hooks after inlining: two clocks", calls=AFTER, reads="xray",
                needs=CLANG, slow=True)


SIDES = [
    Side("gcc: plain", "gcc"),
    *hooks("gcc", "", BEFORE),
    *hooks("gcc", " after inlining", GCC_PLUGIN),
    Side("gcc: gprof", "gcc", "-pg", ("-pg",), reads="gprof", needs="gprof"),
    Side("gcc, hooks: uftrace record", "gcc", BEFORE, command=("uftrace", "record", "--no-libcall", "-d", "data"),
         floor="gcc, hooks: two clocks", calls=BEFORE, reads="uftrace", needs="uftrace", slow=True),
    Side("gcc: callgrind", "gcc", command=("valgrind", "--tool=callgrind", "-q",
         "--callgrind-out-file=callgrind.out"), reads="callgrind", needs="valgrind", slow=True),
    Side("gcc: perf record, 1 kHz", "gcc", command=("perf", "record", "-q", "-F", "1000", "-o",
         "perf.data", "--"), needs="perf"),
    Side("gcc: gperftools, 1 kHz", "gcc", environment={"LD_PRELOAD": "libprofiler.so.0",
         "CPUPROFILE": "cpu.prof", "CPUPROFILE_FREQUENCY": "1000"}, needs="google-pprof"),
    Side(f"{CLANG}: plain", CLANG),
    *hooks(CLANG, "", BEFORE),
    *hooks(CLANG, " after inlining", AFTER),
    plugin("exact", PLUGIN),
    plugin("exact, instructions", PLUGIN_WITH + "instructions"),
    plugin("leaves counted", PLUGIN_WITH + "count-leaves=20"),
    plugin("timing=adaptive", PLUGIN, ("timing=adaptive",)),
    plugin("timing=count", PLUGIN, ("timing=count",)),
    plugin("timing=count, sample=1000", PLUGIN, ("timing=count", "sample=1000")),
    plugin("count", PLUGIN_WITH + "count"),
    xray("basic", {"BENCH_XRAY_MODE": "xray-basic"}),
    xray("FDR", {"BENCH_XRAY_MODE": "xray-fdr"}),
    xray("profiling", {"BENCH_XRAY_MODE": "xray-profiling"}),
]
