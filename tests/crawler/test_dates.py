"""Dates as publishers write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import OLDEST, from_struct, parse_date, sane, zone_name_unknown
from tests.crawler.acts import NOW

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Mon, 02 Mar 2026 10:00:00 GMT", 0),
        ("Mon, 02 Mar 2026 10:00:00 +0000", 0),
        ("Mon, 02 Mar 2026 10:00:00 Z", 0),
        ("Mon, 02 Mar 2026 10:00:00", 0),
        ("02 Mar 2026 10:00 UT", 0),
        ("Mon, 2 March 2026 10:00:00 +04:00", 4),
        ("Monday, 02-Mar-26 10:00:00 UTC", 0),
        ("Mon, 02 Mar 2026 10:00:00 CET", 1),
        ("Mon, 02 Mar 2026 10:00:00 CEST", 2),
        ("Mon, 02 Mar 2026 10:00:00 EET", 2),
        ("Mon, 02 Mar 2026 10:00:00 MSK", 3),
        ("Mon, 02 Mar 2026 10:00:00 TRT", 3),
        ("Mon, 02 Mar 2026 10:00:00 +03", 3),
        ("Mon, 02 Mar 2026 10:00:00 AZT", 4),
        ("Mon, 02 Mar 2026 10:00:00 GET", 4),
        ("Mon, 02 Mar 2026 10:00:00 EST", -5),
        ("Mon, 02 Mar 2026 10:00:00 PDT", -7),
        ("Mon, 02 Mar 2026 10:00:00 GMT+3", 3),
        ("Mon, 02 Mar 2026 10:00:00 +0400 (AZT)", 4),
        ("Пн, 02 Mar 2026 10:00:00 +0300", 3),
        ("2026-03-02T10:00:00Z", 0),
        ("2026-03-02T10:00:00", 0),
        ("2026-03-02 10:00:00", 0),
        ("2026-03-02T10:00", 0),
        ("2026-03-02T10:00:00.123456789Z", 0),
        ("2026-03-02T10:00:00+04:00", 4),
        ("2026-03-02T10:00:00+0400", 4),
        ("2026-03-02T10:00:00 +04:00", 4),
        ("2026-03-02 10:00:00 AZT", 4),
        ("2026-03-02 10:00 MSK", 3),
    ],
)
def test_a_date_is_read_with_its_zone(text: str, hours: int) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.replace(microsecond=0) == TEN - timedelta(hours=hours)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "02 Mart 2026 saat 10",
        "Mon, 32 Mar 2026 10:00:00 GMT",
        "Mon, 02 Foo 2026 10:00:00 GMT",
        "2026-13-02T10:00:00Z",
        "Mon, 02 Mar 2026 10:00:00 IST",
        "Mon, 02 Mar 2026 10:00:00 QQQ",
        "Mon, 02 Mar 2026 25:00:00 GMT",
        "9" * 200,
    ],
)
def test_what_is_no_date_or_unclear_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_a_day_alone_is_its_first_minute() -> None:
    assert parse_date("2026-03-02") == parse_date("02 Mar 2026") == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        (NOW, True),
        (NOW + timedelta(hours=23), True),
        (NOW + timedelta(hours=25), False),
        (OLDEST, True),
        (OLDEST - timedelta(seconds=1), False),
        (datetime(9999, 12, 31, tzinfo=UTC), False),
    ],
)
def test_a_time_that_cannot_be_true_is_none(moment: datetime, kept: bool) -> None:
    assert sane(moment, NOW) == (moment if kept else None)


@pytest.mark.parametrize(
    ("text", "unknown"), [("10:00 QQQ", True), ("10:00 (IST)", True), ("10:00 AZT", False), ("10:00 PM", False)]
)
def test_a_zone_name_nobody_can_place_is_told_apart(text: str, unknown: bool) -> None:
    assert zone_name_unknown(text) is unknown


@given(
    st.text(max_size=90)
    | st.from_regex(r"\A[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,5} \d\d:\d\d:\d\d [A-Z+\d]{0,6}\Z")
)
def test_no_text_is_an_exception(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.tzinfo is UTC
    zone_name_unknown(text)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_form_of_one_moment_reads_the_same(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    forms = ("%a, %d %b %Y %H:%M:%S +0000", "%d %b %Y %H:%M:%S GMT", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S UTC")
    assert {parse_date(moment.strftime(form)) for form in forms} == {moment}


@given(st.tuples(*[st.integers(-(10**12), 10**12)] * 9) | st.none() | st.text())
def test_no_nine_numbers_are_an_exception(parts: object) -> None:
    from_struct(parts)
