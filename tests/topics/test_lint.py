"""Remarks on queries that can be read and probably do not mean what their author thinks."""

import pytest

from topics.lint import lint

REMARKS = {
    "stop words only": ("the AND of", 1, "nearly every text"),
    "mixed scripts": ("dеfence pact", 1, "mixes Latin and Cyrillic"),
    "small operator": ("war and peace", 5, "in small letters"),
    "Turkic term without endings": ("müdafiə nazir*", 1, "Azerbaijani add endings: müdafiə*"),
    "British spelling": ("defence pact", 1, "defen?e finds both"),
    "and binds before or": ("deal OR contract signed", 9, "(contract signed)"),
    "or not": ("deal AND (army OR NOT lawyer)", 19, "nearly every article"),
    "repeated": ("deal OR army OR Deal", 17, "twice"),
    "weights without a threshold": ("deal^2 OR army", 1, "without a threshold"),
}


@pytest.mark.parametrize(("query", "column", "said"), REMARKS.values(), ids=REMARKS)
def test_remark_stands_at_its_place(query: str, column: int, said: str) -> None:
    remarks = [each for each in lint(query) if said in f"{each.message} {each.hint}"]

    assert [each.at.column for each in remarks] == [column]


def test_threshold_out_of_reach() -> None:
    assert [each.message for each in lint("deal^2 OR army", threshold=4)] == [
        "at most 3 points, and the threshold is 4"
    ]
    assert lint("deal^2 OR army", threshold=3) == []


@pytest.mark.parametrize(
    "query",
    [
        "defen?e pact",
        '"war and peace"',
        "müdafiə*",
        "deal OR (contract signed)",
        "=Türkiye",
        "the @states",
        "deal -lawyer",
    ],
)
def test_sound_query_has_no_remark(query: str) -> None:
    assert lint(query) == []
