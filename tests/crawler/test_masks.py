"""What answers 200 and is no article is named for what it is; a text is marked for what it is worth."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.compose import compose
from crawler.feeds import read_feed
from crawler.masks import check_mask, quality
from crawler.pages import read_page
from news.article import DateFrom, Item
from news.errors import CrawlError
from news.fetch import Reason
from news.source import Source
from tests.crawler.acts import NOW
from tests.crawler.test_pages import BODY, JSON_LD, PAGE, page

HERE = "https://quay.example/news/joint-dock"
WALL = "We use cookies. With your consent we and our partners store cookies. Accept all cookies. Manage cookies. " * 3
CHECKED = "Checking if the site connection is secure. Enable JavaScript and cookies to continue. Ray ID: 1f"
INTERRUPTED = (
    "As you went through this site, something about your browser made us think that you are a bot. You may have "
    "switched cookies off, or a plug-in may stop JavaScript. Switch both on before you load the page again."
)
CAPTCHA = (
    "Please confirm that you are not a robot: solve the captcha below. We have seen unusual traffic from your network."
)
DOGRULAMA = (
    "Devam etmek için robot olmadığınızı doğrulayın. Birkaç saniye sürer; tarayıcınız sonra yönlendirilir. "
    "JavaScript ve çerezleri etkinleştirin."
)
ROBOTS = (
    "A robot that must verify a human by captcha works at the dock; browser cookies and JavaScript verify it. " * 24
)
STORY = "The harbour office said that ships came and went all day, and that the joint dock was busy. " * 12


@pytest.mark.parametrize(
    ("url", "title", "text", "reason"),
    [
        (HERE, "Page not found | The Quay", "Sorry. Search the archive.", Reason.SOFT_404),
        (HERE, "404", "", Reason.SOFT_404),
        (HERE, "The Quay", "Aradığınız sayfa kaldırılmış olabilir.", Reason.SOFT_404),
        (HERE, "Səhifə tapılmadı", "", Reason.SOFT_404),
        (HERE, "Страница не найдена", "", Reason.SOFT_404),
        ("https://quay.example/", "The Quay", STORY, Reason.SOFT_404),
        ("https://consent.quay.example/?to=x", "The Quay", STORY, Reason.CONSENT_WALL),
        (HERE, "The Quay", WALL, Reason.CONSENT_WALL),
        (HERE, "Before", "Bu sitede çerez kullanılır. Çerezleri kabul et. Çerez ayarları", Reason.CONSENT_WALL),
        (HERE, "quay.example", CHECKED, Reason.ROBOT_CHECK),
        (HERE, "Just a moment...", "", Reason.ROBOT_CHECK),
        (HERE, "Pardon Our Interruption...", "", Reason.ROBOT_CHECK),
        (HERE, "The Quay", INTERRUPTED, Reason.ROBOT_CHECK),
        (HERE, "Are you a robot?", CAPTCHA, Reason.ROBOT_CHECK),
        (HERE, "Robot olmadığınızı doğrulayın", DOGRULAMA, Reason.ROBOT_CHECK),
        (HERE, "Just a moment", STORY, None),
        (HERE, "Are you a robot?", ROBOTS, None),
        (HERE, "Robots at the dock", "A robot lifts boxes. The robot is not a human, said the captain.", None),
        (HERE, "404 ships counted", STORY, None),
        (HERE, "Missing ship not found", STORY, None),
        (HERE, "Cookies crumble", f"{STORY} The baker sells cookies, and more cookies, by consent of the port.", None),
        ("https://quay.example/news/moved-here", "Joint dock", STORY, None),
    ],
)  # fmt: skip
def test_a_mask_is_named_and_a_story_is_not_taken_for_one(
    url: str, title: str, text: str, reason: Reason | None
) -> None:
    if reason is None:
        check_mask(HERE, url, title, text)
        return
    with pytest.raises(CrawlError) as caught:
        check_mask(HERE, url, title, text)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "a feed, not a web page"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"/>', "a feed, not a web page"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "a feed, not a web page"),
        ("<urlset/>", "a sitemap, not a web page"),
        ('{"a": 1}', "data, not a web page"),
    ],
)
def test_what_is_served_in_a_pages_place_is_named(body: str, words: str) -> None:
    with pytest.raises(CrawlError, match=words) as caught:
        read_page(page(body))
    assert caught.value.reason == Reason.NOT_HTML


def test_a_feed_with_nothing_in_it_is_read_and_said_to_be_empty() -> None:
    assert read_feed(page('<rss version="2.0"><channel><title>x</title></channel></rss>')).detail == "it lists nothing"


def html(head: str, url: str = HERE, body: str = BODY) -> str:
    return f"<html><head><title>x</title>{head}</head><body><article>{body}</article></body></html>"


@pytest.mark.parametrize(
    ("head", "url", "place", "sure"),
    [
        (JSON_LD, HERE, DateFrom.JSON_LD, True),
        ('<meta property="article:published_time" content="2026-02-28">', HERE, DateFrom.META, True),
        ("", "https://quay.example/2026/02/28/joint-dock", DateFrom.URL, False),
        ("", HERE, DateFrom.NOWHERE, False),
    ],
)
def test_a_date_says_where_it_came_from_and_how_sure_it_is(head: str, url: str, place: DateFrom, sure: bool) -> None:
    found = read_page(page(html(head), url=url))
    assert (found.date_from, found.date_from.sure) == (place, sure)
    article = compose(Source(name="quay", url=HERE), Item(url=url), found, now=NOW)
    assert article.date_from == place
    assert ("date not sure" in article.note) is (place is DateFrom.URL)
    listed = compose(Source(name="quay", url=HERE), Item(url=url, published_at=NOW), found, now=NOW)
    assert (listed.date_from, "date not sure" in listed.note) == (DateFrom.LISTED, False)


@pytest.mark.parametrize(
    "head",
    [
        JSON_LD.replace('"headline"', '"isAccessibleForFree": false, "headline"'),
        JSON_LD.replace('"headline"', '"isAccessibleForFree": "False", "headline"'),
        '<meta property="article:content_tier" content="locked">',
    ],
)
def test_a_page_behind_a_paywall_is_marked_and_its_article_says_so(head: str) -> None:
    found = read_page(page(html(head)))
    assert found.paywalled
    assert "paywall" in compose(Source(name="quay", url=HERE), Item(url=HERE), found, now=NOW).note
    assert not read_page(page(PAGE)).paywalled


def test_a_story_is_worth_more_than_a_menu() -> None:
    assert quality(STORY) == 1.0
    assert quality("Home\nPorts\nWeather\nSign in") == 0.0
    assert 0 < quality(STORY[: len(STORY) // 6].strip()) < 0.5
    poor = replace(read_page(page(PAGE)), quality=0.1)
    assert "quality 0.1" in compose(Source(name="quay", url=HERE), Item(url=HERE), poor, now=NOW).note


@given(st.text())
def test_quality_is_a_share(text: str) -> None:
    assert 0 <= quality(text) <= 1
