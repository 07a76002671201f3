"""What it costs to match articles against 10, 1,000 and 10,000 topics: CPU per article, and CPU to compile.

    .venv/bin/python benchmarks/matching.py [--topics 10 1000 10000] [--articles 300] [--seed 1]

Beside it, in the same run and on the same texts: naive evaluation of every topic (the same clauses without the index),
a regular expression that joins every term, and pyahocorasick where it is installed. The last two only find terms: they
give no verdicts. Every topic's verdict is compared with naive evaluation; a difference ends the run with exit status 1.
"""

import argparse
import gc
import itertools
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from news.article import Article
from news.topic import NameList, Topic
from topics.matcher import Matcher, compile_topics
from topics.reading import Reading, Text

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SYLLABLES = [c + v for c in "bcdfghklmnprstvz" for v in ("a", "e", "i", "o", "u", "an", "el", "ir")]
WARM_UP = 1000  # articles before the clock starts
BATCH = 25
REGEX_LIMIT = 5000  # terms; a longer union takes minutes to compile


class Press:
    """Prints texts whose words repeat as a language's do: rank r of 40,000 words comes up in proportion to 1/r."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.words = sorted({self._word() for _ in range(40_000)}, key=len)
        self.shares = list(itertools.accumulate(1 / rank for rank in range(1, len(self.words) + 1)))

    def _word(self) -> str:
        return "".join(self.rng.choices(SYLLABLES, k=self.rng.choice((1, 2, 2, 3, 3, 3, 4, 5))))

    def article(self) -> Article:
        """About 650 words, 3 kB."""
        drawn = self.rng.choices(self.words, cum_weights=self.shares, k=660)
        lines = [" ".join(drawn[at : at + 14]).capitalize() for at in range(10, 660, 14)]
        return Article(url="", title=" ".join(drawn[:10]), text=". ".join(lines), lang="en", first_seen_at=NOW)


class Writer:
    """Writes topics as people do: names that few articles hold, narrowed by words of the language."""

    def __init__(self, seed: int, press: Press) -> None:
        self.rng = random.Random(seed)
        self.names = press.words[8000:]
        self.words = press.words[300:8000]
        self.terms: set[str] = set()

    def _pick(self, pool: Sequence[str]) -> str:
        word = self.rng.choice(pool)
        self.terms.add(word)
        return word

    def topic(self, number: int) -> Topic:
        """One topic of a shape drawn by lot."""
        a, b = self._pick(self.names), self._pick(self.names)
        v, w = self._pick(self.words), self._pick(self.words)
        shape = self.rng.choices(range(7), weights=(25, 20, 15, 15, 10, 10, 5))[0]
        query = (
            f'"{a} {b}" OR "{v} {w}"',
            f"({a} OR {b}) AND ({v} OR {w})",
            f"{v[:5]}* AND ({a} OR {b}) NOT {w}",
            f"({a} NEAR/5 {v}) OR ({b} NEAR/s {w}*)",
            f"title:({a} OR {b}) OR lead:({v} {a})",
            f"@names>=2 AND {a} AND ({b} OR {v[:5]}*)",
            f"{a}^2 OR {b}^2 OR {v} OR {w}^-1",
        )[shape]
        return Topic(name=f"t{number}", title="", query=query, version="1", threshold=3.0 if shape == 6 else 0.0)


def cpu_per_item(work: Callable[[Text], object], texts: Sequence[Text]) -> float:
    """Microseconds of CPU per text."""
    start = time.process_time()
    for text in texts:
        work(text)
    return (time.process_time() - start) / len(texts) * 1e6


def naive(matcher: Matcher) -> Callable[[Text], list[str]]:
    """Ask every topic, one after the other."""

    def ask(text: Text) -> list[str]:
        reading = Reading(text, matcher._vocabulary)  # noqa: SLF001
        verdicts = (each.verdict(reading) for each in matcher._topics)  # noqa: SLF001
        return [verdict.topic for verdict in verdicts if verdict]

    return ask


def regex_union(terms: Sequence[str]) -> Callable[[Text], object] | None:
    """One alternation of all terms."""
    if len(terms) > REGEX_LIMIT:
        return None
    union = re.compile(rf"\b(?:{'|'.join(map(re.escape, terms))})\b", re.IGNORECASE)
    return lambda text: union.findall(text.body)


def aho_corasick(terms: Sequence[str]) -> Callable[[Text], object] | None:
    """pyahocorasick over the folded words."""
    try:
        import ahocorasick
    except ImportError:
        return None
    automaton = ahocorasick.Automaton()
    for term in terms:
        automaton.add_word(f" {term} ", term)
    automaton.make_automaton()
    return lambda text: list(automaton.iter(f" {' '.join(text.tokens)} "))


@dataclass(slots=True, kw_only=True)
class Run:
    """A number of topics, compiled, and what they cost so far."""

    count: int
    matcher: Matcher
    terms: list[str]
    compiled: float  # seconds
    texts: list[Text] = field(default_factory=list)
    reading: float = 0.0  # seconds
    matching: float = 0.0

    def take(self, abouts: Sequence[Article]) -> None:
        """Read and match a batch on the clock."""
        start = time.process_time()
        texts = [self.matcher.read(about) for about in abouts]
        read = time.process_time()
        for text in texts:
            self.matcher.match(text)
        self.matching += time.process_time() - read
        self.reading += read - start
        self.texts += texts


def compiled(count: int, press: Press, seed: int) -> Run:
    """Write and compile so many topics."""
    writer = Writer(seed, press)
    topics = [writer.topic(number) for number in range(count)]
    names = NameList(name="names", entries={word: (word,) for word in writer.names[:200]})
    start = time.process_time()
    matcher = compile_topics(topics, {"names": names})
    return Run(count=count, matcher=matcher, terms=sorted(writer.terms), compiled=time.process_time() - start)


def show(run: Run, fewest: float) -> bool:
    """Print one row; false when the index and naive evaluation differ."""
    few = run.texts[:20]
    slow = naive(run.matcher)
    each = len(run.texts) / 1e6
    cost = (run.reading + run.matching) / each
    met = sum(len(run.matcher.match(text)) for text in run.texts) / len(run.texts)
    row = [f"{run.count:>7}", f"{run.compiled:8.2f}", f"{run.reading / each:8.0f}", f"{run.matching / each:8.0f}"]
    row += [f"{1e6 / cost:9.0f}", f"{cost / fewest:5.2f}", f"{met:7.1f}", f"{cpu_per_item(slow, few):10.0f}"]
    peers = (regex_union(run.terms), aho_corasick(run.terms))
    row.extend(f"{cpu_per_item(peer, few):11.0f}" if peer else f"{'-':>11}" for peer in peers)
    print("  ".join(row), flush=True)
    return all([match.topic for match in run.matcher.match(text)] == slow(text) for text in few)


def main() -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--topics", type=int, nargs="+", default=[10, 1000, 10_000])
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    press = Press(asked.seed)
    abouts = [press.article() for _ in range(WARM_UP + asked.articles)]
    length = sum(len(about.text) for about in abouts) // len(abouts)
    print(f"{len(abouts)} articles of {length} characters; CPU µs an article")
    print(" topics  compile s    read     match  articles/s  ratio    met       naive  regex union  pyahocorasick")
    runs = [compiled(count, press, asked.seed) for count in asked.topics]
    gc.collect()
    gc.freeze()  # topics live as long as the process: the collector need not walk through them again and again
    for run in runs:
        for about in abouts[:WARM_UP]:  # the words of the language become known, as in a process that runs for a while
            run.matcher.match(run.matcher.read(about))
    for at in range(WARM_UP, len(abouts), BATCH):  # by turns: what else the machine does slows all rows alike
        for run in runs:
            run.take(abouts[at : at + BATCH])
    fewest = (runs[0].reading + runs[0].matching) / len(runs[0].texts) * 1e6
    same = [show(run, fewest) for run in runs]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
