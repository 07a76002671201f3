"""Floors on the second labelled set: short wires, eight languages, cuts, round-ups, follow-ups that quote by half."""

from random import Random

import pytest

from news.article import Article
from storage.score import Score, labelled, score
from tests.quality.variants import Specimen
from tests.quality.wires import wires
from tests.storage.arrivals import DAY_ONE
from topics.reading import Text

FLOORS = {"verbatim": 0.99, "edited": 0.95, "cut": 0.90, "contained": 0.85}
ANY_ORDER = {"verbatim": 0.98, "edited": 0.94, "cut": 0.90, "contained": 0.85}


def judge(pages: list[Specimen]) -> Score:
    found = []
    for number, page in enumerate(pages):
        article = Article(
            url=f"https://page.example/{number}", title=page.title, text=page.text, source=page.site, lang=page.lang,
            first_seen_at=DAY_ONE,
        )  # fmt: skip
        found.append(labelled(str(number), article, Text(article).tokens, story=page.story, kind=page.kind))
    return score(found)


@pytest.fixture(scope="module")
def in_order() -> Score:
    return judge(wires())


@pytest.fixture(scope="module")
def in_any_order() -> Score:
    pages = wires(6)
    Random(3).shuffle(pages)
    return judge(pages)


@pytest.mark.parametrize("kind", FLOORS)
def test_wires_are_found_again(in_order: Score, kind: str) -> None:
    assert in_order.by_kind[kind].recall >= FLOORS[kind]


@pytest.mark.parametrize("kind", ANY_ORDER)
def test_wires_are_found_again_in_any_order(in_any_order: Score, kind: str) -> None:
    assert in_any_order.by_kind[kind].recall >= ANY_ORDER[kind]


def test_follow_ups_that_quote_half_of_a_wire_are_news(in_order: Score, in_any_order: Score) -> None:
    assert in_order.by_kind["followup"].joined_wrongly <= 0.05
    assert in_any_order.by_kind["followup"].joined_wrongly <= 0.10


def test_wires_on_different_events_never_meet(in_order: Score) -> None:
    assert in_order.precision is not None
    assert in_order.precision >= 0.99


def test_the_wires_are_short_and_in_eight_languages() -> None:
    pages = wires()
    assert len(pages) > 800
    assert {page.lang for page in pages} == {"en", "fr", "es", "de", "tr", "az", "ru", "uk"}
    assert max(len(page.text.split()) for page in pages if page.kind == "original") < 160
