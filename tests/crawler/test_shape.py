"""Which addresses look like an article's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.shape import LIKELY, article_score, same_site

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
