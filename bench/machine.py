# SPDX-License-Identifier: MIT
"""The machine that a benchmark ran on, and the day, which bench/bench and bench/charges state with their
figures. It must describe the machine, never say where it is or whose."""
import platform
import re
import time
from pathlib import Path


def describe():
    info = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.*)$", info, re.M)
    cpus = len(re.findall(r"^processor", info, re.M))
    return {"cpu": model[1].strip() if model else platform.machine(), "cpus": cpus,
            "kernel": platform.release().split("-")[0], "date": time.strftime("%Y-%m-%d")}
