"""What a round left behind, read back from the archive, the sinks and the outlets' own logs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from typing import Any

from news.alert import Alert
from news.article import Article, Stored
from presswatch.app import App
from presswatch.demo.newsroom.content import Piece, outlets, pieces
from presswatch.demo.newsroom.newsroom import Logged
from presswatch.demo.stage import Stage
from presswatch.once import Round

MAIN = "absheron-defence-industry-commission"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The state of things after a round; mails and messages are all that ever arrived."""

    number: int  # of the round, 1 or 2
    seconds: float
    done: Round
    stored: Sequence[Stored]  # every article, in order of arrival
    alerts: Sequence[Alert]  # every alert, oldest first
    mails: Sequence[EmailMessage]
    messages: Mapping[str, Any]  # by webhook-id
    refused: int
    repeats: int
    log: Mapping[str, Sequence[Logged]]  # of this round, by outlet id
    topic: str  # the topic's title

    def stories(self) -> Mapping[int, Sequence[Stored]]:
        """Articles by story, both in order of arrival."""
        found: dict[int, list[Stored]] = {}
        for each in self.stored:
            found.setdefault(each.story_id, []).append(each)
        return found

    def main_story(self) -> Sequence[Stored]:
        """The articles that stand in one story with the wire's text."""
        return next((story for story in self.stories().values() if any(_is_wire(each.article) for each in story)), ())


def piece_of(article: Article) -> Piece | None:
    """What the newsroom printed that was kept as `article`; None: it printed no such thing."""
    return _printed().get((article.source, article.title))


@cache
def _printed() -> Mapping[tuple[str, str], Piece]:
    names = {outlet.id: outlet.name for outlet in outlets()}
    return {(names[piece.outlet], piece.title): piece for piece in pieces()}


def _is_wire(article: Article) -> bool:
    piece = piece_of(article)
    return piece is not None and piece.id == MAIN


def gather(stage: Stage, app: App, done: Round, *, seconds: float) -> Evidence:
    """Read back what a round left behind."""
    number = stage.newsroom.round
    alerts = sorted((status.alert for status in app.deliveries.alerts(1000)), key=lambda alert: alert.id)
    return Evidence(
        number=number,
        seconds=seconds,
        done=done,
        stored=list(app.archive.export()),
        alerts=alerts,
        mails=list(stage.mailbox.mails),
        messages=dict(stage.webhook.messages),
        refused=stage.webhook.refused,
        repeats=stage.webhook.repeats,
        topic=app.topics[0].title,
        log={outlet.id: stage.newsroom.log(outlet.id, round=number) for outlet in outlets()},
    )
