"""What a text must contain for a query to have a chance, for storage's full-text index."""

from collections.abc import Iterable

from news.prefilter import AllOf, AnyOf, Everything, Prefilter, Word
from topics.compiler import variants
from topics.patterns import ARABIC, PROCLITICS, Pattern, fold_pattern
from topics.tree import And, In, Near, Node, Or, Weighed, Words

_FEWEST_LETTERS = 2  # of a prefix worth asking an index for


def prefilter(node: Node) -> Prefilter:
    """Give a condition on folded words that every matching text meets; lists and article fields ask for nothing."""
    match node:
        case Words():
            return _words(node)
        case And(parts=parts):
            return all_of(map(prefilter, parts))
        case Near(left=left, right=right):
            return all_of([prefilter(left), prefilter(right)])
        case Or(parts=parts):
            return any_of(map(prefilter, parts))
        case In(part=part) | Weighed(part=part):
            return prefilter(part)
        case _:
            return Everything()


def _words(node: Words) -> Prefilter:
    plain = node.slop is None and not node.exact and not node.edits
    rows = variants(node.words) if plain else [node.words]
    return any_of(all_of(_word(fold_pattern(word, node.edits)) for word in row) for row in rows)


def _word(pattern: Pattern) -> Prefilter:
    if pattern.edits:
        return Everything()
    start = pattern.text.split("*")[0].split("?")[0]
    if not pattern.literal and len(start) < _FEWEST_LETTERS:
        return Everything()
    forms = [start, *(before + start for before in PROCLITICS)] if ARABIC.match(start) else [start]
    return any_of(Word(form, prefix=not pattern.literal) for form in forms)


def all_of(parts: Iterable[Prefilter]) -> Prefilter:
    """Join conditions that all must be met, as small as it goes."""
    kept = tuple(dict.fromkeys(part for part in parts if not isinstance(part, Everything)))
    if len(kept) < 2:
        return kept[0] if kept else Everything()
    return AllOf(kept)


def any_of(parts: Iterable[Prefilter]) -> Prefilter:
    """Join conditions of which one must be met."""
    kept = tuple(dict.fromkeys(parts))
    if len(kept) == 1 or any(isinstance(part, Everything) for part in kept):
        return kept[0] if len(kept) == 1 else Everything()
    return AnyOf(kept)
