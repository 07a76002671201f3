"""What an arriving article is held against: bounded by the window, found by indexes, whatever the archive holds."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, text

from news.article import Article, Prepared
from storage.database import Database
from storage.fingerprint import take_apart
from storage.neighbours import CROWDED, look_around, write_sketches
from storage.stories import Arrival, place_many
from storage.tables import articles, stories
from tests.storage.arrivals import DAY_ONE, Text, arrive_singly, source_id
from tests.storage.test_stories import COMMISSION, HARVEST
from topics.tokens import words

HOT, COLD = 7, 11
BODY = "d" * 32


def stock(connection: Connection, count: int) -> None:
    """Keep articles of one body, a second apart, each with a hash of its own and one that all have."""
    arrive_singly(connection, [Text(source="a", text=HARVEST)])
    numbers = range(1_000, 1_000 + count)
    told = {"title": "", "articles": 1, "first_seen_at": DAY_ONE, "last_seen_at": DAY_ONE}
    connection.execute(insert(stories), [told | {"id": number} for number in numbers])
    source = source_id(connection, "a")
    empty = dict.fromkeys(("guid", "section", "group", "note", "joined_layer", "summary", "text", "tokens"), "")
    shared = {"source_id": source, "title": "", "authors": "[]", "lang": "en", "text_from": "page"}
    rows = [
        empty
        | shared
        | {
            "id": number,
            "story_id": number,
            "url": f"https://a.example/{number}",
            "body_hash": BODY,
            "joined_figure": 0,
            "joined_with": 0,
        }
        | {"first_seen_at": DAY_ONE + timedelta(seconds=number)}
        for number in numbers
    ]
    connection.execute(insert(articles), rows)
    write_sketches(connection, {number: [HOT, number << 20] for number in numbers})


@pytest.fixture(params=[True, False], ids=["fresh statistics", "no statistics"])
def archive(request: pytest.FixtureRequest, database: Database) -> Iterator[Connection]:
    """An open transaction on a few thousand articles."""
    with database.write() as connection:
        stock(connection, 3_000)
        if request.param:
            connection.execute(text("ANALYZE"))
        yield connection


@contextmanager
def overheard(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Give every statement that is run inside the block, with its values."""
    said: list[tuple[str, Any]] = []

    def hear(_connection: Connection, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        said.append((statement, values[0] if isinstance(values, list) else values))

    event.listen(connection, "before_cursor_execute", hear)
    yield said
    event.remove(connection, "before_cursor_execute", hear)


def scanned(connection: Connection, statement: str, values: Any) -> set[str]:
    """Give the tables that the database would read from end to end."""
    how, sign = ("QUERY PLAN ", r"SCAN (\w+)") if connection.dialect.name == "sqlite" else ("", r"Seq Scan on (\w+)")
    plan = connection.exec_driver_sql(f"EXPLAIN {how}{statement}", values).all()
    return {name for row in plan for name in re.findall(sign, str(row))} & {"articles", "sketches", "stories", "a", "k"}


def test_hash_that_everybody_has_brings_only_its_first_holders(archive: Connection) -> None:
    seen = look_around(archive, [], [HOT, COLD], DAY_ONE - timedelta(days=1))
    assert seen.holders == {HOT: tuple(range(1_000, 1_000 + CROWDED))}


def test_what_lies_before_the_window_is_not_looked_at(archive: Connection) -> None:
    since = DAY_ONE + timedelta(seconds=1_500)
    seen = look_around(archive, [BODY], [HOT, 1_400 << 20, 1_600 << 20], since)
    assert seen.twins[BODY][0] == 1_500
    assert seen.holders == {HOT: tuple(range(1_500, 1_500 + CROWDED)), 1_600 << 20: (1_600,)}


def new(connection: Connection, number: int, written: str) -> Arrival:
    article = Article(url=f"https://b.example/{number}", title="", text=written, first_seen_at=DAY_ONE)
    body, site = take_apart(words(written)), source_id(connection, "a")
    prepared = Prepared(article=article, tokens=body.tokens)
    return Arrival(article_id=number, prepared=prepared, body=body, source="a", source_id=site)


ARRIVALS = {
    "a new article": ([f"{COMMISSION} At last."], 4),
    "a copy word for word": ([HARVEST], 4),
    "an edited copy": ([f"{HARVEST} So far nothing was paid."], 5),
    "all of them at once": ([COMMISSION, HARVEST, f"{HARVEST} So far nothing was paid."], 6),
}


@pytest.mark.parametrize(("texts", "most"), ARRIVALS.values(), ids=ARRIVALS.keys())
def test_few_statements_are_asked_and_none_reads_a_table_through(
    archive: Connection, texts: Sequence[str], most: int
) -> None:
    arrivals = [new(archive, 10_000 + number, written) for number, written in enumerate(texts)]
    with overheard(archive) as said:
        place_many(archive, arrivals, now=DAY_ONE + timedelta(hours=1))
    assert len(said) <= most
    assert [(statement, found) for statement, values in said if (found := scanned(archive, statement, values))] == []
