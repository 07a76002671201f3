"""Back-fill through the command line: archives, lines, addresses, a site's past; kept and matched, nobody alerted."""

import gzip
import json
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.test_backfill import answer, warc
from tests.flow.cli import Desk, desk
from tests.flow.site import Receiver, prose, receiving
from tests.rig import Document, Hit, Rig, running


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running("127.0.0.1", "127.0.0.2") as rig:
        yield rig


def page(title: str, seed: str) -> bytes:
    text = "".join(f"<p>{prose(f'{seed}-{part}')}</p>" for part in range(3))
    head = f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    return f"{head}{text}</article></body></html>".encode()


def watching(mine: Desk, *sources: dict[str, object]) -> None:
    (mine.folder / "sources.yaml").write_text(json.dumps({"sources": sources}), "utf-8")  # JSON is YAML


def lines(path: Path, *rows: object) -> str:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), "utf-8")
    return str(path)


def test_what_is_back_filled_is_matched_and_nobody_is_told_of_it(tmp_path: Path, database_url: str, rig: Rig) -> None:
    receiver = Receiver()
    rig.serve("/sitemap.xml", _sitemap(rig.url("/2026/03/the-drone-of-march"), rig.url("/2026/05/a-drone-of-may")))
    rig.serve("/2026/03/the-drone-of-march", page("Drone of March", "march"))
    archive = tmp_path / "old.warc.gz"
    archive.write_bytes(
        warc(
            ("response", "https://quay.example/old/drone", answer(page("Drone of old", "old"))),
            ("response", "https://www.quay.example/quiet", answer(page("Quiet news", "quiet"))),
            packed=True,
        )
    )
    listed = lines(
        tmp_path / "old.jsonl",
        {
            "url": "https://press.example/1",
            "title": "Drone of old",
            "text": " ".join(prose(f"old-{n}") for n in range(3)),
        },
        {"url": "https://press.example/2", "title": "Drone of another day", "text": prose("another", 200)},
    )
    with receiving(receiver) as hook:
        mine = desk(tmp_path, database_url, [], hook)
        watching(
            mine,
            {"name": "Quay", "url": "https://quay.example/feed"},
            {"name": "Press", "url": "https://feeds.press.example/all"},
            {"name": "Here", "url": rig.url("/feed")},
        )
        filled = mine.json("backfill", str(archive), listed)
        assert {each["source"]: each["kept"]["new"] for each in filled["sources"]} == {"Quay": 2, "Press": 2}
        assert (filled["totals"]["kept"]["copies"], filled["totals"]["kept"]["held"]) == (1, 2)
        past = mine.json("backfill", "--source", "Here", "--since", "2026-03-01", "--until", "2026-04-01")
        assert past["totals"]["kept"]["new"] == 1
        told = mine.json("topics", "backtest", "drones")["stories"]
        assert {each["title"] for each in told} == {"Drone of old", "Drone of another day", "Drone of March"}
        alerts = mine.json("alerts", "list")
        assert {alert["verdict"] for alert in alerts} == {"held"}
        assert "back-fill of" in mine.run("alerts", "show", str(alerts[0]["id"]))
        assert mine.json("crawl", "--source", "Here", status=1)["deliveries"]["delivered"] == 0
        assert not receiver.received


