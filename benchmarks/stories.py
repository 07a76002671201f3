"""What it costs to give an article its story: CPU per article with 10,000, 100,000 … articles stored.

    .venv/bin/python benchmarks/stories.py --stored 10000 100000 [--database postgresql://…] [--peers]

`--peers` puts datasketch's MinHashLSH (128 permutations, threshold 0.2) and simhash's index (distance 3) beside it, in
memory, where these are installed; both forget everything when the process ends, and neither confirms what it finds.
"""

import argparse
import itertools
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert

sys.path.insert(0, str(Path(__file__).parent.parent))

from news.article import Article, Prepared
from storage.database import Database
from storage.fingerprint import SKETCH_SIZE, body_hash, shingles, sketch
from storage.neighbours import write_sketches
from storage.rows import next_ids
from storage.stories import Arrival, place_many
from storage.tables import articles, sources, stories

SITES = 500
START = datetime(2025, 3, 3, tzinfo=UTC)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Press:
    """Makes texts that repeat words as a language does, and numbers them as they arrive."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._words = ["".join(self._rng.choices(LETTERS, k=self._rng.randint(2, 11))) for _ in range(40_000)]
        self._weights = list(itertools.accumulate(1 / (rank + 8) for rank in range(len(self._words))))
        self._ids = itertools.count(1)
        self._recent: list[list[str]] = []

    def new(self, words: int) -> Arrival:
        """Give a text that was never seen."""
        tokens = self._rng.choices(self._words, cum_weights=self._weights, k=words)
        self._recent = [*self._recent[-99:], tokens]
        return self._arrival(tokens)

    def stub(self) -> Arrival:
        """Give an article of no words."""
        return self._arrival([])

    def copy(self) -> Arrival:
        """Give a recent text with one word in ten changed."""
        tokens = list(self._rng.choice(self._recent))
        for place in self._rng.sample(range(len(tokens)), len(tokens) // 10):
            tokens[place] = self._rng.choice(self._words)
        return self._arrival(tokens)

    def _arrival(self, tokens: list[str]) -> Arrival:
        number = next(self._ids)
        article = Article(
            url=f"https://site{number % SITES}.example/{number}",
            title=" ".join(tokens[:8]),
            text=" ".join(tokens[8:]),
            first_seen_at=START + timedelta(seconds=number),
        )
        prepared = Prepared(article=article, tokens=tokens)
        site = number % SITES
        return Arrival(article_id=number, prepared=prepared, source=f"site{site}", source_id=site + 1)


def keep(connection: Connection, arrivals: Sequence[Arrival]) -> float:
    """Place and insert articles; gives the CPU seconds that placing took."""
    now = arrivals[-1].prepared.article.first_seen_at
    with stopwatch() as spent:
        placed = place_many(connection, arrivals, now=now)
    connection.execute(
        insert(articles), [row(arrival, story) for arrival, (story, _) in zip(arrivals, placed, strict=True)]
    )
    return spent()


def row(arrival: Arrival, story: object) -> dict[str, object]:
    """Give an article's columns."""
    article = arrival.prepared.article
    empty = dict.fromkeys(("guid", "section", "group", "note", "summary", "joined_layer"), "")
    return empty | {
        "id": arrival.article_id,
        "source_id": arrival.source_id,
        "story_id": story,
        "url": article.url,
        "title": article.title,
        "authors": "[]",
        "lang": "en",
        "first_seen_at": article.first_seen_at,
        "text_from": "page",
        "body_hash": body_hash(arrival.prepared.tokens),
        "joined_figure": 1.0,
        "joined_with": 0,
        "text": article.text,
        "tokens": " ".join(arrival.prepared.tokens),
    }


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Measure the CPU seconds of this process inside the block."""
    start = time.process_time()
    end = 0.0
    yield lambda: end - start
    end = time.process_time()


def fill(database: Database, press: Press, total: int, stored: int) -> None:
    """Keep articles of 450 words until there are as many as asked for."""
    while stored < total:
        size = min(1_000, total - stored)
        with database.write() as connection:
            keep(connection, [press.new(450) for _ in range(size)])
        stored += size


def stock(database: Database, press: Press, total: int, stored: int) -> None:
    """Keep what look-ups meet of so many articles, without placing each: sketches of drawn hashes, and rows.

    A million articles take minutes so, not an hour. Drawn hashes lie as spread as real ones; no text is read but those
    of candidates, and drawn articles are nobody's.
    """
    rng = random.Random(stored)
    while stored < total:
        size = min(50_000, total - stored)
        arrivals = [press.stub() for _ in range(size)]
        hashes = {arrival.article_id: [rng.getrandbits(63) for _ in range(SKETCH_SIZE)] for arrival in arrivals}
        with database.write() as connection:
            write_sketches(connection, hashes)
            moments = [arrival.prepared.article.first_seen_at for arrival in arrivals]
            told = [
                {"id": number, "title": "", "articles": 1, "first_seen_at": at, "last_seen_at": at}
                for number, at in zip(next_ids(connection, "stories", size), moments, strict=True)
            ]
            connection.execute(insert(stories), told)
            rows = [
                row(arrival, story["id"]) | {"body_hash": f"{rng.getrandbits(128):032x}"}
                for arrival, story in zip(arrivals, told, strict=True)
            ]
            connection.execute(insert(articles), rows)
        stored += size


def measure(database: Database, press: Press) -> list[tuple[str, float]]:
    """Give microseconds per article for each kind of batch."""
    kinds: list[tuple[str, int, Callable[[], Arrival]]] = [
        ("feed items of 60 words, 2,000 at once", 2_000, lambda: press.new(60)),
        ("new articles of 450 words, 20 at once", 20, lambda: press.new(450)),
        ("edited copies of 450 words, 20 at once", 20, press.copy),
        ("one new article of 450 words", 1, lambda: press.new(450)),
    ]
    found = []
    for name, size, make in kinds:
        press.new(450)
        spent = []
        for _ in range(3 if size > 100 else 15):
            batch = [make() for _ in range(size)]
            with database.write() as connection:
                spent.append(keep(connection, batch) / size * 1e6)
        found.append((name, sorted(spent)[len(spent) // 2]))
    texts = [press.new(450).prepared.tokens for _ in range(200)]
    with stopwatch() as took:
        for tokens in texts:
            sketch(shingles(tokens))
    return [("of it: the sketch of 450 words", took() / len(texts) * 1e6), *found]


def peers(press: Press, total: int) -> list[tuple[str, float]]:
    """Give microseconds per article for look-up and insert in the peers' in-memory indexes."""
    return [*_datasketch(press, total), *_simhash(press, total)]


