"""What changed from one text to the next, word by word; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
_MOST_PIECES = 40_000  # beyond, difflib takes minutes; the middles are then told as replaced whole


class Fate(StrEnum):
    """What became of a stretch of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A stretch of text: the old text is all that is not added, the new one all that is not removed."""

    fate: Fate
    text: str


def word_diff(before: str, after: str) -> list[Change]:
    """Give both texts as one: what was kept, removed and added, in order; words and signs are never cut."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    stretches = [
        (Fate.KEPT, old[:start]),
        *_middle(middle_old, middle_new),
        (Fate.KEPT, old[len(old) - end :] if end else []),
    ]
    return _joined(stretches)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the pieces that two lists begin with."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _middle(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Fate, Sequence[str]]]:
    if len(old) + len(new) > _MOST_PIECES:
        yield from ((Fate.REMOVED, old), (Fate.ADDED, new))
        return
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Fate.KEPT, old[a:b]
        else:
            yield from ((Fate.REMOVED, old[a:b]), (Fate.ADDED, new[c:d]))


def _joined(stretches: Sequence[tuple[Fate, Sequence[str]]]) -> list[Change]:
    """Write pieces as text, and neighbours of one fate as one."""
    found: list[Change] = []
    for fate, pieces in stretches:
        text = "".join(pieces)
        if not text:
            continue
        if found and found[-1].fate is fate:
            text = found.pop().text + text
        found.append(Change(fate=fate, text=text))
    return found
