"""Health in the database: what is read of a source, what is judged anew, and that one of two judges writes."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from news.article import Article, DateFrom, TextFrom
from news.fetch import Fetch, Outcome
from news.health import Facts, Health, State
from news.notice import Event, Notice, Scene
from news.source import Lease, Settlement
from scheduler.health import judge
from storage.articles import Archive
from storage.database import Database
from storage.health import HealthStore
from storage.operators import NoticeStore
from storage.sources import Sources
from storage.tables import sources
from tests.storage.press import LEASE, NOW, article, failure, later, leased, prepared, settlement, source, tell


def run(database: Database, how: Settlement, *articles: Article, now: datetime = NOW) -> None:
    """Run the gazette once; its articles are seen then."""
    (lease,) = leased(database, now=now, due_only=False)
    made = [prepared(0, **_fields(each, now)) for each in articles]  # type: ignore[arg-type]
    Archive(database).keep(lease, made, replace(how, fetch=replace(how.fetch, at=now)), now=now, decide=tell)


def _fields(each: Article, now: datetime) -> dict[str, object]:
    names = ("url", "guid", "title", "text", "text_from", "note", "published_at", "date_from", "quality")
    return {name: getattr(each, name) for name in names} | {"first_seen_at": now}


class Judge:
    """Keeps what it was shown, and calls everything fine."""

    def __init__(self, seen: list[Facts], state: State = State.FINE) -> None:
        self.seen = seen
        self.state = state

    def __call__(self, facts: Facts) -> Health:
        self.seen.append(facts)
        return Health(state=self.state, since=facts.asked_at)


def test_only_what_was_run_or_switched_is_judged_again(database: Database) -> None:
    health, seen = HealthStore(database), list[Facts]()
    run(database, settlement())
    assert health.judge(Judge(seen), now=NOW) == 1
    assert health.judge(Judge(seen), now=NOW) == 0
    run(database, settlement(), now=later(hours=1))
    assert health.judge(Judge(seen), now=later(hours=1)) == 1
    Sources(database).sync([source(enabled=False)], now=later(hours=2))
    assert health.judge(Judge(seen, State.PAUSED), now=later(hours=2)) == 1
    assert health.judge(Judge(seen, State.PAUSED), now=later(hours=2)) == 0
    assert [each.enabled for each in seen] == [True, True, False]
    Sources(database).sync([source()], now=later(hours=3))
    assert health.judge(Judge(seen), now=later(hours=3)) == 1


def test_a_source_that_runs_is_judged_at_its_end(database: Database) -> None:
    health, seen = HealthStore(database), list[Facts]()
    run(database, settlement())
    health.judge(Judge(seen), now=NOW)
    (lease,) = leased(database, now=later(hours=1))
    assert health.judge(Judge(seen), now=later(hours=1)) == 0
    Sources(database).settle([(lease, failure(later(hours=1)))], now=later(hours=1))
    assert health.judge(Judge(seen), now=later(hours=1)) == 1


def test_verdict_is_written_and_shown(database: Database) -> None:
    run(database, settlement())
    HealthStore(database).judge(Judge([], State.SILENT), now=NOW)
    (status,) = Sources(database).statuses(NOW)
    assert (status.state, status.state_since) == (State.SILENT, NOW)
    assert Sources(database).statuses(NOW, name="gazette") == [status]
    assert Sources(database).statuses(NOW, name="other") == []


def test_slower_of_two_judges_does_not_write(database: Database) -> None:
    run(database, settlement())
    fast = HealthStore(database)

    def slow(facts: Facts) -> Health:
        return Health(state=State.SILENT, since=facts.asked_at)

    class Late(HealthStore):
        def _changed(self) -> object:  # type: ignore[override]
            rows = super()._changed()
            fast.judge(Judge([], State.FAILING), now=NOW)
            return rows

    Late(database).judge(slow, now=NOW)
    with database.read() as connection:
        assert connection.execute(select(sources.c.health)).scalar() == "failing"


def test_facts_of_failures(database: Database) -> None:
    run(database, settlement(), article(1))
    for hour in (1, 2, 3):
        run(database, failure(failures=hour), now=later(hours=hour))
    facts = HealthStore(database).facts("gazette")
    assert (facts.failures, facts.reason, facts.failing_since) == (3, "dns", later(hours=1))
    assert (facts.success_at, facts.asked_at) == (NOW, later(hours=3))


def test_backlog_of_a_first_look_is_one_arrival(database: Database) -> None:
    run(database, settlement(complete=False), article(1), article(2))
    run(database, settlement(), article(3), now=later(minutes=1))
    run(database, settlement(), article(4), now=later(days=1))
    run(database, settlement(), article(5), now=later(days=3))
    facts = HealthStore(database).facts("gazette")
    assert facts.arrivals == [later(minutes=1), later(days=1), later(days=3)]
    crop = HealthStore(database).crop("gazette", since=NOW)
    assert [each.backlog for each in crop] == [False, False, True, True, True]
    assert len(HealthStore(database).crop("gazette", since=later(days=2))) == 1


def test_pages_that_were_wanted_are_told_from_those_that_were_not(database: Database) -> None:
    note = "page not read: http_4xx: 403"
    run(
        database,
        settlement(),
        article(1, text_from=TextFrom.PAGE),
        article(2, text_from=TextFrom.SUMMARY, note=note, text="few words"),
        article(3, text_from=TextFrom.FEED),
        article(4, text_from=TextFrom.PAGE, text="few words", note="date not sure: from the page's address"),
    )
    texts = HealthStore(database).facts("gazette").texts
    assert sorted((text.read, text.short) for text in texts) == [(False, True), (True, False), (True, True)]
    pages = [each.page for each in HealthStore(database).crop("gazette", since=NOW)]
    assert sorted(pages, key=str) == [False, None, True, True]


def test_a_site_with_one_text_for_every_address_shows(database: Database) -> None:
    same = " ".join(f"please{n} enable{n}" for n in range(30))
    run(database, settlement(), article(1))
    for hour in range(1, 10):
        run(database, settlement(), article(hour + 1, text=same, title="Wait"), now=later(hours=hour))
    facts = HealthStore(database).facts("gazette")
    assert facts.repeated == 8
    seen: list[Facts] = []
    HealthStore(database).judge(Judge(seen), now=NOW)
    assert seen[0].repeated == 0, "the first time there is nothing to compare with, so nothing is read"
    run(database, settlement(), article(11, text=same, title="Wait"), now=later(hours=11))
    HealthStore(database).judge(Judge(seen), now=later(hours=11))
    assert seen[1].repeated == 9


def test_an_unchanged_source_costs_no_look_at_its_articles(database: Database) -> None:
    run(database, settlement(), article(1, text_from=TextFrom.PAGE))
    seen: list[Facts] = []
    HealthStore(database).judge(Judge(seen), now=NOW)
    same = Fetch(url="https://gazette.example/feed", at=NOW, outcome=Outcome.UNCHANGED, status=304)
    run(database, settlement(fetch=same), now=later(hours=1))
    HealthStore(database).judge(Judge(seen), now=later(hours=1))
    assert seen[1].texts == ()
    assert seen[1].arrivals == (NOW,)
    run(database, settlement(), now=NOW + timedelta(days=2))
    HealthStore(database).judge(Judge(seen), now=NOW + timedelta(days=2))
    assert len(seen[2].texts) == 1


def test_a_source_whose_articles_have_all_expired_is_not_called_well_again(database: Database) -> None:
    run(database, settlement(), article(1))
    Archive(database).expire(now=later(days=200), keep=timedelta(days=180))
    run(database, settlement(), now=later(days=200))
    facts = HealthStore(database).facts("gazette")
    assert facts.arrivals == (NOW,)
    assert judge(facts).state is State.SILENT


def test_a_source_that_never_had_anything_is_silent_after_a_while(database: Database) -> None:
    run(database, settlement())
    run(database, settlement(), now=later(days=44))
    assert judge(HealthStore(database).facts("gazette")).state is State.FINE
    run(database, settlement(), now=later(days=46))
    assert judge(HealthStore(database).facts("gazette")).state is State.SILENT


def test_only_sure_dates_and_read_pages_count(database: Database) -> None:
    sure = article(1, published_at=NOW, date_from=DateFrom.LISTED, text_from=TextFrom.PAGE, quality=0.1)
    unsure = article(2, published_at=NOW, date_from=DateFrom.URL, text_from=TextFrom.FEED)
    run(database, settlement(), sure, unsure)
    crop = HealthStore(database).crop("gazette", since=NOW)
    assert {(each.published_at, each.quality) for each in crop} == {(NOW, 0.1), (None, None)}
    assert [text.quality for text in HealthStore(database).facts("gazette").texts] == [0.1]


def test_a_new_address_is_not_judged_before_it_was_asked(database: Database) -> None:
    health, store = HealthStore(database), Sources(database)
    store.sync([source()], now=NOW)
    for hour, how in enumerate((settlement(), failure(failures=1), failure(failures=2), failure(failures=3))):
        _ask(database, how, later(hours=hour))
        health.judge(judge, now=later(hours=hour))
    assert _said(database) == ("failing", "failing")
    store.sync([source(url="https://gazette.example/new")], now=later(hours=4))
    assert health.judge(judge, now=later(hours=4)) == 0
    assert _said(database) == ("new", "failing")  # neither well again nor, as yet, ill
    _ask(database, failure(failures=1), later(hours=5))
    health.judge(judge, now=later(hours=5))
    assert _said(database) == ("new", "failing")
    _ask(database, settlement(), later(hours=6))
    health.judge(judge, now=later(hours=6))
    assert _said(database) == ("fine", "fine")


def _ask(database: Database, how: Settlement, now: datetime) -> None:
    pairs = [(lease, replace(how, fetch=replace(how.fetch, at=now))) for lease in _claimed(database, now)]
    assert Sources(database).settle(pairs, now=now) == []


def _claimed(database: Database, now: datetime) -> list[Lease]:
    return Sources(database).claim(owner="me", now=now, lease=LEASE, limit=1, names=["gazette"], due_only=False)


def _said(database: Database) -> tuple[str, str]:
    """The state of the source, and what operators heard of it last when they are told at once."""
    NoticeStore(database).tell(_all_of_it, (), now=NOW)
    with database.read() as connection:
        row = connection.execute(select(sources.c.health, sources.c.told)).one()
        return row.health, row.told


def _all_of_it(scene: Scene) -> list[Notice]:
    changes = [each.change for each in scene.pending]
    return [Notice(id=0, event=Event.SOURCES, created_at=NOW, changes=changes)] if changes else []
