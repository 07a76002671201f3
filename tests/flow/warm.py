"""Processes of presswatch that need not load it: forked, one for each command, from one that loaded all of it once.

From there on each is a process like any other, with its own environment, output, signals, loop and parsing children.
What loading itself may break is seen where `Desk.start` starts Python anew, and in `test_cold`.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NoReturn

_PACKAGES = ("news", "crawler", "storage", "topics", "alerts", "scheduler", "presswatch")
_NOT_HERE = ("presswatch.__main__", "storage.migrations", "crawler.reading")  # they work as they are loaded
_LIBRARIES = ("aiosmtplib", "alembic.command", "httpx2", "jinja2", "pebble", "psycopg", "rich.table", "structlog")
_SECONDS = 200  # a command that takes longer is ended by its alarm


class Running:
    """A command under way."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._arguments = arguments
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (closed in `wait`)
        self._erred = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        ours, theirs = os.pipe()
        self._ends = os.fdopen(ours)
        asked = json.dumps([str(Path.cwd()), dict(environment), list(arguments)]).encode()
        socket.send_fds(_server(), [asked], [self._said.fileno(), self._erred.fileno(), theirs])
        os.close(theirs)
        self._pid = int(self._ends.readline())

    def kill(self) -> None:
        """End it as `kill -9` does."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> "subprocess.CompletedProcess[str]":
        """Wait for its end; gives its status (negative: the signal that ended it) and what it wrote."""
        with self._ends, self._said, self._erred:
            status = int(self._ends.read())
            self._said.seek(0)
            self._erred.seek(0)
            return subprocess.CompletedProcess(self._arguments, status, self._said.read(), self._erred.read())


@cache
def _server() -> socket.socket:
    """The process to fork from, begun with the first command of a test run and ended with the run."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    code = f"from tests.flow.warm import serve; serve({theirs.fileno()})"
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def serve(control: int) -> None:
    """Fork a process for each request until nobody is left to ask."""
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who wait for commands
    with socket.socket(fileno=control) as requests:
        while True:
            asked, files, _, _ = socket.recv_fds(requests, 1 << 20, 3)
            if not asked:
                return
            if os.fork() == 0:
                _watch(*json.loads(asked), *files)
            for each in files:
                os.close(each)


def _load() -> None:
    for package in _PACKAGES:
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not found.name.startswith(_NOT_HERE):
                importlib.import_module(found.name)
    for library in _LIBRARIES:
        importlib.import_module(library)
    assert "twisted.internet.reactor" not in sys.modules, "two processes cannot share one"
    assert threading.active_count() == 1, "a thread is not forked"
    gc.freeze()


def _watch(folder: str, environment: dict[str, str], arguments: list[str], *files: int) -> NoReturn:
    """Run a command in a child, and tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    said, erred, ends = files
    child = os.fork()
    if child == 0:
        for here, there in ((said, 1), (erred, 2)):
            os.dup2(here, there)
        os.closerange(3, max(files) + 1)
        _command(folder, environment, arguments)
    os.write(ends, f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    os.write(ends, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _command(folder: str, environment: dict[str, str], arguments: list[str]) -> NoReturn:
    """Do what `python -m presswatch` does."""
    from presswatch.__main__ import main

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    signal.alarm(_SECONDS)
    sys.argv[1:] = arguments
    main()
    raise AssertionError("it ends the process")
