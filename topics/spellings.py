"""The spellings of a list's entries: words in a row, or small queries of their own."""

import re

from news.errors import Location, QueryError
from topics.language import parse, true_of_nothing, walk
from topics.tokens import query_words
from topics.tree import Age, Field, Listed, Node, Stretch, Words

_PLAIN = re.compile(r"[^\"~/()@=:^#]*")
_OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR"})
_EASY = re.compile(r"[*?]?[^\W_][^*?]+[*?]?")


def spelling(text: str, *, at: Location | None = None) -> tuple[str, Node]:
    """Read a spelling: the text of its query and the tree. Plain words need no quotes to stand in a row.

    Raises QueryError when it asks for nothing or refers to another list.
    """
    if _PLAIN.fullmatch(text):
        words = tuple(query_words(text))
        if words and not _OPERATORS & set(words):
            if all(_EASY.fullmatch(word) for word in words):
                return text, Words(at=Stretch(0, len(text)), words=words)
            text = f'"{text}"'
    tree = parse(text, at=at)
    if any(isinstance(node, Listed | Field | Age) for node in walk(tree)) or true_of_nothing(tree):
        raise QueryError("a spelling is made of words, not of lists or words about the article", at=at)
    return text, tree


def check_spelling(text: str, *, at: Location) -> None:
    """Raise QueryError when a spelling cannot be read."""
    spelling(text, at=at)
