"""Floors on the third labelled set, which arrives in an order that was drawn."""

import pytest

from storage.score import Score
from tests.quality.harder import harder
from tests.quality.test_wires import judge

FLOORS = {"verbatim": 0.99, "edited": 0.95, "lead": 0.90, "middle": 0.90}


@pytest.fixture(scope="module", params=[11, 12])
def judged(request: pytest.FixtureRequest) -> Score:
    return judge(harder(request.param))


@pytest.mark.parametrize("kind", FLOORS)
def test_copies_are_found_in_a_drawn_order(judged: Score, kind: str) -> None:
    assert judged.by_kind[kind].recall >= FLOORS[kind]


def test_pages_that_ask_for_a_human_are_no_story(judged: Score) -> None:
    assert judged.by_kind["robot"].joined_wrongly <= 0.10


def test_nothing_else_is_joined_wrongly(judged: Score) -> None:
    assert judged.precision is not None
    assert judged.precision >= 0.99


def test_arabic_is_found_like_the_rest() -> None:
    pages = [page for page in harder() if page.lang == "ar"]
    assert judge(pages).recall == 1.0
