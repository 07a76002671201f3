"""`alerts`: what was told, what is held or owed, and why."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import rich_click as click
from rich.text import Text

from alerts.pace import singly
from news.alert import Alert, DeliveryState, Verdict
from news.errors import ConfigError
from presswatch.app import App
from presswatch.cli import FAILED, Options
from presswatch.cli.archive import marked, passages
from presswatch.cli.output import NUMBER, Styled, ago, as_json, clean, console, plain, print_json, table
from presswatch.testing import try_channels
from presswatch.yamlfile import did_you_mean

if TYPE_CHECKING:
    from storage.outbox import AlertStatus, DeliveryStatus


@click.group()
def alerts() -> None:
    """List alerts, explain one, try a channel, send dead deliveries again."""


@alerts.command("list")
@click.option("--topic", metavar="NAME", help="Only alerts of this topic.")
@click.option("--dead", is_flag=True, help="Only alerts that a channel, or one of its recipients, will not get.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="At most so many alerts.")
@as_json
@click.pass_obj
def list_alerts(options: Options, topic: str | None, dead: bool, limit: int, as_json: bool) -> int:
    """List alerts, newest first: told, held, or still owed to a channel.

    \b
    Examples:
      presswatch alerts list
      presswatch alerts list --topic defence-cooperation --json
      presswatch alerts list --dead
    """
    app = App.open(options.config)
    known = [each.name for each in app.topics]
    found = app.deliveries.alerts(limit, topic=topic, given_up=dead)
    if topic and not found and topic not in known:
        raise ConfigError(f"there is no topic named {topic!r}", hint=did_you_mean(topic, known))
    if as_json:
        print_json([_record(status) for status in found])
        return 0
    now = app.clock.now()
    table(
        ("#Id", "When", "Topic", "Story", "#Outlets", "State"),
        [_row(status, ago(status.alert.created_at, now)) for status in found],
        empty=_NONE_DEAD if dead else _NONE,
    )
    return 0


_NONE = "No alerts yet. `presswatch topics check` tests your topics, `presswatch crawl` reads what is new."
_NONE_DEAD = "No alert was given up: what is owed was taken, or is still tried."


def _row(status: "AlertStatus", when: str) -> tuple[object, ...]:
    alert = status.alert
    return alert.id, when, alert.topic, alert.story.title, len(set(alert.story.outlets)), _state(status)


def _state(status: "AlertStatus") -> str:
    """An alert and its deliveries in a word, or counted where they differ."""
    if status.alert.decision.verdict is Verdict.HELD:
        return Styled("held", "dim")
    states = Counter(delivery.state for delivery in status.deliveries)
    if not states:
        return "recorded"
    worst = next(state for state in _WORST_FIRST if states[state])
    words = _WORDS[worst] if len(states) == 1 else ", ".join(f"{n} {_WORDS[state]}" for state, n in states.items())
    if refused := sum(len(delivery.refused) for delivery in status.deliveries):
        return Styled(f"{words}, refused by {refused}", "red")
    return Styled(words, _STYLES[worst])


_WORST_FIRST = (DeliveryState.DEAD, DeliveryState.DUE, DeliveryState.DELIVERED)
_WORDS = {DeliveryState.DEAD: "dead", DeliveryState.DUE: "owed", DeliveryState.DELIVERED: "delivered"}
_STYLES = {DeliveryState.DEAD: "red", DeliveryState.DUE: "yellow", DeliveryState.DELIVERED: "green"}


@alerts.command()
@click.argument("number", type=NUMBER)
@as_json
@click.pass_obj
def show(options: Options, number: int, as_json: bool) -> int:
    """Show one alert: the words that matched, why, the outlets, and what became of each delivery.

    \b
    Example:
      presswatch alerts show 12
    """
    app = App.open(options.config)
    status = app.deliveries.alert(number)
    if status is None:
        raise ConfigError(f"there is no alert {number}", hint="`presswatch alerts list` names them")
    if as_json:
        print_json(_record(status))
        return 0
    _show(status.alert)
    for delivery in status.deliveries:
        click.echo(f"  {_fate(delivery, app)}")
    if not status.deliveries:
        click.echo("  Nobody was told: " + status.alert.decision.reason)
    return 0


def _show(alert: Alert) -> None:
    article, story = alert.article, alert.story
    out = console()
    out.print(Text(f"Alert {alert.id} · {alert.topic_title} · {alert.created_at:%Y-%m-%d %H:%M} UTC", style="bold"))
    out.print(marked(article.title, [place for place in alert.match.places if place.zone == "title"]), style="bold")
    out.print(Text(f"  {article.source} · {article.lang or '?'} · {clean(article.url)}"))
    for passage in passages(article, alert.match.places):
        out.print(passage)
    out.print(Text(f"  Why: {clean(alert.match.why)}"))
    outlets = list(dict.fromkeys(story.outlets))
    out.print(Text(f"  Story {story.id}: now in {len(outlets)} outlets: {clean(', '.join(outlets))}"))
    out.print(Text(f"  {alert.decision.reason}"))


def _fate(delivery: "DeliveryStatus", app: App) -> str:
    """What became of a delivery, in a sentence."""
    now = app.clock.now()
    if delivery.state is DeliveryState.DELIVERED:
        inside = f" in {delivery.bundle}" if delivery.bundle else ""
        missed = "".join(f"; {who} refused it for good: {clean(why)}" for who, why in delivery.refused.items())
        return f"{delivery.channel}: delivered {ago(delivery.settled_at, now)}{inside}{missed}"
    if delivery.state is DeliveryState.DEAD:
        have = f" ({', '.join(delivery.taken_by)} got it)" if delivery.taken_by else ""
        return f"{delivery.channel}: given up after {delivery.attempts} attempts: {clean(delivery.last_error)}{have}"
    error = f" ({clean(delivery.last_error)})" if delivery.last_error else ""
    if delivery.channel not in app.settings.channels:
        return f"{delivery.channel}: owed to a channel that is not configured here; given up a week after it was due"
    if delivery.due_at <= now and delivery.attempts == 0 and _is_full(delivery.channel, app):
        return f"{delivery.channel}: owed, waits for the rate limit (alerts.per_hour) and goes out in a digest{error}"
    return f"{delivery.channel}: owed, next attempt {ago(max(delivery.due_at, now), now)}{error}"


def _is_full(channel: str, app: App) -> bool:
    """Whether a channel has had the messages of this hour that go singly."""
    limit = app.settings.alerts.per_hour
    return limit > 0 and app.deliveries.begun(channel, now=app.clock.now()) >= singly(limit)


def _record(status: "AlertStatus") -> dict[str, Any]:
    """An alert as programs see it."""
    alert = status.alert
    values: dict[str, Any] = plain(
        {
            "id": alert.id,
            "topic": alert.topic,
            "topic_title": alert.topic_title,
            "created_at": alert.created_at,
            "verdict": alert.decision.verdict,
            "reason": alert.decision.reason,
            "why": alert.match.why,
            "places": list(alert.match.places),
            "article": alert.article,
            "story": alert.story,
            "deliveries": list(status.deliveries),
        }
    )
    return values


@alerts.command()
@click.argument("ids", nargs=-1, metavar="[DELIVERY]...")
@click.option("--dead", is_flag=True, help="All deliveries that were given up, for a channel or a recipient.")
@as_json
@click.pass_obj
def resend(options: Options, ids: tuple[str, ...], dead: bool, as_json: bool) -> int:
    """Make deliveries that were given up due again, under the ids they had; the next crawl or the daemon sends them.

    What one recipient of a mail refused for good goes to those alone who do not have it. The channel they belong to, if
    it was switched off because its address was gone, is switched on again.

    \b
    Examples:
      presswatch alerts resend --dead
      presswatch alerts resend 6a1f0c8e5b7d4f0f9a34c2d1e0b7a655
    """
    if not ids and not dead:
        raise click.UsageError("name deliveries, or say --dead for all that were given up")
    app = App.open(options.config)
    count = app.deliveries.redeliver(None if dead else ids, now=app.clock.now())
    if ids and count < len(set(ids)):
        raise ConfigError(
            f"{count} of {len(set(ids))} are due again; the others are unknown, or were not given up",
            hint="`presswatch alerts list --json` shows every delivery's id and state",
        )
    if as_json:
        print_json({"due_again": count})
    else:
        click.echo(f"{count} deliveries are due again.")
    return 0


@alerts.command("test")
@click.argument("channels", nargs=-1, metavar="[CHANNEL]...")
@as_json
@click.pass_obj
def test_channels(options: Options, channels: tuple[str, ...], as_json: bool) -> int:
    """Send a test message to every channel, or to those named.

    \b
    Examples:
      presswatch alerts test
      presswatch alerts test desk
    """
    app = App.open(options.config)
    results = asyncio.run(try_channels(app, channels))
    if as_json:
        print_json([{"channel": name, "taken": not problem, "detail": problem} for name, problem in results.items()])
    elif not results:
        click.echo(f"No channels yet: give one a name under `channels:` in {app.config}.")
    for name, problem in results.items() if not as_json else ():
        click.echo(f"{name}: {clean(problem) or 'the message was taken'}")
    return FAILED if any(results.values()) else 0
