"""Time whole processes: medians of several runs, and the most memory a run held."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(sys.executable).parent
# What is installed has its bytecode beside it, and so has this package here, whatever the environment says of it.
BYTECODE = tempfile.TemporaryDirectory()
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["PYTHONPYCACHEPREFIX"] = BYTECODE.name


def median_seconds(command: list[str], *, times: int = 5) -> float:
    """Median wall time of a command [s]."""
    return statistics.median(_seconds(command) for _ in range(times))


def median_cpu_seconds(command: list[str], *, times: int = 5) -> float:
    """Median time that a command keeps a processor busy [s]: it does not grow when others use the machine."""
    return statistics.median(_cpu_seconds(command) for _ in range(times))


def peak_megabytes(code: str) -> float:
    """Largest resident size of a piece of Python [MB]; read from within, since a child starts with its parent's."""
    tell = "; print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    done = subprocess.run(python(code + tell), capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) / 1024


def python(code: str) -> list[str]:
    """Command that runs a piece of Python."""
    return [sys.executable, "-c", code]


def report(name: str, value: float, unit: str, *, goal: str = "") -> None:
    """Print one line of the result."""
    print(f"{name:<66} {value:9.3f} {unit:<3} {goal}")


def _cpu_seconds(command: list[str]) -> float:
    before = os.times()
    _seconds(command)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr.decode()[-500:]}")
    return time.perf_counter() - start
