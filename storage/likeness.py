"""Whether one text is a copy of another: the judgement of two readings; pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from storage.fingerprint import containment, jaccard, shingles

# Measured on the labelled set in tests/quality: of the shorter text's word pairs an edited copy keeps .61 to .82, a
# cut or embedded one .83 and more, a follow-up at most .52, two copies edited apart .42 to .73.
MIN_PAIRS = 0.56
MIN_PAIRS_UNEQUAL = 0.75  # where one text is much longer: it must hold nearly all of the other
UNEQUAL = 0.6  # length of the shorter by the longer
MIN_KIN = 0.5
MIN_JACCARD = 0.12  # of five-word shingles: with 20 words in 100 changed a third is left, .2 of both together
MIN_CONTAINMENT = 0.22
MIN_SHARED = 8  # shingles: a quotation of a dozen words makes no copy

_WORD = re.compile(r"\w+")
_LONGEST_SLOT = 15  # words
_MIN_SLOT_WORDS = 3
_MIN_SLOT_SHARE = 0.025  # of the shorter text's words
_MIN_FILLED = 0.6  # of the words in slots: names and figures
_MIN_SAME_TITLE = 0.5

# How words begin that walls in front of pages are made of: consent, subscription, robot checks; with and without marks
_WALL_WORDS = (
    *("cookie", "javascript", "consent", "subscri", "captcha", "browser", "privacy", "personali", "advertis", "robot"),
    *("einwillig", "datenschutz", "abonn", "anmeld", "passwor", "werbung", "partner"),
    *("çerez", "cerez", "abone", "gizlilik", "parola", "giriş", "giris", "kişisel", "kisisel", "tarayıcı", "tarayici"),
    *("kuki", "abunə", "abune", "məxfilik", "mexfilik", "brauzer", "reklam"),
    *("куки", "подпис", "браузер", "конфиденц", "парол", "реклам", "согласи"),
)
_LONGEST_WALL = 250  # words
_MIN_WALL_WORDS = 4  # different ones
_MIN_WALL_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A stored or arriving text, taken apart for comparison."""

    article_id: int
    source: str
    title: str
    text: str
    tokens: Sequence[str]
    shingles: frozenset[int]
    pairs: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A verdict on two texts, with the figure that made it and the reason where they are no copies."""

    copy: bool
    figure: float
    reason: str = ""


def read(article_id: int, source: str, tokens: Sequence[str], *, title: str, text: str) -> Reading:
    """Take a text apart; `tokens` are the folded words of title and text."""
    return Reading(
        article_id=article_id,
        source=source,
        title=title,
        text=text,
        tokens=tokens,
        shingles=frozenset(shingles(tokens)),
        pairs=frozenset(pairwise(tokens)),
    )


def compare(one: Reading, other: Reading) -> Likeness:
    """Judge whether two texts are copies: word for word, edited, cut, or one embedded in the other.

    Refused with a reason: passages shared by texts that differ otherwise (a follow-up and its background), one
    frame filled with other names and figures (bulletins, notices, walls), one site's text under two titles.
    """
    alike, held = jaccard(one.shingles, other.shingles), containment(one.shingles, other.shingles)
    figure = round(max(alike, held), 4)
    if len(one.shingles & other.shingles) < MIN_SHARED or (alike < MIN_JACCARD and held < MIN_CONTAINMENT):
        return Likeness(copy=False, figure=figure, reason="little in common")
    lengths = len(one.tokens), len(other.tokens)
    unequal = min(lengths) < UNEQUAL * max(lengths)
    if _pairs_kept(one, other) < (MIN_PAIRS_UNEQUAL if unequal else MIN_PAIRS):
        return Likeness(copy=False, figure=figure, reason="shares passages only")
    if one.source == other.source and not _same_title(one.title, other.title):
        return Likeness(copy=False, figure=figure, reason="one site's text under two titles")
    if is_wall(one.tokens):
        return Likeness(copy=False, figure=figure, reason="a wall before a page")
    if same_frame(f"{one.title}\n{one.text}", f"{other.title}\n{other.text}"):
        return Likeness(copy=False, figure=figure, reason="one frame, other names and figures")
    return Likeness(copy=True, figure=figure)


def akin(one: Reading, other: Reading) -> bool:
    """Say whether two texts may be members of one story: less than copies, more than a shared passage."""
    return _pairs_kept(one, other) >= MIN_KIN


def same_frame(one: str, other: str) -> bool:
    """Say whether two texts are one template filled twice: what differs between shared passages is names and figures.

    An editor changes words of every kind; a bulletin, notice or form changes what it is about.
    """
    words, others = _WORD.findall(one), _WORD.findall(other)
    changed: list[str] = []
    least = 0
    for left, right in _slots(words, others):
        changed += left + right
        least += min(len(left), len(right))
    if least < max(_MIN_SLOT_WORDS, _MIN_SLOT_SHARE * min(len(words), len(others))):
        return False
    return sum(map(_is_filling, changed)) >= _MIN_FILLED * len(changed)


def is_wall(tokens: Sequence[str]) -> bool:
    """Say whether a text is what stands in front of an article: a consent, subscription or robot page."""
    if len(tokens) > _LONGEST_WALL:
        return False
    telling = [token for token in tokens if token.startswith(_WALL_WORDS)]
    return len(set(telling)) >= _MIN_WALL_WORDS and len(telling) >= _MIN_WALL_SHARE * len(tokens)


def _is_filling(word: str) -> bool:
    return word[0].isupper() or not word.isalpha()


def _slots(words: Sequence[str], others: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Give the short stretches between shared passages where each text has words that the other has not."""
    anchors = _anchors([word.casefold() for word in words], [word.casefold() for word in others])
    for (here, there), (next_here, next_there) in pairwise(anchors):
        left, right = words[here + 3 : next_here], others[there + 3 : next_there]
        if 0 < len(left) <= _LONGEST_SLOT and 0 < len(right) <= _LONGEST_SLOT:
            only_left, only_right = _unlike(left, right), _unlike(right, left)
            if only_left and only_right:
                yield only_left, only_right


