"""Which lists moved past us, and which only look so."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from news.article import Item, Listing, Overlap
from news.source import Kind, Lease
from scheduler.gap import akin, may_have_moved, moved_past
from tests.scheduler.fakes import NOW, items, lease, listing

HOUR = timedelta(hours=1)
LOOKED = NOW - 3 * HOUR


@dataclass(frozen=True, kw_only=True)
class Case:
    """A list of twenty as it is now; twenty were listed three hours ago."""

    dates: Sequence[datetime] = ()  # of its items, as many as there are
    count: int = 20
    known: int = 0
    titles: int = 0
    before: int = 20
    looked: datetime | None = LOOKED
    kind: Kind = Kind.FEED
    more: dict[str, object] = field(default_factory=dict)

    @property
    def lease(self) -> Lease:
        held = lease()
        source = replace(held.source, kind=self.kind)
        return replace(held, source=source, listed=self.before, last_success_at=self.looked)

    @property
    def items(self) -> list[Item]:
        plain = items(self.count)
        return [replace(each, published_at=date) for each, date in zip(plain, self.dates, strict=False)] or plain

    @property
    def gap(self) -> bool:
        listed: Listing = replace(listing(self.items), **self.more)  # type: ignore[arg-type]
        if not may_have_moved(self.lease, listed, len(self.items) - self.known):
            return False
        overlap = Overlap(items=self.count, known=self.known, titles=self.titles)
        return moved_past(self.lease, listed, overlap, now=NOW)


def hourly(start: datetime, count: int = 20) -> list[datetime]:
    """Dates of items, the newest first, a minute apart."""
    return [start - timedelta(minutes=number) for number in range(count)]


@pytest.mark.parametrize(
    "case",
    [
        Case(),
        Case(count=2, before=2),
        Case(dates=hourly(NOW)),
        Case(dates=hourly(NOW)[:3]),
        Case(titles=2),
        Case(kind=Kind.SECTION),
        Case(kind=Kind.SITEMAP),
        Case(kind=Kind.SITEMAP, count=2, before=1, looked=NOW - timedelta(days=3)),
    ],
    ids=[
        "nothing known, no dates",
        "a list of two",
        "all of it younger than our look",
        "all that is dated younger than our look",
        "two titles come again and again",
        "a section page",
        "a sitemap as long as before",
        "a short sitemap after three days",
    ],
)
def test_a_list_that_moved_past_us_is_found(case: Case) -> None:
    assert case.gap


@pytest.mark.parametrize(
    "case",
    [
        Case(known=1),
        Case(count=1),
        Case(count=0),
        Case(before=0),
        Case(dates=[*hourly(NOW, 19), LOOKED]),
        Case(dates=hourly(LOOKED - HOUR)),
        Case(titles=10),
        Case(kind=Kind.SITEMAP, count=2, before=1),
        Case(kind=Kind.SITEMAP, count=12, before=30),
        Case(looked=None, before=0),
        Case(more={"whole": False}),
    ],
    ids=[
        "one is known",
        "one new item says nothing",
        "an empty list",
        "a list that was empty, as a quiet news sitemap is, or none of which could be kept",
        "its oldest was there when we looked",
        "a feed with new addresses for old articles",
        "a feed with new addresses and dates for known titles",
        "a short news sitemap whose one article grew too old",
        "a news sitemap on a quiet day",
        "a first look",
        "a body that was cut short, or a delta of what changed",
    ],
)
def test_what_only_looks_like_a_gap_is_none(case: Case) -> None:
    assert not case.gap


def test_a_server_that_said_unchanged_since_hides_no_gap() -> None:
    held = replace(lease(), listed=20, whole_at=LOOKED, last_success_at=NOW)
    dated = [replace(each, published_at=LOOKED + timedelta(minutes=5)) for each in items(20)]
    assert moved_past(held, listing(dated), Overlap(items=20), now=NOW)


def test_a_first_look_is_no_gap() -> None:
    held = replace(lease(first_look=True), listed=20, last_success_at=LOOKED)
    assert not may_have_moved(held, listing(items(20)), 20)


@pytest.mark.parametrize(
    ("listed", "found", "links", "taken"),
    [
        (["/sport/a", "/sport/b"], ["/sport/c", "/politics/d"], "", ["/sport/c"]),
        (["/sport/2026/01/01/a", "/sport/2026/01/02/b"], ["/sport/2025/12/31/c"], "", ["/sport/2025/12/31/c"]),
        (["/sport/a", "/politics/b"], ["/culture/c"], "", ["/culture/c"]),
        (["/a", "/b"], ["/c", "/sport/d"], "", ["/c", "/sport/d"]),
        (["/news/1", "/news/2"], ["/news/3", "/news/live"], "/news/[0-9]+$", ["/news/3"]),
    ],
    ids=["one folder", "dates are no folder", "several folders", "none", "the operator's pattern"],
)
def test_what_a_site_published_is_held_against_what_a_source_lists(
    listed: list[str], found: list[str], links: str, taken: list[str]
) -> None:
    site = "https://www.s.example"
    source = replace(lease().source, links=links)
    offered = [Item(url=f"https://s.example{path}") for path in found]
    elsewhere = Item(url=f"https://t.example{found[0]}")
    assert akin([*offered, elsewhere], source, [Item(url=site + path) for path in listed]) == [
        Item(url=f"https://s.example{path}") for path in taken
    ]
