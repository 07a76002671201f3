"""Which addresses look like an article's."""

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.shape import LIKELY, article_score, is_shaped, same_site, shapes_of

ARTICLES = """
https://quay.example/2026/03/01/joint-dock-opened https://quay.example/news/two-ports-open-a-joint-dock
https://quay.example/world/12345678 https://quay.example/article/ships-come-and-go-5512.html
https://quay.example/az/xeber/mudafie-emekdasligi-barede-saziş-imzalandi https://quay.example/haber/ortak-tersane-123456
https://quay.example/story.php?id=123456 https://quay.example/news/2026-03-01/dock https://quay.example/a/1234567.html
https://quay.example/новости/подписано-соглашение-о-новой-верфи https://quay.example/politik/werft-in-hamburg-a-12345.html
""".split()  # noqa: SIM905

LISTS = """
https://quay.example/ https://quay.example https://quay.example/news https://quay.example/tag/ports-and-docks-and-ships
https://quay.example/category/world-news-of-the-day https://quay.example/author/leyla-hasan-of-the-quay
https://quay.example/about https://quay.example/kontakt https://quay.example/search?q=dock https://quay.example/page/2
https://quay.example/img/dock-of-the-new-port.jpg https://quay.example/rss.xml https://quay.example/docs/report-2026-01-ports.pdf
https://quay.example/world/europe https://quay.example/login https://quay.example/en
""".split()  # noqa: SIM905


@pytest.mark.parametrize("url", ARTICLES)
def test_an_articles_address_is_likely(url: str) -> None:
    assert article_score(url) >= LIKELY


@pytest.mark.parametrize("url", LISTS)
def test_a_lists_or_files_address_is_not(url: str) -> None:
    assert article_score(url) < LIKELY


@given(st.text(max_size=60))
def test_any_path_has_a_score(path: str) -> None:
    assert article_score(f"https://quay.example/{path}") >= 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://quay.example/a", "http://www.quay.example/b", True),
        ("https://m.quay.example/a", "https://quay.example/b", True),
        ("https://news.quay.example/a", "https://quay.example/b", True),
        ("https://quay.example/a", "https://other.example/b", False),
        ("https://myquay.example/a", "https://quay.example/b", False),
        ("https://a.com.tr/", "https://b.com.tr/", False),
        ("https://[bad", "https://quay.example/", False),
    ],
)
def test_a_site_is_a_host_with_its_www_mobile_and_sub_hosts(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same_site(other, one) is same


@pytest.mark.parametrize(
    ("listed", "other"),
    [
        ("/news/412", "/news/39"),
        ("/?p=812", "/?p=9"),
        ("/story.asp?sid=9", "/story.asp?sid=1012"),
        ("/posts/drone-deal", "/posts/ships-of-the-line"),
        ("/posts/drone-deal/", "/posts/ferry-sunk"),
        ("/haber/12", "/haber/7/"),
        ("/2026/03/deal", "/2025/11/ferry"),
        ("/a/5?utm_source=rss&ref=feed", "/a/6"),
        ("/a/x9f3", "/a/77b"),
        ("/a/deal-5512.html", "/a/ferry-sunk-5513.html"),
        ("/xəbər/saziş-imza", "/x%C9%99b%C9%99r/yeni-liman"),
        ("//m.quay.example/news/4", "//www.quay.example/news/5"),
    ],
)
def test_an_address_is_shaped_like_those_that_a_list_names(listed: str, other: str) -> None:
    assert is_shaped(urljoin("https://quay.example", other), shapes_of([urljoin("https://quay.example", listed)]))


@pytest.mark.parametrize(
    ("listed", "other"),
    [
        ("/news/412", "/news/live"),
        ("/news/412", "/sport/412"),
        ("/news/412", "/news/412/comments"),
        ("/news/412", "/news/412?print=1"),
        ("/news/412", "//elsewhere.example/news/412"),
        ("/?p=812", "/"),
        ("/?p=812", "/?page_id=2"),
        ("/story.asp?sid=9", "/author.asp?sid=9"),
        ("/article?id=9", "/author?id=9"),
        ("/story.php?utm_source=rss", "/editors.php"),
        ("/posts/drone-deal", "/posts/about"),
        ("/drone", "/contact"),
        ("/a/deal-5512.html", "/a/about-us.html"),
        ("/posts/drone-deal", "/posts/drone-deal.jpg"),
        ("/", "/"),
        ("http://[", "http://["),
    ],
)
def test_an_address_of_another_shape_is_not(listed: str, other: str) -> None:
    assert not is_shaped(_joined(other), shapes_of([_joined(listed)]))


def _joined(path: str) -> str:
    return path if path.startswith("http") else urljoin("https://quay.example", path)


@given(st.text(max_size=60))
def test_any_address_has_a_shape_or_none(path: str) -> None:
    assert not is_shaped(f"https://quay.example/{path}", shapes_of([f"https://other.example/{path}"]))
