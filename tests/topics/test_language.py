"""Queries that cannot be read: the message, the place and what to write instead."""

import pytest

from news.errors import Location, QueryError
from tests.topics.factories import LISTS, met
from topics.language import parse
from topics.matcher import parse_query

WRONG = {
    "empty": ("  ", 3, 1, "empty"),
    "open bracket": ("a (b OR c", 3, 1, "never closed"),
    "open bracket at the end": ("a (", 3, 1, "never closed"),
    "closing bracket": ("a b) c", 4, 1, "closes nothing"),
    "empty brackets": ("a ()", 4, 1, "nothing stands before"),
    "open quotation": ('a "b c', 3, 1, "never closed"),
    "operator at the end": ("a AND", 3, 3, "nothing after it"),
    "operator at the start": ("OR a", 1, 2, "nothing before it"),
    "two operators": ("a AND OR b", 3, 3, "nothing after it"),
    "not at the end": ("a NOT", 3, 3, "nothing after it"),
    "unknown field": ("titel:a", 1, 5, "unknown field"),
    "web address": ("https://example.org", 1, 5, "unknown field"),
    "near without a distance": ("a NEAR b", 3, 4, "distance"),
    "near with zero": ("a NEAR/0 b", 3, 6, "distance"),
    "near too far": ("a NEAR/501 b", 3, 8, "distance"),
    "near and not": ("a NEAR/5 (b NOT c)", 13, 5, "near"),
    "near and a language": ("a NEAR/5 lang:tr", 10, 7, "near"),
    "only not": ("NOT a", 1, 5, "asks for nothing"),
    "or not": ("a OR NOT b", 1, 10, "asks for nothing"),
    "star alone": ("a * b", 3, 1, "any word"),
    "star after one letter": ("a* b", 1, 2, "far too much"),
    "weight that is no number": ("a^x", 2, 2, "number"),
    "weight out of nowhere": ("a ^2", 3, 1, "means nothing"),
    "list without a name": ("@ a", 1, 1, "name"),
    "list with half a count": ("@states>", 1, 8, "how many"),
    "list with a count of none": ("@states>=0", 1, 10, "how many"),
    "unknown list": ("a @stats", 3, 6, "no list named stats"),
    "unknown entry": ("@states[-Gorgia]", 1, 16, "no entry named 'Gorgia'"),
    "edits in a phrase of one": ("cooperation~2", 12, 2, "one edit"),
    "edits with a wildcard": ("cooperat*~1", 10, 2, "one edit"),
    "edits in a short word": ("nat~1", 1, 3, "too short"),
    "slop after brackets": ("(a b)~2", 6, 2, "after a word or phrase"),
    "regular expression": ("a /[/", 3, 3, "regular expression"),
    "regular expression that matches nothing": ("/x*/", 1, 4, "empty text"),
    "date": ("a since:yesterday", 3, 15, "no date"),
    "age": ("a max_age:3y", 3, 10, "no age"),
    "only punctuation": ("a ,", 3, 1, "no letter"),
    "second line": ("a AND\n  titel:b", 3, 5, "unknown field"),
}


@pytest.mark.parametrize(("query", "column", "width", "message"), WRONG.values(), ids=WRONG)
def test_mistake_is_shown_where_it_stands(query: str, column: int, width: int, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        parse_query(query, lists=LISTS)

    at = caught.value.at
    assert at is not None
    assert (at.column, at.width) == (column, width)
    assert at.line == query[:-1].count("\n") + 1
    assert at.source_line.strip() in query


def test_caret_stands_under_the_mistake_in_the_file() -> None:
    query = "defence AND (\n  cooperat*\n  OR titel:deal\n)"
    at = Location(file="topics/x.yaml", line=7, column=3, source_line="  defence AND (")

    with pytest.raises(QueryError) as caught:
        parse(query, at=at)

    assert str(caught.value).splitlines()[:3] == [
        "topics/x.yaml:9:8: unknown field titel:",
        "      OR titel:deal",
        "         ^^^^^",
    ]
    assert "did you mean title:?" in str(caught.value)


def test_deep_nesting_is_refused_and_no_crash() -> None:
    with pytest.raises(QueryError, match="deep"):
        parse("(" * 10_000 + "a" + ")" * 10_000)
    with pytest.raises(QueryError, match="deep"):
        parse("NOT " * 10_000 + "a")


def test_too_long_a_query_is_refused() -> None:
    with pytest.raises(QueryError, match="100000 characters"):
        parse("a " * 60_000)


def test_lower_case_operators_are_words() -> None:
    assert met("war and peace", "War and Peace")
    assert not met("war and peace", "War, peace")
