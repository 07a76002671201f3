"""`backfill`: articles from files or from a site's past, kept so that rules have something to be tried on."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from presswatch.cli import FAILED, Options
from presswatch.cli.output import as_json, clean, plain, print_json, progress, table
from presswatch.cli.times import moment
from scheduler.report import count

if TYPE_CHECKING:
    from presswatch.filling import Fill
    from scheduler.backfill import Filled

_SHOWN = 40  # rows of the table; --json has them all
_HOSTS = 5  # hosts without a source that are named


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", default="", metavar="NAME", help="Whose articles they are; else each is its host's.")
@click.option("--since", metavar="DATE", help="Read the site of --source from this day, or 90d, on.")
@click.option("--until", metavar="DATE", help="With --since: until this day; else until now.")
@click.option(
    "--format", "form", type=click.Choice(["warc", "jsonl", "addresses"]), help="What the files hold; else it is seen."
)
@click.option("--any-host", is_flag=True, help="Also keep articles of hosts that no source has.")
@click.option("--alert-backlog", is_flag=True, help="Also alert on what is found, as `crawl --alert-backlog` does.")
@as_json
@click.pass_obj
def backfill(
    options: Options,
    files: tuple[Path, ...],
    source: str,
    since: str | None,
    until: str | None,
    form: str | None,
    any_host: bool,
    alert_backlog: bool,
    as_json: bool,
) -> int:
    """Keep articles from files or from a site's past: matched and put into stories, but nobody is alerted.

    FILE is a web archive (WARC), JSON lines with a `url` each, or a list of addresses, packed with gzip or not.
    Instead of files, --since asks the sitemaps of a source's site. Pages are fetched at the pace of their host.
    What is kept already is not fetched again, so a back-fill that was stopped goes on where it was.

    \b
    Examples:
      presswatch backfill archive.warc.gz
      presswatch backfill old-articles.jsonl --source "Example News"
      presswatch backfill --source "Example News" --since 90d --until 30d
    """
    from crawler.backfill import Form
    from presswatch.app import App
    from presswatch.filling import Fill, Wanted, fill
    from presswatch.logs import configure
    from presswatch.stopping import run_until_stopped

    _check(files, source, since, until)
    app = App.open(options.config)
    configure("error", app.settings.log.format)
    now = app.clock.now()
    wanted = Wanted(
        files=files,
        form=Form(form) if form else None,
        source=source,
        since=moment(since, now) if since else None,
        until=moment(until, now, option="--until") if until else None,
        any_host=any_host,
        backlog=alert_backlog,
    )
    with progress("Back-filling", None, quiet=as_json) as bar:
        stopped = False
        done = Fill(said=lambda words: click.echo(clean(words), err=True), step=bar.step, expect=bar.expect)
        try:
            run_until_stopped(fill(app, wanted, done))
        except KeyboardInterrupt:
            stopped = True
    if as_json:
        print_json(_document(done))
    else:
        _show(done, "Nothing was kept yet." if stopped else _nothing(done.unlike))
    if stopped:
        raise KeyboardInterrupt
    return FAILED if done.failed else 0


def _check(files: tuple[Path, ...], source: str, since: str | None, until: str | None) -> None:
    if not files and not since:
        raise click.UsageError("name a FILE, or --source NAME with --since DATE")
    if files and since:
        raise click.UsageError("a FILE or --since: take one of them")
    if since and not source:
        raise click.UsageError("--since reads the past of one site: --source NAME says which")
    if until and not since:
        raise click.UsageError("--until belongs to --since")


def _document(done: "Fill") -> dict[str, object]:
    return {
        "totals": {key: value for key, value in plain(done.total).items() if key != "source"},
        "sources": list(done.sources.values()),
        "strangers": dict(done.strangers.most_common()),
        "off": dict(done.off),
        "notes": done.notes,
        "problems": done.problems,
        "problem_count": done.problem_count,
    }


def _show(done: "Fill", nothing: str) -> None:
    rows = [_row(each) for each in sorted(done.sources.values(), key=lambda each: (-each.kept.new, each.source))]
    if rows:
        table(("Source", "#New", "#Copies", "#Known", "#Held", "#Alerts", "Refused", "Failed"), rows[:_SHOWN], empty="")
    if len(rows) > _SHOWN:
        click.echo(f"… and {len(rows) - _SHOWN} more; --json has them all")
    for line in _left_out(done):
        click.echo(line)
    click.echo(_sentence(done) if done.sources else nothing)


def _nothing(unlike: int) -> str:
    if not unlike:
        return "Nothing to keep was found."
    return f"Nothing to keep was found; addresses left out for their looks: {unlike} (`links` says which are articles)."


def _row(filled: "Filled") -> tuple[object, ...]:
    kept = filled.kept
    refused, failed = _reasons(filled.refused), _reasons(filled.failed)
    return filled.source, kept.new, kept.copies, filled.known, kept.held, kept.alerts, refused, failed


def _reasons(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} ×{times}" for reason, times in sorted(counted.items(), key=lambda each: -each[1]))


def _left_out(done: "Fill") -> Iterator[str]:
    if done.strangers:
        named = ", ".join(f"{clean(host)} ({times})" for host, times in done.strangers.most_common(_HOSTS))
        yield f"{count(done.strangers.total(), 'article')} of hosts that no source has: {named}{_more(done.strangers)}"
        yield "  --source NAME makes them one source's, --any-host keeps each under its host"
    for name, times in done.off.items():
        yield f"{count(times, 'article')} of {clean(name)!r}, which is switched off"


def _more(hosts: Mapping[str, int]) -> str:
    return ", …" if len(hosts) > _HOSTS else ""


def _sentence(done: "Fill") -> str:
    total = done.total
    parts = [
        f"{count(total.offered, 'article')} offered",
        f"{total.kept.new} new",
        f"{total.kept.copies} of them copies of known stories",
        f"{total.known} known",
        f"{sum(total.refused.values())} refused",
        f"{sum(total.failed.values())} failed",
        f"{total.kept.held} matches held",
    ]
    if total.kept.alerts:
        parts.append(count(total.kept.alerts, "alert"))
    return "; ".join(parts) + "."
