"""Whether one text is a copy of another: the judgement of two readings; pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from storage.fingerprint import containment, word_pairs

# Measured on the labelled set in tests/quality: of the shorter text's word pairs an edited copy keeps .61 to .82, a
# cut or embedded one .83 and more, a follow-up at most .52, two copies edited apart .42 to .73. Five-word shingles,
# which find the candidates, tell these worse apart: .25 to .66 of an edited copy's, up to .48 of a follow-up's.
MIN_KEPT = 0.56
MIN_KEPT_UNEQUAL = 0.62  # where one text is much longer: it must hold nearly all of the other
UNEQUAL = 0.6  # length of the shorter by the longer
MIN_KIN = 0.45
MIN_SHARED = 12  # pairs: a quotation makes no copy
_SURE = 0.75  # of pairs kept: below, what differs must be scattered, as an editor's changes are
_MIN_BLOCK = 0.3  # of the shorter text: as much in one piece, other on both sides, is another text around a quotation
_MIN_PASSAGE = 0.25  # from here on texts share more than phrases

_WORD = re.compile(r"\w+")
_RUN = 3  # words of an anchor
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
    pairs: frozenset[int]


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
        pairs=frozenset(word_pairs(tokens)),
    )


def compare(one: Reading, other: Reading) -> Likeness:
    """Judge whether two texts are copies: word for word, edited, cut, or one embedded in the other.

    Refused with a reason: passages shared by texts that differ otherwise (a follow-up and its background), one
    frame filled with other names and figures (bulletins, notices, walls), one site's text under two titles.
    """
    kept = containment(one.pairs, other.pairs)
    figure = round(kept, 4)
    if kept < _MIN_PASSAGE or len(one.pairs & other.pairs) < MIN_SHARED:
        return Likeness(copy=False, figure=figure, reason="little in common")
    lengths = len(one.tokens), len(other.tokens)
    if kept < (MIN_KEPT_UNEQUAL if min(lengths) < UNEQUAL * max(lengths) else MIN_KEPT):
        return Likeness(copy=False, figure=figure, reason="shares passages only")
    if kept < _SURE and _replaced_block(one.tokens, other.tokens):
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
    return containment(one.pairs, other.pairs) >= MIN_KIN


def _replaced_block(tokens: Sequence[str], others: Sequence[str]) -> bool:
    """Say whether one long stretch of each text, at an end or between shared passages, stands only there."""
    least = _MIN_BLOCK * min(len(tokens), len(others))
    anchors = [(-_RUN, -_RUN), *_anchors(tokens, others), (len(tokens), len(others))]
    return any(
        min(next_here - here, next_there - there) - _RUN >= least
        for (here, there), (next_here, next_there) in pairwise(anchors)
    )


def same_frame(one: str, other: str) -> bool:
    """Say whether two texts are one template filled twice: what differs between shared passages is names and figures.

    An editor changes words of every kind; a bulletin, notice or form changes what it is about.
    """
    words, others = _WORD.findall(one), _WORD.findall(other)
    if min(_fillings(words, others), _fillings(others, words)) < _MIN_SLOT_WORDS:
        return False
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


def _fillings(words: Sequence[str], others: Sequence[str]) -> int:
    return sum(map(_is_filling, set(words).difference(others)))


def _is_filling(word: str) -> bool:
    return word[0].isupper() or not word.isalpha()


def _slots(words: Sequence[str], others: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Give the short stretches between shared passages where each text has words that the other has not."""
    anchors = _anchors([word.casefold() for word in words], [word.casefold() for word in others])
    for (here, there), (next_here, next_there) in pairwise(anchors):
        left, right = words[here + _RUN : next_here], others[there + _RUN : next_there]
        if 0 < len(left) <= _LONGEST_SLOT and 0 < len(right) <= _LONGEST_SLOT:
            only_left, only_right = _unlike(left, right), _unlike(right, left)
            if only_left and only_right:
                yield only_left, only_right


def _unlike(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Give the words that have no likeness among the others: another ending or spelling is the same word."""
    known = {other.casefold()[:4] if other.isalpha() else other for other in others}
    return [word for word in words if (word.casefold()[:4] if word.isalpha() else word) not in known]


def _anchors(words: Sequence[str], others: Sequence[str]) -> list[tuple[int, int]]:
    """Pair the runs of three words that stand once in each text, in their longest common order (patience diff)."""
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