def _sitemap(*urls: str) -> str:
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def test_a_list_of_addresses_is_fetched_politely_once_and_goes_on_where_it_was(
    tmp_path: Path, sqlite_url: str, rig: Rig
) -> None:
    rig.serve("/robots.txt", b"User-agent: *\nDisallow: /private/\n")
    for name in ("/one", "/two", "/private/three"):
        rig.serve(name, page(f"Drone {name}", name))
    rig.serve("/later", Document(status=503))
    mine = desk(tmp_path, sqlite_url, [])
    watching(
        mine,
        {"name": "Here", "url": rig.url("/feed")},
        {"name": "Off", "url": rig.url("/", "127.0.0.2"), "enabled": False},
    )
    names = ("/one", "/two", "/one", "/private/three", "/later", "/gone")
    listed = lines(
        tmp_path / "list.txt",
        "# ours",
        *map(rig.url, names),
        "nonsense",
        "https://nobody.example/",
        rig.url("/x", "127.0.0.2"),
    )
    first = mine.json("backfill", listed, status=1)
    (here,) = first["sources"]
    assert (here["kept"]["new"], here["known"]) == (2, 1)
    assert (here["refused"], here["failed"]) == ({"robots": 1, "http_4xx": 1}, {"http_5xx": 1})
    assert first["problems"] == [f"{listed}:8: no web address: 'nonsense'"]
    assert (first["strangers"], first["off"]) == ({"nobody.example": 1}, {"Off": 1})
    assert not rig.asked("/private/three")
    rig.serve("/later", page("Drone later", "later"))
    again = mine.json("backfill", listed, status=1)
    assert (again["totals"]["kept"]["new"], again["totals"]["known"]) == (1, 3)
    assert [len(rig.asked(name)) for name in ("/one", "/two")] == [1, 1]


def test_a_line_with_half_a_character_is_kept_as_any_other(tmp_path: Path, sqlite_url: str) -> None:
    mine = desk(tmp_path, sqlite_url, [])
    odd = {"url": "https://press.example/1", "title": "Drone \ud800", "text": f"\ud800 {prose('odd')}"}
    filled = mine.json("backfill", lines(tmp_path / "odd.jsonl", odd), "--any-host")
    assert filled["totals"]["kept"]["new"] == 1


def test_what_a_sites_past_leaves_out_as_no_articles_is_said(tmp_path: Path, sqlite_url: str, rig: Rig) -> None:
    rig.serve("/sitemap.xml", _sitemap(rig.url("/a/7")))
    mine = desk(tmp_path, sqlite_url, [])
    watching(mine, {"name": "Here", "url": rig.url("/feed")})
    asked = ("backfill", "--source", "Here", "--since", "2026-03-01")
    (note,) = mine.json(*asked)["notes"]
    assert note.startswith("1 addresses left out that look like no articles: a pattern under `links`")
    last = mine.run(*asked).splitlines()[-1]
    assert last.startswith("Nothing to keep was found; addresses left out for their looks: 1 (`links`")


def test_a_source_is_due_and_conditional_as_if_nothing_had_been_back_filled(
    tmp_path: Path, sqlite_url: str, rig: Rig
) -> None:
    feed = '<rss version="2.0"><channel><title>Here</title></channel></rss>'
    rig.serve("/feed", Document(body=feed.encode(), etag='"one"'))
    mine = desk(tmp_path, sqlite_url, [])
    watching(
        mine, {"name": "Here", "url": rig.url("/feed"), "full_text": False}, {"name": "New", "url": rig.url("/new")}
    )
    mine.json("crawl", "--source", "Here")
    rows = [
        {"url": rig.url(f"/old/{n}", host), "title": f"Old {n}", "text": prose(f"{host}{n}", 100)}
        for n in range(3) for host in ("127.0.0.1", "127.0.0.2")
    ]  # fmt: skip
    before = _sources(sqlite_url)
    assert mine.json("backfill", lines(tmp_path / "a.jsonl", *rows), "--source", "Here")["totals"]["kept"]["new"] == 6
    rows = [{"url": "https://elsewhere.example/1", "title": "Drone", "text": prose("new", 100)}]
    assert mine.json("backfill", lines(tmp_path / "b.jsonl", *rows), "--source", "New")["totals"]["kept"]["new"] == 1
    assert _sources(sqlite_url) == before
    assert mine.json("crawl", "--source", "Here")["totals"]["unchanged"] == 1


