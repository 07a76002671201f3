"""The language of labelled items in nine languages: a glance must not tell less than a longer look."""

import json
from pathlib import Path

from crawler.language import detect

LABELS = Path(__file__).with_name("defence_cooperation.jsonl")
WRONG = 2  # Azerbaijani headlines of names alone, taken for Turkish


def test_hardly_an_items_language_is_mistaken() -> None:
    items = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    wrong = [one["id"] for one in items if detect(f"{one['title']}. {one['text']}") != one["lang"]]
    assert len(items) >= 880
    assert len(wrong) <= WRONG, wrong
