# SPDX-License-Identifier: MIT
"""Builds and runs one side of one program. Used by bench/bench; it judges nothing.

Each run has a directory of its own, so that the files it leaves can be measured and read, and is started
by bench/measure, which reports its times and peak memory. Its output goes to a file that is compared
with the plain build's: the speed of a side that changes what a program does is not compared."""
import hashlib
import os
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import readers

TOP = Path(__file__).resolve().parent.parent


class Skipped(Exception):
    """A side that cannot be run here; says why in one line."""


def weigh(file):
    """Bytes on disk: segments have holes. Other files may not be complete yet."""
    status = file.stat()
    return min(status.st_size, status.st_blocks * 512) if file.suffix == ".seg" else status.st_size


class Runner:
    def __init__(self, build, quick):
        self.build = Path(build).resolve()
        self.bench = self.build / "bench"
        self.cinstr = self.build / "cinstr"
        self.quick = quick
        self.built = set()
        self.environment = {k: v for k, v in os.environ.items() if k != "CINSTR_OPTIONS"}
        self.environment.setdefault("REAL_DIR", str(self.build / "real"))

    def fill(self, text):
        return text.replace("{build}", str(self.build)).replace("{bench}", str(self.bench))

    def fill_flags(self, flags):
        """The key of the objects that a side shares: its flags, and the contents of its plugin."""
        filled = self.fill(flags)
        named = re.search(r"-f(?:pass-)?plugin=(\S+)", filled)
        return filled if not named else f"{filled} -DPLUGIN_CHECKSUM={zlib.crc32(Path(named[1]).read_bytes())}"

    def binary(self, program, compiler, flags, link):
        """The built program. It has the same name on every side, since Lua stores its name. Sides that
        are built in the same way share it."""
        key = hashlib.sha256(repr((compiler, flags, link)).encode()).hexdigest()[:12]
        path = self.bench / "bin" / key / program.source
        if path in self.built:
            return path
        command = [TOP / "bench/build", program.source, compiler, path, self.fill_flags(flags),
                   *map(self.fill, link)]
        result = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if result.returncode != 0:
            why = (result.stderr.strip().splitlines() or ["?"])[-1]
            raise Skipped(f"does not build: {why.replace(str(self.build), 'build')}")
        self.built.add(path)
        return path

    def run(self, program, binary, command=(), environment=None):
        """Runs it once. Returns the figures; what it left behind is in `directory`."""
        directory = self.bench / "run"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(mode=0o700, parents=True)  # segments lie only where nobody else can write
        figures, output = self.bench / "figures", self.bench / "output"
        figures.unlink(missing_ok=True)
        measured = [self.bench / "measure", figures, *(f"{k}={self.fill(v)}" for k, v in (environment or {}).items()),
                    *map(self.fill, command), binary]
        if program.is_real:
            measured = [TOP / "tests/real/run", program.source, program.size, *measured]
        else:
            measured += (self.quick and program.quick) or program.arguments
        with open(output, "wb") as out:
            subprocess.run(measured, cwd=directory, env=self.environment, stdout=out,
                           stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        if not figures.exists():
            raise Skipped("does not start")
        status, wall, user, system, memory = figures.read_text().split()
        if status != "0":
            raise Skipped(f"ends with status {status}")
        left = sum(weigh(f) for f in directory.rglob("*") if f.is_file())
        return {"wall": float(wall), "cpu": float(user) + float(system), "memory": int(memory) * 1024,
                "disk": left, "output": hashlib.sha256(output.read_bytes()).hexdigest(),
                "directory": directory}

    def count(self, program, compiler, flags):
        """The counting hook's counts of these calls."""
        hook = subprocess.run(["bash", "-c", ". tests/real/programs.sh && real_count_hook"], cwd=TOP,
                              env=self.environment, check=True, capture_output=True, text=True).stdout.strip()
        binary = self.binary(program, compiler, flags, (hook, "-pthread"))
        listing = self.bench / "counts"
        listing.unlink(missing_ok=True)
        self.run(program, binary, environment={"COUNT_HOOK_OUTPUT": str(listing)})
        return readers.counted(binary, listing)