def _sources(url: str) -> list[tuple[Any, ...]]:
    """The rows of sources, but for the number of the last claim."""
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("SELECT * FROM sources ORDER BY id")]
    return [tuple(value for name, value in row.items() if name != "token") for row in rows]


def test_who_asks_for_it_is_told_of_what_is_back_filled(tmp_path: Path, sqlite_url: str) -> None:
    receiver = Receiver()
    rows = [{"url": f"https://quay.example/{n}", "title": f"Drone {n}", "text": prose(f"{n}", 100)} for n in range(2)]
    listed = lines(tmp_path / "a.jsonl", *rows)
    with receiving(receiver) as hook:
        mine = desk(tmp_path, sqlite_url, [], hook)  # its settings say alerts.backlog: that is for first looks
        watching(mine, {"name": "Quay", "url": "https://quay.example/feed"})
        assert mine.json("backfill", listed)["totals"]["kept"]["held"] == 2
        assert not receiver.received
        rows = [{"url": "https://quay.example/3", "title": "Drone 3", "text": prose("3", 100)}]
        more = mine.json("backfill", lines(tmp_path / "b.jsonl", *rows), "--alert-backlog")
        assert more["totals"]["kept"]["alerts"] == 1
        assert sum(receiver.received.values()) == 1


def test_a_known_article_is_not_changed_by_what_an_archive_says_of_it(tmp_path: Path, sqlite_url: str) -> None:
    mine = desk(tmp_path, sqlite_url, [])
    watching(mine, {"name": "Quay", "url": "https://quay.example/feed"})
    one = {"url": "https://quay.example/1", "guid": "g", "title": "Quiet", "text": prose("one", 100)}
    mine.json("backfill", lines(tmp_path / "a.jsonl", one))
    other = {"title": "Drone", "text": prose("other", 100)}
    for row in (one | other, one | other | {"url": "https://quay.example/moved"}):
        assert mine.json("backfill", lines(tmp_path / "b.jsonl", row))["totals"]["known"] == 1
    assert [each["title"] for each in mine.exported()] == ["Quiet"]


def test_articles_of_any_host_are_kept_under_their_host_where_that_is_asked(tmp_path: Path, sqlite_url: str) -> None:
    mine = desk(tmp_path, sqlite_url, [])
    rows = [{"url": f"https://{host}.example/1", "title": "Drone", "text": prose(host, 100)} for host in ("a", "b")]
    listed = lines(tmp_path / "a.jsonl", *rows)
    said = mine.run("backfill", listed)
    assert "2 articles of hosts that no source has: a.example (1), b.example (1)" in said
    assert mine.json("backfill", listed, "--any-host")["totals"]["kept"]["new"] == 2
    assert {each["source"] for each in mine.exported()} == {
        "a.example (single articles)",
        "b.example (single articles)",
    }
    assert mine.json("sources", "list") == []


def test_sources_of_one_host_are_filled_side_by_side(tmp_path: Path, sqlite_url: str) -> None:
    mine = desk(tmp_path, sqlite_url, [])
    both: list[dict[str, object]] = [
        {"name": name, "url": f"https://quay.example/{name}/feed"} for name in ("home", "world")
    ]
    watching(mine, *both)
    listed = lines(
        tmp_path / "old.jsonl",
        *({"url": f"https://quay.example/{name}/1", "title": name, "text": prose(name)} for name in ("home", "world")),
    )
    filling = mine.start("backfill", listed)
    _, said = filling.communicate(timeout=60)
    assert "waiting" not in said, "no other process reads either"
    assert {each["source"] for each in mine.exported()} == {"home", "world"}


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_back_fill_that_is_stopped_keeps_every_page_it_has_and_says_so(
    tmp_path: Path, sqlite_url: str, rig: Rig, by: signal.Signals
) -> None:
    for number in range(24):
        rig.serve(f"/{number}", page(f"Drone {number}", f"{number}"))
    mine = desk(tmp_path, sqlite_url, [])
    watching(mine, {"name": "Here", "url": rig.url("/feed")})
    listed = lines(tmp_path / "a.txt", *(rig.url(f"/{number}") for number in range(24)), rig.url("/hang"))
    running = mine.start("backfill", listed)
    while not (rig.asked("/hang") and rig.asked("/23")):
        assert running.poll() is None
    running.send_signal(by)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "24 articles offered; 24 new" in said
    assert len(mine.exported()) == 24


