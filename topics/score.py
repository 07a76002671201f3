"""How good a topic is on labelled articles: precision, recall, F1, and every miss and false alarm explained."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from news.article import Article
from news.errors import ConfigError, Location
from topics.matcher import Matcher

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEYS = {"id": str, "title": str, "text": str, "lang": str, "relevant": bool}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """An article and whether it is relevant."""

    id: str
    title: str
    text: str
    lang: str
    relevant: bool


@dataclass(slots=True, kw_only=True)
class Tally:
    """Hits, false alarms and misses; the figures made of them are 1 where there was nothing to get wrong."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is relevant."""
        return _share(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> float:
        """The share of what is relevant that was found."""
        return _share(self.hits, self.hits + self.misses)

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return _share(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)

    def count(self, *, relevant: bool, found: bool) -> None:
        """Count one judged article."""
        self.hits += relevant and found
        self.false_alarms += found and not relevant
        self.misses += relevant and not found


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A label that the topic got wrong, and why: what was missing, or what matched."""

    label: Label
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A topic's figures, overall and by language."""

    overall: Tally
    by_lang: Mapping[str, Tally]
    misses: Sequence[Wrong] = field(default=())
    false_alarms: Sequence[Wrong] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Give the figures as plain data; keys are stable."""
        return _figures(self.overall) | {
            "by_lang": {lang: _figures(tally) for lang, tally in sorted(self.by_lang.items())},
            "misses": [_wrong(each) for each in self.misses],
            "false_alarms": [_wrong(each) for each in self.false_alarms],
        }


def read_labels(lines: Iterable[str], file: str) -> list[Label]:
    """Read JSON lines of id, title, text, lang, relevant; empty lines are skipped. Raises ConfigError with the line."""
    return [
        _label(line, Location(file=file, line=number, column=1)) for number, line in enumerate(lines, 1) if line.strip()
    ]


def _label(line: str, at: Location) -> Label:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise ConfigError(f"not JSON: {error}", at=at) from error
    if not isinstance(found, dict):
        raise ConfigError("a label is an object with id, title, text, lang and relevant", at=at)
    for key, kind in _KEYS.items():
        value = found.setdefault(key, "") if key in {"id", "text", "lang"} else found.get(key)
        if key == "id" and isinstance(value, int):
            found[key] = str(value)
        elif not isinstance(value, kind):
            raise ConfigError(f"{key} must be {'true or false' if kind is bool else 'a text'}", at=at)
    return Label(**{key: found[key] for key in _KEYS})


def score(matcher: Matcher, topic: str, labels: Iterable[Label]) -> Score:
    """Judge a topic by labels, through the matcher that alerts live."""
    overall, by_lang = Tally(), dict[str, Tally]()
    wrong: dict[bool, list[Wrong]] = {True: [], False: []}
    for label in labels:
        text = matcher.read(Article(url="", title=label.title, text=label.text, lang=label.lang, first_seen_at=_EPOCH))
        match = next((match for match in matcher.match(text) if match.topic == topic), None)
        for tally in (overall, by_lang.setdefault(label.lang, Tally())):
            tally.count(relevant=label.relevant, found=match is not None)
        if label.relevant != (match is not None):
            why = match.why if match else matcher.explain(topic, text).missing
            wrong[label.relevant].append(Wrong(label=label, why=why))
    return Score(overall=overall, by_lang=by_lang, misses=wrong[True], false_alarms=wrong[False])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _figures(tally: Tally) -> dict[str, Any]:
    return {"precision": round(tally.precision, 4), "recall": round(tally.recall, 4), "f1": round(tally.f1, 4)}


def _wrong(wrong: Wrong) -> dict[str, str]:
    label = wrong.label
    return {"id": label.id, "lang": label.lang, "title": label.title, "why": wrong.why}
