"""`sources`: add, list, check, import, export."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import rich_click as click

from news.advice import STATES
from news.errors import ConfigError, CrawlError
from news.health import State
from news.source import LEARNED, Kind, Source, SourceStatus, Validators
from presswatch.app import App
from presswatch.cli import FAILED, Options
from presswatch.cli.onesource import notices, show, still_missed
from presswatch.cli.output import Bar, Styled, ago, as_json, clean, plain, print_json, progress, table
from presswatch.cli.pagetrial import try_page
from presswatch.health import judge
from presswatch.logs import configure
from presswatch.owners import Owners
from presswatch.sourcefile import add_sources, default_name, merge, url_problem
from presswatch.sourcelists import read_list, write_opml
from scheduler.cadence import LONG_DEAD
from scheduler.report import count

_NOTE = 90  # characters of a note in a list; `sources show` has all of it


@click.group()
def sources() -> None:
    """Add, list, explain, check, import and export sources."""


sources.add_command(show)
sources.add_command(try_page)
sources.add_command(notices)


@sources.command()
@click.argument("address")
@click.option("--name", metavar="NAME", help="What to call it; else what it calls itself.")
@click.option("--group", default="", metavar="GROUP", help="A folder for it; queries can say group:GROUP.")
@click.option("--lang", default="", metavar="CODE", help="Its language, e.g. tr; else found out per article.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="What the address is; else it is asked.")
@as_json
@click.pass_obj
def add(
    options: Options, address: str, name: str | None, group: str, lang: str, kind: str | None, as_json: bool
) -> int:
    """Add a feed, a sitemap, a list of addresses, a section page, or a site whose feed is found.

    \b
    Examples:
      presswatch sources add https://example.org
      presswatch sources add https://example.org/news-sitemap.xml --kind sitemap --group wires
    """
    app = App.open(options.config)
    url = address if "://" in address else f"https://{address}"
    if problem := url_problem(url):
        raise ConfigError(problem)
    if kind is None:
        found = asyncio.run(_found(app, url))
    else:
        found = Source(name=name or default_name(url), url=url, kind=Kind(kind))
    wanted = replace(found, name=name or found.name, group=group, lang=lang.lower())
    fresh, known = merge(app.sources, [wanted])
    if known:
        raise ConfigError(f"{wanted.url} is watched already")
    add_sources(app.source_file, fresh)
    if as_json:
        print_json(fresh[0])
    else:
        click.echo(f"added {fresh[0].kind} {fresh[0].url} as {fresh[0].name!r} to {app.source_file}")
        click.echo("`presswatch crawl` reads it; a daemon that runs takes it up within a minute.")
    return 0


async def _found(app: App, url: str) -> Source:
    """What an address turns out to be; raises ConfigError when it does not answer or is an article."""
    from presswatch.addresses import discover

    configure("error", app.settings.log.format)
    async with app.gathering() as crawler:
        try:
            found = await discover(crawler, url, Owners(app.sources))
        except CrawlError as error:
            raise ConfigError(
                f"{url} could not be read: {error}",
                hint="--kind feed, sitemap, addresses or section adds it without asking",
            ) from error
    if isinstance(found, Source):
        return found
    raise ConfigError(
        f"{url} is a single article; `presswatch crawl {url}` keeps it", hint="--kind section watches it as a list"
    )


@sources.command("list")
@click.option("--state", type=click.Choice([state.value for state in State]), help="Only sources in this state.")
@as_json
@click.pass_obj
def list_sources(options: Options, state: str | None, as_json: bool) -> int:
    """List sources with their state: last success, next attempt, yield, last error.

    \b
    Examples:
      presswatch sources list
      presswatch sources list --state failing
    """
    app = App.open(options.config)
    app.sync()
    judge(app)
    now = app.clock.now()
    statuses = [status for status in app.source_store.statuses(now) if state in {None, status.state.value}]
    if as_json:
        print_json([plain(each) | {"overrides": _overrides(app, each.source.name)} for each in statuses])
        return 0
    none = "No sources yet: `presswatch sources add ADDRESS` adds one, `sources import FILE` many."
    table(
        ("Source", "Kind", "Group", "State", "Last success", "Next", "#Articles", "Notes"),
        [_status_row(status, now) for status in statuses],
        empty=f"No source is {state}." if state and app.sources else none,
    )
    return 0


def _overrides(app: App, name: str) -> tuple[str, ...]:
    """What the file says of how a source is asked: the keys, never their values."""
    asking = app.watched.asking.get(name)
    return asking.kinds if asking else ()


def _status_row(status: SourceStatus, now: datetime) -> tuple[object, ...]:
    source, notes = status.source, "; ".join(filter(None, _notes(status)))
    due = "off" if status.due_at is None else ago(max(status.due_at, now), now)
    return (
        source.name,
        source.kind.value,
        source.group,
        Styled(STATES[status.state], "red" if status.state.is_trouble else ""),
        ago(status.last_success_at, now),
        due,
        status.articles,
        notes if len(notes) <= _NOTE else f"{notes[: _NOTE - 1]}…",
    )


def _notes(status: SourceStatus) -> Iterator[str]:
    """What to know of a source, the most pressing first."""
    last = status.last_fetch
    if status.state is State.GONE or status.failures >= LONG_DEAD:
        yield f"{count(status.failures, 'failure')} in a row: looked at once a week"
    if status.moved_times >= LEARNED:
        yield f"moved to {status.moved_to}, asked there: put it into sources.yaml"
    if status.lied_at:
        yield "its server calls a changed list unchanged"
    if status.open_gap:
        yield still_missed(status.open_gap)
    if status.gaps:
        yield f"moved on faster than asked for {count(status.gaps, 'time')} of late"
    if last is not None:
        yield f"{last.reason}: {last.detail}" if last.reason else last.detail


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    source: str
    url: str
    answers: bool
    items: int = 0
    newest: datetime | None = None
    status: int | None = None
    detail: str = ""


@sources.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@as_json
@click.pass_obj
def check(options: Options, names: tuple[str, ...], as_json: bool) -> int:
    """Ask every source, or those named, and say which answer; nothing is stored.

    \b
    Examples:
      presswatch sources check
      presswatch sources check "Example News" --json
    """
    app = App.open(options.config)
    unknown = set(names) - {source.name for source in app.sources}
    if unknown:
        raise ConfigError(f"there is no source named {min(unknown)!r}", hint="`presswatch sources list` names them all")
    wanted = [source for source in app.sources if not names or source.name in names]
    with progress("Checking", len(wanted), quiet=as_json) as bar:
        results = asyncio.run(_check_all(app, wanted, bar))
    if as_json:
        print_json(results)
    else:
        _show_checked(results)
    return 0 if all(result.answers for result in results) else FAILED


async def _check_all(app: App, wanted: list[Source], bar: Bar) -> list[_Checked]:
    configure("error", app.settings.log.format)
    async with app.gathering() as crawler:

        async def one(source: Source) -> _Checked:
            try:
                listing = await crawler.listing(source, Validators())
            except CrawlError as error:
                return _Checked(
                    source=source.name, url=source.url, answers=False, status=error.status, detail=str(error)
                )
            finally:
                bar.step()
            dates = [item.published_at for item in listing.items if item.published_at]
            return _Checked(
                source=source.name,
                url=source.url,
                answers=True,
                items=len(listing.items),
                newest=max(dates, default=None),
                status=listing.fetch.status,
                detail=_advice(listing.fetch.detail, listing.moved_to, len(listing.items)),
            )

        return list(await asyncio.gather(*map(one, wanted)))


def _advice(detail: str, moved_to: str, items: int) -> str:
    parts = [detail, f"moved for good to {moved_to}" if moved_to else "", "" if items else "it lists nothing"]
    return "; ".join(part for part in parts if part)


def _show_checked(results: list[_Checked]) -> None:
    rows = [
        (
            result.source,
            "answers" if result.answers else Styled("fails", "red"),
            result.items,
            "" if result.newest is None else f"{result.newest:%Y-%m-%d}",
            result.detail,
        )
        for result in sorted(results, key=lambda each: (each.answers, each.source))
    ]
    table(("Source", "Result", "#Items", "Newest", "Notes"), rows, empty="No sources yet.")
    if results:
        click.echo(f"{sum(result.answers for result in results)} of {len(results)} sources answer.")


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--group", default="", metavar="GROUP", help="Put them all into this group.")
@as_json
@click.pass_obj
def import_sources(options: Options, file: Path, group: str, as_json: bool) -> int:
    """Add the feeds of an OPML file, or of a plain list with one address a line.

    Addresses that are watched already are left alone; lines that cannot be used are named, and the rest is added.

    \b
    Examples:
      presswatch sources import subscriptions.opml
      presswatch sources import feeds.txt --group wires
    """
    app = App.open(options.config)
    found, problems = read_list(file)
    if group:
        found = [replace(source, group=group) for source in found]
    fresh, known = merge(app.sources, found)
    if fresh:
        add_sources(app.source_file, fresh)
    for problem in problems:
        click.echo(problem, err=True)
    if as_json:
        print_json({"added": len(fresh), "known": known, "problems": problems})
    else:
        click.echo(
            f"{len(fresh)} sources added to {app.source_file}, {known} were there already, "
            f"{len(problems)} lines not used."
        )
    return FAILED if problems else 0


@sources.command("export")
@click.option("--format", "form", type=click.Choice(["opml", "list", "json"]), default="opml", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.pass_obj
def export_sources(options: Options, form: str, as_json: bool) -> int:
    """Write the sources as OPML, as a plain list or as JSON to standard output.

    \b
    Examples:
      presswatch sources export > sources.opml
      presswatch sources export --format list
    """
    app = App.open(options.config)
    if as_json or form == "json":
        print_json(app.sources)
    elif form == "list":
        for source in app.sources:
            click.echo(f"{source.url} {clean(source.name)}")
    else:
        click.echo(write_opml(app.sources), nl=False)
    return 0
