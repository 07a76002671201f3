"""Notices: records to rows, and rows to records."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from news.health import State
from news.notice import Change, Event, Loss, Notice
from storage.rows import chunks
from storage.tables import notices


def load_notices(connection: Connection, ids: Collection[int]) -> dict[int, Notice]:
    """Give notices by their ids."""
    found = {}
    for part in chunks(sorted(set(ids))):
        for row in connection.execute(select(notices).where(notices.c.id.in_(part))):
            found[row.id] = notice_of(row)
    return found


def notice_row(notice: Notice) -> dict[str, Any]:
    """Give the columns of a notice."""
    return {"event": notice.event.value, "created_at": notice.created_at, "facts": _facts_json(notice)}


def _facts_json(notice: Notice) -> str:
    facts = {
        "changes": [
            [each.source, each.url, each.state, each.before, _text(each.since), _text(each.success_at), each.reason,
             each.detail, each.turns]
            for each in notice.changes
        ],
        "asked": notice.asked,
        "since": _text(notice.since),
        "channel": notice.channel,
        "detail": notice.detail,
        "losses": [
            [each.channel, each.receiver, each.alerts, each.alert, _text(each.since), _text(each.until), each.reason]
            for each in notice.losses
        ],
    }  # fmt: skip
    return json.dumps(facts, ensure_ascii=False)


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(said: str) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def notice_of(row: Row[Any]) -> Notice:
    """Give the notice of a row."""
    facts = json.loads(row.facts)
    return Notice(
        id=row.id,
        event=Event(row.event),
        created_at=row.created_at,
        changes=[_change(*each) for each in facts["changes"]],
        asked=facts["asked"],
        since=_moment(facts["since"]),
        channel=facts["channel"],
        detail=facts["detail"],
        losses=tuple(_loss(*each) for each in facts["losses"]),
    )


def _loss(channel: str, receiver: str, alerts: int, alert: int, *rest: str) -> Loss:
    since, until, reason = rest
    return Loss(
        channel=channel,
        receiver=receiver,
        alerts=alerts,
        alert=alert,
        since=datetime.fromisoformat(since),
        until=datetime.fromisoformat(until),
        reason=reason,
    )


def _change(source: str, url: str, state: str, before: str, since: str, success_at: str, *rest: Any) -> Change:
    reason, detail, turns = rest
    return Change(
        source=source,
        url=url,
        state=State(state),
        before=State(before),
        since=_moment(since),
        success_at=_moment(success_at),
        reason=reason,
        detail=detail,
        turns=turns,
    )