def test_a_back_fill_that_is_stopped_at_once_does_not_say_that_there_was_nothing(
    tmp_path: Path, sqlite_url: str, rig: Rig
) -> None:
    mine = desk(tmp_path, sqlite_url, [])
    watching(mine, {"name": "Here", "url": rig.url("/feed")})
    running = mine.start("backfill", lines(tmp_path / "a.txt", rig.url("/hang")))
    while not rig.asked("/hang"):
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert (running.returncode, said) == (130, "Nothing was kept yet.\n")


def test_a_source_that_is_switched_off_while_it_is_filled_ends_that_with_advice(
    tmp_path: Path, sqlite_url: str, rig: Rig
) -> None:
    mine = desk(tmp_path, sqlite_url, [])
    here: dict[str, object] = {"name": "Here", "url": rig.url("/feed")}

    def slowly(_hit: Hit) -> Document:
        watching(mine, here | {"enabled": False})
        mine.json("sources", "list")
        return Document(body=page("Drone", "one"))

    rig.serve("/1", slowly)
    watching(mine, here)
    said = mine.run("backfill", lines(tmp_path / "a.txt", rig.url("/1")), status=2)
    assert "source 'Here' was switched off meanwhile" in said
    assert "write `enabled: true` and give the same command again" in said


def test_a_source_that_the_daemon_holds_is_waited_for(tmp_path: Path, sqlite_url: str, rig: Rig) -> None:
    rig.serve("/feed", b'<rss version="2.0"><channel><title>Here</title></channel></rss>')
    mine = desk(tmp_path, sqlite_url, [])
    watching(mine, {"name": "Here", "url": rig.url("/hang")})
    listed = lines(tmp_path / "a.jsonl", {"url": rig.url("/1"), "title": "Drone", "text": prose("1", 100)})
    crawl = mine.start("crawl")
    while not rig.asked("/hang"):
        assert crawl.poll() is None
    filling = mine.start("backfill", listed)
    assert filling.stderr
    assert filling.stderr.readline() == "waiting for 'Here', which another process is reading\n"
    crawl.send_signal(signal.SIGTERM)
    assert crawl.communicate(timeout=60)[1].strip() == "presswatch: stopped"
    assert crawl.returncode == 130
    filling.communicate(timeout=60)
    assert filling.returncode == 0
    assert len(mine.exported()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name a FILE"),
        (["--since", "7d"], "--source NAME says which"),
        (["--source", "Here", "--until", "7d"], "name a FILE"),
        (["--source", "Hare", "--since", "7d"], "did you mean 'Here'"),
        (["--source", "Off", "--since", "7d"], "switched off"),
        (["--source", "Here", "--since", "soon"], "neither a date nor a time span"),
        (["{file}", "--since", "7d", "--source", "Here"], "take one of them"),
        (["{file}"], "--format says which"),
    ],
)
def test_mistakes_are_said_before_anything_is_done(
    tmp_path: Path, sqlite_url: str, arguments: list[str], words: str
) -> None:
    mine = desk(tmp_path, sqlite_url, [])
    watching(mine, {"name": "Here", "url": "https://a.b/"}, {"name": "Off", "url": "https://a.c/", "enabled": False})
    (tmp_path / "x").write_bytes(gzip.compress(b"%PDF"))
    said = mine.run("backfill", *(each.format(file=tmp_path / "x") for each in arguments), status=2)
    assert words in " ".join(said.split())
