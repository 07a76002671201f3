"""Stories read, explained, split and merged."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from news.errors import StorageError
from storage.database import Database
from storage.repair import explain_story, find_story, latest_stories, merge, split
from storage.tables import alerts
from tests.storage.arrivals import DAY_ONE, Text, arrive, arrive_singly
from tests.storage.test_stories import COMMISSION, HARVEST


def test_story_names_its_outlets_in_order_of_arrival_and_its_languages(database: Database) -> None:
    texts = [Text(source=name, text=COMMISSION, lang=lang) for name, lang in (("c", "en"), ("a", "de"), ("b", "en"))]
    with database.write() as connection:
        number = arrive_singly(connection, texts)[0]
        story = find_story(connection, number)
        missing = find_story(connection, number + 1)
    assert story is not None
    assert (story.outlets, story.langs, story.articles) == (("c", "a", "b"), ("en", "de"), 3)
    assert missing is None


def test_latest_stories_come_youngest_first(database: Database) -> None:
    later = DAY_ONE + timedelta(hours=2)
    with database.write() as connection:
        one, other = arrive_singly(
            connection, [Text(source="a", text=COMMISSION), Text(source="a", text=HARVEST, at=later)]
        )
        both = [story.id for story in latest_stories(connection, DAY_ONE)]
        young = [story.id for story in latest_stories(connection, later)]
        first = [story.id for story in latest_stories(connection, DAY_ONE, limit=1)]
    assert (both, young, first) == ([other, one], [other], [other])


def test_explanation_says_why_each_article_stands_there(database: Database) -> None:
    with database.write() as connection:
        texts = [COMMISSION, COMMISSION, COMMISSION.replace("Officials", "Two officials")]
        number = arrive(connection, [Text(source=f"s{place}", text=text) for place, text in enumerate(texts)])[0][0]
        layers = [(joined.layer, joined.with_article) for _, joined in explain_story(connection, number)]
    assert layers == [("first", 0), ("body", 1), ("near", 1)]


def test_split_moves_articles_into_a_story_of_their_own(database: Database) -> None:
    with database.write() as connection:
        old = arrive(connection, [Text(source=name, title=name, text=COMMISSION) for name in "abc"])[0][0]
        new = split(connection, old, [2, 3])
        stories = [find_story(connection, number) for number in (old, new)]
        layers = [joined.layer for _, joined in explain_story(connection, new)]
    assert [story and (story.title, story.articles, story.outlets) for story in stories] == [
        ("a", 1, ("a",)),
        ("b", 2, ("b", "c")),
    ]
    assert layers == ["hand", "hand"]


@pytest.mark.parametrize("members", [[], [1, 2], [1, 9]], ids=["none", "all", "a stranger"])
def test_split_that_makes_no_sense_is_refused(database: Database, members: list[int]) -> None:
    with database.write() as connection:
        number = arrive(connection, [Text(source=name, text=COMMISSION) for name in "ab"])[0][0]
        with pytest.raises(StorageError, match="can be split by naming some of its 2 articles"):
            split(connection, number, members)


def test_merge_ends_the_other_story(database: Database) -> None:
    with database.write() as connection:
        one, other = arrive_singly(connection, [Text(source="a", text=COMMISSION), Text(source="b", text=HARVEST)])
        merge(connection, one, other)
        story, gone = find_story(connection, one), find_story(connection, other)
    assert story is not None
    assert (story.articles, story.outlets) == (2, ("a", "b"))
    assert gone is None


def test_merge_takes_alerts_along_but_never_two_of_one_topic(database: Database) -> None:
    with database.write() as connection:
        one, other = arrive_singly(connection, [Text(source="a", text=COMMISSION), Text(source="b", text=HARVEST)])
        rows = [("arms", one, 1), ("arms", other, 2), ("farms", other, 2)]
        texts = {"version": "1", "verdict": "now", "reason": "", "channels": "[]", "created_at": DAY_ONE}
        told = [{"topic": topic, "story_id": story, "article_id": article, **texts} for topic, story, article in rows]
        connection.execute(insert(alerts), told)
        merge(connection, one, other)
        found = connection.execute(select(alerts.c.topic, alerts.c.story_id).order_by(alerts.c.id)).all()
        emptied = find_story(connection, other)
    assert [tuple(row) for row in found] == [("arms", one), ("arms", other), ("farms", one)]
    assert emptied is not None
    assert emptied.articles == 0


def test_merge_of_a_story_with_itself_is_refused(database: Database) -> None:
    with database.write() as connection:
        number = arrive_singly(connection, [Text(source="a", text=COMMISSION)])[0]
        with pytest.raises(StorageError, match="cannot be merged"):
            merge(connection, number, number)
