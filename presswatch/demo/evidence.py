"""What a round left behind, read back from the archive, the sinks and the outlets' own logs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from news.alert import Alert
from news.article import Stored
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

    def piece(self, title: str) -> Piece | None:
        """The newsroom's piece that was kept under `title`."""
        return next((piece for piece in pieces() if piece.title == title), None)

    def stories(self) -> Mapping[int, Sequence[Stored]]:
        """Articles by story, both in order of arrival."""
        found: dict[int, list[Stored]] = {}
        for each in self.stored:
            found.setdefault(each.story_id, []).append(each)
        return found

    def main_story(self) -> Sequence[Stored]:
        """The articles that stand in one story with the wire's text."""
        original = next(piece for piece in pieces() if piece.id == MAIN)
        return next((story for story in self.stories().values() if _has(story, original)), ())

    def alerted(self) -> Counter[str]:
        """How many alerts each outlet's headline raised."""
        return Counter(alert.article.title for alert in self.alerts)


def _has(story: Sequence[Stored], piece: Piece) -> bool:
    return any(each.article.title == piece.title for each in story)


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
        log={outlet.id: stage.newsroom.log(outlet.id, round=number) for outlet in outlets()},
    )
