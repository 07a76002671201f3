"""Stories that tell of the same thing in other words or another language: offered to readers, never taken for copies.

Rewrites and translations share no passages with their source. What they share are names, figures and the day. So a
list of related stories is a guess with its grounds shown; nothing is joined and no alert held back because of it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import log

from sqlalchemy import Connection, func, select

from storage.tables import articles

_NEAR_IN_TIME = timedelta(days=2)
_SCANNED = 2_000  # stories of those days, the nearest first
_READ = 1_500  # characters of each: names and figures stand early
_MIN_SHARED = 3  # marks
_MIN_SHARE = 0.3  # of the weight of the story that has less
_MIN_SHARE_OF_NAMES = 0.5  # the same where no figure is shared: a minister is in several events of a day
_SHOWN = 5

_MARK = re.compile(r"(?<![\w.,])\d{2,}(?:[.,]\d+)?(?![\w])|(?<!\w)[^\W\d_][\w’'-]*")
_SENTENCE_END = frozenset('.!?…:"»”«“\n')
_YEARS = re.compile(r"(?:19|20)\d\d")
_VOWELS = frozenset("aeiouyj")
_MIN_LETTERS = 3
_CYRILLIC = (
    "а a б b в v г g д d е e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х h ц ts ч ch ш sh щ sh"
)
_MORE = "ы y э e ю yu я ya ё e і i ї yi є ye ґ g ў u ı i ə a ø o ł l đ d ð d þ th æ ae œ oe ß ss"
_SPELT = f"{_CYRILLIC} {_MORE}".split()
_LATIN = str.maketrans(dict(zip(_SPELT[::2], _SPELT[1::2], strict=True)) | {"ъ": "", "ь": ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A story near another one: how near, 0 to 1, and the names and figures that both have."""

    story_id: int
    title: str
    lang: str
    share: float
    shared: tuple[str, ...]
    first_seen_at: datetime


def marks(text: str) -> dict[str, str]:
    """Give the names and figures of a text: a skeleton that is the same in Latin and Cyrillic letters -> as written."""
    found: dict[str, str] = {}
    for mark in _MARK.finditer(text[:_READ]):
        word = mark[0]
        if word[0].isdigit():
            if not _YEARS.fullmatch(word):
                found.setdefault(word.replace(",", "."), word)
        elif word[0].isupper() and not _begins_sentence(text, mark.start()):
            bones = _skeleton(re.split(r"[’'-]", word)[0])
            if len(bones) >= _MIN_LETTERS:
                found.setdefault(bones, word)
    return found


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t—–-(")
    return not before or before[-1] in _SENTENCE_END


@lru_cache(maxsize=16_384)
def _skeleton(word: str) -> str:
    """Give the first letter and the consonants: Erdoğan, Эрдоган and Эрдогана are one."""
    plain = unicodedata.normalize("NFKD", word.casefold().translate(_LATIN))
    letters = [letter for letter in plain if letter.isalpha() and letter.isascii()]
    kept = letters[:1] + [letter for letter in letters[1:] if letter not in _VOWELS]
    return "".join(letter for place, letter in enumerate(kept) if place == 0 or letter != kept[place - 1])


def rarity(all_marks: Iterable[AbstractSet[str]]) -> dict[str, float]:
    """Weigh each mark: what stands in every text tells nothing."""
    sets = list(all_marks)
    counts = Counter(mark for each in sets for mark in each)
    return {mark: log((len(sets) + 1) / count) for mark, count in counts.items()}


def nearness(one: AbstractSet[str], other: AbstractSet[str], weight: Mapping[str, float]) -> float:
    """Give the weight that two texts share, as a part of what the one with less has, 0 to 1; 0 for a mere few marks."""
    shared = one & other
    if len(shared) < _MIN_SHARED:
        return 0.0
    least = min(sum(weight[mark] for mark in each) for each in (one, other))
    return sum(weight[mark] for mark in shared) / least if least else 0.0


def is_near(share: float, shared: AbstractSet[str]) -> bool:
    """Say whether stories that share so much, and these marks, may tell of one event."""
    return share >= (_MIN_SHARE if any(mark[0].isdigit() for mark in shared) else _MIN_SHARE_OF_NAMES)


def find_related(connection: Connection, story: int, *, limit: int = _SHOWN) -> list[Related]:
    """Give the stories of the same days that share a good part of a story's names and figures, the nearest first."""
    first = select(articles.c.first_seen_at).where(articles.c.story_id == story).order_by(articles.c.id).limit(1)
    moment = connection.execute(first).scalar()
    if moment is None:
        return []
    own: dict[str, str] = {}
    for row in connection.execute(_TEXTS.where(articles.c.story_id == story).order_by(articles.c.id).limit(1)):
        own = marks(_text(row.title, row.text or row.summary))
    near = articles.c.first_seen_at.between(moment - _NEAR_IN_TIME, moment + _NEAR_IN_TIME)
    beginnings = _TEXTS.where(near, articles.c.joined_layer == "first", articles.c.story_id != story)
    rows = connection.execute(beginnings.order_by(articles.c.id.desc()).limit(_SCANNED)).all()
    theirs = [marks(_text(row.title, row.text or row.summary)) for row in rows]
    weight = rarity([own.keys(), *(each.keys() for each in theirs)])
    found = [
        Related(
            story_id=row.story_id,
            title=row.title,
            lang=row.lang,
            share=round(share, 3),
            shared=tuple(own[mark] for mark in sorted(own.keys() & each.keys(), key=lambda mark: -weight[mark])),
            first_seen_at=row.first_seen_at,
        )
        for row, each in zip(rows, theirs, strict=True)
        if is_near(share := nearness(own.keys(), each.keys(), weight), own.keys() & each.keys())
    ]
    return sorted(found, key=lambda other: (-other.share, other.story_id))[:limit]


def _text(title: str, text: str) -> str:
    return f"{title}.\n{text}"


_TEXTS = select(
    articles.c.story_id,
    articles.c.title,
    articles.c.lang,
    articles.c.first_seen_at,
    articles.c.summary,
    func.substr(articles.c.text, 1, _READ).label("text"),
)
