"""Alerts and deliveries for tests, with every field open to change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from news.alert import Alert, Decision, Delivery, Verdict
from news.article import Article
from news.story import Story
from news.topic import Match, Place

NOON = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)

TITLE = "Two ministers sign defence cooperation pact"
TEXT = (
    "The ministers of the two countries met on Monday. After three hours of talks they signed an agreement on "
    "defence cooperation that sets up a joint commission. The commission will meet twice a year, officials said."
)


def article(**changes: object) -> Article:
    """An article of one outlet, seen at noon."""
    plain = Article(
        url="https://herald.example/a/1",
        title=TITLE,
        text=TEXT,
        source="Morning Herald",
        lang="en",
        published_at=NOON - timedelta(hours=1),
        first_seen_at=NOON,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a factory's changes are checked by the tests that use them


def story(**changes: object) -> Story:
    """A story of one outlet."""
    plain = Story(id=7, title=TITLE, articles=1, outlets=("Morning Herald",), first_seen_at=NOON, last_seen_at=NOON)
    return replace(plain, **changes)  # type: ignore[arg-type]


def places(of: Article, word: str, zone: str = "text") -> list[Place]:
    """Every place of a word in a zone of an article."""
    text: str = getattr(of, zone)
    found = [i for i in range(len(text)) if text.startswith(word, i)]
    return [Place(zone=zone, start=i, end=i + len(word), clause=word) for i in found]


def match(of: Article | None = None) -> Match:
    """A match of the words "defence cooperation" in title and text."""
    where = of or article()
    found = places(where, "defence cooperation", "title") + places(where, "defence cooperation")
    return Match(topic="defence", version="v1", places=found, why='"defence cooperation" in the title')


def alert(**changes: object) -> Alert:
    """An alert told now."""
    plain = Alert(
        id=17,
        topic="defence",
        topic_title="Defence cooperation",
        match=match(),
        article=article(),
        story=story(),
        copies=[article()],
        decision=Decision(verdict=Verdict.NOW, reason="New story.", channels=("desk",)),
        created_at=NOON,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def delivery(**changes: object) -> Delivery:
    """A first delivery, due at noon."""
    plain = Delivery(id="d-1", channel="desk", about=alert(), owner="me", due_at=NOON)
    if "alert" in changes:
        changes["about"] = changes.pop("alert")
    return replace(plain, **changes)  # type: ignore[arg-type]


def about(of: Article) -> Delivery:
    """A delivery about a given article."""
    return delivery(alert=alert(article=of, match=match(of), copies=[of]))
