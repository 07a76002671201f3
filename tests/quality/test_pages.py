"""What is read from our own article pages, against floors. `python -m tests.quality.test_pages` prints the figures."""

from collections import defaultdict
from datetime import UTC, datetime
from functools import lru_cache

from crawler.documents import Document
from crawler.pages import read_page
from crawler.settings import Limits
from tests.quality.pages import Labelled, pages

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FLOORS = {"title": 0.96, "day": 0.99, "minute": 0.99, "authors": 0.99, "lang": 0.99, "paywall": 0.96}


def judged(one: Labelled) -> dict[str, bool]:
    """Say of each figure that the page has whether it was read as expected."""
    document = Document(
        body=one.html.encode(), url="https://quay.example/news/a", content_type="text/html; charset=utf-8", now=NOW,
        limits=Limits(),
    )  # fmt: skip
    found = read_page(document)
    at = found.published_at
    verdicts = {
        "title": found.title == one.title,
        "authors": found.authors == one.authors,
        "lang": found.lang == one.lang,
        "day": (f"{at:%Y-%m-%d}" if at else "") == one.day,
        "paywall": found.paywalled == one.paywalled,
    }
    return verdicts | ({"minute": at is not None and f"{at:%H:%M}" == one.minute} if one.minute else {})


@lru_cache
def score() -> tuple[dict[str, float], dict[str, set[str]]]:
    """Return the share of each figure that is right, and the templates where it is not."""
    right: dict[str, list[bool]] = defaultdict(list)
    wrong: dict[str, set[str]] = defaultdict(set)
    for one in pages():
        for figure, good in judged(one).items():
            right[figure].append(good)
            if not good:
                wrong[figure].add(one.template)
    return {figure: sum(goods) / len(goods) for figure, goods in right.items()}, wrong


def test_what_is_read_from_pages_stays_above_its_floors() -> None:
    shares, wrong = score()
    below = {figure: (shares[figure], sorted(wrong[figure])) for figure in FLOORS if shares[figure] < FLOORS[figure]}
    assert not below


def test_there_are_pages_enough() -> None:
    every = list(pages())
    assert len(every) >= 120
    assert len({one.template for one in every}) >= 25


if __name__ == "__main__":
    for figure, share in score()[0].items():
        print(f"{figure:8} {share:.3f}  wrong in: {', '.join(sorted(score()[1][figure])) or 'none'}")
