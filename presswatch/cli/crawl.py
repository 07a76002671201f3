"""`crawl` and `run`: one round now, or the daemon."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import rich_click as click

from presswatch.cli import FAILED, Options
from presswatch.cli.output import Styled, as_json, clean, plain, print_json, progress, table
from presswatch.once import Ask, Round, crawl_once
from presswatch.stopping import run_until_stopped
from scheduler.report import Report, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alerts.outbox import FlushReport
    from news.notice import Notice

_SHOWN = 40  # rows of a crawl's table; --json has them all


@click.command()
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option("--all", "everything", is_flag=True, help="Ask every source, due or not.")
@click.option("--source", "names", multiple=True, metavar="NAME", help="Ask this source, due or not. Repeatable.")
@click.option(
    "--alert-backlog", is_flag=True, help="Also alert on what a source lists when it is read for the first time."
)
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
@as_json
@click.pass_obj
def crawl(
    options: Options,
    addresses: tuple[str, ...],
    everything: bool,
    names: tuple[str, ...],
    alert_backlog: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Ask sources once, keep what is new, send what is owed.

    Without arguments: the sources that are due. An ADDRESS may be a feed, a site, a section page or an article;
    which of them it is, is found out.

    \b
    Examples:
      presswatch crawl
      presswatch crawl --all --json
      presswatch crawl --source "Example News"
      presswatch crawl https://example.org/defence/
    """
    from presswatch.app import App
    from presswatch.logs import configure

    if names and everything:
        raise click.UsageError("--all asks every source; --source NAME asks some: take one of them")
    if not all(address.strip() for address in addresses):
        raise click.UsageError("an address is empty")
    app = App.open(options.config)
    configure("error", app.settings.log.format)
    ask = Ask(addresses=addresses, everything=everything, names=names, backlog=alert_backlog)
    with progress("Crawling", None, quiet=quiet or as_json) as bar:
        done = run_until_stopped(crawl_once(app, ask, on_start=bar.expect, on_report=lambda _report: bar.step()))
    if as_json:
        print_json(_document(done))
    elif quiet:
        _complain(done)
    else:
        _show(done)
    return FAILED if done.failed else 0


def _document(done: Round) -> dict[str, object]:
    return {
        "totals": done.totals,
        "deliveries": {
            "delivered": done.deliveries.delivered,
            "due": done.deliveries.due,
            "dead": done.deliveries.dead,
            "refused": done.deliveries.refused,
            "digests": done.deliveries.digests,
            "waiting": done.deliveries.waiting,
        },
        "skipped": done.skipped,
        "notices": [
            {"id": notice.id, "event": notice.event, "title": title} for notice, title in _titled(done.notices)
        ],
        "problems": done.problems,
        "sources": [_record(report) for report in done.reports],
    }


def _titled(notices: "Sequence[Notice]") -> "list[tuple[Notice, str]]":
    """Notices with what happened; most rounds have none, and need not load what writes them."""
    if not notices:
        return []
    from alerts.notices import title

    return [(notice, title(notice)) for notice in notices]


def _record(report: Report) -> dict[str, object]:
    """A run as programs see it: what became of its items, and of pages that could not be had by their reasons."""
    pages = {"refused": Counter(report.refused), "failed_pages": Counter(report.broken)}
    return {**plain(report), "known": report.known, "copies": report.kept.copies, "new": report.kept.new, **pages}


def _complain(done: Round) -> None:
    """On the error stream: what failed, a line each."""
    if done.skipped:
        click.echo(_busy(done), err=True)
    for report in done.reports:
        if report.failed:
            click.echo(f"{clean(report.source)}: {report.fetch.reason}: {clean(report.fetch.detail)}", err=True)
    for problem in done.problems:
        click.echo(problem, err=True)


def _show(done: Round) -> None:
    ordered = sorted(done.reports, key=_worth)
    if ordered:
        table(_HEADERS, map(_row, ordered[:_SHOWN]), empty="")
    if len(ordered) > _SHOWN:
        click.echo(f"… and {len(ordered) - _SHOWN} more; --json has them all")
    for problem in done.problems:
        click.echo(f"{problem}", err=True)
    for notice, title in _titled(done.notices):
        click.echo(f"Notice {notice.id}: {clean(title)}.")
    click.echo(_sentence(done))


_HEADERS = ("Source", "Result", "#New", "#Known", "#Copies", "#Refused", "#Failed", "#Alerts", "Notes")


def _worth(report: Report) -> tuple[bool, bool, str]:
    """What failed comes first, then what brought something."""
    return not report.failed, not (report.kept.new or report.unread or report.fetch.gap), report.source


def _row(report: Report) -> tuple[object, ...]:
    fetch, kept = report.fetch, report.kept
    result = Styled(fetch.outcome.value, "red" if report.failed else "")
    notes = f"{fetch.reason}: {fetch.detail}" if report.failed else fetch.detail
    pages = len(report.refused), len(report.broken)
    return report.source, result, kept.new, report.known, kept.copies, *pages, kept.alerts, clean(notes)


def _sentence(done: Round) -> str:
    totals, told = done.totals, _told(done.deliveries)
    if not totals.sources and done.skipped:
        return "; ".join([_busy(done), "nothing was asked", *told]) + "."
    if not totals.sources and not done.problems:
        nothing = "No source is due" if done.watched else "No sources yet: `presswatch sources add ADDRESS` adds one"
        return "; ".join([nothing, *told]) + "."
    parts = [
        f"{count(totals.sources, 'source')} asked",
        f"{totals.unchanged} unchanged",
        f"{totals.failed} failed",
        count(totals.new, "new article"),
        f"{totals.copies} of them copies of known stories",
        count(totals.alerts, "alert"),
    ]
    if totals.gaps:
        parts.append(f"{count(totals.gaps, 'list')} moved on faster than asked for")
    if totals.reread:
        parts.append(f"{count(totals.reread, 'page')} read again, {totals.corrected} of them corrected")
    if totals.held:
        parts.append(f"{totals.held} matches held as backlog of a first look")
    parts += told
    if done.skipped:
        parts.append(_busy(done))
    return "; ".join(parts) + "."


def _busy(done: Round) -> str:
    one = len(done.skipped) == 1
    held, their = ("is", "its host") if one else ("are", "their host")
    return (
        f"{count(len(done.skipped), 'source')} {held} held by another process, or by one that was stopped a moment ago "
        f"({their} is enough: one process at a time asks a host)"
    )


def _told(sent: "FlushReport") -> list[str]:
    """What became of the deliveries, where there were any."""
    parts = []
    if sent.delivered or sent.due or sent.dead:
        parts.append(f"{sent.delivered} messages delivered, {sent.due} to be tried again, {sent.dead} given up")
    if sent.refused:
        parts.append(f"refused for good by {count(sent.refused, 'recipient')} (`presswatch alerts list --dead`)")
    if sent.digests:
        parts.append(f"those beyond the rate limit in {sent.digests} digests")
    if sent.waiting:
        parts.append(f"{sent.waiting} messages wait for the rate limit and go out in a digest")
    return parts


@click.command()
@click.pass_obj
def run(options: Options) -> int:
    """Run as a daemon on the sources' own schedule, until SIGTERM or Ctrl-C.

    \b
    Examples:
      presswatch run
      PRESSWATCH_LOG__FORMAT=json presswatch --config /etc/presswatch/presswatch.yaml run
    """
    from presswatch.app import App
    from presswatch.forever import run_daemon
    from presswatch.logs import configure

    app = App.open(options.config)
    configure(app.settings.log.level, app.settings.log.format)
    asyncio.run(run_daemon(app))
    return 0
