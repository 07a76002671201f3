"""Whatever a publisher sends, what is kept is Unicode that both databases, mail and JSON take."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from news.article import Prepared
from news.prefilter import Word
from news.topic import Match, Place
from storage.articles import Archive
from storage.clean import TITLE_BYTES, TOKEN_CHARS, clean_article, clean_key, clean_line, clean_prepared, clean_tokens
from storage.database import Database
from storage.search import candidates, sought
from tests.storage.press import NOW, article, lease_of, prepared, tell

_ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
_ODD = st.text(
    st.sampled_from("a\0\x01\x1b\t\n\r\x7f\x85\ud800\udfff\u2028\u2029\u202e\ufeff\U0001f600é "), max_size=40
)
_TEXTS = _ANY | _ODD
_MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))]))


@given(_TEXTS)
def test_line_is_one_line_that_a_mail_header_takes(text: str) -> None:
    line = clean_line(text)
    assert len(line) == len(text)
    assert len(line.splitlines()) <= 1
    EmailMessage()["Subject"] = line
    line.encode()


@given(_TEXTS, _TEXTS, _MOMENTS | st.none())
def test_cleaning_twice_changes_nothing_more(title: str, text: str, published_at: datetime | None) -> None:
    once = clean_article(article(1, title=title, text=text, published_at=published_at), now=NOW)
    assert clean_article(once, now=NOW) == once


@given(_TEXTS)
def test_every_good_character_keeps_its_place(text: str) -> None:
    kept = clean_article(article(1, text=text), now=NOW).text
    assert len(kept) == len(text)
    assert all(now in (was, " ", "\ufffd") for was, now in zip(text, kept, strict=True))


@given(st.lists(_TEXTS, max_size=8))
def test_tokens_can_be_joined_and_split_again(tokens: list[str]) -> None:
    cleaned = clean_tokens(tokens)
    assert " ".join(cleaned).split(" ") == (list(cleaned) or [""])
    assert all(0 < len(token) <= TOKEN_CHARS for token in cleaned)


@pytest.mark.parametrize(
    ("published_at", "kept"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (NOW + timedelta(hours=23), True),
        (NOW + timedelta(hours=25), False),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), False),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), False),
    ],
)
def test_absurd_dates_become_none_and_say_so(published_at: datetime, kept: bool) -> None:
    cleaned = clean_article(article(1, published_at=published_at), now=NOW)
    assert cleaned.published_at == (published_at if kept else None)
    assert ("makes no sense" in cleaned.note) is not kept


def test_what_is_cut_is_noted_and_its_places_are_left_out() -> None:
    inside = Place(zone="title", start=0, end=4, clause="a")
    beyond = Place(zone="title", start=2000, end=2004, clause="b")
    match = Match(topic="t", version="1", places=[inside, beyond])
    long = Prepared(article=article(1, title="Ж" * 3000, note="odd"), tokens=["x" * 999], matches=[match])
    cleaned = clean_prepared(long, now=NOW)
    assert len(cleaned.article.title.encode()) == TITLE_BYTES
    assert cleaned.article.note == "odd; title cut to 512 of 3000 characters"
    assert cleaned.tokens == ["x" * TOKEN_CHARS]
    assert cleaned.matches[0].places == [inside]


def test_long_keys_become_digests_that_differ() -> None:
    assert clean_key("short") == "short"
    one, other = clean_key("k" * 5000), clean_key("k" * 5001)
    assert one != other
    assert len(one) < 100


@pytest.fixture
def open_archive(database: Database) -> tuple[Database, Archive]:
    return database, Archive(database)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=_TEXTS, text=_TEXTS, name=_TEXTS, tokens=st.lists(_TEXTS, max_size=6), when=_MOMENTS | st.none())
def test_anything_can_be_kept_and_read_back(
    open_archive: tuple[Database, Archive], title: str, text: str, name: str, tokens: list[str], when: datetime | None
) -> None:
    database, archive = open_archive
    number = next(_numbers)
    url = f"https://gazette.example/{number}"
    odd = article(1, url=url, title=title, text=text, summary=text, authors=(name,), section=name, guid=name,
                  published_at=when, note=name)  # fmt: skip
    lease = lease_of(database, name=f"s{number}")
    assert archive.keep(lease, [Prepared(article=odd, tokens=tokens)], now=NOW, decide=tell).new == 1
    stored = archive.get(url)
    assert stored is not None
    assert stored.article == replace(clean_article(odd, now=NOW), source=lease.source.name)


_numbers = count()

_TOKENS = [
    "ქართული", "հայերեն", "العربية", "हिन्दी", "日本語", "ümlaut", "e\u0301", "o'neil", 'quo"te', "c++", "#tag",
    "back\\slash", "a-b", "x" * 300, "İ", "🙂", "t:1", "(a)", "50%", "a*", "a&b|c!", "<->", "\u00a0",
]  # fmt: skip


@pytest.mark.parametrize("token", _TOKENS)
def test_every_token_is_found_letter_for_letter(database: Database, token: str) -> None:
    archive = Archive(database)
    archive.keep(lease_of(database), [prepared(1, tokens=["before", token, "after"])], now=NOW, decide=tell)
    for word in (Word(token), Word(token[:2], prefix=True)):
        assert [stored.id for stored in archive.search(word)] == [1], word
    other = Word(token + "x" if len(token) < TOKEN_CHARS else "y" * 300)
    with database.read() as connection:
        assert candidates(connection, sought(other, database.dialect), before=99, limit=9) == []
