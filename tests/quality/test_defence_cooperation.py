"""The shipped topic on labelled articles of our own words, in nine languages: floors that must not sink."""

from pathlib import Path

import pytest

from presswatch.topicfiles import load_lists, load_topic_files
from topics.matcher import compile_topics
from topics.score import Score, read_labels, score

ROOT = Path(__file__).parents[2]
LABELS = ROOT / "tests" / "quality" / "defence_cooperation.jsonl"
FLOORS = {"en": 0.93, "tr": 0.94, "az": 0.94, "ru": 0.94, "uk": 0.9, "de": 0.9, "fr": 0.9, "es": 0.9, "ar": 0.9}


@pytest.fixture(scope="module")
def judged() -> Score:
    lists = load_lists(ROOT / "config" / "lists")
    files = load_topic_files(ROOT / "config" / "topics", lists)
    matcher = compile_topics([file.topic for file in files], lists)
    labels = read_labels(LABELS.read_text("utf-8").splitlines(), LABELS.name)
    assert len(labels) >= 880
    return score(matcher, "defence-cooperation", labels)


def test_overall_floor(judged: Score) -> None:
    wrong = [f"{each.label.id}: {each.why}" for each in (*judged.misses, *judged.false_alarms)]

    assert judged.overall.precision >= 0.95, wrong
    assert judged.overall.recall >= 0.95, wrong


@pytest.mark.parametrize(("lang", "floor"), FLOORS.items())
def test_floor_of_each_language(judged: Score, lang: str, floor: float) -> None:
    assert judged.by_lang[lang].f1 >= floor
