"""docs/query-language.md says the truth: its examples are run here."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from presswatch.topicfiles import load_lists, load_topic
from presswatch.yamlfile import parse as parse_yaml
from tests.topics.factories import article
from topics.language import FIELDS
from topics.matcher import compile_topics, parse_query

PAGE = (Path(__file__).parents[2] / "docs" / "query-language.md").read_text("utf-8")
BLOCKS = re.findall(r"```query\n(.*?)```", PAGE, re.DOTALL)
YAML = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def examples() -> Iterator[tuple[str, str, bool]]:
    for block in BLOCKS:
        query, *lines = block.strip().splitlines()
        for line in lines:
            yield query, line[2:], line[0] == "+"


def cells() -> Iterator[str]:
    """The queries in the first column of the tables."""
    for line in PAGE.splitlines():
        if line.startswith("| `"):
            yield from re.findall(r"`([^`]+)`", line.split(" | ")[0])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("docs")
    for name in ("states", "makers"):
        (path / f"{name}.yaml").write_text(YAML[0], encoding="utf-8")
    return path


@pytest.mark.parametrize(("query", "line", "expected"), list(examples()))
def test_example_is_found_or_not_as_the_page_says(query: str, line: str, expected: bool, folder: Path) -> None:
    asked = parse_query(query, lists=load_lists(folder))
    title, _, text = line.partition(" // ")

    assert (asked.matches(asked.read(article(title, text))) is not None) is expected


@pytest.mark.parametrize("query", sorted(set(cells())))
def test_query_of_a_table_can_be_read(query: str, folder: Path) -> None:
    parse_query(
        query if ":" not in query or query.startswith(("title", "lead", "body")) else f"x {query}",
        lists=load_lists(folder),
    )


def test_topic_file_of_the_page_passes_its_own_examples(tmp_path: Path) -> None:
    path = tmp_path / "ties.yaml"
    path.write_text(YAML[-1], encoding="utf-8")
    file = load_topic(path, {})
    matcher = compile_topics([file.topic], {})

    def hit(title: str, text: str) -> bool:
        return bool(matcher.match(matcher.read(article(title, text))))

    assert [hit(each.title, each.text) for each in file.must_match] == [True, True]
    assert not any(hit(each.title, each.text) for each in file.must_not_match)


def test_all_yaml_on_the_page_is_yaml() -> None:
    for text in YAML:
        assert parse_yaml(text, "page").fields()


def test_every_field_is_on_the_page() -> None:
    for field in FIELDS:
        assert f"`{field}:" in PAGE
