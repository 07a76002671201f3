"""The demonstration, played once, and its promises, which must be able to break."""

from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from news.article import Stored
from presswatch.demo.evidence import Evidence
from presswatch.demo.promises import broken
from presswatch.demo.screen import WIDTH, Screen
from presswatch.demo.show import play, run_demo
from presswatch.demo.stage import set_stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    first: Evidence
    second: Evidence
    text: str
    folder: Path
    elsewhere: Path  # the database that the environment names


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder, elsewhere = tmp_path_factory.mktemp("show"), tmp_path_factory.mktemp("real") / "real.db"
    out = StringIO()
    with pytest.MonkeyPatch.context() as patch, set_stage(folder) as stage:
        patch.setenv("PRESSWATCH_DATABASE", f"sqlite:///{elsewhere}")
        patch.setenv("PRESSWATCH_FETCH__DELAY", "1h")
        first, second = play(stage, Screen(Console(file=out, highlight=False)))
    return Played(first=first, second=second, text=out.getvalue(), folder=folder, elsewhere=elsewhere)


def test_every_promise_holds(played: Played) -> None:
    assert broken(played.first, played.second) == []


def test_it_is_done_in_half_a_minute(played: Played) -> None:
    assert played.first.seconds + played.second.seconds < 30


def test_it_can_be_read_in_eighty_columns_and_without_colour(played: Played) -> None:
    assert max(map(len, played.text.splitlines())) <= WIDTH
    assert "\x1b" not in played.text


@pytest.mark.parametrize(
    "said",
    [
        "Hanseblick",
        "304",
        "came first",
        "word for word",
        "near copy",
        "*",
        "why:",
        "Subject:",
        "now in 5 outlets",
    ],
)
def test_it_says_what_a_newcomer_wants_to_see(played: Played, said: str) -> None:
    assert said in played.text


def test_the_environment_does_not_lead_it_to_a_real_database(played: Played) -> None:
    assert not played.elsewhere.exists()
    assert (played.folder / "presswatch.db").exists()


def tampered(evidence: Evidence) -> dict[str, Evidence]:
    """The same evidence with one thing wrong in each, by the word that the broken promise must contain."""
    return {
        "are kept": replace(evidence, stored=evidence.stored[1:]),
        "a text is not": replace(evidence, stored=[*evidence.stored[1:], _with_text(evidence, "cut")]),
        "no alert for": replace(evidence, alerts=evidence.alerts[1:]),
        "alerted twice": replace(evidence, alerts=[*evidence.alerts, evidence.alerts[0]]),
        "mails": replace(evidence, mails=evidence.mails[1:]),
        "webhook messages": replace(evidence, messages={}),
        "refused": replace(evidence, refused=1),
        "the main story is in": replace(evidence, stored=[replace(each, story_id=each.id) for each in evidence.stored]),
    }


def _with_text(evidence: Evidence, text: str) -> Stored:
    first = evidence.stored[0]
    return replace(first, article=replace(first.article, text=text))


@pytest.mark.parametrize(
    "word",
    [
        "are kept",
        "a text is not",
        "no alert for",
        "alerted twice",
        "mails",
        "webhook messages",
        "refused",
        "main story",
    ],
)
def test_a_promise_that_does_not_hold_is_named(played: Played, word: str) -> None:
    wrong = next(evidence for name, evidence in tampered(played.first).items() if word in name)
    assert any(word in sentence for sentence in broken(wrong, played.second))


def test_a_page_fetched_again_breaks_a_promise(played: Played) -> None:
    log = dict(played.second.log)
    log["meridian"] = [*log["meridian"], next(entry for entry in played.first.log["meridian"] if entry.what == "page")]
    assert broken(played.first, replace(played.second, log=log)) != []


def test_the_whole_demo_ends_well_and_keeps_what_it_was_asked_to_keep(tmp_path: Path) -> None:
    out = StringIO()
    status = run_demo(keep=tmp_path / "kept", screen=Screen(Console(file=out)))
    assert (status, (tmp_path / "kept" / "sources.yaml").exists()) == (0, True)
    assert "presswatch init" in out.getvalue()
