"""Explanations: every clause, where it was met, the sum, and the smallest thing that was missing."""

from news.topic import Tier
from tests.topics.factories import LISTS, article, topic
from topics.explain import Explanation, lines
from topics.matcher import compile_topics

QUERY = "lead:@states>=2^2 AND (missile* OR drone*)^2 AND NOT lawyer* AND (deal OR signed NEAR/2 pact)"


def explained(query: str, title: str, text: str = "", *, threshold: float = 0.0) -> Explanation:
    matcher = compile_topics([topic(query, threshold=threshold)], LISTS)
    return matcher.explain("topic", matcher.read(article(title, text)))


def test_every_clause_is_true_or_false_with_its_places() -> None:
    told = explained(QUERY, "Ankara and Tbilisi sign missile deal")

    assert told.met
    assert told.missing == ""
    states, arms, lawyer, deal = told.verdict.parts
    assert [place.start for place in states.parts[0].places] == [0, 11]
    assert arms.parts[0].parts[0].places[0].tier == Tier.EXACT
    assert not arms.parts[0].parts[1].holds
    assert lawyer.holds
    assert deal.parts[0].holds
    assert not deal.parts[1].holds


def test_points_are_a_sum_that_a_reader_can_check() -> None:
    told = explained(
        "@states>=2^2 OR (missile* OR drone*)^2 OR deal OR lawyer^-3", "Ankara, Tbilisi: missile deal", threshold=4
    )

    assert (told.points, told.threshold) == (5.0, 4)
    assert [part.points for part in told.verdict.parts] == [2.0, 2.0, 1.0, 0.0]
    assert sum(part.points for part in told.verdict.parts) == told.points
    assert [part.points for part in told.verdict.parts[1].parts[0].parts] == [0.0, 0.0]


def test_smallest_thing_that_was_missing_is_named() -> None:
    assert explained(QUERY, "Ankara and Tbilisi sign missile pact with a lawyer").missing == "no lawyer*, and deal"
    assert explained(QUERY, "Ankara signs missile deal").missing == "@states>=2 (1 of 2 needed: Türkiye)"
    assert explained("signed NEAR/2 pact", "signed by all in the hall: a pact").missing == (
        "signed NEAR/2 pact (both are there, but not so close)"
    )


def test_points_that_were_missing_are_named_with_what_would_bring_them() -> None:
    query = "deal^2 OR army^1 OR drone^3 OR lawyer^-2"

    assert explained(query, "a deal", threshold=3).missing == "1 points more, as with army (+1)"
    assert explained(query, "a deal of the army", threshold=5).missing == "2 points more, as with drone (+3)"
    assert explained(query, "army drone lawyer", threshold=4).missing == "2 points more, as with deal (+2)"
    assert (
        explained("deal^2 OR lawyer^-2", "deal, lawyer", threshold=2).missing == "2 points more, as without lawyer (-2)"
    )


def test_lines_for_a_terminal_show_what_was_written() -> None:
    told = explained('"iş birliği" AND @states>=2', "İş birligi: Ankara", "Only one.")

    assert lines(told, {"title": "İş birligi: Ankara", "text": "Only one."}) == [
        "topic: not met; missing: @states>=2 (1 of 2 needed: Türkiye)",
        '  no  "iş birliği" AND @states>=2',
        '    yes "iş birliği": “İş birligi” in the title, loosely',
        "    no  @states>=2 [1 of 2 needed: Türkiye]",
    ]
