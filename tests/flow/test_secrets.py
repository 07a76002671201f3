"""No secret leaves its place: twelve canaries in a desk at work, and a search through everything that it writes."""

import asyncio
import json
import logging
import signal
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.crawl import Crawler
from crawler.sites import Site
from news.source import Source, Validators
from tests.crawler.acts import open_limits
from tests.flow.cli import Desk, desk
from tests.flow.proxy import proxying
from tests.rig import Document, Rig, running

CANARIES = [f"canary{number:02}" for number in range(1, 13)]
FEED = '<rss version="2.0"><channel><title>Quay</title><item><title>Drone</title><link>{}</link></item></channel></rss>'
TEXT = "<p>A report on the harbour, its cranes and its people.</p>" * 9
PAGE = f"<html><body><article><h1>Drone</h1>{TEXT}</article></body></html>"


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running("127.0.0.1", "127.0.0.2") as rig:
        yield rig


def kept(mine: Desk, number: int, form: str = "{}") -> str:
    """Put a canary into a file of its own."""
    path = mine.folder / f"secret{number:02}"
    path.write_text(form.format(CANARIES[number - 1]))
    path.chmod(0o600)
    return path.name


def hatch(mine: Desk, rig: Rig, proxy: int, patch: pytest.MonkeyPatch) -> None:
    """Give a desk twelve secrets, of every kind that there is, on sources that answer and sources that fail."""
    for number in (1, 2, 3):
        patch.setenv(f"QUAY_{number}", CANARIES[number - 1])
    filed = {number: {"file": kept(mine, number)} for number in (4, 5)}
    through = "http://desk:{}@127.0.0.1:" + str(proxy)
    filed |= {6: {"file": kept(mine, 6, through)}, 7: {"file": kept(mine, 7, through)}}
    filed |= {8: {"file": kept(mine, 8, "http://desk:{}@127.0.0.1:9")}}
    sources = [
        {"name": "open", "url": rig.url("/feed"), "headers": {"X-Key": {"env": "QUAY_1"}, "Cookie": filed[4]}},
        {"name": "closed", "url": rig.url("/closed"), "auth": {"username": {"env": "QUAY_2"}, "password": filed[5]}},
        {"name": "nobody", "url": "http://127.0.0.1:9/", "headers": {"Authorization": {"env": "QUAY_3"}}},
        {"name": "proxied", "url": rig.url("/feed?2"), "proxy": filed[6]},
        {"name": "denied", "url": "https://quay.invalid/", "proxy": filed[7]},
        {"name": "lost", "url": "https://quay.invalid/2", "proxy": filed[8]},
    ]
    (mine.folder / "sources.yaml").write_text(json.dumps({"sources": sources}), "utf-8")
    (mine.folder / "topics" / "drones.yaml").write_text("channels: [hook, mail]\nquery: drone*\n")
    mine.settings |= {
        "LOG__LEVEL": "debug",
        "ALERTS__BACKLOG": "true",
        "ALERTS__ALLOW_PRIVATE_NETWORKS": "true",
        "CHANNELS__HOOK__TYPE": "webhook",
        "CHANNELS__HOOK__URL": f"http://127.0.0.1:9/{CANARIES[8]}",
        "CHANNELS__HOOK__SECRET_FILE": kept(mine, 10, "whsec_{}AAAAAAAAAAAAAAAAAAAAAAAA"),
        "CHANNELS__MAIL__TYPE": "email",
        "CHANNELS__MAIL__TO": '["you@example.org"]',
        "SMTP__PORT": "9",
        "SMTP__USERNAME": "desk",
        "SMTP__PASSWORD": CANARIES[10],
        "CHANNELS__OTHER__TYPE": "webhook",
        "CHANNELS__OTHER__URL": "http://127.0.0.1:9/",
        "CHANNELS__OTHER__SECRET": f"whsec_{CANARIES[11]}AAAAAAAAAAAAAAAAAAAAAAAA",
    }


def at_work(mine: Desk, rig: Rig) -> str:
    """Let the daemon run until it has asked everybody; gives what it wrote, and the command lines of its processes."""
    daemon = mine.start("run")
    while not (rig.asked("/own") and rig.asked("/closed")):
        assert daemon.poll() is None
    lines = [_read(path) for path in Path("/proc").glob("[0-9]*/cmdline")]
    daemon.send_signal(signal.SIGTERM)
    return "".join([*daemon.communicate(timeout=60), *lines])


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:  # a process that ended meanwhile
        return ""


COMMANDS = (
    "crawl --all", "crawl --all --json", "sources check --json", "sources list", "sources list --json",
    "sources export --json", "sources export", "sources show open --json", "sources show lost",
    "sources try open --json", "sources try closed", "sources try denied", "alerts list --json", "alerts show 1",
    "alerts test", "export", "backfill {} --json",
)  # fmt: skip


def test_no_secret_is_written_anywhere(
    tmp_path: Path, sqlite_url: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.serve("/feed", FEED.format(rig.url("/own")).encode())
    rig.serve("/own", PAGE)
    rig.serve("/closed", lambda _: Document(status=401, body=b"no"))
    listed = tmp_path / "list.txt"
    listed.write_text(rig.url("/gone"))
    with proxying("Basic ZGVzazpjYW5hcnkwNg==") as proxy:  # desk:canary06
        mine = desk(tmp_path, sqlite_url, [])
        hatch(mine, rig, proxy.port, monkeypatch)
        said = at_work(mine, rig)
        for command in COMMANDS:
            done = mine._done(command.format(listed).split(), None)
            assert done.returncode in {0, 1}, done.stderr
            said += done.stdout + done.stderr
    assert "proxy_dials_unguarded" in said
    assert {name for name in ("canary01", "canary04") if name in str(rig.hits)} == {"canary01", "canary04"}
    assert {known for _, known in proxy.asked} == {True, False}
    written = [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.startswith("secret")]
    assert (tmp_path / "presswatch.db") in written
    everything = said.encode() + b"".join(path.read_bytes() for path in written)
    login = b64encode(b"canary02:canary05").decode()
    assert [canary for canary in (*CANARIES, login) if canary.encode() in everything] == []


def test_libraries_that_tell_everything_tell_no_secret(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    with proxying("Basic ZGVzazpjYW5hcnkwMg==") as proxy, caplog.at_level(logging.DEBUG):
        login = f"http://desk:canary02@127.0.0.1:{proxy.port}"
        sites = {"own": Site(headers={"Cookie": "canary01"}), "proxied": Site(proxy=login, headers={"X": "canary03"})}
        rig.serve("/feed", FEED.format(rig.url("/own")).encode())
        rig.serve("/own", PAGE)
        asyncio.run(_read_all(sites, rig))
    assert len(rig.asked("/own")) == 2
    assert caplog.records
    assert "canary" not in caplog.text


async def _read_all(sites: dict[str, Site], rig: Rig) -> None:
    asyncio.get_running_loop().set_debug(True)
    async with Crawler(open_limits(page_seconds=20.0), sites=sites) as crawler:
        for name in sites:
            source = Source(name=name, url=rig.url("/feed"))
            await crawler.listing(source, Validators())
            await crawler.page(rig.url("/own"), source)
