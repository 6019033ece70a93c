# SPDX-License-Identifier: MIT
"""Reads what a run has left behind: how often each function was called, and what the total time was.

There is one function for each kind of side, named in the rows of sides.py: reader(binary, directory,
context) returns a dictionary of function name to calls; None if the tool that reads it is not installed.
Names are as in the symbol table. They are compared with the counting hook's (counted()).
"""
import json
import re
import shutil
import subprocess
from pathlib import Path

from seconds import left_of

TOP = Path(__file__).resolve().parent.parent


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout


def add(calls, name, count):
    name = re.sub(r"#\d+$", "", name)  # of several functions with one name: name-edges' mark
    calls[name] = calls.get(name, 0) + count


def named_edges(binary, listing):
    """Lines `callee call_site count` as {(callee, call_site): count}, by symbol and offset."""
    named = subprocess.run([TOP / "tests/real/name-edges", binary], input=listing, check=True,
                           capture_output=True, text=True).stdout
    edges = {}
    for line in named.splitlines():
        callee, call_site, count = line.split()
        edges[callee, call_site] = int(count)
    return edges


def by_function(edges):
    functions = {}
    for (callee, _), count in edges.items():
        add(functions, callee.split("+")[0], count)
    return functions


def counted(binary, listing):
    """The truth: (edges, functions) of a listing that the counting hook has written."""
    edges = named_edges(binary, Path(listing).read_text())
    return edges, by_function(edges)


def read_cinstr(binary, directory, cinstr):
    """Counts by edge; for cinstr alone these can be checked."""
    return named_edges(binary, output_of(cinstr, "report", "--addresses", directory / "profile.pb.gz"))


def read_cinstr_functions(binary, directory, cinstr):
    """Counts by function, for code that is not the counted one's: its call sites lie elsewhere."""
    return by_function(read_cinstr(binary, directory, cinstr))


def read_gprof(binary, directory, _):
    calls = {}
    for line in output_of("gprof", "-b", "-p", "--no-demangle", binary, directory / "gmon.out").splitlines():
        fields = line.split()
        if len(fields) == 7 and fields[3].isdigit():
            add(calls, fields[6], int(fields[3]))
    return calls


def read_uftrace(_, directory, __):
    calls = {}
    report = output_of("uftrace", "report", "-d", directory / "data", "--no-libcall", "--demangle=no",
                       "-f", "call", "--no-pager")
    for line in report.splitlines():
        fields = line.split()
        if len(fields) == 2 and fields[0].isdigit():
            add(calls, fields[1], int(fields[0]))
    return calls


def read_callgrind(_, directory, __):
    calls, names, name = {}, {}, ""
    with open(directory / "callgrind.out", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = re.match(r"c?fn=\((\d+)\)(?: (.*))?$", line)
            if match:
                if match[2]:
                    names[match[1]] = re.sub(r"'\d+$", "", match[2])
                name = names[match[1]]
            elif line.startswith("calls="):
                add(calls, name, int(line[len("calls="):].split()[0]))
    return calls


def read_xray(binary, directory, _):
    tool = shutil.which("llvm-xray-19") or shutil.which("llvm-xray")
    if not tool:
        return None
    calls = {}
    for log in directory.glob("xray-log.*"):
        try:
            report = output_of(tool, "account", log, f"--instr_map={binary}", "--format=csv")
        except subprocess.CalledProcessError:
            return None  # the profiling mode's own format, which no tool reads
        for line in report.splitlines()[1:]:
            add(calls, line.rsplit(",", 1)[1].strip('"'), int(line.split(",")[1]))
    return calls


READERS = {"cinstr": read_cinstr, "cinstr functions": read_cinstr_functions, "gprof": read_gprof, "uftrace": read_uftrace,
           "callgrind": read_callgrind, "xray": read_xray}


def is_exact(kind, read, truth):
    """True, false, or None if that is not known. main is left out: gprof does not count it."""
    if read is None or truth is None:
        return None
    edges, functions = truth
    if kind == "cinstr":
        return read == edges
    return all(read.get(name) == calls for name, calls in functions.items() if name != "main")


def corrected_seconds(directory, cinstr):
    """The profile's total on-CPU (else wall) time and the ends of its error bar; None where nothing was
    timed."""
    report = json.loads(output_of(cinstr, "report", "--json", "--limit", "1", directory / "profile.pb.gz"))
    left = left_of(report)
    if left is None:
        return None
    total, half = left
    return total, max(0, total - half), total + half
