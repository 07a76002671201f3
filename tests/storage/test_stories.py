"""Which story an article joins."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import delete, func, select

from storage.database import Database
from storage.stories import place_many
from storage.tables import articles, sketches, stories
from tests.storage.arrivals import DAY_ONE, Text, arrive, arrive_singly

COMMISSION = (
    "The defence ministers of the two countries signed a protocol in the capital on Monday that sets up a joint "
    "commission for the defence industry. The commission will meet twice a year, alternately in both capitals, and "
    "will oversee the joint production of unmanned aircraft, artillery shells and patrol boats. Officials said that "
    "the first projects will start before the summer and that four state companies and a dozen private firms will "
    "take part in them. The protocol also provides for the training of engineers and for the exchange of test data "
    "between military laboratories."
)
HARVEST = (
    "Farmers in the northern valleys expect the best apple harvest in ten years after a mild spring and a summer with"
    " enough rain. The growers' union warned however that the cold stores are too few and that pickers are hard to "
    "find this season. Prices at the wholesale market fell by a fifth within a week, and several villages asked the "
    "government to buy the surplus for schools and hospitals. The agriculture ministry promised an answer before the "
    "end of the month."
)


def test_copy_word_for_word_joins_by_its_body(database: Database) -> None:
    with database.write() as connection:
        first, second = arrive(connection, [Text(source="a", text=COMMISSION), Text(source="b", text=COMMISSION)])
    assert first[0] == second[0]
    assert (first[1].layer, second[1].layer) == ("first", "body")
    assert second[1].with_article == 1


def test_edited_copy_joins_and_says_with_whom_and_how_alike(database: Database) -> None:
    edited = (
        COMMISSION.replace("signed", "put their names to").replace("twice", "two times").replace("dozen", "number of")
    )
    with database.write() as connection:
        stories_found = arrive_singly(connection, [Text(source="a", text=COMMISSION)])
        story, joined = arrive(connection, [Text(source="b", title="Neighbours to build arms together", text=edited)])[
            0
        ]
    assert story == stories_found[0]
    assert (joined.layer, joined.with_article) == ("near", 1)
    assert 0.5 < joined.figure < 1


def test_different_events_begin_stories_of_their_own(database: Database) -> None:
    with database.write() as connection:
        found = arrive(connection, [Text(source="a", text=COMMISSION), Text(source="b", text=HARVEST)])
    assert found[0][0] != found[1][0]


def test_a_copy_finds_a_text_that_was_read_after_its_neighbours_and_kept_before_them(database: Database) -> None:
    newest_read_first = [
        Text(source="a", text=COMMISSION, at=DAY_ONE + timedelta(seconds=2)),
        Text(source="a", text=HARVEST, at=DAY_ONE),
    ]
    with database.write() as connection:
        stories_found = arrive(connection, newest_read_first)
        story, joined = arrive(connection, [Text(source="b", text=COMMISSION, at=DAY_ONE + timedelta(minutes=1))])[0]
    assert (story, joined.layer) == (stories_found[0][0], "body")


def test_story_row_counts_its_articles_and_knows_its_span(database: Database) -> None:
    later = DAY_ONE + timedelta(hours=5)
    with database.write() as connection:
        arrive(
            connection,
            [Text(source="a", title="Arms", text=COMMISSION), Text(source="b", title="Arms", text=COMMISSION)],
        )
        arrive(connection, [Text(source="c", title="Arms", text=COMMISSION, at=later)])
        row = connection.execute(select(stories)).one()
    assert (row.title, row.articles, row.first_seen_at, row.last_seen_at) == ("Arms", 3, DAY_ONE, later)


def test_the_window_bounds_what_a_text_is_compared_with(database: Database) -> None:
    within, outside = DAY_ONE + timedelta(days=13), DAY_ONE + timedelta(days=40)
    with database.write() as connection:
        found = arrive_singly(
            connection,
            [Text(source="a", text=COMMISSION, at=at) for at in (DAY_ONE, within, outside)],
        )
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "one by one"])
def test_a_batch_ends_as_single_arrivals_do(database: Database, *, at_once: bool) -> None:
    texts = [
        Text(source="a", text=COMMISSION),
        Text(source="b", text=HARVEST),
        Text(source="c", title="Apples", text=HARVEST + " So far nothing was paid."),
        Text(source="d", title="Arms", text=COMMISSION),
    ]
    with database.write() as connection:
        found = [story for story, _ in arrive(connection, texts)] if at_once else arrive_singly(connection, texts)
    assert found[0] == found[3] != found[1] == found[2]


def test_texts_too_short_to_compare_stay_alone(database: Database) -> None:
    with database.write() as connection:
        found = arrive_singly(connection, [Text(source=name, text="Live: the match minute by minute") for name in "ab"])
        kept = connection.execute(select(sketches)).all()
    assert found[0] != found[1]
    assert kept == []


def test_nothing_to_place_asks_nothing(database: Database) -> None:
    with database.read() as connection:
        assert place_many(connection, [], now=DAY_ONE) == []


def test_story_does_not_grow_by_chains(database: Database) -> None:
    """Each text holds most of the one before it and some news; the last has nothing in common with the first."""
    sentences = [f"{sentence}." for sentence in f"{COMMISSION} {HARVEST} {COMMISSION[::-1]}".split(". ")]
    links = [" ".join(sentences[start : start + 5]) for start in range(len(sentences) - 4)]
    with database.write() as connection:
        found = arrive_singly(connection, [Text(source=f"s{place}", text=text) for place, text in enumerate(links)])
    assert len(set(found)) > 1
    assert found[0] != found[-1]


def test_roundup_does_not_bring_strangers_together(database: Database) -> None:
    texts = [COMMISSION, f"{COMMISSION} {HARVEST}", HARVEST]
    with database.write() as connection:
        found = arrive_singly(connection, [Text(source=f"s{place}", text=text) for place, text in enumerate(texts)])
    assert found[0] == found[1] != found[2]


def test_hash_carried_everywhere_is_written_no_more_and_still_finds(database: Database) -> None:
    texts = [Text(source=f"s{place}", title=f"Headline number {place}", text=COMMISSION) for place in range(40)]
    with database.write() as connection:
        found = [story for half in (texts[:20], texts[20:]) for story, _ in arrive(connection, half)]
        rows = connection.execute(select(func.count(sketches.c.article_id)).group_by(sketches.c.hash)).scalars().all()
    assert len(set(found)) == 1
    assert max(rows) == 24


def test_sketch_of_an_expired_article_finds_nothing(database: Database) -> None:
    edited = COMMISSION.replace("twice", "two times")
    with database.write() as connection:
        arrive_singly(connection, [Text(source="a", text=COMMISSION)])
        connection.execute(delete(articles))
        found = arrive(connection, [Text(source="b", text=edited)])
    assert found[0][1].layer == "first"


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_order_of_arrival_does_not_matter_for_light_edits_and_cuts(sqlite_url: str, order: tuple[int, ...]) -> None:
    half = " ".join(COMMISSION.split()[:40])
    texts = [
        COMMISSION,
        f"{COMMISSION} More soon.",
        half,
        COMMISSION.replace("Officials", "People").replace("dozen", "few"),
    ]
    opened = Database(sqlite_url)
    with opened.write() as connection:
        found = arrive_singly(connection, [Text(source=f"s{place}", text=texts[place]) for place in order])
        stranger = arrive_singly(connection, [Text(source="z", text=HARVEST)])
    opened.close()
    assert len(set(found)) == 1
    assert stranger[0] not in found


def test_walls_stay_apart_though_they_are_the_same_to_the_letter(database: Database) -> None:
    wall = (
        "Before you continue: we value your privacy. With your consent we and our partners use cookies for "
        "personalised advertising. Subscribers read without. Allow scripts in your browser and continue."
    )
    with database.write() as connection:
        found = arrive(connection, [Text(source=name, title="One moment", text=wall) for name in "aab"])
    assert len({story for story, _ in found}) == 3
