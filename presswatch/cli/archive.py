"""`search` and `export`: the archive, read."""

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

import rich_click as click
from rich.text import Text

from news.article import Article, Stored
from news.errors import ConfigError
from news.topic import Place
from presswatch.app import App
from presswatch.cli import Options
from presswatch.cli.output import as_json, clean, console, plain, print_json
from presswatch.cli.times import moment

FIELDS = (
    "id", "story_id", "source", "group", "url", "title", "authors", "lang", "section", "published_at", "date_from",
    "first_seen_at", "text_from", "quality", "paywalled", "note", "summary", "text",
)  # fmt: skip


@click.command(context_settings={"ignore_unknown_options": True})  # `-word` is the query language's NOT
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="At most so many articles."
)
@as_json
@click.pass_obj
def search(options: Options, words: tuple[str, ...], limit: int, as_json: bool) -> int:
    """Search the archive, newest first, in the query language that topics use.

    \b
    Examples:
      presswatch search defence cooperation
      presswatch search '"joint commission" AND lang:tr'
      presswatch search 'title:(drone* NEAR/5 factory)' --json
    """
    from presswatch.searching import search as find

    app = App.open(options.config)
    hits = list(find(app, " ".join(words), limit=limit))
    if as_json:
        print_json([{**record(stored), "places": plain(list(places))} for stored, places in hits])
    elif not hits:
        click.echo("Nothing found." if app.archive.count() else "The archive is empty: `presswatch crawl` fills it.")
    else:
        _show(hits)
    return 0


def _show(hits: Iterable[tuple[Stored, list[Place]]]) -> None:
    out = console()
    for stored, places in hits:
        article = stored.article
        out.print(marked(article.title, [place for place in places if place.zone == "title"]), style="bold")
        day = f"{article.published_at or article.first_seen_at:%Y-%m-%d}"
        out.print(
            Text(
                f"  {article.source} · {day} · {article.lang or '?'} · story {stored.story_id} · {clean(article.url)}",
                style="dim",
            )
        )
        for passage in passages(article, places):
            out.print(passage)
        out.print()


def passages(article: Article, places: Sequence[Place]) -> list[Text]:
    """The text around its first hit, with every hit in it marked; empty where the hits stand in the title alone."""
    inside = [place for place in places if place.zone in {"text", "summary"}]
    if not inside:
        return []
    body = getattr(article, inside[0].zone)
    start = max(0, inside[0].start - 80)
    end = min(len(body), start + 240)
    shown = [_moved(place, start) for place in inside if place.start >= start and place.end <= end]
    return [Text("  … ") + marked(body[start:end], shown) + Text(" …")]


def _moved(place: Place, by: int) -> Place:
    return Place(zone=place.zone, start=place.start - by, end=place.end - by, clause=place.clause, tier=place.tier)


def marked(text: str, places: Sequence[Place]) -> Text:
    """Text with places marked, made harmless for a terminal."""
    safe = "".join(char if char.isprintable() else " " for char in text)  # same length: the places stay true
    marked = Text(safe)
    for place in places:
        marked.stylize("reverse", place.start, place.end)
    return marked


@click.command()
@click.option("--format", "form", type=click.Choice(["ndjson", "csv"]), default="ndjson", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format ndjson: one JSON document a line.")
@click.option(
    "--since", metavar="TIME", help="Only what was first seen since then: 2026-05-01, or 7d for the last week."
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file, not to standard output."
)
@click.pass_obj
def export(options: Options, form: str, as_json: bool, since: str | None, output: Path | None) -> int:
    """Write the archive, oldest first: one JSON document a line, or CSV.

    In CSV a cell that a spreadsheet would run as a formula is preceded by an apostrophe.

    \b
    Examples:
      presswatch export > articles.ndjson
      presswatch export --format csv --since 7d -o week.csv
    """
    app = App.open(options.config)
    write = _ndjson if as_json or form == "ndjson" else _csv
    articles = app.archive.export(since=moment(since, app.clock.now()) if since else None)
    if output is None:
        write(articles, sys.stdout)
        return 0
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            count = write(articles, file)
    except OSError as error:
        raise ConfigError(f"cannot write {output}: {error.strerror}") from error
    click.echo(f"{count} articles written to {output}")
    return 0


def record(stored: Stored) -> dict[str, Any]:
    """An article as exports, searches and scripts see it."""
    article = stored.article
    values = {name: getattr(article, name) for name in FIELDS if hasattr(article, name)}
    return {name: plain({"id": stored.id, "story_id": stored.story_id, **values}[name]) for name in FIELDS}


def _ndjson(articles: Iterable[Stored], file: IO[str]) -> int:
    count = 0
    for count, stored in enumerate(articles, 1):  # noqa: B007  counts
        file.write(json.dumps(record(stored), ensure_ascii=False) + "\n")
    return count


def _csv(articles: Iterable[Stored], file: IO[str]) -> int:
    writer = csv.writer(file)
    writer.writerow(FIELDS)
    count = 0
    for count, stored in enumerate(articles, 1):  # noqa: B007  counts
        row = record(stored)
        row["authors"] = "; ".join(row["authors"])
        writer.writerow([_harmless(row[name]) for name in FIELDS])
    return count


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
