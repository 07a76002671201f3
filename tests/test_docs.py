"""What the documentation names exists, and what exists is named."""

import re
from pathlib import Path

import pytest
import rich_click as click
from pydantic import BaseModel

from news.advice import explain
from news.fetch import Reason
from presswatch.cli import presswatch
from presswatch.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "benchmarks" / "README.md"]


def commands(group: click.Command, path: str = "") -> dict[str, click.Command]:
    """Every command by its full name."""
    context = click.Context(group, info_name=path or "presswatch")
    if not isinstance(group, click.Group):
        return {path: group}
    found: dict[str, click.Command] = {}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        loaded = command.make_context(name, ["--help"], context, resilient_parsing=True).command
        found |= commands(loaded, f"{path} {name}".strip())
    return found


COMMANDS = commands(presswatch)


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_documented_and_shows_examples(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert "xample" in (COMMANDS[name].help or ""), "--help shows an example"
    if name not in {"init", "demo", "run"}:
        options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
        assert "--json" in options


@pytest.mark.parametrize("name", COMMANDS)
def test_option_is_documented(name: str) -> None:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("--")}
    assert not [option for option in options if not re.search(rf"`[^`]*{option}\b", text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_names_only_commands_options_and_files_that_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    for named in re.findall(r"(?m)(?:`|bin/|^\$ )presswatch ([a-z]+(?: [a-z]+)?)", text):
        assert any(f"{named} ".startswith(f"{name} ") for name in COMMANDS), f"presswatch {named}"
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (page.parent / target).exists(), target


def fields(model: type[BaseModel], prefix: str = "") -> list[str]:
    names = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            names += fields(inner, f"{prefix}{name}.")
        else:
            names.append(prefix + name)
    return names


@pytest.mark.parametrize("name", fields(Settings))
def test_setting_stands_in_the_shipped_file_with_its_meaning(name: str) -> None:
    shipped = (ROOT / "config" / "presswatch.yaml").read_text("utf-8")
    assert re.search(rf"(?m)^#?\s*{name.rpartition('.')[2]}:", shipped)


@pytest.mark.parametrize("reason", list(Reason))
def test_reason_is_explained(reason: Reason) -> None:
    assert f"`{reason}`" in (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert all(explain(reason)), "news/advice.py says what it means and what to do"


def test_help_needs_no_heavy_library() -> None:
    """`--help` must answer at once; what it loads decides."""
    import subprocess
    import sys

    code = "import sys; from presswatch.cli import run; run(['--help']); print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    modules = set(loaded.splitlines()[-1].split())
    assert not modules & {"scrapy", "sqlalchemy", "trafilatura", "feedparser", "pydantic", "aiohttp", "twisted", "lxml"}
