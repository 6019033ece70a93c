# SPDX-License-Identifier: MIT
"""CPU seconds: what commands take, and what a profile's report says is left without the probes."""
import contextlib
import re
import resource
import subprocess


def cpu_seconds(command, environment=None):
    """Runs the command; user and system time of it and of all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def left_of(report):
    """`report`: what `cinstr report --json` printed. The profile's total on-CPU (else wall) time, and half the
    width of its 95 % interval; None if nothing was timed."""
    for comment in report["comments"]:
        match = re.match(r"time: .* = ([\d.]+) s, between [\d.]+ and ([\d.]+)", comment)
        if match:
            values = report["values"]
            total = values["cpu" if "cpu" in values else "wall"]["total"] / 1e9
            return total, float(match[2]) - float(match[1])
    return None


@contextlib.contextmanager
def busy_loops(count):
    """Runs `count` endless loops beside what is measured."""
    loops = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
