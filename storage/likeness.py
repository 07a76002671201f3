"""Whether one text is a copy of another: the judgement of two readings; pure."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from news.walls import LONGEST_WALL, is_wall
from storage.fingerprint import containment, hash_words, word_pairs

# Measured on two labelled sets, the one in tests/quality and one made of 250 news pages in 40 languages. Of the shorter
# text's word pairs a copy with one word in ten changed keeps .81 and more, one in five .67, three in ten .53; a
# follow-up that quotes half of the earlier text keeps .47 to .68. What tells them apart is where the rest stands: an
# editor's changes are scattered (at most .14 of the text in stretches of eight new words), a follow-up's are not (.15
# to .77). Five-word shingles, which find the candidates, tell all these worse apart.
MIN_KEPT = 0.4
MIN_EVIDENCE = 0.37  # pairs kept, less what stands in new stretches
MIN_EVIDENCE_NAMED = 0.28  # where two sites give it one title
MIN_EVIDENCE_ANEW = 0.45  # where one of them opens anew, as follow-ups do
MIN_EVIDENCE_WITHIN = 0.6  # where the other is much longer besides: it holds the text whole, or it quotes it
MIN_UNBROKEN = 0.72  # and so much of it stands there word for word; of quotations .64 to .72
_ONE_SIZE = 0.7  # the shorter one's part of the longer
_LEAST_RUN = 3  # pairs
_LEAD = 30  # pairs, below the title
_MIN_LEAD_KEPT = 0.3
_STRETCH = 8  # pairs in a row that the other text does not have: new writing, not an edit
_STRETCH_WEIGHT = 1.2
_OTHER_TITLE = 12  # words: a new title is no new text
MIN_KIN = 0.3
MIN_SHARED = 12  # pairs: a quotation makes no copy
_MIN_PASSAGE = 0.25  # from here on texts share more than phrases

_WORD = re.compile(r"\w+")
_RUN = 3  # words of an anchor
_SHOWN_WORDS = 1_500  # of each text, when a shared passage is looked for
_LONGEST_SLOT = 15  # words
_MIN_SLOT_WORDS = 3
_MIN_SLOT_SHARE = 0.025  # of the shorter text's words
_MIN_FILLED = 0.6  # of the words in slots: names and figures
_MIN_OWN_FILLED = 0.3  # of all words of one text alone; of templates .85 and more

_NEARLY_ALL = 0.75  # of the pairs, titles included: the texts are the same
_SHORT_WORD = 3  # letters; shorter ones stand in every text
_MIN_TITLE_WORDS = 2
_MIN_SPOKEN = 0.34
_MIN_SAME_STEMS, _SAME_TITLE = 3, 0.7  # of the longer title's words
_WALL_SIZE = 0.6  # the shorter one's part of the longer: a wall is the same before every page


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A stored or arriving text, taken apart for comparison."""

    source: str
    title: str
    text: str
    tokens: Sequence[str]
    order: Sequence[int]  # word pairs as they stand in the text
    pairs: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A verdict on two texts, with the figure that made it and the reason where they are no copies."""

    copy: bool
    figure: float
    reason: str = ""


def read(source: str, tokens: Sequence[str], *, title: str, text: str, hashes: Sequence[int] | None = None) -> Reading:
    """Take a text apart; `tokens` are the folded words of title and text, `hashes` those of the words if known."""
    order = word_pairs(hash_words(tokens) if hashes is None else hashes)
    return Reading(source=source, title=title, text=text, tokens=tokens, order=order, pairs=frozenset(order))


def compare(one: Reading, other: Reading) -> Likeness:
    """Judge whether two texts are copies: word for word, edited, cut, or one embedded in the other.

    Refused with a reason: passages shared by texts that differ otherwise (a follow-up and its background), one
    frame filled with other names and figures (bulletins, notices, walls), one site's text under two titles.
    """
    shared = len(one.pairs & other.pairs)
    kept = shared / min(len(one.pairs), len(other.pairs)) if shared else 0.0
    refusal = _refusal(one, other, kept) if shared >= MIN_SHARED else "little in common"
    return Likeness(copy=not refusal, figure=round(kept, 4), reason=refusal)


def _refusal(one: Reading, other: Reading, kept: float) -> str:
    """Say why two texts are no copies; "": they are."""
    if kept < _MIN_PASSAGE:
        return "little in common"
    if kept < MIN_KEPT or not _suffices(kept, kept - _STRETCH_WEIGHT * new_writing(one, other), one, other):
        return "shares passages only"
    if is_wall(one.tokens) or (kept >= _NEARLY_ALL and _one_text_for_all(one, other)):
        return "a wall before a page"
    if same_frame(f"{one.title}\n{one.text}", f"{other.title}\n{other.text}"):
        return "one frame, other names and figures"
    return ""


def _suffices(kept: float, evidence: float, one: Reading, other: Reading) -> bool:
    """Say whether enough is kept: less under one title, more where a text opens anew, most where it is longer too."""
    if not _opens_anew(one, other):
        return evidence >= (MIN_EVIDENCE_NAMED if same_title(one, other) else MIN_EVIDENCE)
    shorter, longer = sorted((len(one.order), len(other.order)))
    if shorter >= _ONE_SIZE * longer:
        return evidence >= MIN_EVIDENCE_ANEW
    return evidence >= MIN_EVIDENCE_WITHIN and (evidence == kept or unbroken(one, other) >= MIN_UNBROKEN)


def _opens_anew(one: Reading, other: Reading) -> bool:
    """Say whether one of the texts begins, below its title, with words that the other does not have."""
    return _is_new(_lead(one), other) or _is_new(_lead(other), one)


def _is_new(lead: Sequence[int], other: Reading) -> bool:
    return sum(map(other.pairs.__contains__, lead)) < _MIN_LEAD_KEPT * len(lead)


def _lead(reading: Reading) -> Sequence[int]:
    start = len(_WORD.findall(reading.title))
    return reading.order[start : start + _LEAD]


def unbroken(one: Reading, other: Reading) -> float:
    """Give the share of the shorter text that the longer one has in runs; single pairs a long text has by chance."""
    shorter, longer = _by_length(one, other)
    runs = bytes(map(longer.pairs.__contains__, shorter.order)).split(b"\0")
    return sum(len(run) for run in runs if len(run) >= _LEAST_RUN) / len(shorter.order) if shorter.order else 0.0


def longest_shared(words: Sequence[str], others: Sequence[str]) -> Sequence[str]:
    """Give the longest passage that stands in both texts, for people to see; letter for letter."""
    one, other = words[:_SHOWN_WORDS], others[:_SHOWN_WORDS]
    found = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return one[found.a : found.a + found.size]


def akin(one: Reading, other: Reading) -> bool:
    """Say whether two texts may be members of one story: less than copies, more than a shared passage."""
    if same_title(one, other) and not _opens_anew(one, other):
        return True
    kept = containment(one.pairs, other.pairs)
    return kept >= MIN_KIN and kept - _STRETCH_WEIGHT * new_writing(one, other) >= MIN_KIN


def same_title(one: Reading, other: Reading) -> bool:
    """Say whether two sites' titles are made of the same words, nearly; one site names its bulletins alike."""
    if one.source == other.source:
        return False
    mine, theirs = _stems(one.title), _stems(other.title)
    return len(mine & theirs) >= max(_MIN_SAME_STEMS, _SAME_TITLE * max(len(mine), len(theirs)))


