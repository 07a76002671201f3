"""`stories`: list and explain them, split and merge by hand, judge the joining on labelled pages."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from presswatch.app import App
from presswatch.cli import Options
from presswatch.cli.labelled import read_pages
from presswatch.cli.output import NUMBER, ago, as_json, clean, plain, print_json, progress, table
from presswatch.cli.times import moment

if TYPE_CHECKING:
    from storage.newsdesk import Told
    from storage.score import Score


@click.group()
def stories() -> None:
    """List stories, explain one, put one right by hand, score the joining of copies."""


@stories.command("list")
@click.option("--since", default="7d", show_default=True, metavar="TIME", help="Only what began or grew since then.")
@click.option(
    "--outlets", default=1, show_default=True, type=click.IntRange(1), help="Only what so many outlets carry."
)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="At most so many stories.")
@as_json
@click.pass_obj
def list_stories(options: Options, since: str, outlets: int, limit: int, as_json: bool) -> int:
    """List stories, the youngest first: title, articles, outlets, who was first.

    \b
    Examples:
      presswatch stories list
      presswatch stories list --outlets 3 --since 2d
    """
    app = App.open(options.config)
    now = app.clock.now()
    found = app.stories.latest(moment(since, now), outlets=outlets, limit=limit)
    if as_json:
        print_json(found)
        return 0
    rows = [
        (each.id, each.title, each.articles, len(each.outlets), each.outlets[0], ago(each.first_seen_at, now))
        for each in found
    ]
    table(("#Story", "Title", "#Articles", "#Outlets", "First", "Seen"), rows, empty="No stories in that time.")
    return 0


@stories.command()
@click.argument("number", type=NUMBER, metavar="STORY")
@as_json
@click.pass_obj
def show(options: Options, number: int, as_json: bool) -> int:
    """Show a story: who was first, whose text it is, each copy and why it was joined, and related stories.

    \b
    Example:
      presswatch stories show 12
    """
    app = App.open(options.config)
    told = app.stories.tell(number)
    if as_json:
        print_json(_told(told))
        return 0
    _show(told, app.clock.now())
    return 0


def _told(told: "Told") -> dict[str, Any]:
    return {
        "story": plain(told.story),
        "first": plain(told.syndication.outlets[0]) if told.syndication.outlets else None,
        "wire": told.syndication.wire,
        "outlets": plain(list(told.syndication.outlets)),
        "articles": [
            {
                "id": member.stored.id,
                "source": member.stored.article.source,
                "url": member.stored.article.url,
                "title": member.stored.article.title,
                "lang": member.stored.article.lang,
                "first_seen_at": plain(member.stored.article.first_seen_at),
                "joined": plain(member.joined),
                "why": member.why,
                "shared": member.shared,
                "revisions": member.revisions,
            }
            for member in told.members
        ],
        "related": plain(list(told.related)),
    }


def _show(told: "Told", now: datetime) -> None:
    story, syndication = told.story, told.syndication
    click.echo(f"Story {story.id}: {clean(story.title)}")
    click.echo(f"{story.articles} articles in {len(syndication.outlets)} outlets, {', '.join(story.langs) or '?'}")
    if syndication.outlets:
        first = syndication.outlets[0]
        click.echo(f"First: {clean(first.source)}, {ago(first.first_seen_at, now)}")
    if syndication.wire:
        click.echo(f"Credited to: {syndication.wire}")
    click.echo()
    for member in told.members:
        article = member.stored.article
        changed = f", {member.revisions} revisions" if member.revisions else ""
        click.echo(f"{member.stored.id:>7}  {clean(article.source)}: {clean(article.title)}{changed}")
        click.echo(f"         {member.why}")
        if member.shared:
            click.echo(f"         shared: … {clean(member.shared)} …")
    for other in told.related:
        click.echo(f"Related: story {other.story_id}, {clean(other.title)} ({', '.join(other.shared)})")


@stories.command()
@click.argument("number", type=NUMBER, metavar="STORY")
@click.argument("articles", type=NUMBER, nargs=-1, required=True)
@as_json
@click.pass_obj
def split(options: Options, number: int, articles: tuple[int, ...], as_json: bool) -> int:
    """Move articles out of a story into one of their own; later copies follow the text they are most like.

    \b
    Example:
      presswatch stories split 12 340 341
    """
    made = App.open(options.config).stories.split(number, articles)
    if as_json:
        print_json({"story": number, "made": made, "articles": list(articles)})
    else:
        click.echo(f"{len(articles)} articles of story {number} are story {made} now.")
    return 0


@stories.command()
@click.argument("number", type=NUMBER, metavar="STORY")
@click.argument("others", type=NUMBER, nargs=-1, required=True)
@as_json
@click.pass_obj
def merge(options: Options, number: int, others: tuple[int, ...], as_json: bool) -> int:
    """Move every article of other stories into the first one.

    \b
    Example:
      presswatch stories merge 12 15
    """
    desk = App.open(options.config).stories
    for other in others:
        desk.merge(number, other)
    if as_json:
        print_json({"story": number, "merged": list(others)})
    else:
        click.echo(f"Story {number} holds the articles of {', '.join(map(str, others))} now.")
    return 0


@stories.command()
@click.option(
    "--pages",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.jsonl",
    help="One page a line: id, site, lang, title, text, story; first_seen_at and kind where known.",
)
@as_json
@click.pass_obj
def score(_options: Options, pages: Path, as_json: bool) -> int:
    """Join labelled pages as the archive would, in a database of their own, and count what is right.

    Precision and recall are of pairs: two pages in one story that should be, of all that are, and of all that should
    be. For each kind: recall over pairs with such a page, and the share of its pages that stand beside a page of
    another story.

    \b
    Example:
      presswatch stories score --pages labelled.jsonl --json
    """
    from storage.score import score as judge

    found_pages = read_pages(pages, remark=lambda words: click.echo(words, err=True))
    with progress("Placing", len(found_pages), quiet=as_json) as bar:
        found = judge(found_pages, step=bar.step)
    if not found_pages:
        click.echo(f"nothing was scored: {pages} holds no pages", err=True)
    if as_json:
        print_json(found)
    elif found_pages:
        _show_score(found)
    return 0 if found_pages else 1


def _show_score(found: "Score") -> None:
    click.echo(f"{len(found.assignments)} pages in {len(set(found.assignments.values()))} stories")
    click.echo(f"precision {found.precision:.3f}, recall {found.recall:.3f}, {found.wrong_count} wrong pairs")
    rows = [
        (kind, each.pages, f"{each.recall:.3f}", f"{each.joined_wrongly:.3f}") for kind, each in found.by_kind.items()
    ]
    click.echo()
    table(("Kind", "#Pages", "#Recall", "#Joined wrongly"), rows, empty="No kinds are named.")
    for pair in found.wrong_pairs[:20]:
        word = "joined" if pair.joined else "apart"
        click.echo(f"{word}: {clean(pair.one)} and {clean(pair.other)}: {clean(pair.reason)}")
