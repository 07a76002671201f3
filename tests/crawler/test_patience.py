"""A publisher's own word on how often to ask is a floor, never beyond the cap."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.patience import CAP, LONGEST_SKIP, fresh_for
from news.source import Kind
from tests.crawler.acts import NOW
from tests.crawler.test_crawl import listings, source
from tests.rig import Document, Rig, feed

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK = "".join(f"<day>{day}</day>" for day in DAYS)
HOURS = "".join(f"<hour>{hour}</hour>" for hour in range(24))


@pytest.mark.parametrize(
    ("headers", "head", "minutes"),
    [
        ({}, "", None),
        ({"cache-control": "public, max-age=600"}, "", 10),
        ({"cache-control": "max-age=600", "age": "300"}, "", 5),
        ({"cache-control": "s-maxage=900"}, "", None),
        ({"cache-control": "no-cache, max-age=600"}, "", None),
        ({"cache-control": "max-age=0", "expires": "Sun, 01 Mar 2026 13:00:00 GMT"}, "", None),
        ({"expires": "Sun, 01 Mar 2026 12:30:00 GMT"}, "", 30),
        ({"expires": "0"}, "", None),
        ({"expires": "Sun, 01 Mar 2026 11:30:00 GMT"}, "", None),
        ({"cache-control": "max-age=31536000"}, "", 360),
        ({}, "<ttl>60</ttl>", 60),
        ({"cache-control": "max-age=600"}, "<ttl>60</ttl>", 60),
        ({}, "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 15),
        ({}, "<sy:updatePeriod>daily</sy:updatePeriod>", 360),
        ({}, "<skipHours><hour>12</hour><hour>13</hour></skipHours>", 120),
        ({}, "<skipHours><hour>11</hour></skipHours>", None),
        ({}, f"<skipHours>{HOURS}</skipHours>", None),
        ({}, "<skipDays><day>Sunday</day></skipDays>", 720),
        ({}, "<skipDays><day> sunday </day><day>Monday</day></skipDays>", 1440),
        ({}, "<skipDays><day>Saturday</day><day>Someday</day></skipDays>", None),
        ({}, f"<skipDays>{WEEK}</skipDays>", None),
        ({}, "<skipDays><day>Sunday</day></skipDays><skipHours><hour>0</hour><hour>1</hour></skipHours>", 840),
        ({}, "<ttl>60</ttl><skipHours><hour>12</hour></skipHours>", 60),
        ({}, "<item><ttl>60</ttl></item>", None),
    ],
)
def test_the_longest_wait_that_is_asked_for_counts_up_to_the_cap(
    headers: dict[str, str], head: str, minutes: int | None
) -> None:
    body = f'<rss version="2.0"><channel>{head}</channel></rss>'.encode()
    assert fresh_for(headers, body, NOW) == (None if minutes is None else timedelta(minutes=minutes))


@given(
    st.text(max_size=40),
    st.text(max_size=40),
    st.binary(max_size=200),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_no_answer_asks_for_less_than_nothing_or_more_than_the_cap(
    control: str, expires: str, body: bytes, now: datetime
) -> None:
    wait = fresh_for({"cache-control": control, "expires": expires, "age": control}, body, now)
    assert wait is None or timedelta(0) < wait <= (LONGEST_SKIP if b"<skip" in body else CAP)


def test_a_listing_carries_it_read_or_unchanged(rig: Rig) -> None:
    headers = {"Cache-Control": "max-age=900"}
    body = feed(2).replace(b"<title>The Quay", b"<ttl>30</ttl><title>The Quay")
    url = rig.serve("/feed", Document(body=body, headers=headers, etag='"a"'))
    first, second = listings(source(url, Kind.FEED), 2)
    assert (first.not_before, second.not_before) == (timedelta(minutes=30), timedelta(minutes=15))
