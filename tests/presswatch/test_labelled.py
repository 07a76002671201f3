"""Labelled pages as people and programs write them: what is wrong is named with its line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from news.errors import ConfigError
from presswatch.cli import Options
from presswatch.cli.labelled import read_pages
from presswatch.cli.stories import score

GOOD = b'{"id": "1", "site": "a", "lang": "en", "title": "T", "text": "Some words.", "story": "s"}\n'


def page(**fields: object) -> bytes:
    return json.dumps({"id": "2", "story": "s", **fields}).encode()


WRONG = {
    "the same id": (page(id="1"), "2:1: the id '1' is that of line 1 already"),
    "the same id as a number": (page(id=1), "2:1: the id '1' is that of line 1 already"),
    "no id": (b'{"story": "s"}', "2:1: the page has no id"),
    "no story": (b'{"id": "2"}', "2:1: the page has no story"),
    "an id of true": (page(id=True), "2:1: 'id' is true or false, not text"),
    "a number for a text": (page(text=5), "2:1: 'text' is a number, not text"),
    "a list for a title": (page(title=["a"]), "2:1: 'title' is a list, not text"),
    "a story of NaN": (b'{"id": "2", "story": NaN}', "2:1: 'story' is a number, not text"),
    "a lone surrogate in an id": (page(id="\ud800"), "2:1: 'id' holds a character that cannot be printed: '\\ud800'"),
    "NUL in a site": (page(site="a\0b"), "2:1: 'site' holds a character that cannot be printed"),
    "a list": (b"[1]", "2:1: a page is an object, not a list"),
    "nothing": (b"null", "2:1: a page is an object, not null"),
    "half a line": (b'{"id": "2", ', "2:13: not JSON: "),
    "brackets without end": (b"[" * 200_000, "2:1: not JSON that can be read"),
    "a number without end": (b'{"id": ' + b"9" * 5_000 + b"}", "2:1: not JSON that can be read"),
    "Latin-1": ('{"id": "2", "title": "Zürich"}'.encode("latin-1"), "2:24: not UTF-8: byte 0xfc"),
    "a span for a time": (page(first_seen_at="7d"), "2:1: first_seen_at '7d' is not a time"),
    "a time of a mail": (page(first_seen_at="Sun, 01 Mar 2026 12:00:00 GMT"), "2:1: first_seen_at 'Sun, 01 Mar 2026"),
    "a time in seconds": (page(first_seen_at=1_700_000_000), "2:1: 'first_seen_at' is a number, not text"),
    "the first year": (page(first_seen_at="0001-01-01T00:00:00+05:00"), "is not between 1970 and 2100"),
    "the last year": (page(first_seen_at="9999-12-31T23:59:59-05:00"), "is not between 1970 and 2100"),
    "a line of 9 MB": (page(text="x" * 9_000_000), "2:1: the line is longer than 8 MiB"),
}


def read(path: Path) -> list[str]:
    return [each.id for each in read_pages(path, remark=lambda _: None)]


@pytest.mark.parametrize(("line", "said"), WRONG.values(), ids=WRONG.keys())
def test_wrong_line_is_named(tmp_path: Path, line: bytes, said: str) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_bytes(GOOD + line + b"\n")
    with pytest.raises(ConfigError) as caught:
        read(file)
    assert said in str(caught.value)
    assert "pages.jsonl:2:" in str(caught.value)
    assert len(str(caught.value)) < 500, "the line itself is not printed back"


@pytest.mark.parametrize(
    "line",
    [
        page(first_seen_at="2026-03-01"),
        page(first_seen_at="2026-03-01T12:00:00Z"),
        page(first_seen_at="2026-03-01 12:00+04:00"),
        page(first_seen_at="20260301T120000Z"),
        page(first_seen_at=None, site=None, title=None, text=None, lang=None, kind=None),
        page(story=7),
        page(title="a\ud800b\0c", text="x\ud800\0y\u2028z " * 30),
        b"\n  \r\n" + page() + b"\r",
    ],
)
def test_odd_line_is_read_and_scored(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD + line + b"\n")
    assert read(file) == ["1", "2"]
    assert list(json.loads(run(file, "--json").stdout)["assignments"]) == ["1", "2"]


def test_key_that_means_nothing_is_remarked_once(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_bytes(GOOD + page(lable="x") + b"\n" + page(id="3", lable="y") + b"\n")
    (remark,) = run(file).stderr.splitlines()
    assert remark.startswith(f"{file}:2: 'lable' is not a key of a page")


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_file_without_pages_scores_nothing_and_says_so(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_bytes(content)
    result = run(file, "--json")
    assert result.return_value == 1
    assert "nothing was scored" in result.stderr
    found = json.loads(result.stdout)
    assert (found["precision"], found["recall"], found["assignments"]) == (None, None, {})
    assert run(file).stdout == ""


def test_ids_that_look_like_parts_of_addresses_are_pages_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_bytes(b"\n".join(page(id=each) for each in ("a#1", "a#2", "a?utm_source=x", "a", "a/", "../a")))
    assert len(json.loads(run(file, "--json").stdout)["assignments"]) == 6


def run(file: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(
        score, ["--pages", str(file), *arguments], obj=Options(config=""), standalone_mode=False
    )
    if result.exception:
        raise result.exception
    return result
