"""A site's past by its sitemaps, over real HTTP."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.history import Past
from crawler.home import home_of, is_of_site
from crawler.past import read_past
from crawler.spans import Span
from news.fetch import Reason
from news.source import Kind, Source
from tests.crawler.acts import document
from tests.crawler.test_crawl import crawl, failing
from tests.rig import Document, Rig

NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
MARCH = (datetime(2019, 3, 1, tzinfo=UTC), datetime(2019, 3, 31, 23, 59, 59, tzinfo=UTC))


def past(source: Source, time: tuple[datetime, datetime] = MARCH, limit: int = 100) -> Past:
    return crawl(lambda crawler: crawler.history(source, since=time[0], until=time[1], limit=limit))


def source(rig: Rig, path: str = "/feed", kind: Kind = Kind.FEED, links: str = "") -> Source:
    return Source(name="quay", url=rig.url(path), kind=kind, links=links)


def entry(url: str, changed: str = "", printed: str = "") -> str:
    news = f"<n:news><n:publication_date>{printed}</n:publication_date><n:title>A title</n:title></n:news>"
    return f"<url><loc>{url}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}{news if printed else ''}</url>"


def pages(*entries: str) -> str:
    return f'<urlset xmlns:n="{NEWS}">{"".join(entries)}</urlset>'


def index(*lists: tuple[str, str]) -> str:
    rows = (f"<sitemap><loc>{url}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>" for url, at in lists)
    return f"<sitemapindex>{''.join(rows)}</sitemapindex>"


def ten_years(rig: Rig, name: str = "/posts-{year}-{month:02}.xml", *, lastmod: bool = True) -> None:
    """Put up a site with a sitemap for each month of ten years, three articles each, an index and a robots.txt."""
    lists = []
    for year in range(2016, 2026):
        for month in range(1, 13):
            stories = [
                entry(
                    rig.url(f"/news/the-harbour-story-{year}-{month}-{day}x"), f"{year}-{month:02}-{day:02}T10:00:00Z"
                )
                for day in (3, 14, 25)
            ]
            url = rig.serve(name.format(year=year, month=month, number=(year - 2016) * 12 + month), pages(*stories))
            lists.append((url, f"{year}-{month:02}-25T10:00:00Z" if lastmod else ""))
    rig.serve("/sitemap.xml", index(*lists))
    rig.serve("/robots.txt", f"Sitemap: {rig.url('/sitemap.xml')}\n")


def requests(rig: Rig) -> list[str]:
    return [hit.path for hit in rig.hits]


@pytest.mark.parametrize("lastmod", [True, False])
def test_a_month_of_ten_years_of_monthly_lists_costs_four_requests(rig: Rig, lastmod: bool) -> None:
    ten_years(rig, lastmod=lastmod)
    found = past(source(rig))
    assert [item.url.rsplit("-", 1)[1] for item in found] == ["25x", "14x", "3x"]
    assert all("2019-3-" in item.url for item in found)
    assert len(requests(rig)) <= 5  # robots.txt, the index, the month and its neighbours in other time zones
    assert found.documents == len(requests(rig)) - 1
    assert (found.undated, found.surplus, found.unread, found.failures) == (0, 0, 0, ())


def test_lists_that_are_numbered_are_chosen_by_when_they_were_changed(rig: Rig) -> None:
    ten_years(rig, "/posts-{number}.xml")
    found = past(source(rig))
    assert [item.url.rsplit("-", 1)[1] for item in found] == ["25x", "14x", "3x"]
    assert len(requests(rig)) <= 8
    assert found.unread == 0


def test_the_newest_come_first_and_what_is_over_the_limit_is_counted(rig: Rig) -> None:
    ten_years(rig)
    found = past(source(rig), limit=2)
    assert [item.url.rsplit("-", 1)[1] for item in found] == ["25x", "14x"]
    assert found.surplus == 1


def test_older_lists_are_left_alone_once_there_are_enough_articles(rig: Rig) -> None:
    ten_years(rig)
    found = past(source(rig), (datetime(2017, 1, 1, tzinfo=UTC), datetime(2019, 1, 31, tzinfo=UTC)), limit=3)
    assert [item.url.rsplit("/", 1)[1] for item in found] == [f"the-harbour-story-2019-1-{day}x" for day in (25, 14, 3)]
    assert len(requests(rig)) <= 5


def test_a_sitemap_source_is_asked_itself_and_robots_only_where_it_does_not_reach_back(rig: Rig) -> None:
    ten_years(rig)
    now = datetime.now(UTC)
    hours = [now - timedelta(hours=hour) for hour in (1, 5, 40)]
    url = rig.serve(
        "/news.xml", pages(*(entry(rig.url(f"/{n}"), printed=at.isoformat()) for n, at in enumerate(hours)))
    )
    found = past(Source(name="quay", url=url, kind=Kind.SITEMAP), (now - timedelta(hours=6), now))
    assert [item.url for item in found] == [rig.url("/0"), rig.url("/1")]
    assert [item.published_at for item in found] == hours[:2]
    assert requests(rig) == ["/news.xml"]
    rig.hits.clear()
    assert len(past(Source(name="quay", url=url, kind=Kind.SITEMAP))) == 3
    assert requests(rig)[:3] == ["/news.xml", "/robots.txt", "/sitemap.xml"]


def test_for_the_last_hours_the_news_sitemap_is_enough(rig: Rig) -> None:
    now = datetime.now(UTC)
    moments = [now - timedelta(hours=hour) for hour in (1, 30)]
    rig.serve("/maps/all.xml", index((rig.url("/posts-1.xml"), now.isoformat())))
    rig.serve("/maps/news.xml", pages(*(entry(rig.url(f"/{at:%H}"), printed=at.isoformat()) for at in moments)))
    rig.serve("/robots.txt", f"Sitemap: {rig.url('/maps/all.xml')}\nSitemap: {rig.url('/maps/news.xml')}\n")
    assert len(past(source(rig), (now - timedelta(hours=3), now))) == 1
    assert requests(rig) == ["/robots.txt", "/maps/news.xml"]


def test_usual_places_are_tried_where_robots_names_none_and_are_no_failures(rig: Rig) -> None:
    rig.serve("/sitemap.xml", pages(entry(rig.url("/news/the-harbour-story-of-march"), "2019-03-14")))
    found = past(source(rig))
    assert [item.url for item in found] == [rig.url("/news/the-harbour-story-of-march")]
    assert found.failures == ()


def test_a_site_without_sitemaps_says_so(rig: Rig) -> None:
    error = failing(lambda crawler: crawler.history(source(rig), since=MARCH[0], until=MARCH[1], limit=9))
    assert (error.reason, "sitemap" in error.detail) == (Reason.NOT_A_SITEMAP, True)


def test_a_list_that_cannot_be_read_is_told_and_the_others_are_read(rig: Rig) -> None:
    rig.serve("/a.xml", pages(entry(rig.url("/news/the-harbour-story-of-march"), "2019-03-14")))
    lists = [(rig.url(path), "2019-03-20") for path in ("/gone.xml", "/status?code=500", "/a.xml")]
    rig.serve("/sitemap.xml", index(*lists))
    found = past(source(rig, "/sitemap.xml", Kind.SITEMAP))
    assert len(found) == 1
    assert len(found.failures) == 2
    assert "http_5xx" in " ".join(found.failures)


def test_where_no_list_can_be_read_the_error_is_the_first_lists(rig: Rig) -> None:
    url = rig.serve("/map.xml", Document(status=500))
    error = failing(
        lambda crawler: crawler.history(
            Source(name="quay", url=url, kind=Kind.SITEMAP), since=MARCH[0], until=MARCH[1], limit=9
        )
    )
    assert error.reason == Reason.HTTP_5XX


def test_robots_have_a_say_in_every_sitemap_but_the_source_itself(rig: Rig) -> None:
    ten_years(rig)
    rig.serve("/robots.txt", f"User-agent: *\nDisallow: /\nSitemap: {rig.url('/sitemap.xml')}\n")
    assert (
        failing(lambda crawler: crawler.history(source(rig), since=MARCH[0], until=MARCH[1], limit=9)).reason
        == Reason.ROBOTS
    )
    assert requests(rig) == ["/robots.txt"]


def test_packed_lists_are_read_and_an_index_that_names_itself_ends(rig: Rig) -> None:
    stories = pages(entry(rig.url("/news/the-harbour-story-of-march"), "2019-03-14"))
    lists = [(rig.url("/sitemap.xml"), ""), (rig.serve("/a.xml.gz", gzip.compress(stories.encode())), "")]
    rig.serve("/sitemap.xml", index(*lists))
    assert len(past(source(rig, "/sitemap.xml", Kind.SITEMAP))) == 1
    assert len(rig.asked("/sitemap.xml")) == 1


def test_no_more_than_so_many_lists_are_read_and_the_rest_is_counted(rig: Rig) -> None:
    lists = [(rig.serve(f"/list-{number}x.xml", pages()), "2024-01-01") for number in range(100)]
    rig.serve("/sitemap.xml", index(*lists))
    found = past(source(rig, "/sitemap.xml", Kind.SITEMAP))
    assert found.documents + found.unread >= 100
    assert len(requests(rig)) < 40


def test_a_change_is_no_printing_where_the_address_or_the_lists_name_says_another_month(rig: Rig) -> None:
    lists = pages(
        entry(rig.url("/2011/05/06/the-harbour-story-of-old"), "2019-03-14"),
        entry(rig.url("/2019/03/06/the-harbour-story-of-march"), "2024-01-01"),
        entry(rig.url("/news/the-harbour-story-without-a-date")),
        entry(rig.url("/2019/03/the-harbour-story-of-some-day")),
    )
    found = past(Source(name="quay", url=rig.serve("/map.xml", lists), kind=Kind.SITEMAP))
    assert {item.url.rsplit("-", 1)[1] for item in found} == {"march", "day"}
    assert found.undated == 1
    assert all(item.published_at is None for item in found)  # a sitemap's changes are no dates of publication


def test_addresses_of_the_time_that_look_like_no_articles_are_counted_unless_a_pattern_says_what_articles_are(
    rig: Rig,
) -> None:
    rig.serve(
        "/sitemap.xml",
        pages(
            entry(rig.url("/a/7"), "2019-03-05"),
            entry(rig.url("/about")),
            entry(rig.url("/a/6"), "2018-01-01"),
            entry(rig.url("/news/the-harbour-story-of-march"), "2019-03-06"),
        ),
    )
    one = source(rig, "/sitemap.xml", Kind.SITEMAP)
    found = past(one)
    assert (len(found), found.unlike) == (1, 2)
    told = past(replace(one, links="/a/"))
    assert (len(told), told.unlike) == (1, 0)


def test_undated_articles_of_a_list_of_the_month_are_of_the_month(rig: Rig) -> None:
    stories = pages(entry(rig.url("/news/the-harbour-story-of-a-kind")))
    rig.serve("/sitemap.xml", index((rig.serve("/posts-2019-03.xml", stories), "")))
    one = source(rig, "/sitemap.xml", Kind.SITEMAP)
    assert len(past(one)) == 1
    half = past(one, (MARCH[0], datetime(2019, 3, 15, tzinfo=UTC)))
    assert (len(half), half.undated) == (0, 1)


def test_only_articles_of_the_site_and_of_the_sources_pattern_are_taken(rig: Rig) -> None:
    addresses = [
        rig.url("/news/the-harbour-story-of-march"),
        rig.url("/sport/the-harbour-race-of-march"),
        rig.url("/tag/the-harbour-story-of-march"),
        rig.url("/news/the-harbour-story-abroad", "127.0.0.2"),
    ]
    url = rig.serve("/map.xml", pages(*(entry(address, "2019-03-14") for address in addresses)))
    found = past(Source(name="quay", url=url, kind=Kind.SITEMAP))
    assert [item.url for item in found] == addresses[:2]
    found = past(Source(name="quay", url=url, kind=Kind.SITEMAP, links="/sport/"))
    assert [item.url for item in found] == addresses[1:2]


def test_an_impossible_time_finds_nothing(rig: Rig) -> None:
    ten_years(rig)
    assert len(past(source(rig), (MARCH[1], MARCH[0]))) == 0


@pytest.mark.parametrize(
    ("source_url", "article", "same"),
    [
        ("https://quay.example/feed", "https://www.quay.example/a", True),
        ("https://www.quay.example/feed", "https://m.quay.example/a", True),
        ("https://quay.example/feed", "https://amp.quay.example/a", True),
        ("https://feeds.quay.example/rss", "https://quay.example/a", True),
        ("https://rss.quay.example/rss", "https://sport.quay.example/a", True),
        ("https://www.quay.example/feed", "https://sport.quay.example/a", True),
        ("https://sport.quay.example/feed", "https://www.quay.example/a", False),
        ("https://sport.quay.example/feed", "https://news.quay.example/a", False),
        ("https://anna.blogs.example/feed", "https://berta.blogs.example/a", False),
        ("https://quay.example/feed", "https://otherquay.example/a", False),
        ("https://quay.example/feed", "https://quay.example.evil.test/a", False),
        ("https://feeds.co.uk/rss", "https://bbc.co.uk/a", False),
        ("https://m.com.tr/rss", "https://haber.com.tr/a", False),
        ("http://127.0.0.1:80/feed", "http://127.0.0.1:81/a", True),
        ("http://127.0.0.1/feed", "http://127.0.0.2/a", False),
    ],
)
def test_a_site_is_its_host_with_its_twins_and_what_is_under_it(source_url: str, article: str, same: bool) -> None:
    assert is_of_site(article, home_of(source_url)) is same


def test_what_one_document_may_bring_is_bounded() -> None:
    march = Span(*MARCH)
    lists = index(*((f"http://quay.example/part-{number}x.xml", "") for number in range(3000)))
    leaf = read_past(document(lists.encode(), now=MARCH[1]), "http://quay.example", march, 10)
    assert (leaf.index, len(leaf.places), leaf.unread) == (True, 1000, 2000)
    stories = pages(*(entry(f"http://quay.example/2019/03/{day:02}/the-harbour-story") for day in range(1, 31)))
    leaf = read_past(document(stories.encode(), now=MARCH[1]), "http://quay.example", march, 10)
    assert [one.at.day for one in leaf.found] == [30, 29, 28, 27, 26, 25, 24, 23, 22, 21]
    assert leaf.surplus == 20


def test_no_more_is_kept_than_is_wanted_however_many_lists_hold_it(rig: Rig) -> None:
    lists = []
    for first in (21, 1, 11):
        stories = [entry(rig.url(f"/2019/03/{day:02}/the-harbour-story")) for day in range(first, first + 10)]
        lists.append((rig.serve(f"/from-{first}x.xml", pages(*stories)), ""))
    rig.serve("/sitemap.xml", index(*lists))
    found = past(source(rig, "/sitemap.xml", Kind.SITEMAP), limit=12)
    assert [int(item.url.split("/")[5]) for item in found] == [*range(30, 18, -1)]
    assert (found.surplus, found.documents) == (18, 4)
