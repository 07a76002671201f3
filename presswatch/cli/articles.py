"""`articles`: one article, and what its publisher changed."""

from typing import TYPE_CHECKING, Any

import rich_click as click
from rich.text import Text

from news.article import Article, DateFrom, Stored, TextFrom
from news.errors import ConfigError
from presswatch.app import App
from presswatch.cli import Options
from presswatch.cli.archive import record
from presswatch.cli.output import NUMBER, as_json, clean, console, plain, print_json

if TYPE_CHECKING:
    from storage.revisions import Changed, Revision

_STYLES = {"kept": "", "added": "green", "removed": "red strike"}
_SIGNS = {"kept": "{}", "added": "{{+{}+}}", "removed": "[-{}-]"}
_AROUND = 60  # characters of unchanged text on each side of a change


@click.group()
def articles() -> None:
    """Show one article, and what its publisher changed."""


@articles.command()
@click.argument("which", metavar="NUMBER|ADDRESS")
@as_json
@click.pass_obj
def show(options: Options, which: str, as_json: bool) -> int:
    """Show an article with its text; it is found by its number or by any address that leads to it.

    \b
    Examples:
      presswatch articles show 340
      presswatch articles show https://gazette.example/news/340
    """
    from storage.rereads import reread_at

    app = App.open(options.config)
    stored = _find(app, which)
    revisions = _revisions(app, stored.id)
    again = reread_at(app.database, stored.id)
    if as_json:
        joined = plain(stored.joined) if stored.joined else None
        heads = plain([_head(each) for each in revisions])
        more = {"reread_at": again, "joined": joined, "revisions": heads}
        print_json({**record(stored), **more})
        return 0
    article = stored.article
    click.echo(f"{clean(article.title)}\n{clean(article.source)} · {article.lang or '?'} · {clean(article.url)}")
    click.echo(f"first seen {article.first_seen_at:%Y-%m-%d %H:%M} UTC, story {stored.story_id}")
    click.echo(_how_sure(article))
    if len(revisions) > 1:
        click.echo(f"changed {len(revisions) - 1} times, last {revisions[-1].seen_at:%Y-%m-%d %H:%M} UTC")
    if again:
        click.echo(f"its page is read again from {again:%Y-%m-%d %H:%M} UTC on, to see what was corrected")
    if article.note:
        click.echo(f"note: {clean(article.note)}")
    click.echo()
    for line in (article.text or article.summary).splitlines():
        click.echo(clean(line))
    return 0


@articles.command()
@click.argument("which", metavar="NUMBER|ADDRESS")
@click.option("--from", "first", type=click.IntRange(1), help="The revision to start from; else the one before --to.")
@click.option("--to", "last", type=click.IntRange(1), help="The revision to end with; else what it says now.")
@as_json
@click.pass_obj
def diff(options: Options, which: str, first: int | None, last: int | None, as_json: bool) -> int:
    """Show what changed from one revision of an article to another, word by word.

    Removed words stand in [-brackets-], added ones in {+brackets+}; on a terminal in red and green.

    \b
    Examples:
      presswatch articles diff 340
      presswatch articles diff 340 --from 1
    """
    from storage.revisions import compare_revisions

    app = App.open(options.config)
    stored = _find(app, which)
    revisions = _revisions(app, stored.id)
    if len(revisions) == 1:
        if as_json:
            print_json({"article": stored.id, "revisions": plain([_head(revisions[0])]), "title": [], "text": []})
        else:
            click.echo(f"Article {stored.id} was never changed.")
        return 0
    before, after = _chosen(revisions, first, last)
    changed = compare_revisions(before, after)
    if as_json:
        heads = plain([_head(each) for each in revisions])
        changes = {"title": plain(list(changed.title)), "text": plain(list(changed.text))}
        print_json({"article": stored.id, "from": before.number, "to": after.number, "revisions": heads, **changes})
        return 0
    _show(changed)
    return 0


_PLACES = {
    DateFrom.LISTED: "its source's list",
    DateFrom.JSON_LD: "its page's JSON-LD",
    DateFrom.META: "its page's meta elements",
    DateFrom.PICKED: "where your selector points",
    DateFrom.ELEMENT: "its page's text: not sure",
    DateFrom.URL: "its address: the day alone",
    DateFrom.NOWHERE: "nowhere known",
}
_TEXTS = {TextFrom.PAGE: "its page", TextFrom.FEED: "its source's list", TextFrom.SUMMARY: "a summary alone"}


def _how_sure(article: Article) -> str:
    """Say where date and text came from, and what speaks against them."""
    day = f"{article.published_at:%Y-%m-%d %H:%M} UTC" if article.published_at else "at a time that nothing tells"
    words = [f"published {day}" + (f" (from {_PLACES[article.date_from]})" if article.published_at else "")]
    words.append(f"text from {_TEXTS[article.text_from]}, quality {article.quality:g}")
    if article.paywalled:
        words.append("behind a paywall")
    return "; ".join(words)


def _find(app: App, which: str) -> Stored:
    stored = app.archive.get(NUMBER(which) if which.isdecimal() else which)
    if stored is None:
        raise ConfigError(f"there is no article {which}", hint="`presswatch search` finds them")
    return stored


def _revisions(app: App, article: int) -> "list[Revision]":
    from storage.revisions import history

    return history(app.database, article)


def _head(revision: "Revision") -> dict[str, Any]:
    return {"number": revision.number, "seen_at": revision.seen_at, "title": revision.title}


def _chosen(revisions: "list[Revision]", first: int | None, last: int | None) -> "tuple[Revision, Revision]":
    end = last or len(revisions)
    start = first or max(1, end - 1)
    if max(start, end) > len(revisions):
        raise ConfigError(f"there is no revision {max(start, end)}", hint=f"they go from 1 to {len(revisions)}")
    return revisions[start - 1], revisions[end - 1]


def _show(changed: "Changed") -> None:
    out = console()
    before, after = changed.before, changed.after
    out.print(" → ".join(f"revision {each.number}, {each.seen_at:%Y-%m-%d %H:%M} UTC" for each in (before, after)))
    for changes in (changed.title, changed.text):
        line = Text()
        for place, change in enumerate(changes):
            text = " ".join(change.text.split("\n"))
            if change.fate == "kept":
                text = _short(text, first=place == 0, last=place == len(changes) - 1)
            line.append(_SIGNS[change.fate].format(text), style=_STYLES[change.fate])
        out.print(line, soft_wrap=True)


def _short(text: str, *, first: bool, last: bool) -> str:
    """Leave out the middle of a long stretch that nobody changed."""
    if first and last:
        return text
    if len(text) <= 2 * _AROUND:
        return text
    return f"{'' if first else text[:_AROUND]} … {'' if last else text[-_AROUND:]}"
