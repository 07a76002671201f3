"""The command line: what people type, and the exit statuses that programs read.

0 fine; 1 some source or delivery failed and the rest went on; 2 usage or configuration; 70 a bug in presswatch.
"""

import errno
import importlib
import os
import sys
import traceback
from dataclasses import dataclass
from typing import Any

import rich_click as click
from click.exceptions import Abort, Exit

from news.errors import ConfigError, PresswatchError, StorageError

FAILED, USAGE, BUG, STOPPED = 1, 2, 70, 130

_COMMANDS = {
    "init": ("start", "Write a commented configuration to start from."),
    "demo": ("start", "Show the whole job on a small newsroom of its own, offline."),
    "crawl": ("crawl", "Ask sources once, keep what is new, send what is owed."),
    "run": ("crawl", "Run as a daemon on the sources' own schedule."),
    "backfill": ("backfill", "Keep articles from files or a site's past; nobody is alerted."),
    "sources": ("sources", "Add, list, check, import and export sources."),
    "topics": ("topics", "List topics and check their queries."),
    "stories": ("stories", "List stories, explain one, split and merge, score the joining of copies."),
    "articles": ("articles", "Show one article, and what its publisher changed."),
    "alerts": ("alerts", "List alerts, explain one, send dead deliveries again."),
    "search": ("archive", "Search the archive with the topics' query language."),
    "export": ("archive", "Write the archive as ndjson or csv."),
}


@dataclass(slots=True)
class Options:
    """What the program as a whole was told."""

    config: str | None = None


class Later(click.Command):
    """A command that is loaded when it is called; the list of commands needs only its help."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Load the command and let it read its arguments."""
        module = importlib.import_module(f"presswatch.cli.{_COMMANDS[str(self.name)][0]}")
        command: click.Command = getattr(module, str(self.name))
        return command.make_context(info_name, args, parent, **extra)


class Commands(click.RichGroup):
    """The commands, none of them loaded."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands in the order of a first day's work."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """A command by its name."""
        return Later(name, help=_COMMANDS[name][1]) if name in _COMMANDS else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    metavar="FILE",
    help="The settings file; else $PRESSWATCH_CONFIG, config/presswatch.yaml or presswatch.yaml.",
)
@click.version_option(package_name="presswatch", message="presswatch %(version)s")
@click.pass_context
def presswatch(ctx: click.Context, config: str | None) -> None:
    """Watch the press: keep every article once, and be told when a story concerns one of your topics.

    Exit status: 0 fine, 1 some source or delivery failed (the rest went on), 2 usage or configuration, 70 a bug.
    """
    ctx.obj = Options(config=config)


def main() -> None:
    """Run the command line and end the process with a documented status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    try:
        return int(presswatch.main(args=arguments, prog_name="presswatch", standalone_mode=False) or 0)
    except Exit as stop:
        return stop.exit_code
    except (Abort, KeyboardInterrupt):
        click.echo("presswatch: stopped", err=True)
        return STOPPED
    except (SystemExit, BrokenPipeError):  # click's word for it: the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except click.ClickException as error:
        error.show()
        return USAGE
    except Exception as error:
        return _status(error)


def _status(error: Exception) -> int:
    """Say what went wrong, in a line where it is none of our doing; returns the exit status."""
    if isinstance(error, PresswatchError):
        click.echo(f"presswatch: {error}", err=True)
        return USAGE if isinstance(error, ConfigError | StorageError) else FAILED
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EIO, errno.EFBIG}:
        click.echo(f"presswatch: cannot write: {error.strerror}", err=True)
        return FAILED
    traceback.print_exception(error)
    click.echo("presswatch: this is a bug; please report it with the lines above", err=True)
    return BUG
