"""Floors for wire credit: bylines, datelines and last lines as outlets print them, and words that only look so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from news.article import Article
from storage.syndication import wire_of

_HERE = Path(__file__).parent
_BODIES = {
    "en": "The two ministers signed the protocol in the port on Monday and left without a word to those who waited.",
    "tr": "İki bakan protokolü pazartesi günü limanda imzaladı ve bekleyenlere tek söz etmeden kentten ayrıldı.",
    "az": "İki nazir protokolu bazar ertəsi limanda imzaladı və gözləyənlərə bir söz demədən şəhərdən getdi.",
    "ru": "Два министра подписали протокол в порту в понедельник и уехали, не сказав ни слова тем, кто их ждал.",
    "ar": "وقع الوزيران البروتوكول في الميناء يوم الاثنين وغادرا من دون كلمة واحدة لمن كانوا في انتظارهما.",
    "de": "Die beiden Minister haben das Protokoll am Montag im Hafen unterzeichnet und sind wortlos abgereist.",
    "fr": "Les deux ministres ont signé le protocole lundi dans le port et sont repartis sans dire un seul mot.",
    "es": "Los dos ministros firmaron el protocolo el lunes en el puerto y se marcharon sin decir una palabra.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the set: what is printed where, and whose it is."""

    lang: str
    wire: str  # "": nobody's
    place: str
    words: str

    @property
    def article(self) -> Article:
        """Put the words where they stand."""
        body = f"{_BODIES[self.lang]} {_BODIES[self.lang]}"
        text = {"head": f"{self.words} {body}", "tail": f"{body}\n{self.words}", "whole": f"{self.words} {body}"}
        return Article(
            url="https://a.example/1",
            title="T",
            text=text.get(self.place, body),
            authors=(self.words,) if self.place == "author" else (),
            lang=self.lang,
            first_seen_at=datetime(2026, 11, 3, tzinfo=UTC),
        )


def lines() -> Iterator[Line]:
    """Read the set."""
    for line in (_HERE / "credits.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            lang, wire, place, words = (part.strip() for part in line.split("|", 3))
            yield Line(lang=lang, wire="" if wire == "-" else wire, place=place, words=words.replace("\\n", "\n"))


@pytest.fixture(scope="module")
def judged() -> list[tuple[Line, str]]:
    return [(line, wire_of(line.article)) for line in lines()]


def test_credit_is_given_to_none_but_its_agency(judged: list[tuple[Line, str]]) -> None:
    wrong = [(line, found) for line, found in judged if found and found != line.wire]
    given = sum(bool(found) for _, found in judged)
    assert 1 - len(wrong) / given >= 0.997, wrong


def test_agencies_are_found_where_they_are_credited(judged: list[tuple[Line, str]]) -> None:
    missed = [line for line, found in judged if line.wire and found != line.wire]
    assert 1 - len(missed) / sum(bool(line.wire) for line, _ in judged) >= 0.98, missed


def test_the_set_is_large_and_in_eight_languages() -> None:
    assert sum(bool(line.wire) for line in lines()) >= 150
    assert sum(not line.wire for line in lines()) >= 60
    assert {line.lang for line in lines()} == set(_BODIES)
