"""Pages that are corrected while their feed stays silent, over real HTTP, hours passing in an instant."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crawler.crawl import Crawler
from news.article import Article, Prepared
from news.fetch import Outcome
from news.reread import Which
from news.source import Source
from scheduler.cadence import Rhythm
from scheduler.looking import Looker
from scheduler.pipeline import Pipeline
from scheduler.report import Report, Revisited
from scheduler.reread import dated
from scheduler.writer import Writer
from storage.articles import Archive
from storage.database import Database
from storage.rereads import reread_at
from storage.revisions import compare_revisions, history
from storage.sources import Sources
from storage.tables import alerts, deliveries
from storage.worddiff import Fate
from tests.crawler.acts import ManualClock, open_limits
from tests.flow.site import prose
from tests.rig import Document, Rig, running
from tests.scheduler.fakes import here
from tests.storage.press import match, tell_all

HOUR = timedelta(hours=1)
OLD = "The ministry ordered forty drones for the coast guard on Monday."
NEW = OLD.replace("forty", "fourteen")
PAGE = "/harbour/the-ministry-orders-drones-1234"
QUIET = "/harbour/the-orchestra-plays-all-summer-1235"
WALL = "Subscribe for unlimited access, cancel at any time. A member? Sign in here. Privacy and cookies."


@pytest.fixture(scope="module")
def shared_rig() -> Iterator[Rig]:
    with running("127.0.0.1") as rig:
        yield rig


@pytest.fixture
def rig(shared_rig: Rig) -> Rig:
    shared_rig.forget()
    return shared_rig


@pytest.fixture
def desk(rig: Rig, sqlite_url: str) -> Iterator["Desk"]:
    database = Database(sqlite_url)
    yield Desk(rig, database)
    database.close()


@dataclass
class Desk:
    """One source with two articles; one of them speaks of drones, which is the one topic."""

    rig: Rig
    database: Database
    which: Which = Which.MATCHED
    max_pages: int = 200
    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        items = "".join(
            f"<item><title>{title}</title><link>{self.rig.url(path)}</link><guid>{path}</guid></item>"
            for title, path in (("Ministry orders drones", PAGE), ("Orchestra plays all summer", QUIET))
        )
        body = f'<rss version="2.0"><channel><title>The Quay</title>{items}</channel></rss>'.encode()
        url = self.rig.serve("/feed", Document(body=body, etag='"1"'))
        self.rig.serve(PAGE, page("Ministry orders drones", OLD))
        self.rig.serve(QUIET, page("Orchestra plays all summer", "The orchestra plays.", rest=prose("quiet", 160)))
        self.sources = Sources(self.database)
        self.sources.sync([Source(name="quay", url=url)], now=self.clock.now())

    def ask(self, *steps: timedelta | Callable[[], object]) -> list[Report]:
        """Ask after each wait; what is no wait is done at its place."""

        async def rounds() -> list[Report]:
            reports = []
            async with Crawler(open_limits(), clock=self.clock) as crawler:
                for step in steps:
                    if isinstance(step, timedelta):
                        reports.append(await self._round(crawler, step))
                    else:
                        step()
            return reports

        return asyncio.run(rounds())

    def change(self, path: str, document: Document) -> Callable[[], None]:
        """Give what puts another document up."""
        return lambda: self.rig.documents.update({path: document})

    async def _round(self, crawler: Crawler, wait: timedelta) -> Report:
        self.clock.seconds += wait.total_seconds()
        archive = Archive(self.database)
        prepare = dated(self._prepare, self.which, self.clock)
        writer = Writer(
            keeper=archive, sources=self.sources, prepare=prepare, decide=tell_all, clock=self.clock, run=here
        )
        pipeline = Pipeline(
            gather=crawler, archive=archive, looker=Looker(archive=archive, run=here),
            writer=writer, clock=self.clock, chance=lambda: 0.5, run=here,
            paces=tuple, rhythm=Rhythm(), max_pages=self.max_pages, reread=self.which is not Which.NONE,
        )  # fmt: skip
        (lease,) = self.sources.claim(
            owner="me", now=self.clock.now(), lease=timedelta(minutes=1), limit=1, names=["quay"], due_only=False
        )
        return await pipeline.source(lease)

    def _prepare(self, article: Article) -> Prepared:
        words = f"{article.title} {article.text}".casefold().split()
        matches = [match("drones")] if "drones" in words else []
        return Prepared(article=article, tokens=words, matches=matches)

    def article(self, path: str = PAGE) -> Article:
        found = Archive(self.database).get(self.rig.url(path))
        assert found
        return found.article

    def number(self, path: str = PAGE) -> int:
        found = Archive(self.database).get(self.rig.url(path))
        assert found
        return found.id

    def told(self) -> tuple[int, int]:
        with self.database.read() as connection:
            return tuple(
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (alerts, deliveries)
            )  # type: ignore[return-value]


def page(title: str, words: str, *, rest: str = prose("rest", 160)) -> Document:
    return Document(
        body=f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{words}</p><p>{rest}</p></article></body></html>".encode(),
        headers={"Content-Type": "text/html; charset=utf-8"},
    )


def test_page_corrected_while_its_feed_says_unchanged_is_a_revision_and_no_second_alert(
    rig: Rig, database: Database
) -> None:
    desk = Desk(rig, database)
    correct = desk.change(PAGE, page("Ministry orders drones", NEW))
    first, early, found = desk.ask(timedelta(0), correct, HOUR / 2, HOUR / 2)
    assert (first.kept.new, first.kept.alerts) == (2, 1)
    assert (early.fetch.outcome, early.reread.pages) == (Outcome.UNCHANGED, 0)
    assert (found.fetch.status, found.reread) == (304, Revisited(pages=1, revised=1))
    assert found.fetch.detail == "1 page read again: 1 changed"
    assert (found.kept.new, found.known, found.kept.alerts) == (0, 0, 0)
    old, new = history(database, desk.number())
    changes = compare_revisions(old, new).text
    words = [(each.fate, each.text) for each in changes if each.fate is not Fate.KEPT]
    assert words == [(Fate.REMOVED, "forty"), (Fate.ADDED, "fourteen")]
    assert desk.told() == (1, 2)


def test_page_is_read_after_an_hour_and_a_day_and_never_again(rig: Rig, desk: Desk) -> None:
    desk.ask(*[HOUR] * 30, 24 * HOUR)
    assert len(rig.asked(PAGE)) == 3
    assert len(rig.asked(QUIET)) == 1
    assert reread_at(desk.database, desk.number()) is None
    assert len(history(desk.database, desk.number())) == 1


GONE = {
    "http_4xx": Document(status=404),
    "gone": Document(status=410),
    "soft_404": page("Page not found", "404: page not found.", rest=""),
    "login_wall": page("Ministry orders drones", WALL, rest=WALL),
    "little of its text": page("Ministry orders drones", "The ministry ordered …", rest="More for those who pay."),
}


@pytest.mark.parametrize("word", GONE)
def test_page_that_is_no_article_any_more_is_noted_once_and_no_revision(desk: Desk, word: str) -> None:
    _, hour, day = desk.ask(timedelta(0), desk.change(PAGE, GONE[word]), HOUR, 23 * HOUR)
    assert hour.reread == day.reread == Revisited(pages=1, gone=1)
    assert not hour.failed
    after = desk.article()
    assert OLD in after.text
    assert after.note.count("read again") == 1
    assert after.note.startswith("read again 2026-03-01 13:00 UTC, the text is the earlier one:")
    assert word in after.note
    assert len(history(desk.database, desk.number())) == 1


def test_page_that_cannot_be_had_now_waits_for_its_next_date(desk: Desk) -> None:
    away = desk.change(PAGE, Document(status=503))
    back = desk.change(PAGE, page("Ministry orders drones", NEW))
    _, hour, later, day = desk.ask(timedelta(0), away, HOUR, HOUR, back, 22 * HOUR)
    assert (hour.reread, later.reread) == (Revisited(pages=1, unread=1), Revisited())
    assert day.reread == Revisited(pages=1, revised=1)
    assert desk.article().note == ""


@pytest.mark.parametrize(("which", "times"), [(Which.ALL, (3, 3)), (Which.NONE, (1, 1))])
def test_setting_says_whose_pages_are_read_again(rig: Rig, desk: Desk, which: Which, times: tuple[int, int]) -> None:
    desk.which = which
    desk.ask(timedelta(0), HOUR, 23 * HOUR)
    assert (len(rig.asked(PAGE)), len(rig.asked(QUIET))) == times


def test_setting_turned_off_leaves_what_was_waiting_alone(rig: Rig, desk: Desk) -> None:
    desk.ask(timedelta(0), lambda: setattr(desk, "which", Which.NONE), HOUR)
    assert len(rig.asked(PAGE)) == 1


def test_readings_are_part_of_the_page_limit_and_the_rest_follows(desk: Desk) -> None:
    desk.which, desk.max_pages = Which.ALL, 1
    reports = desk.ask(timedelta(0), timedelta(0), HOUR, timedelta(0), timedelta(0))
    assert [report.reread.pages for report in reports] == [0, 0, 1, 1, 0]


def test_correction_that_meets_the_topic_for_the_first_time_is_told(desk: Desk) -> None:
    desk.which = Which.ALL
    other = page("Orchestra", "It plays for drones now.", rest=prose("quiet", 160))
    _, found = desk.ask(timedelta(0), desk.change(QUIET, other), HOUR)
    assert (found.reread.revised, found.kept.alerts) == (1, 1)
    assert desk.told() == (2, 4)


def test_source_that_fails_keeps_its_articles_waiting(rig: Rig, desk: Desk) -> None:
    away, back = desk.change("/feed", Document(status=503)), desk.change("/feed", rig.documents["/feed"])  # type: ignore[arg-type]
    _, failed, again = desk.ask(timedelta(0), away, HOUR, back, HOUR)
    assert (failed.failed, failed.reread.pages, again.reread.pages) == (True, 0, 1)


def test_news_come_before_corrections_in_one_run(rig: Rig, desk: Desk) -> None:
    fresh, path = "Ferry sails", "/harbour/the-ferry-sails-1236"
    listed = f"<item><title>{fresh}</title><link>{rig.url(path)}</link></item>"
    rig.serve(path, page(fresh, "The ferry sails at nine."))
    body = f'<rss version="2.0"><channel>{listed}</channel></rss>'.encode()
    _, both, still = desk.ask(timedelta(0), desk.change("/feed", Document(body=body, etag='"2"')), HOUR, timedelta(0))
    assert [hit.path for hit in rig.hits if hit.path.startswith("/harbour")][2:] == [path, PAGE]
    assert (both.kept.new, both.reread.pages, both.fetch.new) == (1, 1, 1)
    assert still.fetch.status == 304, "validators were kept with the run's end"
