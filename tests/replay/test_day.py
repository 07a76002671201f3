"""A replayed day keeps what is promised: manners, nothing missed, a pace that follows the news, clocks that jump."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from crawler.settings import Limits
from scheduler.cadence import Rhythm as Bounds
from tests.replay.conversation import Request
from tests.replay.day import Day
from tests.replay.figures import Class, Figures, figures
from tests.replay.newsroom import Manner, Outlet, Rhythm, newsroom
from tests.replay.time import MIDNIGHT, Machine
from tests.replay.twice import SOURCES, difference, lived, lived_twice

HALF = Limits().delay / 2
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def press() -> list[Outlet]:
    return newsroom(SOURCES)


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> tuple[Day, Day]:
    return lived_twice(tmp_path_factory.getbasetemp().parent / f"days-{testrun_uid}")  # the workers of a run share it


@pytest.fixture(scope="module")
def day(days: tuple[Day, Day]) -> Day:
    return days[0]


@pytest.fixture(scope="module")
def counted(press: list[Outlet], day: Day) -> Figures:
    return figures(press, day)


def by_host(requests: Sequence[Request]) -> dict[str, list[Request]]:
    found: dict[str, list[Request]] = defaultdict(list)
    for each in sorted(requests, key=lambda each: each.awake):
        found[each.host].append(each)
    return found


def named(press: Sequence[Outlet], manner: Manner) -> list[str]:
    return [outlet.source.name for outlet in press if outlet.manner is manner]


def test_the_same_day_comes_out_the_same(days: tuple[Day, Day]) -> None:
    assert len(days[0].requests) > 20_000
    assert difference(*days) == ""


def test_days_that_differ_say_where_first(day: Day) -> None:
    (*rows, last) = day.sources
    other = (*last[:-1], last[-1] + 1)
    assert difference(day, replace(day, sources=[*rows, other])) == f"sources[{SOURCES - 1}]:\n  {last}\n  {other}"
    assert difference(day, replace(day, sources=rows)) == f"sources[{SOURCES - 1}]:\n  {last}\n  None"


def test_a_host_is_asked_by_one_request_at_a_time_and_at_its_pace(day: Day, counted: Figures) -> None:
    assert counted.overlaps == 0
    assert counted.smallest_gap >= HALF
    for requests in by_host(day.requests).values():
        for sooner, later in pairwise(requests):
            assert later.at >= sooner.until + sooner.rest, "a Retry-After is waited for"


def test_what_is_listed_is_kept_and_what_fell_out_of_a_list_is_on_record(counted: Figures) -> None:
    assert counted.published > 1500
    assert counted.missed == 0
    assert counted.unrecorded == []
    assert counted.fell_out < counted.published * 0.05
    assert counted.caught_up > 0
    assert counted.seen == counted.published - counted.fell_out


def test_news_is_seen_within_minutes_where_it_comes_often(counted: Figures) -> None:
    found = {each.rhythm: each for each in counted.classes}
    assert _lags(found[Rhythm.AGENCY]) <= (6, 15)
    assert _lags(found[Rhythm.DAILY]) <= (40, 240)
    assert _lags(found[Rhythm.QUIET]) <= (180, 480)


def _lags(found: Class) -> tuple[float, float]:
    assert found.lag_p50 is not None
    assert found.lag_p95 is not None
    return found.lag_p50, found.lag_p95


def test_a_busy_source_is_asked_oftener_than_at_first_and_a_quiet_one_less(press: list[Outlet], day: Day) -> None:
    at_first = timedelta(hours=4) / Bounds().start
    polls = Counter(row[0] for row in day.fetches if row[1] >= MIDNIGHT + timedelta(hours=20))
    for outlet in press:
        evening = polls[outlet.source.name]
        if outlet.rhythm is Rhythm.AGENCY:
            assert evening > 1.5 * at_first
        if outlet.rhythm is Rhythm.WEEKLY:
            assert evening < at_first / 4


def test_no_source_is_asked_oftener_than_the_shortest_interval(day: Day) -> None:
    asked: dict[str, list[datetime]] = defaultdict(list)
    for row in day.fetches:
        asked[row[0]].append(row[1])
    assert min(later - sooner for times in asked.values() for sooner, later in pairwise(times)) >= Bounds().shortest


def test_a_dead_host_is_tried_less_and_less_and_read_again_when_it_is_back(press: list[Outlet], day: Day) -> None:
    for name in named(press, Manner.DYING):
        failed = [row[1] for row in day.fetches if row[0] == name and row[2] == "failed"]
        waits = [later - sooner for sooner, later in pairwise(failed)]
        assert waits == sorted(waits)
        assert failed
        assert next(row[3] for row in day.sources if row[0] == name) == 0, "no failure since"


def test_what_is_gone_is_left_alone_and_what_moved_is_asked_where_it_is(press: list[Outlet], day: Day) -> None:
    (gone,) = named(press, Manner.GONE)
    assert [each.status for each in day.requests if each.source == gone].count(410) == 1
    (moved,) = named(press, Manner.MOVED)
    told = [each for each in day.requests if each.source == moved]
    assert [each.status for each in told].count(301) == 3
    last = max(number for number, each in enumerate(told) if each.status == 301)
    assert {each.host.startswith("new-") for each in told[last + 1 :]} == {True}
    assert len(told) > last + 3


def test_a_liar_is_found_out_within_half_a_day(press: list[Outlet], day: Day) -> None:
    for name in named(press, Manner.LIAR):
        statuses = [each.status for each in day.requests if each.source == name]
        assert 304 in statuses
        asked_whole = [each.at for each in day.requests if each.source == name and each.status == 200]
        assert asked_whole[1] - asked_whole[0] < timedelta(hours=18)


def test_copies_of_one_text_become_one_story(press: list[Outlet], day: Day) -> None:
    titles = {item.url: item.title for outlet in press for item in outlet.items}
    stories: dict[str, set[int]] = defaultdict(set)
    for url, _, story, _ in day.articles:
        stories[titles[url]].add(story)
    copied = {title: times for title, times in Counter(titles[row[0]] for row in day.articles).items() if times > 1}
    assert len(copied) > 20
    assert all(len(stories[title]) == 1 for title in copied)


@pytest.mark.parametrize("at", [43, 3600], ids=["amid a round", "at rest"])
@pytest.mark.parametrize("upset", ["sleeps", "is set an hour forward", "is set an hour back"])
def test_a_machine_whose_clock_jumps_asks_each_source_once(at: float, upset: str) -> None:
    async def events(machine: Machine) -> None:
        await asyncio.sleep(at)
        if upset == "sleeps":
            machine.sleep(timedelta(hours=6))
        else:
            machine.set(timedelta(hours=1 if "forward" in upset else -1))

    press = newsroom(40)
    day = lived(press, at / 3600 + 0.5, events)
    soon = Counter(each.source for each in day.requests if at <= each.awake < at + 270 and each.status in {200, 304})
    assert max(soon.values()) == 1
    late = {each.source for each in day.requests if at <= each.awake}
    assert len(late) == 40 if at > 60 else len({each.source for each in day.requests}) == 40
    for requests in by_host(day.requests).values():
        assert all(later.awake - sooner.awake >= HALF for sooner, later in pairwise(requests))
