"""Say of alerts that were given up who did not get them, why, and how they are sent again; pure."""

import shlex
from collections.abc import Mapping, Sequence

from alerts.payload import moment
from alerts.plain import date_and_time, one_line
from news.notice import Loss

TO_DO = (
    "Put right what the reason names (the address, the password, the receiver itself), try the channel, and send again "
    "what was given up: it goes to those alone who do not have it."
)
_NAMED = 3  # channels and receivers in a title


def title(losses: Sequence[Loss]) -> str:
    """What happened, on one line."""
    named = [_who(each) for each in losses[:_NAMED]]
    more = len(losses) - len(named)
    if len(losses) == 1:
        (loss,) = losses
        return f"{count(loss.alerts)} not delivered to {named[0]}"
    last = f"{more} more" if more else named.pop()
    return f"Alerts were not delivered to {', '.join(named)} and {last}"


def count(alerts: int) -> str:
    """So many alerts, with their verb."""
    return "1 alert was" if alerts == 1 else f"{alerts} alerts were"


def means(losses: Sequence[Loss]) -> str:
    """What it means, in a sentence or two."""
    said = []
    if any(not each.receiver for each in losses):
        said.append("What was given up is kept as dead and is not tried again by itself.")
    if any(each.receiver for each in losses):
        said.append("A recipient that is refused misses what the others of its channel get, now and from now on.")
    return " ".join(said)


def command(losses: Sequence[Loss]) -> str:
    """The commands that show more and send again."""
    channels = " ".join(shlex.quote(name) for name in dict.fromkeys(one_line(each.channel, 60) for each in losses))
    return f"presswatch alerts list --dead; presswatch alerts test {channels}; presswatch alerts resend --dead"


def shown(loss: Loss) -> Mapping[str, object]:
    """What a mail says of one channel or receiver."""
    times = [date_and_time(loss.since), date_and_time(loss.until)]
    return {
        "who": _who(loss),
        "count": count(loss.alerts),
        "when": f"at {times[0]}" if times[0] == times[1] else f"from {times[0]} to {times[1]}",
        "reason": one_line(loss.reason, 300),
        "command": f"presswatch alerts show {loss.alert}",
    }


def data(loss: Loss) -> Mapping[str, object]:
    """What a webhook says of it."""
    return {
        "channel": one_line(loss.channel, 60),
        "recipient": one_line(loss.receiver, 120),
        "alerts": loss.alerts,
        "last_alert_id": loss.alert,
        "since": moment(loss.since),
        "until": moment(loss.until),
        "reason": one_line(loss.reason, 200),
    }


def _who(loss: Loss) -> str:
    channel = one_line(loss.channel, 60)
    return f"{one_line(loss.receiver, 80)} ({channel})" if loss.receiver else channel
