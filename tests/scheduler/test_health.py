"""How sources are judged: a table of cases, properties, and how often newsrooms that are well are called silent."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.health import Facts, State, Text
from scheduler.health import SHORTEST_SILENCE, UNKNOWN_SILENCE, judge, silence

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD, UNREAD, SHORT, POOR = Text(read=True), Text(read=False), Text(read=True, short=True), Text(read=True, quality=0.1)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


WELL = Facts(state=State.FINE, since=ago(days=90), asked_at=NOW, success_at=NOW, arrivals=[ago(hours=1)])
ILL = replace(WELL, success_at=ago(hours=2), reason="timeout", failing_since=ago(hours=1))
DAILY = [ago(days=days) for days in range(30, -1, -1)]
WEEKLY = [ago(days=7 * weeks) for weeks in range(8, -1, -1)]


def quiet(arrivals: Sequence[datetime], **span: float) -> Facts:
    """Asked just now, without anything new for so long."""
    return replace(WELL, arrivals=[at - timedelta(**span) for at in arrivals])


CASES = {
    "never asked": (Facts(), State.NEW),
    "read, and news an hour ago": (WELL, State.FINE),
    "read, and never anything in it": (replace(WELL, arrivals=()), State.FINE),
    "switched off": (replace(WELL, enabled=False), State.PAUSED),
    "switched off while it failed": (replace(ILL, failures=9, enabled=False), State.PAUSED),
    "switched on again": (replace(WELL, state=State.PAUSED), State.FINE),
    "switched on again, and failed once": (replace(ILL, state=State.PAUSED, failures=1), State.FINE),
    "one failure": (replace(ILL, failures=1), State.FINE),
    "two failures": (replace(ILL, failures=2), State.FINE),
    "three failures": (replace(ILL, failures=3), State.FAILING),
    "two failures, a day apart": (replace(ILL, failures=2, failing_since=ago(days=1)), State.FAILING),
    "one failure after a week of our own absence": (
        replace(ILL, failures=1, success_at=ago(days=7), failing_since=NOW),
        State.FINE,
    ),
    "never read, one failure": (Facts(failures=1, failing_since=NOW, asked_at=NOW, reason="dns"), State.NEW),
    "never read, three failures": (Facts(failures=3, failing_since=NOW, asked_at=NOW, reason="dns"), State.FAILING),
    "gone": (replace(ILL, failures=1, reason="gone"), State.GONE),
    "gone, then an error": (replace(ILL, state=State.GONE, since=ago(hours=1), failures=2), State.GONE),
    "quarantined": (replace(ILL, failures=1, reason="quarantine"), State.FAILING),
    "recovered": (replace(WELL, state=State.FAILING), State.FINE),
    "recovered, then one failure": (
        replace(ILL, state=State.FAILING, since=ago(hours=9), failures=1),
        State.FINE,
    ),
    "silent, then one failure": (replace(ILL, state=State.SILENT, failures=1), State.SILENT),
    "daily, quiet for a weekend": (quiet(DAILY, hours=47), State.FINE),
    "daily, quiet for three days": (quiet(DAILY, days=3), State.SILENT),
    "daily, but we did not ask for a week": (
        replace(WELL, arrivals=[at - timedelta(days=7) for at in DAILY], success_at=ago(days=7)),
        State.FINE,
    ),
    "weekly, one issue late": (quiet(WEEKLY, days=13), State.FINE),
    "weekly, two issues missed": (quiet(WEEKLY, days=20), State.FINE),
    "weekly, three issues missed": (quiet(WEEKLY, days=22), State.SILENT),
    "monthly, not learnt": (quiet([ago(days=60), ago(days=30), NOW], days=40), State.FINE),
    "nothing since its first look": (quiet([NOW], days=46), State.SILENT),
    "speaks again": (replace(WELL, state=State.SILENT, arrivals=DAILY), State.FINE),
    "good pages": (replace(WELL, texts=[GOOD] * 60), State.FINE),
    "pages lately unread": (replace(WELL, texts=[UNREAD] * 20 + [GOOD] * 40), State.BROKEN),
    "pages lately short": (replace(WELL, texts=[SHORT] * 20 + [GOOD] * 40), State.BROKEN),
    "pages lately poor": (replace(WELL, texts=[POOR] * 15 + [GOOD] * 45), State.BROKEN),
    "half of the pages lately unread": (replace(WELL, texts=[UNREAD, GOOD] * 10 + [GOOD] * 40), State.FINE),
    "never had good pages": (replace(WELL, texts=[UNREAD] * 80), State.FINE),
    "too few pages to say": (replace(WELL, texts=[UNREAD] * 9), State.FINE),
    "broken for so long that nothing else is known": (
        replace(WELL, state=State.BROKEN, texts=[UNREAD] * 80),
        State.BROKEN,
    ),
    "mending": (replace(WELL, state=State.BROKEN, texts=[GOOD] * 9 + [UNREAD] * 60), State.BROKEN),
    "mended": (replace(WELL, state=State.BROKEN, texts=[GOOD] * 10 + [UNREAD] * 60), State.FINE),
    "one text under eight addresses": (replace(WELL, texts=[GOOD], repeated=8), State.BROKEN),
    "one text under three addresses": (replace(WELL, texts=[GOOD], repeated=3), State.FINE),
}


@pytest.mark.parametrize("case", CASES)
def test_state_of(case: str) -> None:
    facts, state = CASES[case]
    assert judge(facts).state is state


def test_each_state_says_since_when() -> None:
    assert judge(replace(ILL, failures=3)).since == ago(hours=1)
    assert judge(quiet(DAILY, days=3)).since == ago(days=3)
    assert judge(replace(WELL, state=State.FAILING, since=ago(days=2))).since == NOW
    assert judge(WELL).since == WELL.since
    assert judge(Facts()).since is None


moments = st.timedeltas(timedelta(0), timedelta(days=80)).map(lambda span: NOW - span)
seen = st.builds(
    Facts,
    enabled=st.booleans(),
    state=st.sampled_from(State),
    since=st.none() | moments,
    failures=st.integers(0, 40),
    failing_since=st.none() | moments,
    asked_at=st.none() | moments,
    reason=st.sampled_from(["", "gone", "dns", "quarantine"]),
    success_at=st.none() | moments,
    arrivals=st.lists(moments, max_size=30).map(sorted),
    texts=st.lists(st.builds(Text, read=st.booleans(), short=st.booleans(), quality=st.floats(0, 1)), max_size=80),
    repeated=st.integers(0, 20),
)


@given(seen)
def test_judging_twice_says_the_same_both_times(facts: Facts) -> None:
    once = judge(facts)
    again = judge(replace(facts, state=once.state, since=once.since))
    assert again == once or facts.failures, "a failure or two leave what was said before"


@given(seen)
def test_a_source_that_nobody_asked_anew_does_not_change_with_time(facts: Facts) -> None:
    """No span ends now: the verdict is a function of what was recorded, however late it is asked for."""
    assert judge(facts) == judge(facts)
    if facts.failures == 0 and facts.success_at and facts.arrivals and facts.success_at <= facts.arrivals[-1]:
        assert judge(facts).state is not State.SILENT


@given(st.lists(moments, min_size=1, max_size=60).map(sorted))
def test_silence_is_longer_than_every_gap_it_was_learnt_from(arrivals: list[datetime]) -> None:
    found = silence(arrivals)
    assert found.limit >= SHORTEST_SILENCE
    assert found.limit == UNKNOWN_SILENCE if found.longest is None else found.limit >= 2 * found.longest


@given(st.lists(moments, min_size=1, max_size=60).map(sorted), st.timedeltas(timedelta(0), DAY))
def test_silence_does_not_depend_on_the_date(arrivals: list[datetime], shift: timedelta) -> None:
    assert silence(arrivals) == silence([at + shift for at in arrivals])


def newsroom(dice: Random, *, a_day: float, night: float, weekend: float) -> list[datetime]:
    """A year of arrivals, Poisson by the hour: fewer between 22 and 6 h, fewer on Saturdays and Sundays."""
    found = []
    for hour in range(365 * 24):
        at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=hour)
        rate = a_day / (16 + 8 * night) * (1 if 6 <= at.hour < 22 else night) * (1 if at.weekday() < 5 else weekend)
        chance, floor = dice.random(), exp(-rate)
        while chance > floor:
            found.append(at + timedelta(hours=dice.random()))
            chance *= dice.random()
    return sorted(found)


def bulletin(dice: Random, *, days: float, skips: float = 0.0) -> list[datetime]:
    """A year of issues, some hours early or late, some left out."""
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    planned = [start + timedelta(days=days * number) for number in range(round(365 / days))]
    return sorted(at + timedelta(hours=dice.gauss(0, 6)) for at in planned if dice.random() >= skips)


RHYTHMS: dict[str, Callable[[Random], list[datetime]]] = {
    "wire": lambda dice: newsroom(dice, a_day=100, night=0.3, weekend=0.6),
    "daily paper": lambda dice: newsroom(dice, a_day=40, night=0.02, weekend=0.1),
    "weekdays only": lambda dice: newsroom(dice, a_day=10, night=0, weekend=0),
    "small desk": lambda dice: newsroom(dice, a_day=2, night=0, weekend=0.2),
    "weekly": lambda dice: bulletin(dice, days=7),
    "weekly that skips issues": lambda dice: bulletin(dice, days=7, skips=0.1),
    "monthly": lambda dice: bulletin(dice, days=30.4),
}
_YEARS = 8


@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_newsrooms_that_are_well_are_hardly_ever_called_silent(rhythm: str) -> None:
    """At most one false alarm in eight years of each rhythm; asked without a pause."""
    years = [RHYTHMS[rhythm](Random(year)) for year in range(_YEARS)]
    assert sum(map(_alarms, years)) <= 1


def _alarms(arrivals: Sequence[datetime]) -> int:
    """How often the rule speaks in a year, asked at every arrival whether the pause before it was too long."""
    long = [n for n in range(1, len(arrivals)) if arrivals[n] - arrivals[n - 1] > SHORTEST_SILENCE]
    return sum(arrivals[n] - arrivals[n - 1] > silence(_window(arrivals, n)).limit for n in long)


def _window(arrivals: Sequence[datetime], end: int) -> Sequence[datetime]:
    return [at for at in arrivals[max(0, end - 7000) : end] if at >= arrivals[end - 1] - 60 * DAY]


@pytest.mark.parametrize(("rhythm", "days"), [("wire", 1), ("daily paper", 3), ("weekdays only", 7), ("weekly", 24)])
def test_death_of_a_newsroom_is_noticed_within(rhythm: str, days: float) -> None:
    limits = sorted(silence(_window(year, len(year))).limit for year in (RHYTHMS[rhythm](Random(n)) for n in range(3)))
    assert limits[1] <= timedelta(days=days)
