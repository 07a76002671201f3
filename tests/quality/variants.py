"""What outlets make of a text, by code: copies of every kind, follow-ups, and pages that only look like copies.

Originals are our own texts in `news_*.txt`. A variant names the kind it is and the story it belongs to.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.quality.frames import frames

_HERE = Path(__file__).parent
_PLACES = (
    "Lindau",
    "Hallen",
    "Marvik",
    "Torosk",
    "Belmora",
    "Sanvey",
    "Karsu",
    "Gulabad",
    "Ostrova",
    "Perlin",
    "Anset",
    "Dovra",
)
_NAMES = (
    "R. Falk",
    "M. Osman",
    "L. Arden",
    "S. Quliyev",
    "T. Brenner",
    "N. Sokol",
    "E. Yalman",
    "J. Pryce",
    "K. Adler",
    "D. Ionov",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A labelled page."""

    kind: str
    story: str
    lang: str
    site: str
    title: str
    text: str
    day: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """One of our own texts."""

    name: str
    lang: str
    title: str
    text: str


def boilerplate() -> dict[str, list[str]]:
    """Read what outlets put around their articles, by language."""
    text = (_HERE / "boilerplate.txt").read_text(encoding="utf-8")
    blocks = [block.strip().split("\n") for block in text.split("=== ")[1:]]
    return {lang: pieces for lang, *pieces in blocks}


def originals() -> list[Original]:
    """Read our own texts."""
    found = []
    for path in sorted(_HERE.glob("news_*.txt")):
        for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            name, title, text = block.strip().split("\n", 2)
            found.append(Original(name=name, lang=name[:2], title=title, text=text))
    return found


def specimens(seed: int = 1) -> list[Specimen]:
    """Make the whole set: every original first, then what was made of it; a site never prints a text twice."""
    rng = random.Random(seed)
    vocabulary: dict[str, list[str]] = {}
    for original in originals():
        vocabulary.setdefault(original.lang, []).extend(original.text.split())
    sites = (f"site{number}" for number in count())
    made = []
    for original in originals():
        made += list(_made_of(original, vocabulary[original.lang], sites, rng))
    return made + list(_templates(rng))


def _made_of(
    original: Original, vocabulary: Sequence[str], sites: Iterator[str], rng: random.Random
) -> Iterator[Specimen]:
    def specimen(
        kind: str, text: str, *, title: str = original.title, story: str = original.name, day: int = 0
    ) -> Specimen:
        return Specimen(kind=kind, story=story, lang=original.lang, site=next(sites), title=title, text=text, day=day)

    yield specimen("original", original.text)
    for _ in range(3):
        yield specimen("verbatim", _wrapped(original, rng))
    for share in (0.10, 0.12, 0.15, 0.20):
        yield specimen("edited", _edited(original.text, share, vocabulary, rng), title=_babble(vocabulary, 8, rng))
    for share in (0.34, 0.5):
        yield specimen("cut", _cut(original.text, share), title=_babble(vocabulary, 8, rng))
    for times in (1.0, 1.7):
        yield specimen("contained", _embedded(original.text, times, vocabulary, rng), title=_babble(vocabulary, 8, rng))
    for number, share in enumerate((0.2, 0.35)):
        text = _follow_up(original.text, share, vocabulary, rng)
        yield specimen(
            "followup", text, title=_changed_title(original, vocabulary, rng), story=f"{original.name}/{number}", day=1
        )


def _templates(rng: random.Random) -> Iterator[Specimen]:
    for name, lang, one_site, pages in frames(rng):
        for number, (title, text) in enumerate(pages):
            site = name if one_site else f"{name}{number}"
            yield Specimen(
                kind="template", story=f"{name}/{number}", lang=lang, site=site, title=title, text=text, day=number % 3
            )


def _wrapped(original: Original, rng: random.Random) -> str:
    pieces = [
        piece.format(place=rng.choice(_PLACES), name=rng.choice(_NAMES)) for piece in boilerplate()[original.lang]
    ]
    rng.shuffle(pieces)
    sentences = re.split(r"(?<=\.) ", original.text)
    middle = rng.randrange(1, len(sentences))
    return " ".join([pieces[0], *sentences[:middle], pieces[1], *sentences[middle:], pieces[2]])


def _edited(text: str, share: float, vocabulary: Sequence[str], rng: random.Random) -> str:
    words = text.split()
    for place in rng.sample(range(len(words)), round(share * len(words))):
        words[place] = rng.choice(
            [rng.choice(vocabulary), rng.choice(vocabulary), "", f"{words[place]} {rng.choice(vocabulary)}"]
        )
    return " ".join(word for word in words if word)


def _cut(text: str, share: float) -> str:
    words = text.split()
    return " ".join(words[: round(share * len(words))])


def _embedded(text: str, times: float, vocabulary: Sequence[str], rng: random.Random) -> str:
    own = _babble(vocabulary, round(times * len(text.split())), rng).split()
    middle = rng.randrange(len(own))
    return " ".join([*own[:middle], text, *own[middle:]])


def _follow_up(text: str, share: float, vocabulary: Sequence[str], rng: random.Random) -> str:
    """Write news about the same people, with a paragraph of the old text as background."""
    sentences = re.split(r"(?<=\.) ", text)
    quoted: list[str] = []
    first = rng.randrange(len(sentences) // 2)
    for sentence in sentences[first:]:
        if len(" ".join(quoted).split()) < share * len(text.split()):
            quoted.append(sentence)
    own = rng.choices([*text.split(), *vocabulary], k=round((1 - share) * len(text.split())))
    return " ".join([*own, *quoted])


def _changed_title(original: Original, vocabulary: Sequence[str], rng: random.Random) -> str:
    words = original.title.split()
    return " ".join([*words[:3], _babble(vocabulary, 5, rng)])


def _babble(vocabulary: Sequence[str], length: int, rng: random.Random) -> str:
    return " ".join(rng.choices(vocabulary, k=length))