def _unlike(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Give the words that have no likeness among the others: another ending or spelling is the same word."""
    known = {other.casefold()[:4] if other.isalpha() else other for other in others}
    return [word for word in words if (word.casefold()[:4] if word.isalpha() else word) not in known]


def _anchors(words: Sequence[str], others: Sequence[str]) -> list[tuple[int, int]]:
    """Pair the places of three-word runs that stand once in each text, in the longest common order (patience diff)."""
    places = _places(others)
    found = [(here, places[run]) for run, here in _places(words).items() if run in places]
    tails: list[int] = []  # the smallest end of an ordered chain of each length
    chain: list[int] = []  # by length: index into `found`
    before = [-1] * len(found)
    for index, (_, there) in enumerate(found):
        length = bisect_left(tails, there)
        before[index] = chain[length - 1] if length else -1
        tails[length : length + 1] = [there]
        chain[length : length + 1] = [index]
    ordered = []
    index = chain[-1] if chain else -1
    while index >= 0:
        ordered.append(found[index])
        index = before[index]
    return ordered[::-1]


def _places(words: Sequence[str]) -> dict[tuple[str, str, str], int]:
    once: dict[tuple[str, str, str], int] = {}
    twice = set()
    for place, run in enumerate(zip(words, words[1:], words[2:], strict=False)):
        if run in once:
            twice.add(run)
        once[run] = place
    return {run: place for run, place in once.items() if run not in twice}


def _same_title(one: str, other: str) -> bool:
    words, others = ({word.casefold() for word in _WORD.findall(title)} for title in (one, other))
    return len(words & others) >= _MIN_SAME_TITLE * min(len(words), len(others))


def _pairs_kept(one: Reading, other: Reading) -> float:
    smaller = min(len(one.pairs), len(other.pairs))
    return len(one.pairs & other.pairs) / smaller if smaller else 0.0
