"""Archives and lists become articles; what cannot be read is told and the rest goes on."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.backfill import addresses, from_jsonl, from_warc
from crawler.settings import Limits
from news.article import Article, TextFrom
from news.source import Source
from tests.crawler.acts import NOW
from tests.crawler.test_pages import PAGE

SOURCE = Source(name="archive", url="https://quay.example/")


def warc(*records: tuple[str, str, bytes], packed: bool = False) -> bytes:
    """Make a WARC of records: type, address, block."""
    parts = []
    for kind, url, block in records:
        head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Length: {len(block)}\r\n\r\n"
        record = head.encode() + block + b"\r\n\r\n"
        parts.append(gzip.compress(record) if packed else record)
    return b"".join(parts)


def answer(body: bytes, *fields: str, status: int = 200, kind: str = "text/html; charset=utf-8") -> bytes:
    head = "\r\n".join((f"HTTP/1.1 {status} So", f"Content-Type: {kind}", *fields))
    return head.encode() + b"\r\n\r\n" + body


def read_warc(path: Path, data: bytes, **limits: int) -> tuple[list[Article], list[tuple[str, str]]]:
    path.write_bytes(data)
    problems: list[tuple[str, str]] = []
    found = from_warc(
        path, SOURCE, now=NOW, limits=Limits(**limits), told=lambda *told: problems.append(told)  # type: ignore[arg-type]
    )  # fmt: skip
    return list(found), problems


HEAD, REST = PAGE.encode()[:100], PAGE.encode()[100:]
CHUNKED = b"%x\r\n%s\r\n%x;x=y\r\n%s\r\n0\r\n\r\n" % (len(HEAD), HEAD, len(REST), REST)


@pytest.mark.parametrize("packed", [False, True])
def test_an_archives_pages_are_articles_however_they_were_sent(tmp_path: Path, packed: bool) -> None:
    data = warc(
        ("warcinfo", "", b"software: x"),
        ("request", "https://quay.example/a", b"GET / HTTP/1.1\r\n\r\n"),
        ("response", "https://quay.example/a", answer(PAGE.encode())),
        ("response", "https://quay.example/b", answer(gzip.compress(PAGE.encode()), "Content-Encoding: gzip")),
        ("response", "<https://quay.example/c>", answer(CHUNKED, "Transfer-Encoding: chunked")),
        ("response", "https://quay.example/gone", answer(PAGE.encode(), status=404)),
        ("response", "https://quay.example/x.png", answer(b"\x89PNG", kind="image/png")),
        ("response", "https://quay.example/empty", answer(b"<html><body></body></html>")),
        packed=packed,
    )
    articles, problems = read_warc(tmp_path / "a.warc", data)
    assert [article.url for article in articles] == [f"https://quay.example/{name}" for name in "abc"]
    assert {(article.title, article.text_from) for article in articles} == {("Joint dock opened", TextFrom.PAGE)}
    assert articles[0].text == articles[1].text == articles[2].text
    assert [where for where, _ in problems] == ["https://quay.example/empty"]


def test_a_damaged_archive_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    one = ("response", "https://quay.example/a", answer(PAGE.encode()))
    for bad in (b"junk", b"WARC/1.0\r\nContent-Length: -5\r\n\r\n", b"WARC/1.0\r\nContent-Length: 999\r\n\r\nshort"):
        articles, problems = read_warc(tmp_path / "a.warc", warc(one) + bad)
        assert (len(articles), len(problems)) == (1, 1)
    articles, problems = read_warc(tmp_path / "a.warc.gz", warc(one, one, packed=True)[:-40])
    assert len(articles) == 1
    assert problems


def test_a_page_over_the_limit_is_passed_over(tmp_path: Path) -> None:
    big = ("response", "https://quay.example/big", answer(PAGE.encode() + b" " * 100_000))
    small = ("response", "https://quay.example/a", answer(PAGE.encode()))
    articles, _ = read_warc(tmp_path / "a.warc", warc(big, small), page_bytes=50_000)
    assert [article.url for article in articles] == ["https://quay.example/a"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_end_without_a_surprise(tmp_path: Path, data: bytes, record: bool) -> None:
    read_warc(tmp_path / "a.warc", warc(("response", "https://quay.example/a", data)) if record else data)
    (tmp_path / "a.jsonl").write_bytes(data)
    list(from_jsonl(tmp_path / "a.jsonl", SOURCE, now=NOW, limits=Limits(), told=lambda *_: None))
    list(addresses(tmp_path / "a.jsonl"))


def test_lines_of_json_are_articles_and_a_bad_line_is_told_by_its_number(tmp_path: Path) -> None:
    rows = [
        {"url": "https://quay.example/1", "title": "One", "text": "Ships came.", "authors": ["Leyla", 7],
         "published_at": "2026-02-01T10:00:00+04:00", "lang": "az"},
        {"title": "no address"},
        {"url": "https://quay.example/2", "title": "Two", "authors": "Omar", "published_at": "never"},
        {"url": "https://quay.example/3"},
        ["x"],
    ]  # fmt: skip
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress("\n\n".join([*map(json.dumps, rows), "{"]).encode()))
    problems: list[str] = []
    told = from_jsonl(path, SOURCE, now=NOW, limits=Limits(), told=lambda where, _: problems.append(where))
    one, two = told
    assert (one.url, one.text, one.authors, one.lang) == ("https://quay.example/1", "Ships came.", ("Leyla",), "az")
    assert one.published_at == datetime(2026, 2, 1, 6, tzinfo=UTC)
    assert (two.title, two.authors, two.published_at) == ("Two", ("Omar",), None)
    assert problems == ["line 3", "line 7", "line 9", "line 11"]


def test_lines_that_end_early_give_what_came(tmp_path: Path) -> None:
    line = json.dumps({"url": "https://quay.example/1", "title": "One"}).encode() + b"\n"
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(line) + gzip.compress(line)[:-12])
    problems: list[str] = []
    told = from_jsonl(path, SOURCE, now=NOW, limits=Limits(), told=lambda where, _: problems.append(where))
    assert len(list(told)) >= 1
    assert problems == ["the file"]


def test_a_list_of_addresses_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("# ours\n\n https://quay.example/1 first\nftp://quay.example/2\nhttp://quay.example/3\n")
    assert list(addresses(path)) == ["https://quay.example/1", "http://quay.example/3"]
