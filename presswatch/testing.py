"""A test message: an alert that says it is none, through the very channel that would carry a real one."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from news.alert import Alert, Decision, Delivery, Verdict
from news.article import Article
from news.errors import ConfigError, DeliveryError
from news.story import Story
from news.topic import Match, Place
from presswatch.app import App
from presswatch.yamlfile import did_you_mean

if TYPE_CHECKING:
    from alerts.outbox import Channel

_TITLE = "This is a test message from presswatch"
_TEXT = "You receive it because somebody asked presswatch to try this channel. No story is behind it."


async def try_channels(app: App, names: tuple[str, ...]) -> dict[str, str]:
    """Send a test message to the channels named, or to all; returns "" or what went wrong, by channel.

    Raises ConfigError for a name that no channel has.
    """
    known = {channel.name: channel for channel in app.channels}
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) if known else f"give one a name under `channels:` in {app.config}"
            raise ConfigError(f"there is no channel named {name!r}", hint=hint)
    return {name: await _try(known[name], app) for name in names or known}


async def _try(channel: "Channel", app: App) -> str:
    try:
        taken = await channel.send(_delivery(channel.name, app))
    except DeliveryError as error:
        return error.detail
    return taken.said if taken.refused else ""


def _delivery(channel: str, app: App) -> Delivery:
    now = app.clock.now()
    article = Article(
        url="https://example.org/", title=_TITLE, text=_TEXT, source="presswatch", lang="en", first_seen_at=now
    )
    place = Place(zone="title", start=10, end=14, clause="test")
    alert = Alert(
        id=0,
        topic="test",
        topic_title="Test",
        match=Match(topic="test", version="0", places=[place], why="asked for by hand"),
        article=article,
        story=Story(id=0, title=_TITLE, articles=1, outlets=("presswatch",), first_seen_at=now, last_seen_at=now),
        copies=[article],
        decision=Decision(verdict=Verdict.NOW, reason="A test."),
        created_at=now - timedelta(seconds=1),
    )
    return Delivery(id=uuid4().hex, channel=channel, about=alert, due_at=now)
