"""Write what operators are told, as a mail and as the JSON of a webhook; pure."""

import json
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from alerts import losses
from alerts.message import Message, inliner, template
from alerts.payload import LIMIT, VERSION, moment
from alerts.plain import date_and_time, link, one_line
from news.advice import MEANING, STATES, TO_DO, explain
from news.health import State
from news.notice import Change, Event, Notice

_MANY = 10  # changes that are listed in a line each
_MOST = 300  # changes that a mail lists at all
_LOSSES = 20  # channels and receivers that a webhook's body names
_ONE_CAUSE = 0.8  # share of failures with one reason that makes it likely that they have one cause


def write_notice(notice: Notice, delivery_id: str) -> Message:
    """Write the mail of a notice."""
    many = len(notice.changes) > _MANY
    facts = {
        "title": title(notice),
        "means": means(notice),
        "changes": [_shown(each, many=many) for each in notice.changes[:_MOST]],
        "more": max(0, len(notice.changes) - _MOST),
        "losses": list(map(losses.shown, notice.losses)),
        "many": many,
        "to_do": to_do(notice),
        "command": command(notice),
        "notice_id": notice.id,
        "delivery_id": delivery_id,
    }
    return Message(
        subject=f"[presswatch] {title(notice)}",
        text=template("notice.txt.j2").render(facts),
        html=inliner().inline(template("notice.html.j2").render(facts)),
        headers={"X-Presswatch-Notice": str(notice.id)},
    )


def title(notice: Notice) -> str:
    """What happened, on one line."""
    if notice.event is Event.NETWORK_DOWN:
        return f"Nothing can be reached: {notice.asked} sources were asked, and not one answered"
    if notice.event is Event.NETWORK_BACK:
        return "The network is back"
    if notice.event is Event.CHANNEL_OFF:
        return f"Channel {one_line(notice.channel, 60)} was switched off"
    if notice.event is Event.UNDELIVERED:
        return losses.title(notice.losses)
    if notice.event is Event.CONFIGURATION:
        return "The configuration was changed and is wrong: the one before stays in use"
    if len(notice.changes) == 1:
        (change,) = notice.changes
        return f"{one_line(change.source, 80)} {_verb(change.state, 1)}"
    counted = Counter(change.state for change in notice.changes)
    parts = [f"{number} {_verb(state, number)}" for state, number in counted.most_common()]
    first, _, rest = next(iter(parts), "0 have changed").partition(" ")
    return ", ".join([f"{first} source{'' if first == '1' else 's'} {rest}", *parts[1:]])


def _verb(state: State, number: int) -> str:
    if state is State.FINE:
        return "has recovered" if number == 1 else "have recovered"
    if state is State.BROKEN:
        return "gives no texts any more" if number == 1 else "give no texts any more"
    return f"{'is' if number == 1 else 'are'} {STATES[state]}"


def means(notice: Notice) -> str:
    """What it means, in a sentence or two."""
    if notice.event is Event.NETWORK_DOWN:
        return (
            f"Since {_said(notice.since)} every source that was asked failed at the network, on several hosts. That is "
            "most likely this machine's own connection, or its DNS. No source is blamed; what they print meanwhile "
            "is read as far as their lists still hold it."
        )
    if notice.event is Event.NETWORK_BACK:
        return f"Sources answer again. Nothing could be reached from {_said(notice.since)} on."
    if notice.event is Event.CHANNEL_OFF:
        said = one_line(notice.detail, 200)
        return f"Its receiver said that it is gone ({said}). What it is owed is kept and can be sent again."
    if notice.event is Event.UNDELIVERED:
        return losses.means(notice.losses)
    if notice.event is Event.CONFIGURATION:
        return one_line(notice.detail, 500)
    cause = _one_cause(notice.changes)
    return f"They may have one cause: {cause}." if cause else ""


def _one_cause(changes: Sequence[Change]) -> str:
    """What most of many failures have in common, in words."""
    counted = Counter(each.reason for each in changes if each.state.is_trouble).most_common(1)
    if len(changes) <= _MANY or not counted or not counted[0][0] or counted[0][1] < _ONE_CAUSE * len(changes):
        return ""
    return f"of most it is said that {explain(counted[0][0])[0] or counted[0][0]}"


