"""The configuration that `presswatch init` writes is whole and true."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from news.source import Source
from presswatch.settings import Settings, read_settings
from presswatch.sourcefile import add_sources, read_sources

CONFIG = Path(__file__).parents[2] / "config"
EXAMPLES = {"channels"}


def with_every_setting(folder: Path) -> Path:
    """The shipped file with each single # taken away, as its first lines tell a reader to do."""
    path = folder / "presswatch.yaml"
    path.write_text(re.sub(r"(?m)^#(?!#)", "", (CONFIG / "presswatch.yaml").read_text("utf-8")), "utf-8")
    return path


def keys(model: type[BaseModel], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found |= keys(inner, f"{prefix}{name}.")
        else:
            found.add(prefix + name)
    return found


def test_the_settings_as_shipped_are_the_defaults() -> None:
    settings = read_settings(CONFIG / "presswatch.yaml", environment={})
    assert settings.model_copy(update={"database": ""}) == Settings(database="")
    assert settings.database == f"sqlite:///{(CONFIG / 'presswatch.db').resolve()}"


def test_every_setting_stands_in_the_file_with_its_default(tmp_path: Path) -> None:
    path = with_every_setting(tmp_path)
    written = yaml.safe_load(path.read_text("utf-8"))
    named = {
        f"{group}.{key}" if isinstance(value, dict) and group not in EXAMPLES else group
        for group, value in written.items()
        for key in (value if isinstance(value, dict) else [""])
    }
    assert named == keys(Settings)
    same = {"database": "", "channels": {}}
    assert read_settings(path, environment={}).model_copy(update=same) == Settings(database="")


@pytest.mark.parametrize("channel", ["desk", "newsroom-bot"])
def test_the_channels_given_as_examples_are_valid(tmp_path: Path, channel: str) -> None:
    assert channel in read_settings(with_every_setting(tmp_path), environment={}).channels


def test_the_sources_as_shipped_can_be_read_and_speak_ten_languages() -> None:
    sources = read_sources(CONFIG / "sources.yaml")
    assert 60 <= len(sources) <= 130
    assert {"az", "tr", "ru", "uk", "en", "de", "fr", "es", "ar", "fa"} <= {source.lang for source in sources}
    assert len({source.url for source in sources}) == len(sources)


def test_sources_in_doubt_can_be_taken_in_by_taking_the_mark_away(tmp_path: Path) -> None:
    shipped = (CONFIG / "sources.yaml").read_text("utf-8")
    path = tmp_path / "sources.yaml"
    path.write_text(re.sub(r"(?m)^  # - ", "  - ", shipped), "utf-8")
    assert len(read_sources(path)) > len(read_sources(CONFIG / "sources.yaml"))


def test_a_source_can_be_added_to_the_file_as_shipped(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text((CONFIG / "sources.yaml").read_text("utf-8"), "utf-8")
    added = Source(name="Mine", url="https://example.org/feed")
    add_sources(path, [added])
    assert read_sources(path)[-1] == added
