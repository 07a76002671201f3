"""Topics tried from the command line: explained, scored, back-tested, nearly told, remarked on."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from news.errors import ConfigError
from presswatch.app import App
from presswatch.cli import Options
from presswatch.cli.trials import backtest, explain, lint, nearmiss, score
from tests.storage.arrivals import Text, arrive_singly

LEAD = "The ministers signed the papers at noon and spoke of years of work to come in both their countries."


@dataclass(frozen=True)
class Desk:
    """A configuration with one topic and three stored articles."""

    config: Path

    def run(self, command: click.Command, *arguments: str, text: str = "") -> str:
        result = CliRunner().invoke(
            command, list(arguments), obj=Options(config=str(self.config)), input=text, standalone_mode=False
        )
        if result.exception:
            raise result.exception
        return str(result.output)


@pytest.fixture
def desk(tmp_path: Path, write: Callable[[str, str], None]) -> Desk:
    write("presswatch.yaml", "database: sqlite:///press.db\n")
    write("lists/states.yaml", "entries: {Türkiye: Ankara, Georgia: Tbilisi}\n")
    write("topics/ties.yaml", "query: '@states>=2 AND missile'\n")
    desk = Desk(tmp_path / "presswatch.yaml")
    database = App.open(str(desk.config)).database
    with database.write() as connection:
        arrive_singly(
            connection,
            [
                Text(source="one", title="Ankara and Tbilisi: missile deal", text=LEAD),
                Text(source="two", title="Ankara buys a missile", text="Another text of another day, longer by a bit."),
                Text(source="three", title="Rain", text="Nothing but rain was seen over the valley this week."),
            ],
        )
    return desk


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], None]:
    def put(name: str, text: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return put


def test_explain_shows_clauses_of_a_stored_article_and_of_a_text(desk: Desk) -> None:
    assert "ties: met" in desk.run(explain, "ties", "1")
    assert "missing: @states>=2 (1 of 2 needed: Türkiye)" in desk.run(explain, "ties", "2")
    assert "ties: met" in desk.run(explain, "ties", "-", text="Ankara, Tbilisi\nA missile.")
    assert json.loads(desk.run(explain, "ties", "1", "--json"))["verdict"]["parts"][1]["places"][0]["zone"] == "title"


def test_explain_refuses_what_is_not_there(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="no topic named 'tie'") as caught:
        desk.run(explain, "tie", "1")
    assert "ties" in caught.value.hint
    with pytest.raises(ConfigError, match="no article '99'"):
        desk.run(explain, "ties", "99")


def test_score_prints_figures_and_what_was_wrong(desk: Desk, write: Callable[[str, str], None]) -> None:
    write("labels.jsonl", '{"id": "a", "title": "Ankara missile", "text": "", "lang": "en", "relevant": true}\n')
    labels = str(desk.config.parent / "labels.jsonl")

    found = json.loads(desk.run(score, "--labels", labels, "--json"))

    assert set(found) == {"precision", "recall", "f1", "by_lang", "misses", "false_alarms"}
    assert found["by_lang"]["en"]["recall"] == 0.0
    assert "missed a (en): Ankara missile" in desk.run(score, "--labels", labels)


def test_backtest_tells_each_story_once_and_compares_versions(desk: Desk, write: Callable[[str, str], None]) -> None:
    write("old.yaml", "query: missile\n")

    assert "1 stories from 1 of 3 articles" in desk.run(backtest)
    changed = json.loads(desk.run(backtest, "ties", "--against", str(desk.config.parent / "old.yaml"), "--json"))
    assert [told["title"] for told in changed["lost"]] == ["Ankara buys a missile"]
    assert changed["gained"] == []
    with pytest.raises(ConfigError, match="no time span"):
        desk.run(backtest, "--since", "yesterday")


def test_nearmiss_lists_what_lacked_one_clause(desk: Desk) -> None:
    (miss,) = json.loads(desk.run(nearmiss, "--json"))

    assert (miss["title"], miss["missing"]) == ("Ankara buys a missile", "@states>=2 (1 of 2 needed: Türkiye)")


def test_lint_points_at_what_is_probably_not_meant(desk: Desk, write: Callable[[str, str], None]) -> None:
    assert "No remarks" in desk.run(lint)
    write("topics/ties.yaml", "query: missile OR defence pact\n")
    said = desk.run(lint)
    assert "ties.yaml:1:19: defence has a British and an American spelling" in said
    assert "^^^^^^^" in said


def test_lint_can_point_at_a_topic_that_matches_too_much(desk: Desk) -> None:
    assert "No remarks" in desk.run(lint, "--most", "99")
    assert "of the archive (" in desk.run(lint, "--most", "1")


def test_score_of_one_language(desk: Desk, write: Callable[[str, str], None], tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    lines = [{"title": "Ankara", "lang": lang, "relevant": True} for lang in ("tr", "en")]
    labels.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    assert list(json.loads(desk.run(score, "--labels", str(labels), "--lang", "tr", "--json"))["by_lang"]) == ["tr"]