def to_do(notice: Notice) -> str:
    """What an operator can do."""
    if notice.event is Event.NETWORK_DOWN:
        return "Check this machine's network, its DNS and its firewall."
    if notice.event is Event.NETWORK_BACK:
        return "Nothing."
    if notice.event is Event.CHANNEL_OFF:
        return "Put its address right in presswatch.yaml, try it, and send again what it is owed."
    if notice.event is Event.UNDELIVERED:
        return losses.TO_DO
    if notice.event is Event.CONFIGURATION:
        return "Put it right, and it is used within a minute. A restart would fail before that."
    return ""


def command(notice: Notice) -> str:
    """The command that shows more."""
    if notice.event is Event.UNDELIVERED:
        return losses.command(notice.losses)
    if notice.event is Event.CONFIGURATION:
        return "presswatch topics check; presswatch sources list"
    if notice.event is Event.CHANNEL_OFF:
        return f"presswatch alerts test {shlex.quote(notice.channel)}; presswatch alerts resend --dead"
    troubles = [each for each in notice.changes if each.state.is_trouble]
    if len(notice.changes) == 1:
        return f"presswatch sources show {shlex.quote(one_line(notice.changes[0].source))}"
    states = {each.state for each in troubles}
    return f"presswatch sources list{f' --state {min(states)}' if len(states) == 1 else ''}"


def _shown(change: Change, *, many: bool) -> Mapping[str, object]:
    """What a mail says of one source."""
    error, advice = explain(change.reason)
    shown = {
        "name": one_line(change.source, 80),
        "link": link(change.url),
        "state": STATES[change.state] if change.state.is_trouble else "fine again",
        "before": STATES[change.before],
        "since": _said(change.since),
        "error": one_line(f"{error} ({change.reason}: {change.detail})" if change.reason else "", 300),
        "turns": change.turns,
    }
    if many:
        return shown
    return shown | {
        "means": MEANING[change.state] if change.state.is_trouble else "It is read again.",
        "to_do": " ".join(filter(None, _advice(change, advice))),
        "success": _said(change.success_at) if change.success_at else "never",
        "command": f"presswatch sources show {shlex.quote(one_line(change.source, 80))}",
    }


def _advice(change: Change, advice: str) -> Iterator[str]:
    if change.state.is_trouble:
        yield advice if change.state is State.FAILING and advice else TO_DO[change.state]


def notice_payload(notice: Notice, delivery_id: str) -> bytes:
    """Write the body of a webhook, below its limit: every source in all words, or in few, or the first of them."""
    full = [_data(each) for each in notice.changes]
    short = [{"name": one_line(each.source, 60), "state": each.state.value} for each in notice.changes]
    body = b""
    for sources in (full, short, *(short[:most] for most in (150, 80, 40))):
        content = {
            "type": "source.health",
            "version": VERSION,
            "id": delivery_id,
            "timestamp": moment(notice.created_at),
            "data": {
                "notice_id": notice.id,
                "event": notice.event.value,
                "title": title(notice),
                "means": means(notice),
                "to_do": to_do(notice),
                "command": command(notice),
                "since": moment(notice.since),
                "channel": one_line(notice.channel, 60),
                "sources_total": len(notice.changes) or notice.asked,
                "sources": sources,
                "losses": [losses.data(each) for each in notice.losses[:_LOSSES]],
            },
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) < LIMIT:
            break
    return body


def _data(change: Change) -> Mapping[str, object]:
    error, advice = explain(change.reason)
    return {
        "name": one_line(change.source, 80),
        "url": link(change.url),
        "state": change.state.value,
        "before": change.before.value,
        "since": moment(change.since),
        "changes": change.turns,
        "last_success_at": moment(change.success_at),
        "reason": change.reason,
        "detail": one_line(change.detail, 200),
        "error": error,
        "means": MEANING[change.state],
        "to_do": " ".join(_advice(change, advice)),
    }


def _said(when: datetime | None) -> str:
    return date_and_time(when) if when else "an unknown time"
