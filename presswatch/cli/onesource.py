"""`sources show` and `notices`: how one source does in plain words, and what operators were told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import rich_click as click
from rich.text import Text

from alerts.notices import title
from news.advice import MEANING, STATES, TO_DO, explain
from news.fetch import Fetch
from news.health import State
from news.source import LEARNED, Gap, SourceStatus
from presswatch.app import App
from presswatch.cli import Options
from presswatch.cli.output import Styled, ago, as_json, clean, console, plain, print_json, table
from presswatch.health import judge
from presswatch.owners import named
from scheduler.figures import WINDOW, Figures, Lag, figures
from scheduler.report import count

if TYPE_CHECKING:
    from storage.operators import NoticeStatus

_NAMED = 5  # sources of a notice that a list names; --json has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A source as `show` prints it."""

    status: SourceStatus
    means: str
    to_do: str
    error: str  # what the last failure means, where the last run failed
    figures: Figures
    fetches: list[Fetch]


@click.command()
@click.argument("name")
@as_json
@click.pass_obj
def show(options: Options, name: str, as_json: bool) -> int:
    """Show one source: how it does and since when, what to do, its figures, and its last 30 fetches.

    \b
    Examples:
      presswatch sources show "Example News"
      presswatch sources show "Example News" --json
    """
    app = App.open(options.config)
    shown = _look(app, name)
    if as_json:
        print_json(shown)
        return 0
    now = app.clock.now()
    out = console()
    out.print(Text(clean(shown.status.source.name), style="bold"))
    for label, text in _lines(shown, now):
        out.print(Text(f"  {label:<16}{clean(text)}"), soft_wrap=True)
    click.echo()
    _show_fetches(shown.fetches, now)
    return 0


@click.command()
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="At most so many notices.")
@as_json
@click.pass_obj
def notices(options: Options, limit: int, as_json: bool) -> int:
    """List what operators were told of sources, newest first: what broke, fell silent or recovered.

    Channels named under alerts.operators receive it; without one it is only kept here, and logged.

    \b
    Examples:
      presswatch sources notices
      presswatch sources notices --json
    """
    app = App.open(options.config)
    found = app.notices.notices(limit)
    if as_json:
        print_json([{"title": title(status.notice), **plain(status)} for status in found])
        return 0
    now = app.clock.now()
    table(
        ("#Id", "When", "What", "Sources", "Told"),
        [_notice_row(status, now) for status in found],
        empty="No notices yet: nothing broke. `presswatch sources list` says how each source does.",
    )
    return 0


def _notice_row(status: "NoticeStatus", now: datetime) -> tuple[object, ...]:
    notice = status.notice
    names = [f"{clean(change.source)}: {STATES[change.state]}" for change in notice.changes[:_NAMED]]
    more = len(notice.changes) - len(names)
    told = [f"{each.channel}: {each.state}" for each in status.deliveries]
    return (
        notice.id,
        ago(notice.created_at, now),
        title(notice),
        ", ".join([*names, f"and {more} more"] if more else names),
        ", ".join(told) or "nobody: alerts.operators is empty",
    )


def _look(app: App, name: str) -> _Shown:
    named(name, {source.name: source for source in app.sources})
    app.sync()
    judge(app)
    now = app.clock.now()
    (status,) = app.source_store.statuses(now, name=name)
    facts = app.health.facts(name)
    fetches = app.source_store.history(name)
    failure = fetches[0].reason if fetches and status.failures else ""
    error, advice = explain(failure)
    by_reason = status.state is State.FAILING or not status.state.is_trouble
    return _Shown(
        status=status,
        means=MEANING[status.state],
        to_do=advice if by_reason and advice else TO_DO[status.state],
        error=error,
        figures=figures(app.health.crop(name, since=now - WINDOW), fetches, facts, now=now),
        fetches=fetches,
    )


