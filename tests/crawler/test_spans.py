"""The time that an address names."""

from datetime import UTC, datetime

import pytest

from crawler.spans import Span, calendar_span, named_spans, span_of
from tests.crawler.acts import NOW

HOST = "https://quay.example"


def span(*parts: int) -> Span | None:
    return calendar_span(*parts)


def named(*paths: str) -> list[Span | None]:
    urls = [HOST + path for path in paths]
    found = named_spans(urls, NOW)
    return [found.get(url) for url in urls]


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/sitemap-2019-03.xml", (2019, 3)),
        ("/sitemap_2019_03.xml.gz", (2019, 3)),
        ("/posts-201903.xml", (2019, 3)),
        ("/2019/03/sitemap.xml", (2019, 3)),
        ("/2019/03/14/sitemap.xml", (2019, 3, 14)),
        ("/sitemap-20190314.xml", (2019, 3, 14)),
        ("/sitemap.xml?yyyy=2019&mm=3&dd=4", (2019, 3, 4)),
        ("/sitemap.xml?year=2019&month=03", (2019, 3)),
        ("/sitemap.xml?date=2019-03-14", (2019, 3, 14)),
        ("/sitemap/2019/march.xml", (2019, 3)),
        ("/sitemap-mar-2019.xml", (2019, 3)),
        ("/sitemap-2019.xml", (2019,)),
    ],
)
def test_a_lists_name_tells_its_time(path: str, parts: tuple[int, ...]) -> None:
    assert named(path) == [span(*parts)]


@pytest.mark.parametrize(
    "path", ["/sitemap.xml", "/sitemap-7.xml", "/sitemap-2199.xml", "/post-sitemap12019.xml", "/sitemap-news.xml"]
)
def test_a_list_without_a_date_in_its_name_covers_nothing_known(path: str) -> None:
    assert named(path) == [None]


def test_two_dates_in_a_name_are_a_stretch() -> None:
    assert named("/sitemap.xml?from=2019-01-01&to=2019-03-31") == [
        Span(datetime(2019, 1, 1, tzinfo=UTC), datetime(2019, 3, 31, 23, 59, 59, 999999, tzinfo=UTC))
    ]


def test_numbers_that_count_lists_are_no_years() -> None:
    assert named("/sitemap-1.xml", "/sitemap-700.xml", "/sitemap-2019.xml") == [None, None, None]
    assert named("/sitemap-2018.xml", "/sitemap-2019.xml") == [span(2018), span(2019)]


def test_a_months_parts_are_no_days() -> None:
    paths = [f"/sitemap-2019-03-{part}.xml" for part in (1, 2, 10, 11)]
    assert named(*paths) == [span(2019, 3)] * 4
    assert named("/sitemap-2019-03-10.xml", "/sitemap-2019-03-11.xml") == [span(2019, 3, 10), span(2019, 3, 11)]


def test_a_number_behind_a_year_is_a_month_where_the_numbers_go_up_to_twelve() -> None:
    months = [f"/sitemap-2019-{month}.xml" for month in range(1, 13)]
    assert named(*months)[:3] == [span(2019, 1), span(2019, 2), span(2019, 3)]
    assert named(*months, "/sitemap-2019-13.xml")[:2] == [span(2019), span(2019)]
    assert named("/sitemap-2019-1.xml", "/sitemap-2019-2.xml") == [span(2019), span(2019)]


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/2019/03/14/joint-dock-opened", (2019, 3, 14)),
        ("/news/2019-03-14-joint-dock", (2019, 3, 14)),
        ("/20190314/joint-dock.html", (2019, 3, 14)),
        ("/2019/03/joint-dock-opened", (2019, 3)),
    ],
)
def test_an_articles_address_holds_its_day_or_month(path: str, parts: tuple[int, ...]) -> None:
    assert span_of(HOST + path) == span(*parts)


@pytest.mark.parametrize(
    "path", ["/news/joint-dock-opened-8201903", "/2019/joint-dock", "/2019/02/31x", "/a?id=20190399"]
)
def test_an_address_without_a_date_holds_none(path: str) -> None:
    assert span_of(HOST + path) in {None, span(2019, 2)}


def test_no_such_day_is_no_span() -> None:
    assert calendar_span(2019, 2, 30) is None
    assert calendar_span(2019, 13) is None
