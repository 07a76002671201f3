"""Floors for stories: what must be joined, and what must not; on copies made by code from our own texts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from storage.database import Database
from tests.databases import sqlite_template
from tests.quality.variants import Specimen, specimens
from tests.storage.arrivals import DAY_ONE, Text, arrive

__all__ = ["sqlite_template"]

FLOORS = {"verbatim": 0.99, "edited": 0.95, "cut": 0.90, "contained": 0.85}
CEILINGS = {"followup": 0.10, "template": 0.10}
ANY_ORDER = {"verbatim": 0.98, "edited": 0.92, "cut": 0.85, "contained": 0.92}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A labelled page and the story it was put in."""

    page: Specimen
    story: int


def place_all(url: str, pages: Sequence[Specimen]) -> list[Placed]:
    """Let pages arrive in the given order, fifty at a time, a minute apart."""
    database = Database(url)
    placed: list[Placed] = []
    with database.write() as connection:
        for start in range(0, len(pages), 50):
            batch = pages[start : start + 50]
            texts = [
                Text(
                    source=page.site,
                    title=page.title,
                    text=page.text,
                    lang=page.lang,
                    at=DAY_ONE + timedelta(minutes=start + number),
                )
                for number, page in enumerate(batch)
            ]
            found = arrive(connection, texts)
            placed += [Placed(page=page, story=story) for page, (story, _) in zip(batch, found, strict=True)]
    database.close()
    return placed


def joined_with_original(placed: Sequence[Placed], kind: str) -> float:
    """Give the share of pages of a kind that stand in the story of the text they were made of."""
    home = {each.page.story: each.story for each in placed if each.page.kind == "original"}
    found = [
        each.story == home[each.page.story.rpartition("/")[0] or each.page.story]
        for each in placed
        if each.page.kind == kind
    ]
    return sum(found) / len(found)


def joined_templates(placed: Sequence[Placed]) -> float:
    """Give the share of pairs of one template's pages that stand in one story."""
    series: defaultdict[str, list[int]] = defaultdict(list)
    for each in placed:
        if each.page.kind == "template":
            series[each.page.story.rpartition("/")[0]].append(each.story)
    pairs = [one == other for stories in series.values() for one, other in combinations(stories, 2)]
    return sum(pairs) / len(pairs)


def mixed_stories(placed: Sequence[Placed]) -> list[set[str]]:
    """Give the stories that hold texts on different events."""
    events: defaultdict[int, set[str]] = defaultdict(set)
    for each in placed:
        events[each.story].add(each.page.story.rpartition("/")[0] or each.page.story)
    return [names for names in events.values() if len(names) > 1]


@pytest.fixture(scope="module")
def in_order(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Placed]:
    """The whole set, placed as it appears: originals first, follow-ups a day later."""
    url = _copy(sqlite_template, tmp_path_factory.mktemp("ordered"))
    return place_all(url, sorted(specimens(), key=lambda page: page.day))


@pytest.fixture(scope="module", params=[1, 2])
def in_any_order(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Placed]:
    """The whole set, placed in an order that was drawn."""
    pages = specimens()
    Random(request.param).shuffle(pages)
    return place_all(_copy(sqlite_template, tmp_path_factory.mktemp("drawn")), pages)


@pytest.mark.parametrize("kind", FLOORS)
def test_copies_are_found(in_order: list[Placed], kind: str) -> None:
    assert joined_with_original(in_order, kind) >= FLOORS[kind]


def test_follow_ups_are_kept_apart(in_order: list[Placed]) -> None:
    assert joined_with_original(in_order, "followup") <= CEILINGS["followup"]


def test_bulletins_notices_and_walls_are_kept_apart(in_order: list[Placed]) -> None:
    assert joined_templates(in_order) <= CEILINGS["template"]


def test_texts_on_different_events_never_meet(in_order: list[Placed]) -> None:
    assert mixed_stories(in_order) == []


@pytest.mark.parametrize("kind", ANY_ORDER)
def test_copies_are_found_in_any_order(in_any_order: list[Placed], kind: str) -> None:
    assert joined_with_original(in_any_order, kind) >= ANY_ORDER[kind]


def test_nothing_is_joined_wrongly_in_any_order(in_any_order: list[Placed]) -> None:
    assert mixed_stories(in_any_order) == []
    assert joined_with_original(in_any_order, "followup") <= CEILINGS["followup"]
    assert joined_templates(in_any_order) <= CEILINGS["template"]


def test_the_set_is_large_and_in_five_languages() -> None:
    pages = specimens()
    assert len(pages) > 600
    assert {page.lang for page in pages} == {"en", "de", "tr", "az", "ru"}
    assert {page.kind for page in pages} == {"original", "followup", "template", *FLOORS}


def _copy(template: Path, folder: Path) -> str:
    (folder / "presswatch.db").write_bytes(template.read_bytes())
    return f"sqlite:///{folder / 'presswatch.db'}"
