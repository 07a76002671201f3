"""Made-up news prose: reads like English, differs from article to article, and is the same for the same seed."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

# words.txt: on each line a kind, then words of that kind.
WORDS: dict[str, list[str]] = {}
for line in Path(__file__).with_name("words.txt").read_text(encoding="utf-8").splitlines():
    kind, *listed = line.split()
    WORDS.setdefault(kind, []).extend("" if word == "-" else word for word in listed)

# One letter for each word of a sentence; a comma stands for itself.
PATTERNS = (
    "D A N V D N J D A N",
    "X V D A N J D N J X",
    "J D N , D N V D A N R",
    "D N J D N V R , C D A N V D N",
    "X , D A N J X , V D N J D A N",
    "R D A N J D N V D N J X",
    "D N V D A A N C D N J D N",
    "X X V , C D N J D A N V X",
)


def _zipf(words: list[str], rng: Random) -> list[str]:
    """A pool to draw from: a few words are frequent and most are rare, as in any language."""
    shuffled = rng.sample(words, len(words))
    return [word for rank, word in enumerate(shuffled, 1) for _ in range(int(40 / rank**0.5))]


def _coin(rng: Random) -> str:
    """A name of two or three syllables."""
    syllables = (
        "".join(rng.choice(WORDS[part]) for part in ("onset", "vowel", "coda")) for _ in range(rng.choice((2, 2, 3)))
    )
    return "".join(syllables).capitalize()


_POOL_RNG = Random(20_260_101)
_POOLS = {
    **WORDS,
    **{kind: _zipf(WORDS[kind], _POOL_RNG) for kind in "ANV"},
    "X": [_coin(_POOL_RNG) for _ in range(4000)],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article of the newsroom, before it is dressed as a feed item or a page."""

    title: str
    summary: str  # 50 to 60 words
    paragraphs: tuple[str, ...]  # 400 to 500 words together
    author: str
    section: str


def sentence(rng: Random) -> str:
    """One sentence of 10 to 16 words."""
    words = [slot if slot == "," else rng.choice(_POOLS[slot]) for slot in rng.choice(PATTERNS).split()]
    text = " ".join(words).replace(" ,", ",")
    return text[0].upper() + text[1:] + "."


def passage(rng: Random, words: int) -> str:
    """Whole sentences until there are at least `words` words."""
    sentences: list[str] = []
    count = 0
    while count < words:
        sentences.append(sentence(rng))
        count += sentences[-1].count(" ") + 1
    return " ".join(sentences)


def headline(rng: Random) -> str:
    """A title of eight or nine words."""
    slots = rng.choice(("X A N V D N J X", "A N J X V A N J N", "X V D A N J D N"))
    return " ".join(rng.choice(_POOLS[slot]) for slot in slots.split()).capitalize()


def story(seed: int, feed: int, item: int) -> Story:
    """Article `item` of `feed`: the same for the same three numbers, and like no other."""
    rng = Random(f"{seed}/{feed}/{item}")
    return Story(
        title=headline(rng),
        summary=passage(rng, 48),
        paragraphs=tuple(passage(rng, 40) for _ in range(10)),
        author=f"{_coin(rng)} {_coin(rng)}",
        section=rng.choice(("Politics", "Economy", "World", "Sport", "Culture", "Science")),
    )