def new_writing(one: Reading, other: Reading) -> float:
    """Give the share of the shorter text that stands in long stretches of which the longer one has nothing."""
    shorter, longer = _by_length(one, other)
    known = bytes(map(longer.pairs.__contains__, shorter.order))
    first, *stretches = map(len, known.split(b"\1"))
    last = stretches.pop() if stretches else 0
    edges = max(0, first - _OTHER_TITLE) + max(0, last - _OTHER_TITLE)
    new = sum(stretch for stretch in stretches if stretch >= _STRETCH) + edges
    return new / len(shorter.order) if shorter.order else 0.0


def _by_length(one: Reading, other: Reading) -> tuple[Reading, Reading]:
    """Give the shorter one first; of two equally long ones always the same, whoever asks."""
    return (one, other) if (len(one.order), one.order) <= (len(other.order), other.order) else (other, one)


def same_frame(one: str, other: str) -> bool:
    """Say whether two texts are one template filled twice: what differs between shared passages is names and figures.

    An editor changes words of every kind; a bulletin, notice or form changes what it is about.
    """
    if _few_fillings(one.split(), other.split()):  # whoever leaves here needs no look at every word
        return False
    words, others = _WORD.findall(one), _WORD.findall(other)
    changed: list[str] = []
    least = 0
    for left, right in _slots(words, others):
        changed += left + right
        least += min(len(left), len(right))
    if least < max(_MIN_SLOT_WORDS, _MIN_SLOT_SHARE * min(len(words), len(others))):
        return False
    filled = sum(map(_is_filling, changed))
    if filled < _MIN_FILLED * len(changed) or _few_fillings(words, others):
        return False
    every = [*words, *others]
    usual = sum(map(_is_filling, every)) / len(every)  # German writes every noun like a name
    return filled >= (_MIN_FILLED + usual / 2) * len(changed)


