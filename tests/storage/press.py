"""What storage is fed in tests: sources, items, articles, matches, and a rule that tells everything."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from news.alert import Decision, Pick, Picked, Verdict, Waiting
from news.article import Article, Item, Prepared
from news.fetch import Fetch, Outcome
from news.source import Lease, Settlement, Source, Validators
from news.story import Story
from news.topic import Match, Place
from storage.database import Database
from storage.sources import Sources

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)


def later(**distance: float) -> datetime:
    return NOW + timedelta(**distance)


def source(name: str = "gazette", **fields: object) -> Source:
    return Source(**{"name": name, "url": f"https://{name}.example/feed", **fields})  # type: ignore[arg-type]


def leased(
    database: Database, *names: str, owner: str = "me", now: datetime = NOW, due_only: bool = True
) -> list[Lease]:
    """Watch the named sources and take them all."""
    queue = Sources(database)
    queue.sync([source(name) for name in names or ("gazette",)], now=now, whole=False)
    return queue.claim(owner=owner, now=now, lease=LEASE, limit=100, names=names or ("gazette",), due_only=due_only)


def lease_of(database: Database, name: str = "gazette", **how: object) -> Lease:
    return leased(database, name, **how)[0]  # type: ignore[arg-type]


def item(number: int, **fields: object) -> Item:
    url = f"https://gazette.example/news/{number}"
    return Item(**{"url": url, "guid": f"guid-{number}", "title": f"Item {number}", **fields})  # type: ignore[arg-type]


def article(number: int, **fields: object) -> Article:
    words = " ".join(f"word{number}x{place}" for place in range(40))
    defaults = {
        "url": f"https://gazette.example/news/{number}",
        "guid": f"guid-{number}",
        "title": f"Item {number}",
        "text": words,
        "source": "gazette",
        "first_seen_at": NOW,
    }
    return Article(**{**defaults, **fields})  # type: ignore[arg-type]


def prepared(number: int, *, topics: Sequence[str] = (), tokens: Sequence[str] = (), **fields: object) -> Prepared:
    made = article(number, **fields)
    words = tokens or f"{made.title} {made.text}".casefold().split()
    return Prepared(article=made, tokens=words, matches=[match(topic) for topic in topics])


def match(topic: str = "defence", version: str = "1") -> Match:
    place = Place(zone="title", start=0, end=4, clause="item")
    return Match(topic=topic, version=version, places=[place], why="item in the title")


def settlement(now: datetime = NOW, **fields: object) -> Settlement:
    fetch = Fetch(url="https://gazette.example/feed", at=now, outcome=Outcome.READ, status=200, size=10, items=2, new=2)
    defaults = {
        "fetch": fetch,
        "validators": Validators(etag='"1"', body_hash="abc"),
        "due_at": now + timedelta(minutes=15),
        "interval": timedelta(minutes=15),
    }
    return Settlement(**{**defaults, **fields})  # type: ignore[arg-type]


def failure(now: datetime = NOW, **fields: object) -> Settlement:
    fetch = Fetch(
        url="https://gazette.example/feed", at=now, outcome=Outcome.FAILED, reason="dns", detail="no such host"
    )
    return settlement(now, **{"fetch": fetch, "validators": None, "failures": 1, **fields})


def tell(match: Match, story: Story, article: Article, *, told: bool, backlog: bool) -> Decision:
    """Tell every story once, but not what a first look finds."""
    if told:
        return Decision(verdict=Verdict.COPY, reason="told before")
    if backlog:
        return Decision(verdict=Verdict.HELD, reason="backlog")
    return Decision(verdict=Verdict.NOW, reason="new story", channels=("mail", "hook"))


def tell_all(match: Match, story: Story, article: Article, *, told: bool, backlog: bool) -> Decision:
    """Tell every story once."""
    return tell(match, story, article, told=told, backlog=False)


def oldest(limit: int) -> Pick:
    """Take the longest due messages, however many went before."""

    def pick(due: Sequence[Waiting], begun: Mapping[str, datetime], /) -> Picked:
        return Picked(messages=[message.id for message in due[:limit]])

    return pick
