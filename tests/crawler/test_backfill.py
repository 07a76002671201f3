"""Archives and lists become articles; what cannot be read is told and the rest goes on."""

import gzip
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.backfill import Form, Offer, form_of, offers
from crawler.pages import read_page
from crawler.settings import Limits
from news.errors import ConfigError
from tests.crawler.acts import NOW
from tests.crawler.test_pages import PAGE


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


def read(path: Path, data: bytes, form: Form | None = None, **limits: int) -> tuple[list[Offer], list[str]]:
    """Read a file, and its pages where it holds some."""
    path.write_bytes(data)
    problems: list[str] = []
    found = offers(
        path, form or form_of(path), now=NOW, limits=Limits(**limits), told=problems.append  # type: ignore[arg-type]
    )  # fmt: skip
    return list(found), problems


def urls(found: list[Offer]) -> list[str]:
    return [offer.item.url for offer in found]


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
        ("response", "https://quay.example/", answer(PAGE.encode())),
        ("response", "https://quay.example/x.png", answer(b"\x89PNG", kind="image/png")),
        ("response", "https://quay.example/empty", answer(b"<html><body></body></html>")),
        packed=packed,
    )
    found, problems = read(tmp_path / "a.warc", data)
    assert urls(found) == [f"https://quay.example/{name}" for name in ("a", "b", "c", "empty")]
    pages = [read_page(offer.document) for offer in found[:3] if offer.document]
    assert {page.title for page in pages} == {"Joint dock opened"}
    assert pages[0].text == pages[1].text == pages[2].text
    assert not problems


def test_a_damaged_archive_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    one = ("response", "https://quay.example/a", answer(PAGE.encode()))
    for bad in (b"junk", b"WARC/1.0\r\nContent-Length: -5\r\n\r\n", b"WARC/1.0\r\nContent-Length: 999\r\n\r\nshort"):
        found, problems = read(tmp_path / "a.warc", warc(one) + bad)
        assert (len(found), len(problems)) == (1, 1)
        assert problems[0].startswith(f"{tmp_path / 'a.warc'}: ends early: ")
    found, problems = read(tmp_path / "a.warc.gz", warc(one, one, packed=True)[:-40])
    assert len(found) == 1
    assert problems


def test_a_page_over_the_limit_is_passed_over_and_said(tmp_path: Path) -> None:
    big = ("response", "https://quay.example/big", answer(PAGE.encode() + b" " * 100_000))
    small = ("response", "https://quay.example/a", answer(PAGE.encode()))
    found, problems = read(tmp_path / "a.warc", warc(big, small), page_bytes=50_000)
    assert urls(found) == ["https://quay.example/a"]
    assert problems == [f"{tmp_path / 'a.warc'}: https://quay.example/big: longer than 50,000 bytes"]


def test_a_body_in_a_million_chunks_is_joined_at_once(tmp_path: Path) -> None:
    body = b"1\r\nx\r\n" * 700_000 + b"0\r\n\r\n"
    one = ("response", "https://quay.example/a", answer(body, "Transfer-Encoding: chunked"))
    began = monotonic()
    (offer,), _ = read(tmp_path / "a.warc", warc(one))
    assert offer.document
    assert len(offer.document.body) == 700_000
    assert monotonic() - began < 10


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_end_without_a_surprise(tmp_path: Path, data: bytes, record: bool) -> None:
    whole = warc(("response", "https://quay.example/a", data)) if record else data
    for form in Form:
        read(tmp_path / "a", whole, form)
    with suppress(ConfigError):
        form_of(tmp_path / "a")


def test_lines_of_json_are_articles_and_a_bad_line_is_told_by_its_number(tmp_path: Path) -> None:
    rows = [
        {"url": "https://quay.example/1", "title": "One", "text": "Ships came.", "authors": ["Leyla", 7],
         "published_at": "2026-02-01T10:00:00+04:00", "lang": "az"},
        {"title": "no address"},
        {"url": "https://quay.example/2", "title": "Two", "authors": "Omar", "published_at": "never"},
        {"url": "ftp://quay.example/3", "title": "Three"},
        ["x"],
    ]  # fmt: skip
    path = tmp_path / "a.jsonl.gz"
    found, problems = read(path, gzip.compress("\n\n".join([*map(json.dumps, rows), "{"]).encode()))
    one, two = (offer.item for offer in found)
    assert (one.url, one.text, one.authors, one.lang) == ("https://quay.example/1", "Ships came.", ("Leyla",), "az")
    assert one.published_at == datetime(2026, 2, 1, 6, tzinfo=UTC)
    assert (two.title, two.authors, two.published_at) == ("Two", ("Omar",), None)
    assert [problem.split(": ")[0] for problem in problems] == [f"{path}:{number}" for number in (3, 7, 9, 11)]


def test_a_line_that_is_too_long_is_passed_over_whole(tmp_path: Path) -> None:
    lines = b"\n".join(
        (b"https://quay.example/1", b"https://quay.example/" + b"2" * 3000, b"https://quay.example/3", b"")
    )
    found, problems = read(tmp_path / "a", lines, feed_bytes=1000)
    assert urls(found) == ["https://quay.example/1", "https://quay.example/3"]
    assert problems == [f"{tmp_path / 'a'}:2: a line longer than 1,000 bytes"]


def test_lines_that_end_early_give_what_came(tmp_path: Path) -> None:
    line = json.dumps({"url": "https://quay.example/1", "title": "One"}).encode() + b"\n"
    found, problems = read(tmp_path / "a.jsonl.gz", gzip.compress(line) + gzip.compress(line)[:-12])
    assert len(found) >= 1
    assert "ends early, in line" in problems[0]


def test_a_list_of_addresses_is_read_line_by_line(tmp_path: Path) -> None:
    text = "\ufeffhttps://quay.example/0\n\n https://quay.example/1 first\nftp://quay.example/2\n# ours\nhttp://quay.example/3\n"
    found, problems = read(tmp_path / "list.txt", text.encode())
    assert urls(found) == ["https://quay.example/0", "https://quay.example/1", "http://quay.example/3"]
    assert problems == [f"{tmp_path / 'list.txt'}:4: no web address: 'ftp://quay.example/2'"]


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"WARC/1.1\r\nWARC-Type: warcinfo", Form.WARC),
        (b'\xef\xbb\xbf\n{"url": "https://quay.example/"}', Form.JSONL),
        (b"# ours\r\nhttps://quay.example/1", Form.ADDRESSES),
        (b"", Form.ADDRESSES),
    ],
)
def test_what_a_file_holds_is_seen_in_its_beginning(tmp_path: Path, head: bytes, form: Form) -> None:
    for data in (head, gzip.compress(head)):
        (tmp_path / "a").write_bytes(data)
        assert form_of(tmp_path / "a") is form


def test_a_file_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"%PDF-1.7")
    with pytest.raises(ConfigError, match="--format says which"):
        form_of(tmp_path / "a")
    with pytest.raises(ConfigError, match="cannot read"):
        form_of(tmp_path / "gone")
