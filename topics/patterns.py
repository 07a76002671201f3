"""Word patterns of all topics in one index: a word of a text is looked up once, however many topics there are."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from topics.fold import loose

_CACHE_LIMIT = 400_000
ARABIC = re.compile("[\u0620-\u064a]")
# Words that Arabic writes together with the next one: and, so, with, for, as, the, and their usual pairs.
PROCLITICS = ("وبال", "وال", "بال", "فال", "كال", "ولل", "لل", "ال", "وب", "ول", "و", "ف", "ب", "ل", "ك")
_ARTICLE = "ال"
_STEM_LEFT = 3  # letters that must be left of an Arabic word without its prefixes


class Pattern(NamedTuple):
    """A word of a query in loose form; `*` and `?` stand for unknown letters."""

    text: str
    edits: int = 0

    @property
    def literal(self) -> bool:
        """Whether it names one loose word."""
        return "*" not in self.text and "?" not in self.text and not self.edits


def fold_pattern(written: str, edits: int = 0) -> Pattern:
    """Fold a query's word, leaving its wildcards; the Arabic article is left out, as `matches` does without it."""
    stem = written.removesuffix("*")
    if "*" in stem or "?" in stem:
        text = "".join(part if part in {"*", "?"} else loose(part) for part in re.split(r"([*?])", written))
    else:
        text = loose(stem) + written[len(stem) :]
    if text.startswith(_ARTICLE) and len(text.rstrip("*")) >= len(_ARTICLE) + _STEM_LEFT:
        text = text.removeprefix(_ARTICLE)
    return Pattern(text, edits)


@lru_cache(maxsize=50_000)
def glob_regex(text: str) -> re.Pattern[str]:
    """Turn a pattern with wildcards into a regular expression for a whole word."""
    parts = {"*": r"\w*", "?": r"\w"}
    return re.compile("".join(parts.get(char) or re.escape(char) for char in re.sub(r"\*+", "*", text)) + r"\Z")


def commonness(pattern: Pattern) -> float:
    """Guess the share of texts that hold a pattern: shorter is commoner, wildcards and edits more so."""
    letters = len(pattern.text.strip("*?"))
    return min(1.0, (1.0 if pattern.literal else 4.0) * 10 ** (-letters / 3))


def one_edit(word: str, other: str) -> bool:
    """Whether two words differ by at most one letter wrong, missing, too many, or swapped with its neighbour."""
    if word == other:
        return True
    if abs(len(word) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    if len(word) != len(other):
        longer, shorter = (word, other) if len(word) > len(other) else (other, word)
        return longer[start + 1 :] == shorter[start:]
    swapped = word[:start] + word[start : start + 2][::-1] + word[start + 2 :]
    return word[start + 1 :] == other[start + 1 :] or swapped == other


def matches(pattern: Pattern, word: str) -> bool:
    """Say whether a loose word meets a pattern; the definition that the index is only a faster form of."""
    return any(_meets(pattern, form) for form in (word, *stripped(word)))


def _meets(pattern: Pattern, word: str) -> bool:
    if pattern.edits:
        return one_edit(pattern.text, word)
    return word == pattern.text if pattern.literal else bool(glob_regex(pattern.text).match(word))


def stripped(word: str) -> tuple[str, ...]:
    """Give an Arabic word without the prefixes it may carry; nothing for other scripts."""
    if not ARABIC.match(word):
        return ()
    found = {word[len(p) :] for p in PROCLITICS if word.startswith(p) and len(word) - len(p) >= _STEM_LEFT}
    return tuple(found)


@dataclass(slots=True)
class PatternIndex:
    """Numbers patterns and finds, for a loose word, all that it meets."""

    ids: dict[Pattern, int] = field(default_factory=dict)
    also: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))  # pattern -> numbers it stands for too
    costs: list[float] = field(default_factory=list)  # by number: the share of texts that hold it, as far as is known
    _literals: dict[str, int] = field(default_factory=dict)
    _starts: dict[str, int] = field(default_factory=dict)  # the letters before a final *
    _ends: dict[str, int] = field(default_factory=dict)  # the letters after a leading *
    _chunks: dict[str, list[tuple[re.Pattern[str], int]]] = field(default_factory=lambda: defaultdict(list))
    _edits: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))

    def number(self, cost: float = 1.0) -> int:
        """Give a new number, for what is no pattern of its own but is met through others."""
        self.costs.append(cost)
        return len(self.costs) - 1

    def add(self, pattern: Pattern) -> int:
        """Give a pattern's number, new or known."""
        known = self.ids.get(pattern)
        if known is not None:
            return known
        number = self.ids[pattern] = self.number(commonness(pattern))
        self._file(pattern, number)
        return number

    def _file(self, pattern: Pattern, number: int) -> None:
        text = pattern.text
        inner = text.strip("*")
        if pattern.edits:
            for form in _deletions(text):
                self._edits[form].append((text, number))
        elif pattern.literal:
            self._literals[text] = number
        elif "*" not in inner and "?" not in inner and text == f"{inner}*":
            self._starts[inner] = number
        elif "*" not in inner and "?" not in inner and text == f"*{inner}":
            self._ends[inner] = number
        else:
            chunk = max(re.split(r"[*?]", text), key=len)
            self._chunks[chunk[:3]].append((glob_regex(text), number))

    def look_up(self, word: str) -> tuple[int, ...]:
        """Find the numbers of all patterns that a loose word meets."""
        found: set[int] = set()
        for form in (word, *stripped(word)):
            self._look(form, found)
        for number in tuple(found):
            found |= self.also.get(number, set())
        return tuple(sorted(found))

    def _look(self, word: str, found: set[int]) -> None:
        if word in self._literals:
            found.add(self._literals[word])
        for cut in range(len(word) + 1):
            if (number := self._starts.get(word[:cut])) is not None:
                found.add(number)
            if (number := self._ends.get(word[cut:])) is not None:
                found.add(number)
        if self._chunks:
            self._look_inside(word, found)
        if self._edits:
            for form in _deletions(word):
                found.update(number for text, number in self._edits.get(form, ()) if one_edit(text, word))

    def _look_inside(self, word: str, found: set[int]) -> None:
        chunks = {word[i : i + size] for size in (0, 1, 2, 3) for i in range(len(word) - size + 1)}
        for chunk in chunks & self._chunks.keys():
            found.update(number for regex, number in self._chunks[chunk] if regex.match(word))


class Vocabulary(dict[str, tuple[int, ...]]):
    """Loose word -> the numbers of the patterns it meets, worked out once a word."""

    def __init__(self, index: PatternIndex) -> None:
        super().__init__()
        self._index = index

    def __missing__(self, word: str) -> tuple[int, ...]:
        found = self._index.look_up(word)
        if len(self) >= _CACHE_LIMIT:
            self.clear()
        if len(word) <= 40:
            self[word] = found
        return found


def _deletions(word: str) -> set[str]:
    """The word and all forms of it with one letter out: two words one edit (or swap) apart share one."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}