def _one_text_for_all(one: Reading, other: Reading) -> bool:
    """Say whether a site shows the same text in place of two articles: other titles, and the text knows neither."""
    if min(len(one.pairs), len(other.pairs)) < _WALL_SIZE * max(len(one.pairs), len(other.pairs)):
        return False
    named, others = _stems(one.title), _stems(other.title)
    if 2 * len(named & others) > min(len(named), len(others)):
        return False
    telling = any if one.source == other.source else all
    return telling(map(_beside_the_point, (one, other), (named, others)))


def _beside_the_point(reading: Reading, named: AbstractSet[str]) -> bool:
    """Say whether a short text speaks of nothing that its title names."""
    if len(named) < _MIN_TITLE_WORDS or len(reading.tokens) > LONGEST_WALL:
        return False
    return len(named & _stems(reading.text)) < _MIN_SPOKEN * len(named)


def _stems(text: str) -> set[str]:
    return {word.casefold()[:4] for word in _WORD.findall(text) if len(word) > _SHORT_WORD}


def _few_fillings(words: Sequence[str], others: Sequence[str]) -> bool:
    """Say whether in one of the texts hardly any of the words that the other has not are names and figures."""
    mine, theirs = set(words), set(others)
    for own in (mine - theirs, theirs - mine):
        found = _WORD.findall(" ".join(own))
        if sum(map(_is_filling, found)) < max(_MIN_SLOT_WORDS, _MIN_OWN_FILLED * len(found)):
            return True
    return False


def _is_filling(word: str) -> bool:
    return word[0].isupper() or not word.isalpha()


def _slots(words: Sequence[str], others: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Give the short stretches between shared passages where each text has words that the other has not."""
    mine, theirs = _folded(words), _folded(others)
    anchors = _anchors(mine, theirs)
    gaps = [pair for pair in pairwise(anchors) if pair[1][0] - pair[0][0] > _RUN]
    for (here, there), (next_here, next_there) in gaps:
        if next_here - here <= _RUN + _LONGEST_SLOT and _RUN < next_there - there <= _RUN + _LONGEST_SLOT:
            left, right = slice(here + _RUN, next_here), slice(there + _RUN, next_there)
            stems, other_stems = _slot_stems(words[left], mine[left]), _slot_stems(others[right], theirs[right])
            only_left = [word for word, stem in zip(words[left], stems, strict=True) if stem not in other_stems]
            only_right = [word for word, stem in zip(others[right], other_stems, strict=True) if stem not in stems]
            if only_left and only_right:
                yield only_left, only_right


def _folded(words: Sequence[str]) -> list[str]:
    return " ".join(words).casefold().split(" ")


def _slot_stems(words: Sequence[str], folded: Sequence[str]) -> list[str]:
    """Give what words are told apart by: another ending or spelling is the same word, another figure is not."""
    return [low[:4] if word.isalpha() else word for word, low in zip(words, folded, strict=True)]


def _anchors(words: Sequence[str], others: Sequence[str]) -> list[tuple[int, int]]:
    """Pair the runs of three words that stand once in each text, in their longest common order (patience diff)."""
    places, others_places = _places(words), _places(others)
    met = map(others_places.get, places)
    found = [(here, there) for here, there in zip(places.values(), met, strict=True) if there is not None]
    order = [there for _, there in found]
    return found if order == sorted(order) else _longest_chain(found)


def _longest_chain(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
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
    runs = list(zip(words, words[1:], words[2:], strict=False))
    places = dict(zip(runs, range(len(runs)), strict=True))
    if len(places) < len(runs):
        for run in [run for run, count in Counter(runs).items() if count > 1]:
            del places[run]
    return places
