"""First steps: write a configuration, see the product at work."""

from pathlib import Path

import rich_click as click

from news.errors import ConfigError
from presswatch.sourcefile import read_sources

_EMPTY_SOURCES = """\
# What presswatch watches. `presswatch sources add ADDRESS` and `presswatch sources import FILE` write here.
sources:
"""


def shipped_config() -> Path:
    """The folder with the configuration that presswatch ships: in the installed package, or in the source tree."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "config"
    return installed if installed.is_dir() else package.parent / "config"


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("config"),
    show_default=True,
    metavar="DIR",
    help="Where to write.",
)
@click.option("--empty", is_flag=True, help="Without sources and topics: bring your own.")
@click.option("--force", is_flag=True, help="Overwrite files that are there already.")
def init(folder: Path, empty: bool, force: bool) -> int:
    """Write a commented configuration to start from.

    \b
    Examples:
      presswatch init
      presswatch init --empty --dir watch
    """
    wanted = _files(empty=empty)
    there = [str(folder / name) for name in wanted if (folder / name).exists()]
    if there and not force:
        raise ConfigError(
            f"{there[0]} is there already; nothing was written", hint="--force overwrites, --dir names another folder"
        )
    for name, content in wanted.items():
        target = folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        except OSError as error:
            raise ConfigError(f"cannot write {target}: {error.strerror}") from error
        click.echo(f"wrote {target}")
    for needed in ("topics", "lists"):
        (folder / needed).mkdir(exist_ok=True)
    _what_next(folder, empty=empty)
    return 0


def _files(*, empty: bool) -> dict[str, bytes]:
    """Relative names and contents of the files to write."""
    root = shipped_config()
    files = {"presswatch.yaml": (root / "presswatch.yaml").read_bytes()}
    if empty:
        return {**files, "sources.yaml": _EMPTY_SOURCES.encode()}
    rest = [root / "sources.yaml", *sorted(root.glob("topics/*.yaml")), *sorted(root.glob("lists/*.yaml"))]
    return files | {path.relative_to(root).as_posix(): path.read_bytes() for path in rest}


def _what_next(folder: Path, *, empty: bool) -> None:
    config = folder / "presswatch.yaml"
    option = "" if folder == Path("config") else f" --config {config}"
    click.echo("\nNext:")
    if empty:
        click.echo(f"  presswatch{option} sources add ADDRESS   # a feed, a site or a section page")
    else:
        count = len(read_sources(folder / "sources.yaml"))
        click.echo(f"  presswatch{option} sources check         # which of the {count} sources answer from here")
    click.echo(f"  presswatch{option} crawl                 # read them once")
    click.echo(f"  edit {config}                # where alerts go: e-mail, webhook")


@click.command()
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep the demo's configuration and database in DIR.",
)
def demo(keep: Path | None) -> int:
    """Show the whole job on a small newsroom of its own, offline, in under half a minute.

    \b
    Examples:
      presswatch demo
      presswatch demo --keep /tmp/demo
    """
    from presswatch.demo.show import run_demo

    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise ConfigError(f"{keep} is not empty", hint="name a new folder")
    return run_demo(keep=keep)
