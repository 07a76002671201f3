"""Floors for related stories: one event in other languages is offered, other events with its names are not."""

from itertools import combinations
from pathlib import Path

import pytest

from storage.database import Database
from storage.related import find_related
from tests.databases import sqlite_template
from tests.storage.arrivals import Text, arrive

__all__ = ["sqlite_template"]

PRECISION, RECALL = 0.95, 0.80
_SET = Path(__file__).parent / "related.txt"


@pytest.fixture(scope="module")
def offered(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[frozenset[int], bool]:
    """Every pair that is offered from either side -> whether it is one event."""
    file = tmp_path_factory.mktemp("related") / "press.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}")
    events, texts = told()
    with database.write() as connection:
        stories = [story for story, _ in arrive(connection, texts)]
        assert len(set(stories)) == len(stories), "none of them is taken for a copy"
        pairs = {
            frozenset({number, stories.index(other.story_id)})
            for number, story in enumerate(stories)
            for other in find_related(connection, story)
        }
    database.close()
    return {pair: len({events[number] for number in pair}) == 1 for pair in pairs}


def told() -> tuple[list[str], list[Text]]:
    lines = [line.split(" | ", 1) for line in _SET.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    texts = [Text(source=f"s{number}", lang=head.split()[1], text=text) for number, (head, text) in enumerate(lines)]
    return [head.split()[0] for head, _ in lines], texts


def test_what_is_offered_is_the_same_event(offered: dict[frozenset[int], bool]) -> None:
    assert sum(offered.values()) / len(offered) >= PRECISION


def test_an_event_told_in_other_languages_is_offered(offered: dict[frozenset[int], bool]) -> None:
    events, _ = told()
    wanted = sum(one == other for one, other in combinations(events, 2))
    assert sum(offered.values()) / wanted >= RECALL
