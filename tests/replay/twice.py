"""The day of a thousand sources, lived twice: in two processes side by side, each with an order of sets of its own."""

import fcntl
import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import fields
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.database import Database
from tests.replay.day import Day, Events, live, undisturbed
from tests.replay.newsroom import Outlet, newsroom

SOURCES = 1000


def lived(press: Sequence[Outlet], hours: float = 24, events: Events = undisturbed) -> Day:
    """Live a day in a new database; in memory where there is room, for a day waits for the disk ten thousand times."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        database = Database(f"sqlite:///{folder}/day.db")
        database.migrate()
        try:
            return live(press, database, hours=hours, events=events)
        finally:
            database.close()


def lived_twice(folder: Path) -> tuple[Day, Day]:
    """Give both days, from the folder where they are lived already; of several processes one lives them."""
    folder.mkdir(exist_ok=True)
    files = [folder / "one.day", folder / "another.day"]
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all(file.exists() for file in files):
            _live_in_processes(files)
    one, another = (pickle.loads(file.read_bytes()) for file in files)
    return one, another


def difference(one: Day, another: Day) -> str:
    """Say where two days part; empty: nowhere."""
    for field in fields(Day):
        pairs = zip_longest(getattr(one, field.name), getattr(another, field.name))
        for number, (this, that) in enumerate(pairs):
            if this != that:
                return f"{field.name}[{number}]:\n  {this}\n  {that}"
    return ""


def _live_in_processes(files: Sequence[Path]) -> None:
    """Live a day for each file, at once; a set has another order in each, so that a day that hangs on one shows it."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", __name__, file],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for seed, file in enumerate(files, start=1)
    ]
    try:
        said = [each.communicate()[0] for each in running]
    finally:
        for each in running:
            each.kill()
    assert [each.returncode for each in running] == [0, 0], "\n".join(said)


def _main(file: Path) -> None:
    os.nice(10)  # what runs beside looks at real clocks
    gc.disable()  # there are no cycles to speak of, and the process ends soon
    half = file.with_suffix(".half")
    half.write_bytes(pickle.dumps(lived(newsroom(SOURCES))))
    half.rename(file)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
