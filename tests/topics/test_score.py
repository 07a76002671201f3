"""Scores: figures, languages, and every miss and false alarm with its reason."""

import pytest

from news.errors import ConfigError
from tests.topics.factories import topic
from topics.matcher import compile_topics
from topics.score import read_labels, score

LABELS = """
{"id": "1", "title": "Defence pact signed", "text": "", "lang": "en", "relevant": true}
{"id": "2", "title": "Defence lawyers", "text": "They talk of a pact", "lang": "en", "relevant": false}
{"id": "3", "title": "Savunma anlaşması", "text": "", "lang": "tr", "relevant": true}
{"id": 4, "title": "Weather", "lang": "en", "relevant": false}
"""


def test_figures_by_language_with_reasons() -> None:
    matcher = compile_topics([topic("defence pact", name="ties")], {})

    found = score(matcher, "ties", read_labels(LABELS.splitlines(), "labels.jsonl")).as_json()

    assert (found["precision"], found["recall"], found["f1"]) == (0.5, 0.5, 0.5)
    assert found["by_lang"]["tr"] == {"precision": 1.0, "recall": 0.0, "f1": 0.0}
    assert [(each["id"], each["why"]) for each in found["misses"]] == [("3", "defence, and pact")]
    assert [each["id"] for each in found["false_alarms"]] == ["2"]
    assert "defence" in found["false_alarms"][0]["why"]


@pytest.mark.parametrize(
    ("line", "message"),
    [("{", "not JSON"), ("[1]", "an object"), ('{"title": "x", "relevant": "yes"}', "relevant must be true or false")],
)
def test_wrong_label_is_shown_with_its_line(line: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        read_labels(["", line], "labels.jsonl")

    assert caught.value.at is not None
    assert (caught.value.at.file, caught.value.at.line) == ("labels.jsonl", 2)
