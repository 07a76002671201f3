"""Whether one text is a copy of another: the judgement of two readings; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from storage.fingerprint import containment, jaccard, shingles

MIN_JACCARD = 0.2  # of five-word shingles: an edited copy, two words in ten changed, keeps a third of them
MIN_CONTAINMENT = 0.3  # of the shorter text's shingles: a cut copy, or one embedded in a longer text
MIN_PAIRS = 0.5  # of the shorter text's word pairs: an edited copy keeps most, a follow-up only what it quotes
MIN_KIN = 0.2  # of the shorter text's word pairs: two copies of one original, each edited in its own way
MIN_SHARED = 8  # shingles: a quotation of a dozen words makes no copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A stored or arriving text, taken apart for comparison."""

    article_id: int
    source: str
    shingles: frozenset[int]
    pairs: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A verdict on two texts, with the figure that made it and the reason where they are no copies."""

    copy: bool
    figure: float
    reason: str = ""


def read(article_id: int, source: str, tokens: Sequence[str]) -> Reading:
    """Take a text apart."""
    return Reading(
        article_id=article_id,
        source=source,
        shingles=frozenset(shingles(tokens)),
        pairs=frozenset(pairwise(tokens)),
    )


def compare(one: Reading, other: Reading) -> Likeness:
    """Judge whether two texts are copies: word for word, edited, cut, or one embedded in the other."""
    alike, held = jaccard(one.shingles, other.shingles), containment(one.shingles, other.shingles)
    figure = round(max(alike, held), 4)
    if len(one.shingles & other.shingles) < MIN_SHARED or (alike < MIN_JACCARD and held < MIN_CONTAINMENT):
        return Likeness(copy=False, figure=figure, reason="little in common")
    if _pairs_kept(one, other) < MIN_PAIRS:
        return Likeness(copy=False, figure=figure, reason="shares passages only")
    return Likeness(copy=True, figure=figure)


def akin(one: Reading, other: Reading) -> bool:
    """Say whether two texts may be members of one story: less than copies, more than strangers."""
    return _pairs_kept(one, other) >= MIN_KIN


def _pairs_kept(one: Reading, other: Reading) -> float:
    smaller = min(len(one.pairs), len(other.pairs))
    return len(one.pairs & other.pairs) / smaller if smaller else 0.0
