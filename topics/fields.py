"""What a query can ask of the article itself, and exact spelling."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from news.article import Article
from topics.fold import loose
from topics.patterns import glob_regex
from topics.reading import Reading
from topics.tokens import query_words
from topics.tree import Age, Field

_STRAIGHT = str.maketrans("’‘ʼ`´＇", "''''''")


def test(node: Field | Age) -> Callable[[Reading], bool]:
    """Make the test for a field or an age."""
    if isinstance(node, Age):
        return lambda reading: _young(node, reading.text.article)
    if node.name == "lang":
        return _lang_test(node.value)
    if node.name == "url":
        address = re.compile(_glob(node.value.lower()))
        return lambda reading: bool(address.search(reading.text.article.url.lower()))
    return _name_test(node.name, node.value)


def _lang_test(value: str) -> Callable[[Reading], bool]:
    wanted = value.lower().replace("_", "-")
    if "-" not in wanted:
        return lambda reading: reading.text.lang == wanted
    return lambda reading: reading.text.article.lang.lower().replace("_", "-") == wanted


def _name_test(field: str, value: str) -> Callable[[Reading], bool]:
    """A source, group, section or author: the words must stand in the name in a row; `*` and `?` as in words."""
    wanted = re.compile(r"(?:^|(?<= ))" + _glob(_folded(value)) + r"(?= |$)")
    return lambda reading: any(wanted.search(_folded(name)) for name in _names(field, reading.text.article))


def _names(field: str, article: Article) -> Sequence[str]:
    by_field = {"source": (article.source,), "group": (article.group,), "section": (article.section,)}
    return by_field.get(field, article.authors)


def _folded(name: str) -> str:
    """A name in loose words; wildcards stay where they stand."""
    return " ".join(" ".join(map(loose, query_words(name))).split())


def _glob(text: str) -> str:
    parts = {"*": r"\S*", "?": r"\S"}
    return "".join(parts.get(char) or re.escape(char) for char in text)


def _young(node: Age, article: Article) -> bool:
    if node.since:
        return article.first_seen_at >= node.since
    if article.published_at is None or node.max_age is None:
        return True
    return article.first_seen_at - article.published_at <= node.max_age


def as_written(wanted: Sequence[str]) -> Callable[[Sequence[str]], bool]:
    """Make the test for an exact spelling: capitals and marks count, Unicode form and apostrophes do not."""
    patterns = [glob_regex(_form(word)) for word in wanted]
    return lambda found: (
        len(found) == len(patterns)
        and all(pattern.match(_form(word)) for pattern, word in zip(patterns, found, strict=True))
    )


def _form(word: str) -> str:
    return unicodedata.normalize("NFC", word).translate(_STRAIGHT)
