"""`topics explain`, `score`, `backtest`, `nearmiss` and `lint`: a topic tried before it is trusted."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from news.article import Article, Stored
from news.errors import ConfigError
from presswatch.app import App
from presswatch.cli import FAILED, Options
from presswatch.cli.output import NUMBER, as_json, clean, plain, print_json, table
from presswatch.settings import duration
from presswatch.yamlfile import did_you_mean

if TYPE_CHECKING:
    from news.topic import Topic
    from topics.backtest import Backtest, Told
    from topics.lint import Remark
    from topics.score import Score

since_option = click.option("--since", metavar="SPAN", help="Only articles first seen within this time, such as 90d.")


def _known(app: App, topic: str | None) -> str:
    """The topic asked for; where there is just one, it need not be named."""
    names = [each.name for each in app.topics]
    if topic is None and len(names) == 1:
        return names[0]
    if topic is None or topic not in names:
        said = "which topic?" if topic is None else f"there is no topic named {topic!r}"
        raise ConfigError(said, hint=did_you_mean(topic or "", names) if names else "there are none yet")
    return topic


def _archive(app: App, since: str | None) -> Iterator[Stored]:
    return app.archive.export(since=_start(app, since))


def _start(app: App, since: str | None) -> datetime | None:
    try:
        return app.clock.now() - duration(since) if since else None
    except ValueError as error:
        raise ConfigError(f"--since {since!r} is no time span", hint="write 90d, 12h or 2w") from error


@click.command()
@click.argument("topic")
@click.argument("article", metavar="ARTICLE|URL|-")
@click.option("--lang", default="", help="With -: the language of the text on standard input.")
@as_json
@click.pass_obj
def explain(options: Options, topic: str, article: str, lang: str, as_json: bool) -> int:
    """Show every clause of a topic against an article: true or false, where, the points, and what was missing.

    ARTICLE is a number or an address in the archive; - reads a text, its title on the first line.

    \b
    Examples:
      presswatch topics explain defence-cooperation 17
      presswatch topics explain defence-cooperation - < article.txt
    """
    from topics.explain import lines

    app = App.open(options.config)
    name = _known(app, topic)
    about = _text(app, lang) if article == "-" else _stored(app, article)
    told = app.matcher.explain(name, app.matcher.read(about))
    if as_json:
        print_json(told)
    else:
        for line in lines(told, {"title": about.title, "text": about.text, "summary": about.summary}):
            click.echo(line)
    return 0


def _text(app: App, lang: str) -> Article:
    title, _, text = sys.stdin.read().partition("\n")
    return Article(url="", title=clean(title), text=text.strip(), lang=lang, first_seen_at=app.clock.now())


def _stored(app: App, which: str) -> Article:
    found = app.archive.get(NUMBER(which) if which.isdecimal() else which)
    if found is None:
        raise ConfigError(f"the archive has no article {which!r}", hint="`presswatch search` shows addresses")
    return found.article


@click.command()
@click.option(
    "--labels", required=True, type=click.Path(path_type=Path), help="JSON lines: id, title, text, lang, relevant."
)
@click.option("--topic", help="The topic to score; not needed where there is only one.")
@click.option("--lang", help="Only the labels in this language.")
@as_json
@click.pass_obj
def score(options: Options, labels: Path, topic: str | None, lang: str | None, as_json: bool) -> int:
    """Score a topic on labelled articles: precision, recall, F1, overall and by language, and what it got wrong.

    \b
    Example:
      presswatch topics score --labels labels.jsonl --topic defence-cooperation
      presswatch topics score --labels labels.jsonl --lang tr
    """
    from topics.score import read_labels
    from topics.score import score as judge

    app = App.open(options.config)
    try:
        lines = labels.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {labels}: {error}") from error
    wanted = [each for each in read_labels(lines, str(labels)) if lang is None or each.lang == lang]
    found = judge(app.matcher, _known(app, topic), wanted)
    if as_json:
        print_json(found.as_json())
    else:
        _show_score(found)
    return 0


def _show_score(found: "Score") -> None:
    rows = [("all", found.overall), *sorted(found.by_lang.items())]
    table(
        ("Language", "#Precision", "#Recall", "#F1", "#Hits", "#False alarms", "#Misses"),
        [
            (
                lang or "unknown",
                f"{t.precision:.2f}",
                f"{t.recall:.2f}",
                f"{t.f1:.2f}",
                t.hits,
                t.false_alarms,
                t.misses,
            )
            for lang, t in rows
        ],
        empty="No labels.",
    )
    for head, wrong in (("missed", found.misses), ("false alarm", found.false_alarms)):
        for each in wrong:
            click.echo(f"{head} {each.label.id} ({each.label.lang}): {clean(each.label.title)}\n  {clean(each.why)}")


@click.command()
@click.argument("topic", required=False)
@since_option
@click.option("--against", type=click.Path(path_type=Path), help="A topic file to compare with: the version before.")
@as_json
@click.pass_obj
def backtest(options: Options, topic: str | None, since: str | None, against: Path | None, as_json: bool) -> int:
    """Match the archive as if it came in now: the stories a topic would have told, once each.

    \b
    Examples:
      presswatch topics backtest defence-cooperation --since 90d
      presswatch topics backtest defence-cooperation --against old.yaml
    """
    from topics.backtest import backtest as try_on
    from topics.backtest import difference

    app = App.open(options.config)
    name = _known(app, topic)
    found = try_on(app.matcher, name, _archive(app, since))
    old = _other(app, against, since) if against else None
    changed = difference(old, found) if old else None
    if as_json:
        print_json(_record(found) | ({"gained": _told(changed.gained), "lost": _told(changed.lost)} if changed else {}))
        return 0
    _list("", found.stories.values())
    click.echo(f"{len(found.stories)} stories from {found.matched} of {found.seen} articles ({found.share:.1%}).")
    if changed:
        click.echo(
            f"Against {against}: {len(changed.gained)} stories more, {len(changed.lost)} less, {changed.same} the same."
        )
        _list("+ ", changed.gained)
        _list("- ", changed.lost)
    return 0


def _other(app: App, path: Path, since: str | None) -> "Backtest":
    from presswatch.topicfiles import load_topic
    from topics.backtest import backtest as try_on
    from topics.matcher import compile_topics

    topic = load_topic(path, app.lists).topic
    return try_on(compile_topics([topic], app.lists), topic.name, _archive(app, since))


def _list(sign: str, stories: Any) -> None:
    for told in stories:
        article = told.first.article
        copies = f", {told.articles} articles" if told.articles > 1 else ""
        click.echo(f"{sign}{article.first_seen_at:%Y-%m-%d} {clean(article.title)} ({article.source}{copies})")
        click.echo(f"    {clean(told.match.why)}")


def _record(found: "Backtest") -> dict[str, Any]:
    return {
        "topic": found.topic,
        "version": found.version,
        "seen": found.seen,
        "matched": found.matched,
        "stories": _told(found.stories.values()),
    }


def _told(stories: Any) -> list[dict[str, Any]]:
    return [_story(told) for told in stories]


def _story(told: "Told") -> dict[str, Any]:
    article = told.first.article
    return {
        "story_id": told.story_id,
        "article_id": told.first.id,
        "articles": told.articles,
        "title": article.title,
        "url": article.url,
        "first_seen_at": plain(article.first_seen_at),
        "why": told.match.why,
    }


@click.command()
@click.argument("topic", required=False)
@since_option
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="At most so many stories.")
@as_json
@click.pass_obj
def nearmiss(options: Options, topic: str | None, since: str | None, limit: int, as_json: bool) -> int:
    """List stories that a topic did not tell of for want of one clause or one point, and what was missing.

    \b
    Example:
      presswatch topics nearmiss defence-cooperation --since 7d
    """
    from topics.backtest import near_misses

    app = App.open(options.config)
    found = near_misses(app.matcher, _known(app, topic), _archive(app, since))[:limit]
    rows = [(miss.story_id, miss.article.article, miss.explanation.missing) for miss in found]
    if as_json:
        print_json(
            [
                {"story_id": story, "title": about.title, "url": about.url, "missing": said}
                for story, about, said in rows
            ]
        )
        return 0
    shown = [(story, about.title, about.source, said) for story, about, said in rows]
    table(("#Story", "Title", "Source", "Missing"), shown, empty="Nothing was nearly told.")
    return 0


@click.command()
@click.argument("topic", required=False)
@click.option(
    "--most",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Remark on topics that match more of the archive than that, too.",
)
@as_json
@click.pass_obj
def lint(options: Options, topic: str | None, most: float | None, as_json: bool) -> int:
    """Remark on what queries probably do not mean: small operators, missing endings, brackets, points out of reach.

    Ends with status 1 when there is a remark.

    \b
    Example:
      presswatch topics lint
      presswatch topics lint --most 5
    """
    from topics.lint import lint as remarks_on

    app = App.open(options.config)
    wanted = [each for each in app.topics if topic is None or each.name == _known(app, topic)]
    found = [
        (each.name, remark)
        for each in wanted
        for remark in (*remarks_on(each.query, at=each.at, threshold=each.threshold), *_broad(app, each, most))
    ]
    if as_json:
        print_json([{"topic": name, **plain(remark)} for name, remark in found])
    else:
        for _, remark in found:
            click.echo(f"{ConfigError(remark.message, at=remark.at, hint=remark.hint)}")
        if not found:
            click.echo("No remarks.")
    return FAILED if found else 0


def _broad(app: App, topic: "Topic", most: float | None) -> "Iterator[Remark]":
    """Remark on a topic that matches more than so many percent of the archive."""
    from topics.backtest import backtest as try_on
    from topics.lint import Remark

    found = try_on(app.matcher, topic.name, _archive(app, None)) if most is not None else None
    if found and most is not None and found.share * 100 > most and topic.at:
        said = f"this matches {found.share:.1%} of the archive ({found.matched} of {found.seen} articles)"
        yield Remark(at=topic.at, message=said, hint="narrow it, or raise its threshold")


COMMANDS = (explain, score, backtest, nearmiss, lint)
