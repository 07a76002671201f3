"""Matches, alerts and what is owed for them, written inside the commit that keeps the articles."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, select, update

from news.alert import Decide, Decision, DeliveryState, Verdict
from news.article import Article
from news.topic import Match
from storage.rows import chunks, load_stories, next_ids, places_json
from storage.tables import Moment, alerts, channels, deliveries, matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A new article that met a topic."""

    article_id: int
    article: Article
    source_id: int
    story_id: int
    match: Match
    backlog: bool  # its source was read for the first time

    @property
    def place(self) -> tuple[str, int]:
        """What there is at most one alert for."""
        return self.match.topic, self.story_id


@dataclass(slots=True, kw_only=True)
class Ledger:
    """The alerts of a batch's stories: those that stand, and what the batch makes of them."""

    now: datetime
    standing: dict[tuple[str, int], dict[str, Any]]
    new: list[dict[str, Any]] = field(default_factory=list)
    raised: list[dict[str, Any]] = field(default_factory=list)  # held until now
    owed: list[dict[str, Any]] = field(default_factory=list)
    told: Counter[int] = field(default_factory=Counter)  # source -> alerts
    held: Counter[int] = field(default_factory=Counter)

    def is_told(self, hit: Hit) -> bool:
        """Say whether the reader of the topic heard of the story before."""
        before = self.standing.get(hit.place)
        return before is not None and before["verdict"] == Verdict.NOW.value

    def enter(self, hit: Hit, decision: Decision) -> None:
        """Write a decision down: a new alert, or one that was held and is told after all."""
        before = self.standing.get(hit.place)
        if decision.verdict is Verdict.COPY or (before and decision.verdict is Verdict.HELD):
            return
        row = _alert_row(hit, decision, self.now)
        if before is None:
            self.standing[hit.place] = row
            self.new.append(row)
        else:
            before.update(row)
            self.raised += [before] if before not in self.new else []
        if decision.verdict is Verdict.NOW:
            self.owed.append(self.standing[hit.place])
            self.told[hit.source_id] += 1
        else:
            self.held[hit.source_id] += 1


def owe(connection: Connection, hits: Sequence[Hit], decide: Decide, *, now: datetime) -> Ledger:
    """Write the matches, and for each topic and story at most one alert with its deliveries.

    A story that was held and never told is decided again when another article of it matches: a reader who was spared
    the backlog still hears of the story once it is in the news. It stays one alert, raised by the later article.
    """
    if not hits:
        return Ledger(now=now, standing={})
    connection.execute(insert(matches), [_match_row(hit) for hit in hits])
    stories = load_stories(connection, (hit.story_id for hit in hits))
    ledger = Ledger(now=now, standing=_standing(connection, stories))
    for hit in hits:
        told = ledger.is_told(hit)
        ledger.enter(hit, decide(hit.match, stories[hit.story_id], hit.article, told=told, backlog=hit.backlog))
    _write(connection, ledger)
    return ledger


def _standing(connection: Connection, stories: Iterable[int]) -> dict[tuple[str, int], dict[str, Any]]:
    return {
        (row["topic"], row["story_id"]): dict(row)
        for part in chunks(stories)
        for row in connection.execute(select(alerts).where(alerts.c.story_id.in_(part))).mappings()
    }


def _write(connection: Connection, ledger: Ledger) -> None:
    if ledger.new:
        for row, number in zip(ledger.new, next_ids(connection, "alerts", len(ledger.new)), strict=True):
            row["id"] = number
        connection.execute(insert(alerts), ledger.new)
    if ledger.raised:
        connection.execute(_RAISE, [{f"b_{name}": value for name, value in row.items()} for row in ledger.raised])
    disabled = {row.name: row.reason for row in connection.execute(select(channels))} if ledger.owed else {}
    rows = [row for alert in ledger.owed for row in _delivery_rows(alert, disabled, ledger.now)]
    if rows:
        connection.execute(insert(deliveries), rows)


_RAISE = (
    update(alerts)
    .where(alerts.c.id == bindparam("b_id"))
    .values(
        article_id=bindparam("b_article_id"),
        version=bindparam("b_version"),
        verdict=bindparam("b_verdict"),
        reason=bindparam("b_reason"),
        channels=bindparam("b_channels"),
        created_at=bindparam("b_created_at", type_=Moment()),
    )
)


def _match_row(hit: Hit) -> dict[str, Any]:
    return {
        "article_id": hit.article_id,
        "topic": hit.match.topic,
        "version": hit.match.version,
        "places": places_json(hit.match),
        "why": hit.match.why,
    }


def _alert_row(hit: Hit, decision: Decision, now: datetime) -> dict[str, Any]:
    return {
        "topic": hit.match.topic,
        "version": hit.match.version,
        "story_id": hit.story_id,
        "article_id": hit.article_id,
        "verdict": decision.verdict.value,
        "reason": decision.reason,
        "channels": json.dumps(decision.channels),
        "created_at": now,
    }


def _delivery_rows(alert: dict[str, Any], disabled: dict[str, str], now: datetime) -> list[dict[str, Any]]:
    """Owe an alert to each of its channels."""
    channels = json.loads(alert["channels"])
    return [delivery_row(channel, disabled.get(channel), now=now, alert_id=alert["id"]) for channel in channels]


def delivery_row(channel: str, off: str | None, *, now: datetime, **about: int) -> dict[str, Any]:
    """A delivery about an alert or a notice; what a channel that is off is owed is dead until somebody resends it."""
    return {
        "id": uuid4().hex,
        "alert_id": None,
        "notice_id": None,
        **about,
        "channel": channel,
        "state": (DeliveryState.DUE if off is None else DeliveryState.DEAD).value,
        "due_at": now,
        "attempts": 0,
        "owner": "",
        "lease_until": None,
        "last_error": "" if off is None else f"channel switched off: {off}",
        "taken_by": "[]",
        "created_at": now,
        "settled_at": None if off is None else now,
        "bundle": "",
        "tried_at": None,
        "refused": "{}",
        "untold": off is not None and "alert_id" in about,  # no notice tells of a notice
    }
