"""A changed article is a revision of the same article; nobody hears of it twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from news.alert import Decide
from news.article import Item, Kept, TextFrom
from news.prefilter import Word
from news.source import Kind, Lease
from storage.articles import Archive
from storage.database import Database
from storage.revisions import MOST_CHANGES, compare_revisions, history
from storage.sources import Sources
from storage.tables import alerts, deliveries, matches
from storage.worddiff import Fate, word_diff
from tests.storage.press import NOW, item, later, lease_of, prepared, settlement, source, tell, tell_all

OLD = "The commission met on Monday in the port and agreed on four ships, two drones and a budget for one year."
NEW = OLD.replace("four ships", "five ships")


def keep(
    database: Database, lease: Lease, text: str, *, topics: Sequence[str] = (), now: datetime = NOW,
    decide: Decide = tell_all, **fields: object,
) -> Kept:  # fmt: skip
    (seen,) = [replace(each, listed=each.listed) for each in _listed(database, lease, text)] or [item(1)]
    each = prepared(1, topics=topics, text=text, title="Item 1", listed=seen.listed, first_seen_at=now, **fields)  # type: ignore[arg-type]
    return Archive(database).keep(lease, [each], now=now, decide=decide)


def _listed(database: Database, lease: Lease, text: str) -> list[Item]:
    return Archive(database).unknown(lease, [item(1, summary=text)])


def test_changed_text_is_a_revision_of_the_same_article(database: Database) -> None:
    lease = lease_of(database)
    first = keep(database, lease, OLD)
    second = keep(database, lease, NEW, now=later(hours=1))
    archive = Archive(database)
    found = archive.get(1)
    assert (first.new, second.new, second.known, second.revised) == (1, 0, 0, 1)
    assert archive.count() == 1
    assert found is not None
    assert (found.article.text, found.article.first_seen_at) == (NEW, NOW)
    texts = [(each.number, each.seen_at, each.text) for each in history(database, 1)]
    assert texts == [(1, NOW, OLD), (2, later(hours=1), NEW)]


def test_search_finds_the_new_words_and_not_the_old(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD)
    keep(database, lease, NEW)
    archive = Archive(database)
    assert [each.id for each in archive.search(Word(text="five"))] == [1]
    assert list(archive.search(Word(text="four"))) == []


def test_change_that_meets_the_same_topic_tells_nobody_again(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD, topics=["arms"])
    again = keep(database, lease, NEW, topics=["arms"])
    with database.read() as connection:
        told = connection.execute(select(alerts)).all()
        owed = connection.execute(select(deliveries)).all()
    assert (again.alerts, again.revised, len(told), len(owed)) == (0, 1, 1, 2)


def test_change_that_meets_another_topic_tells_its_readers(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD, topics=["arms"])
    again = keep(database, lease, NEW, topics=["arms", "ships"], decide=tell)
    with database.read() as connection:
        told = connection.execute(select(alerts.c.topic).order_by(alerts.c.id)).scalars().all()
    assert (again.alerts, told) == (1, ["arms", "ships"])


def test_topic_that_the_new_text_misses_stays_told_and_says_when_it_was_met(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD, topics=["arms"])
    keep(database, lease, NEW)
    with database.read() as connection:
        row = connection.execute(select(matches)).one()
    assert (row.places, row.why) == ("[]", "before the article was changed: item in the title")


def test_same_words_in_other_dress_are_no_revision(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD)
    again = keep(database, lease, OLD.replace("two", "TWO"))
    assert (again.known, again.revised) == (1, 0)
    assert len(history(database, 1)) == 1


def test_page_that_could_not_be_read_takes_nothing_away(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD, text_from=TextFrom.PAGE)
    again = keep(database, lease, "Only a teaser this time.", text_from=TextFrom.SUMMARY)
    assert again.revised == 0
    assert Archive(database).get(1).article.text == OLD  # type: ignore[union-attr]


def test_another_source_at_the_same_address_changes_nothing(database: Database) -> None:
    keep(database, lease_of(database), OLD)
    again = keep(database, lease_of(database, "herald"), NEW, guid="theirs")
    assert (again.known, again.revised) == (1, 0)


def test_item_listed_otherwise_is_asked_for_again_until_it_is_read(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD)
    assert _listed(database, lease, OLD) == []
    assert len(_listed(database, lease, NEW)) == 1
    keep(database, lease, NEW)
    assert _listed(database, lease, NEW) == []


def test_item_whose_page_says_the_same_is_not_read_again_for_it(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD)
    (changed,) = _listed(database, lease, "12 comments")
    Archive(database).keep(lease, [prepared(1, text=OLD, listed=changed.listed)], now=NOW, decide=tell)
    assert _listed(database, lease, "12 comments") == []
    assert len(history(database, 1)) == 1


def test_list_that_counts_clicks_is_followed_for_a_while_only(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD)
    for number in range(MOST_CHANGES):
        (changed,) = _listed(database, lease, f"{number} clicks")
        Archive(database).keep(lease, [prepared(1, text=OLD, listed=changed.listed)], now=NOW, decide=tell)
    assert _listed(database, lease, "one more click") == []


def test_words_of_a_section_page_are_not_compared(database: Database) -> None:
    Sources(database).sync([source("front", kind=Kind.SECTION)], now=NOW)
    (lease,) = Sources(database).claim(owner="me", now=NOW, lease=later(hours=1) - NOW, limit=1, names=["front"])
    (seen,) = Archive(database).unknown(lease, [item(1, title="3 min ago Item 1")])
    assert seen.listed == 0
    Archive(database).keep(lease, [prepared(1, listed=seen.listed)], now=NOW, decide=tell)
    assert Archive(database).unknown(lease, [item(1, title="4 min ago Item 1")]) == []


def test_revised_article_is_not_counted_as_new_in_the_runs_history(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD)
    each = prepared(1, text=NEW, listed=7)
    Archive(database).keep(lease, [each, prepared(2)], settlement(), now=NOW, decide=tell)
    assert Sources(database).history("gazette")[0].new == 1


def test_expired_article_takes_its_revisions_along(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD)
    keep(database, lease, NEW)
    assert Archive(database).expire(now=later(days=400), keep=later(days=1) - NOW) == 1
    assert history(database, 1) == []


def test_diff_of_revisions_shows_the_words_that_changed(database: Database) -> None:
    lease = lease_of(database)
    keep(database, lease, OLD)
    keep(database, lease, NEW)
    changed = compare_revisions(*history(database, 1))
    assert [(each.fate, each.text) for each in changed.text if each.fate is not Fate.KEPT] == [
        (Fate.REMOVED, "four"),
        (Fate.ADDED, "five"),
    ]


_TEXTS = st.lists(st.sampled_from(["a", "bb", " ", "\n", "c.", "Ünal", "12,5"]), max_size=40).map("".join)


@given(_TEXTS, _TEXTS)
def test_diff_holds_both_texts_whole(before: str, after: str) -> None:
    changes = word_diff(before, after)
    assert "".join(each.text for each in changes if each.fate is not Fate.ADDED) == before
    assert "".join(each.text for each in changes if each.fate is not Fate.REMOVED) == after
    assert all(one.fate is not other.fate for one, other in pairwise(changes))


@pytest.mark.parametrize("size", [50_000])
def test_diff_of_two_books_takes_no_minute(size: int) -> None:
    before = " ".join(f"w{number}" for number in range(size))
    changes = word_diff(before, "start " + before.replace("w40000 ", "") + " end")
    assert sum(len(each.text) for each in changes if each.fate is Fate.ADDED) >= len("start end")
