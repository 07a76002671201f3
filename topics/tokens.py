"""Words and sentences of a text, each with its place in the text as stored.

A text is cut at white space first and each piece is cut into words once: newspapers repeat themselves, so nearly every
piece is a look-up. That is three times as fast as one regular expression over the whole text.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import accumulate, chain, count
from operator import add
from typing import Generic, TypeVar

from topics.fold import loose

Kept = TypeVar("Kept")

_CACHE_LIMIT = 400_000
_LONGEST_KEPT = 40  # characters of a piece worth remembering; longer ones are addresses and noise

_MARKS = (  # combining marks and invisible characters that stand inside words
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u00ad\u200b-\u200f\u2060\ufeff"
)
_UNSPACED = (  # scripts written without spaces (or, like Hangul, with particles attached): every sign is a word
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_QUOTES = "'’‘ʼ`´＇"


def _word(wild: str = "") -> re.Pattern[str]:
    """One word as group 1; `wild` are signs that count as letters (the wildcards of a query)."""
    letter = rf"(?:(?![{_UNSPACED}])[^\W_]{wild})"
    # Ukrainian and Belarusian write an apostrophe inside words, before these vowels.
    inside = rf"(?:[{_QUOTES}](?=[яюєїеёіЯЮЄЇЕЁІ]){letter}+)?"
    # Letters after an apostrophe that follows three letters are a suffix (Bakı'da, Azerbaijan's) and no word of their
    # own, unless they follow an elision (dell'industria, jusqu'ici).
    ending = rf"[^\W\d_]{{1,10}}{'[*?]*' if wild else ''}(?![^\W_])"
    suffix = rf"(?:(?<=[^\W_]{{3}})(?<![lL][lL])(?<![qQ][uU])[{_QUOTES}]{ending})?"
    return re.compile(rf"([{_UNSPACED}]|{letter}(?:{letter}|[{_MARKS}])*{inside}){suffix}")


_WORD = _word()
_QUERY_WORD = _word("|[*?]")
_PIECE = re.compile(r"\S+")

_END = re.compile(r"(?:[.!?…;؟]|[。！？։።])[\"'»”’)\]]*\Z")
_INNER_END = re.compile(r"[。！？։።][”’」』)]*(?=.)")
_ABBREVIATION = re.compile(  # a full stop after these ends no sentence
    r"[(\"«“]?(?:(?:[^\W\d_]\.)*[^\W\d_]|gen|col|lt|maj|capt|sgt|adm|mr|mrs|ms|dr|st|prof|rep|sen|gov|no|vs|etc|approx|"
    r"doç|org|alb|yb|kor|tümg|tuğg|ген|акад|им|тыс|млн|млрд|ст|mln|mlrd|bzw|ca|nr|mio|mrd|sr|sra|gral|mme|cf|al)\.",
    re.IGNORECASE,
)


class _Known(dict[str, Kept], Generic[Kept]):
    """What was worked out of a piece between white space, kept: newspapers repeat themselves."""

    def __init__(self, work: Callable[[str], Kept]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, piece: str) -> Kept:
        found = self._work(piece)
        if len(piece) <= _LONGEST_KEPT:
            if len(self) >= _CACHE_LIMIT:
                self.clear()
            self[piece] = found
        return found


_PIECES = _Known(lambda piece: tuple(map(loose, _WORD.findall(piece))))
_OFFSETS = _Known(lambda piece: tuple(word.span(1) for word in _WORD.finditer(piece)))


def _ends(piece: str) -> bool:
    return bool(_END.search(piece)) and not _ABBREVIATION.fullmatch(piece)


_ENDS = _Known(_ends)


def words(text: str) -> list[str]:
    """Cut a text into loose words, in order; apostrophe suffixes are left out."""
    return list(chain.from_iterable(cut(text.split())))


def cut(pieces: list[str]) -> list[tuple[str, ...]]:
    """Cut each piece of `text.split()` into loose words."""
    return list(map(_PIECES.__getitem__, pieces))


def query_words(text: str) -> list[str]:
    """Cut a query's text as `words` cuts an article's, wildcards and case kept."""
    return _QUERY_WORD.findall(text)


def spans(text: str) -> list[tuple[int, int]]:
    """Say where each of `words(text)` stands: `text[start:end]` is the word as written."""
    found = []
    for piece in _PIECE.finditer(text):
        base = piece.start()
        found += [(base + start, base + end) for start, end in _OFFSETS[piece[0]]]
    return found


def _starts(text: str, pieces: list[str]) -> list[int]:
    ends = list(accumulate(map(len, pieces)))
    if ends and len(text) == ends[-1] + len(pieces) - 1:  # one sign between any two, as nearly always: no search needed
        return list(map(add, chain((0,), ends), count()))  # the signs between count too
    starts, at = [], 0
    for piece in pieces:
        at = text.index(piece, at)
        starts.append(at)
        at += len(piece)
    return starts


class Ruler:
    """Finds single words of a text quickly: where they stand, and in which sentence."""

    def __init__(self, text: str, pieces: list[str], words: list[tuple[str, ...]]) -> None:
        self._text = text
        self._pieces = pieces
        self._ends = list(accumulate(map(len, words)))  # how many words there are up to each piece

    @cached_property
    def _starts(self) -> list[int]:
        return _starts(self._text, self._pieces)

    @cached_property
    def _breaks(self) -> list[int]:
        """The first word of each sentence but the first."""
        text, ends = self._text, self._ends
        ending = [at for at, piece in enumerate(self._pieces) if not piece[-1].isalnum() and _ENDS[piece]]
        lines = accumulate(len(line.split()) for line in text.splitlines())
        breaks = {ends[at] for at in ending} | {ends[pieces - 1] for pieces in lines if pieces}
        if _INNER_END.search(text):
            breaks.update(chain.from_iterable(map(self._inside, range(len(ends)))))
        return sorted(breaks)

    def _inside(self, piece: int) -> Iterator[int]:
        """The sentences that begin inside a piece: more than one only in scripts written without spaces."""
        before = self._ends[piece - 1] if piece else 0
        starts = [start for start, _ in _OFFSETS[self._pieces[piece]]]
        return (before + bisect_left(starts, mark.end()) for mark in _INNER_END.finditer(self._pieces[piece]))

    def sentence(self, index: int) -> int:
        """Number the sentence of one of `words(text)`; line breaks end sentences, initials and titles do not."""
        return bisect_right(self._breaks, index)

    def span(self, index: int) -> tuple[int, int]:
        """Say where one of `words(text)` stands, by its index."""
        piece = bisect_right(self._ends, index)
        before = self._ends[piece - 1] if piece else 0
        start, end = _OFFSETS[self._pieces[piece]][index - before]
        return self._starts[piece] + start, self._starts[piece] + end
