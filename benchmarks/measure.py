"""Runs one command and says what it and every process it started cost.

    python benchmarks/measure.py RESULT.json COMMAND ...

CPU time is the kernel's own count for the whole tree. Linux: this process adopts orphans, so that children the command
did not wait for are counted too. Memory is sampled ten times a second as the sum of each process's proportional share
(PSS: a page shared by four processes counts a quarter in each), since a plain sum would count shared pages repeatedly.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>
SAMPLE_SECONDS = 0.1
ORPHAN_SECONDS = 10  # how long left-over children may live on


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a command cost; CPU and memory are those of its whole process tree."""

    exit_status: int
    wall: float  # seconds until the command itself ended
    cpu: float  # seconds, user and system
    system: float  # seconds of those spent in the kernel
    memory: float  # MB, highest sum of proportional shares seen
    largest: float  # MB, resident peak of the largest single process
    processes: int  # most at one time


class Sampler(threading.Thread):
    """Watches the memory of all our descendants until told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.memory = 0.0
        self.processes = 0

    def run(self) -> None:
        """Sample until `ended`."""
        me = psutil.Process()
        while not self.ended.wait(SAMPLE_SECONDS):
            shares = [share for child in me.children(recursive=True) if (share := proportional(child))]
            self.memory = max(self.memory, sum(shares))
            self.processes = max(self.processes, len(shares))


def proportional(process: psutil.Process) -> float:
    """MB of a process, pages it shares counted in part; 0 when it is gone."""
    with suppress(psutil.Error, OSError):
        full = process.memory_full_info()
        return float(getattr(full, "pss", full.rss)) / 1e6
    return 0.0


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends; does nothing outside Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans() -> None:
    """Wait for every left-over child, since only children waited for are counted; end the ones that stay."""
    deadline = time.monotonic() + ORPHAN_SECONDS
    with suppress(ChildProcessError):
        while True:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                if time.monotonic() > deadline:
                    end_children()
                time.sleep(0.02)


def end_children() -> None:
    """Kill whatever is still below us."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            child.kill()


def run(command: list[str]) -> Cost:
    """Run `command` to its end and add up the tree."""
    adopt_orphans()
    sampler = Sampler()
    started = time.monotonic()
    process = subprocess.Popen(command)
    sampler.start()
    status = process.wait()
    wall = time.monotonic() - started
    reap_orphans()
    sampler.ended.set()
    sampler.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(
        exit_status=status,
        wall=wall,
        cpu=used.ru_utime + used.ru_stime,
        system=used.ru_stime,
        memory=sampler.memory,
        largest=used.ru_maxrss / 1e3,
        processes=sampler.processes,
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(asdict(run(sys.argv[2:]))), encoding="utf-8")