def _datasketch(press: Press, total: int) -> list[tuple[str, float]]:
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        return []
    index = MinHashLSH(threshold=0.2, num_perm=128)

    def add(arrival: Arrival) -> None:
        tokens = arrival.prepared.tokens
        minhash = MinHash(num_perm=128)
        minhash.update_batch([" ".join(tokens[at : at + 5]).encode() for at in range(len(tokens) - 4)])
        index.query(minhash)
        index.insert(arrival.article_id, minhash)

    return [("datasketch MinHashLSH, 450 words, in memory", _timed(press, total, add))]


def _simhash(press: Press, total: int) -> list[tuple[str, float]]:
    try:
        from simhash import Simhash, SimhashIndex
    except ImportError:
        return []
    index = SimhashIndex([], k=3)

    def add(arrival: Arrival) -> None:
        tokens = arrival.prepared.tokens
        value = Simhash([" ".join(tokens[at : at + 5]) for at in range(len(tokens) - 4)])
        index.get_near_dups(value)
        index.add(str(arrival.article_id), value)

    return [("simhash index, 450 words, in memory", _timed(press, total, add))]


def _timed(press: Press, total: int, add: Callable[[Arrival], None]) -> float:
    for _ in range(total):
        add(press.new(450))
    batch = [press.new(450) for _ in range(200)]
    with stopwatch() as took:
        for arrival in batch:
            add(arrival)
    return took() / len(batch) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--database", default="", help="an empty database; default: a SQLite file of its own")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--stock", action="store_true", help="store sketches of drawn hashes, not placed articles")
    parser.add_argument("--only-peers", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.only_peers:
            for total in sorted(options.stored):
                report(total, peers(Press(2), total))
            return
        database = Database(options.database or f"sqlite:///{folder}/stories.db")
        database.migrate()
        press = Press(1)
        with database.write() as connection:
            connection.execute(insert(sources), [_source(number) for number in range(1, SITES + 1)])
        stored = 0
        for total in sorted(options.stored):
            (stock if options.stock else fill)(database, press, total, stored)
            stored = total
            report(total, measure(database, press) + (peers(Press(2), total) if options.peers else []))
        database.close()


def report(total: int, figures: Sequence[tuple[str, float]]) -> None:
    """Print one table."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{total:,} articles stored, peak memory {memory:.0f} MB\n")
    print(f"| {'CPU per article':46} | {'µs':>7} |\n|{'-' * 48}|{'-' * 8}:|")
    for name, figure in figures:
        print(f"| {name:46} | {figure:7,.0f} |")


def _source(number: int) -> dict[str, object]:
    texts = dict.fromkeys(("group", "lang", "links", "etag", "last_modified", "body_hash", "moved_to", "owner"), "")
    numbers = dict.fromkeys(("failures", "attempts", "token"), 0)
    switches = {"full_text": True, "enabled": True, "removed": False}
    return (
        texts
        | numbers
        | switches
        | {
            "id": number,
            "name": f"site{number}",
            "url": "https://site.example/feed",
            "kind": "feed",
            "interval_seconds": 900.0,
            "due_at": START,
        }
    )


if __name__ == "__main__":
    main()
