"""A second labelled set, made another way than `variants`: short wires in eight languages and what desks make of them.

Texts grow from clauses that are drawn once for each story, so that two stories share words and hardly a phrase. What
is done to them is done by sentence and by word: rewritten, cut at both ends, set into round-ups, quoted by half.
"""

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.quality.variants import Specimen

_HERE = Path(__file__).parent
_STORIES = 8  # of each language
_SIZES = (60, 80, 100, 120)  # words of a wire


def wires(seed: int = 5) -> list[Specimen]:
    """Make the set: originals first, follow-ups a day later."""
    rng = random.Random(seed)
    made: list[Specimen] = []
    for lang, clauses in _clauses().items():
        for number in range(_STORIES):
            made += _story(f"{lang}-wire-{number}", lang, clauses, rng)
    return sorted(made, key=lambda page: page.day)


def _clauses() -> dict[str, list[list[str]]]:
    """Read clauses by language, as words."""
    blocks = re.split(r"^=== ", (_HERE / "clauses.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        lang: [line.split() for line in lines if line.strip()]
        for lang, *lines in (block.split("\n") for block in blocks)
    }


def _story(name: str, lang: str, clauses: Sequence[Sequence[str]], rng: random.Random) -> Iterator[Specimen]:
    wire = _write(clauses, rng.choice(_SIZES), rng)
    title = _title(wire)
    sites = iter(f"{name}-outlet{number}" for number in range(40))

    def page(kind: str, sentences: Sequence[str], *, story: str = name, day: int = 0, heading: str = title) -> Specimen:
        text = " ".join(sentences)
        return Specimen(kind=kind, story=story, lang=lang, site=next(sites), title=heading, text=text, day=day)

    other = _write(clauses, 240, rng)
    yield page("original", wire)
    yield page("verbatim", wire)
    yield page("verbatim", [*wire, f"© {rng.randint(2020, 2030)}"], heading=f"{title} – {rng.randint(1, 9)}")
    for share in (0.1, 0.15, 0.2):
        yield page("edited", _rewritten(wire, share, clauses, rng))
    yield page("edited", [*wire[1:2], wire[0], *_rewritten(wire[2:], 0.1, clauses, rng)], heading=_title(wire[1:]))
    yield page("cut", wire[: len(wire) // 2 + 1])
    yield page("cut", wire[1:])
    middle = rng.randrange(1, len(other) // 2)
    roundup = [*other[:middle], *wire, *other[middle : len(other) // 2]]
    yield page("contained", roundup, heading=_title(other))
    yield page("contained", [*_rewritten(wire, 0.05, clauses, rng), *other[len(other) // 2 :]])
    fresh = _write(clauses, sum(len(each.split()) for each in wire), rng)
    yield page("followup", [*fresh[: len(fresh) // 2], *wire[: len(wire) // 2]], story=f"{name}/0", day=1)
    fresh = _write(clauses, sum(len(each.split()) for each in wire), rng)  # another desk's: with the same words a copy
    mixed = [both[place % 2] for place, both in enumerate(zip(fresh, wire, strict=False))]
    yield page("followup", [*fresh, *mixed[-2:]], story=f"{name}/1", day=1, heading=f"{title} – II")


def _write(clauses: Sequence[Sequence[str]], size: int, rng: random.Random) -> list[str]:
    """Write sentences of drawn words, each in the order of some clause, names and figures of the story's own."""
    names = [f"{rng.choice('BDFGKLMNPRSTVZ')}{rng.choice('aeiou')}{rng.choice('lmnr')}an" for _ in range(3)]
    sentences: list[str] = []
    words = 0
    while words < size:
        one, other = rng.sample(list(clauses), 2)
        kept = [word for word in (*one, *other) if rng.random() < 0.6]
        rng.shuffle(kept)
        kept.insert(rng.randrange(len(kept)), rng.choice(names))
        kept.insert(rng.randrange(len(kept)), str(rng.randint(2, 900)))
        sentence = " ".join(kept)
        sentences.append(sentence[0].upper() + sentence[1:] + ".")
        words += len(kept)
    return sentences


def _rewritten(
    sentences: Sequence[str], share: float, clauses: Sequence[Sequence[str]], rng: random.Random
) -> list[str]:
    """Change words here and there, as a desk does: other ones, fewer, more."""
    pool = [word for clause in clauses for word in clause]

    def change(word: str) -> str:
        if rng.random() >= share:
            return word
        return rng.choice([rng.choice(pool), "", f"{word} {rng.choice(pool)}"])

    return [" ".join(filter(None, map(change, sentence.split()))) for sentence in sentences]


def _title(sentences: Sequence[str]) -> str:
    return " ".join(sentences[0].rstrip(".").split()[:7])
