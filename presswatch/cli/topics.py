"""`topics`: list them, check their queries and examples."""

from dataclasses import dataclass
from pathlib import Path

import rich_click as click

from presswatch.app import App
from presswatch.cli import FAILED, Options
from presswatch.cli.output import Styled, as_json, print_json, table
from presswatch.cli.trials import COMMANDS
from presswatch.examples import Tried, try_examples
from presswatch.topicfiles import TopicFile


@click.group()
def topics() -> None:
    """List topics and check their queries."""


@topics.command("list")
@as_json
@click.pass_obj
def list_topics(options: Options, as_json: bool) -> int:
    """List topics with their channels and the version of their meaning.

    A version names what a topic means: its query, threshold and lists. A new one matches what arrives from then on;
    what is stored stays as it was matched, and `topics backtest` shows what the new one would have told of it.

    \b
    Example:
      presswatch topics list
    """
    app = App.open(options.config)
    rows = app.topics
    if as_json:
        print_json(
            [{key: getattr(topic, key) for key in ("name", "title", "version", "channels", "query")} for topic in rows]
        )
        return 0
    table(
        ("Topic", "Title", "Channels", "Version"),
        [
            (topic.name, topic.title, ", ".join(topic.channels) or "none: recorded only", topic.version)
            for topic in rows
        ],
        empty=f"No topics yet: put one into {app.folder / 'topics'}; `presswatch init` writes an example.",
    )
    if rows:
        click.echo(
            "A new version matches what arrives from now on; `presswatch topics backtest` tries it on the archive."
        )
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    topic: str
    file: str
    examples: int
    failed: tuple[Tried, ...]


@topics.command()
@as_json
@click.pass_obj
def check(options: Options, as_json: bool) -> int:
    """Read every topic and list, and run the examples that stand in the topic files.

    A mistake is shown with file, line, column and a caret, and ends with status 2; an example that is not met with 1.

    \b
    Example:
      presswatch topics check
    """
    app = App.open(options.config)
    matcher = app.matcher
    results = [_result(file, try_examples(file, matcher)) for file in app.topic_files]
    failed = [tried for result in results for tried in result.failed]
    if as_json:
        print_json(results)
    else:
        _show(results, app.folder / "topics")
    return FAILED if failed else 0


def _result(file: TopicFile, tried: list[Tried]) -> _Result:
    where = file.topic.at.file if file.topic.at else ""
    failed = tuple(each for each in tried if not each.is_met)
    return _Result(topic=file.topic.name, file=where, examples=len(tried), failed=failed)


def _show(results: list[_Result], folder: Path) -> None:
    rows = [
        (
            result.topic,
            "fine" if not result.failed else Styled(f"{len(result.failed)} examples fail", "red"),
            result.examples,
        )
        for result in results
    ]
    table(("Topic", "Result", "#Examples"), rows, empty=f"No topics yet in {folder}.")
    for tried in (each for result in results for each in result.failed):
        wanted = "must match but does not" if tried.must_match else "must not match but does"
        click.echo(f"{tried.at}: {wanted}: {tried.title}" + (f"\n  {tried.why}" if tried.why else ""))


for command in COMMANDS:
    topics.add_command(command)