def _lines(shown: _Shown, now: datetime) -> Iterator[tuple[str, str]]:
    """What is said of a source, each line with its label."""
    status = shown.status
    yield "configured", _configured(status)
    since = f" since {_when(status.state_since, now)}" if status.state_since else ""
    yield "state", f"{STATES[status.state]}{since}. {shown.means}"
    yield "last success", _when(status.last_success_at, now)
    if status.failures:
        last = shown.fetches[0]
        times = f"{status.failures} times in a row" if status.failures > 1 else "once"
        yield "last error", f"{shown.error} ({last.reason}: {last.detail}), {times}"
    if status.failures or status.state.is_trouble:
        yield "what to do", shown.to_do
    yield "next attempt", "never: it is switched off" if status.due_at is None else _next(status.due_at, now)
    if status.gaps:
        yield (
            "gaps",
            f"{count(status.gaps, 'time')} of late nothing listed was known: it moves faster than it is asked for",
        )
    if status.open_gap:
        yield "missed", f"{still_missed(status.open_gap)} (since {_when(status.open_gap.since, now)})"
    if status.moved_to:
        yield "learned", _moved(status)
    if status.lied_at:
        seen = f"its server called a changed list unchanged, last seen {_when(status.lied_at, now)}"
        yield "learned", f"{seen}; it is asked for the whole list until a month has passed without that"
    yield from _figures(shown.figures)


def still_missed(gap: Gap) -> str:
    """What a source's list dropped and is still to be had, in words."""
    what = count(gap.left, "missed article") if gap.left else "what its list dropped between two looks"
    return f"{what} still to be had from its site: tried with its next look"


def _moved(status: SourceStatus) -> str:
    if status.moved_times < LEARNED:
        return f"it names {status.moved_to} as its new address, {status.moved_times} of {LEARNED} times"
    return f"it has moved to {status.moved_to} and is asked there; put that into sources.yaml"


def _configured(status: SourceStatus) -> str:
    source = status.source
    every = f"every {_span(source.interval)}" if source.interval else "at a pace that adapts"
    every = f"at {source.cron} (cron)" if source.cron else every
    parts = [source.kind.value, source.url, f"group {source.group}" if source.group else ""]
    parts += [f"language {source.lang}" if source.lang else "", f"links {source.links}" if source.links else ""]
    parts += [every, "" if source.full_text else "without pages", "" if source.enabled else "switched off"]
    return ", ".join(filter(None, parts))


def _figures(found: Figures) -> Iterator[tuple[str, str]]:
    if found.per_day_month is None or found.per_day_week is None:
        yield "yield", f"{found.articles} articles after its first look; watched for less than a day"
    else:
        yield "yield", f"{found.per_day_week:.1f} articles a day in 7 days, {found.per_day_month:.1f} in 30 days"
    if found.copies is not None:
        yield "copies", f"{found.copies:.0%} of its new articles joined a story that stood already"
    if found.known is not None:
        yield "known", f"{found.known:.0%} of the items it listed in its last fetches were known"
    yield "lag", _lag(found.lag)
    if found.pages_read is not None:
        quality = f", median quality {found.quality:.2f}" if found.quality is not None else ""
        yield "pages", f"{found.pages_read:.0%} of {found.pages} pages read{quality}"
    if found.silence is None or found.silence.longest is None:
        yield "rhythm", "not known yet: that takes two weeks and some articles"
    else:
        limit = _span(found.silence.limit)
        yield "rhythm", f"quiet for at most {_span(found.silence.longest)} so far; called silent after {limit}"


def _lag(found: Lag | None) -> str:
    if found is None:
        return "not known: nothing new with a sure date yet"
    return (
        f"{_span(found.p50)} from published to seen (median), 95 % within {_span(found.p95)}; "
        f"rests on {found.articles} articles, {found.left_out} without a sure and credible date left out"
    )


def _show_fetches(fetches: list[Fetch], now: datetime) -> None:
    rows = [
        (
            ago(fetch.at, now),
            Styled(fetch.outcome.value, "red" if fetch.reason else ""),
            fetch.status or "",
            fetch.size,
            f"{fetch.seconds:.1f}",
            fetch.items,
            fetch.new,
            f"{fetch.reason}: {fetch.detail}" if fetch.reason else fetch.detail,
        )
        for fetch in fetches
    ]
    headers = ("When", "Outcome", "#Status", "#Bytes", "#Seconds", "#Items", "#New", "Reason")
    table(headers, rows, empty="Never asked yet: `presswatch crawl` asks what is due.")


def _when(moment: datetime | None, now: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC ({ago(moment, now)})" if moment else "never"


def _next(due_at: datetime, now: datetime) -> str:
    return _when(due_at, now) if due_at > now else "now: it is due"


def _span(span: timedelta) -> str:
    """A time span as people say it."""
    seconds = span.total_seconds()
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
