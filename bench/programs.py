# SPDX-License-Identifier: MIT
"""The programs that are benchmarked: one row each. Micro-programs are shapes of bench/micro.c;
real ones are those of tests/real, on their input of size `demo` unless it says otherwise. A row says what is run and
nothing of how it is measured."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    name: str
    title: str
    source: str  # what bench/build takes
    arguments: tuple = ()
    quick: tuple = ()  # the arguments of a quick run
    is_real: bool = False
    languages: str = "C"
    size: str = "demo"  # of a real program's input


PROGRAMS = [
    Program("leaf", "an empty function", "micro", ("leaf", "20000000"), ("leaf", "5000000")),
    Program("fib", "fib", "micro", ("fib", "34"), ("fib", "31")),
    Program("fan4", "random fan-out of 4", "micro", ("fan", "4", "10000000"), ("fan", "4", "4000000")),
    Program("fan64", "random fan-out of 64", "micro", ("fan", "64", "10000000"), ("fan", "64", "4000000")),
    Program("fan1000", "random fan-out of 1,000", "micro", ("fan", "1000", "10000000"),
            ("fan", "1000", "4000000")),
    Program("deep", "a stack 5,000 deep", "micro", ("deep", "5000", "2000"), ("deep", "5000", "800")),
    Program("threads", "two threads, an empty function", "micro", ("threads", "2", "10000000"),
            ("threads", "2", "2500000")),
    Program("sqlite", "SQLite, speedtest1", "sqlite", is_real=True),
    Program("lua", "Lua, a mixed script", "lua", is_real=True),
    Program("zstd", "zstd -3 on 32 MiB of text", "zstd", is_real=True),
    Program("json", "C++: nlohmann json, STL, exceptions", "json", is_real=True, languages="C++"),
]
