"""The spellings of a list's entries: words in a row, or small queries of their own."""

import re

from news.errors import Location, QueryError
from topics.language import parse, true_of_nothing, walk
from topics.tokens import query_words
from topics.tree import Age, Field, Listed, Node, Stretch, Words

_PLAIN = re.compile(r"[^\"~/()@=:^#]*")
_OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR"})
_EASY = re.compile(r"[*?]?[^\W_][^*?]+[*?]?")
# A word, or a few with a space between, in letters that are only letters: most spellings, and nothing to parse.
_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0259\u0400-\u045f\u0490\u0491\u0621-\u063a\u0641-\u064a"
_BARE = re.compile(rf"[{_LETTERS}]{{2,}}\*?(?: [{_LETTERS}]{{2,}}\*?){{0,3}}")


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


def bare_words(text: str) -> tuple[str, ...]:
    """Give the words of a spelling that is nothing but words in a row; () when it must be parsed."""
    if not _BARE.fullmatch(text):
        return ()
    words = tuple(text.split(" "))
    return () if _OPERATORS & set(words) else words


def check_spelling(text: str, *, at: Location) -> None:
    """Raise QueryError when a spelling cannot be read."""
    spelling(text, at=at)
