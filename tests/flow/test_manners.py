"""One pace per host, whoever asks: real processes, one after the other and side by side."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from presswatch.demo.http import Answer, LoopbackServer, Request
from tests.flow.cli import desk

WAIT = 120  # seconds before a test gives up; never waited in full
HOUR = "3600"


@dataclass
class Host:
    """Feeds without items or with one, a moment for each answer, and a log of who was inside when."""

    items: int = 0
    lingers: float = 0.0
    pages: Answer = field(default_factory=lambda: Answer(status=404))
    asked: list[tuple[str, str, float]] = field(default_factory=list)  # path, user agent, when
    inside: int = 0
    most: int = 0
    url: str = ""
    elsewhere: str = ""  # where its four pages are, from number 4 * `first` on
    first: int = 0
    done: threading.Event = field(default_factory=threading.Event)  # both daemons came
    hold: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.asked.append((request.path, request.headers["user-agent"], time.monotonic()))
            if len({agent for _, agent, _ in self.asked}) > 1:
                self.done.set()
        self.hold.wait(self.lingers)
        with self._lock:
            self.inside -= 1
        return self.pages if request.path.startswith("/page") else self._feed()

    def _feed(self) -> Answer:
        numbers = range(4 * self.first, 4 * self.first + 4) if self.elsewhere else range(self.items)
        items = "".join(
            f"<item><title>News {number}</title><link>{self.elsewhere or self.url}/page/{number}</link></item>"
            for number in numbers
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
        return Answer(body=body.encode(), headers={"Content-Type": "application/rss+xml"})

    @property
    def gaps(self) -> list[float]:
        return [later - earlier for (_, _, earlier), (_, _, later) in pairwise(self.asked)]


@contextmanager
def serving(host: Host, address: str = "127.0.0.1") -> Iterator[list[str]]:
    """Serve a host; gives the addresses of its feeds."""
    server = LoopbackServer(host.answer, host=address)
    server.start()
    host.url = server.url
    try:
        yield [f"{host.url}/feed/{number}" for number in range(2)]
    finally:
        host.hold.set()
        server.stop()


def test_the_next_process_keeps_the_delay_after_the_last_request_of_the_one_before(
    tmp_path: Path, database_url: str
) -> None:
    host = Host()
    with serving(host) as feeds:
        mine = desk(tmp_path, database_url, feeds)
        mine.settings["FETCH__DELAY"] = "6s"
        first, second = (each["source"]["name"] for each in mine.json("sources", "list"))
        mine.json("crawl", "--source", first)
        mine.json("crawl", "--source", second)
    assert len(host.asked) == 2
    assert host.gaps[0] >= 3  # half of the delay: it varies


def test_a_host_that_asked_for_rest_is_left_alone_by_the_next_process(tmp_path: Path, database_url: str) -> None:
    tired = Host(items=1, pages=Answer(status=503, headers={"Retry-After": HOUR}))
    with serving(tired) as feeds:
        mine = desk(tmp_path, database_url, feeds)
        first, second = (each["source"]["name"] for each in mine.json("sources", "list"))
        mine.json("crawl", "--source", first)
        assert "/page/0" in {path for path, _, _ in tired.asked}
        count = len(tired.asked)
        (report,) = mine.json("crawl", "--source", second, status=1)["sources"]
        assert report["fetch"]["reason"] == "rate_limited"
        assert "left alone" in report["fetch"]["detail"]
        assert len(tired.asked) == count


def test_who_asks_for_a_source_whose_host_is_taken_is_told_so(tmp_path: Path, sqlite_url: str) -> None:
    host = Host(lingers=WAIT)
    with serving(host) as feeds:
        mine = desk(tmp_path, sqlite_url, feeds)
        first, second = (each["source"]["name"] for each in mine.json("sources", "list"))
        asking = mine.start("crawl", "--source", first)
        try:
            until = time.monotonic() + WAIT
            while not host.asked and time.monotonic() < until:
                host.hold.wait(0.01)
            said = mine.run("crawl", "--source", second, status=1)
            assert "1 source is held by another process" in said
            assert "nothing was asked" in said
            assert mine.json("crawl", "--source", second, status=1)["skipped"] == [second]
            assert "2 sources are held by another process" in mine.run("crawl", status=1)
        finally:
            host.hold.set()
            asking.communicate(timeout=WAIT)
        assert asking.returncode == 0
        mine.json("crawl", "--source", second)


@pytest.mark.postgres
def test_two_daemons_never_ask_a_host_at_once_nor_sooner_than_one_would(tmp_path: Path, postgres_url: str) -> None:
    hosts = {f"127.0.0.{number}": Host(lingers=0.03) for number in range(2, 6)}
    with ExitStack() as stack:
        feeds = [url for address, host in hosts.items() for url in stack.enter_context(serving(host, address))]
        mine = desk(tmp_path, postgres_url, feeds)
        mine.settings |= {"FETCH__DELAY": "3s", "FETCH__PER_HOST": "1"}
        mine.settings |= {f"CADENCE__{name}": "5s" for name in ("START", "SHORTEST", "LONGEST")}
        daemons = []
        for agent, tick in (("one", "1s"), ("two", "1.5s")):  # of two that look at one pace, one may always be first
            mine.settings |= {"FETCH__USER_AGENT": agent, "TICK": tick}
            daemons.append(mine.start("run"))
        try:
            for host in hosts.values():
                assert host.done.wait(WAIT)
        finally:
            for daemon in daemons:
                daemon.send_signal(signal.SIGTERM)
            logs = [daemon.communicate(timeout=WAIT)[1] for daemon in daemons]
    assert [daemon.returncode for daemon in daemons] == [0, 0], logs
    for address, host in hosts.items():
        assert host.most == 1, address
        assert min(host.gaps) > 0.5, (address, host.asked)  # half of the delay, less what the server notes too late


@pytest.mark.parametrize("kind", ["sources of other hosts", "one of its own"])
def test_two_processes_whose_pages_lie_on_one_host_ask_it_no_sooner_than_one_would(
    tmp_path: Path, database_url: str, kind: str
) -> None:
    pages = Host(pages=Answer(body=b"<html><body><p>Some news.</p></body></html>"))
    with ExitStack() as stack:
        stack.enter_context(serving(pages, "127.0.0.4"))
        addresses = ["127.0.0.2", "127.0.0.3" if kind == "sources of other hosts" else "127.0.0.4"]
        feeds = [
            stack.enter_context(serving(Host(elsewhere=pages.url, first=n), at))[n] for n, at in enumerate(addresses)
        ]
        mine = desk(tmp_path, database_url, feeds)
        mine.settings |= {"FETCH__DELAY": "1s", "FETCH__PER_HOST": "1"}
        names = [each["source"]["name"] for each in mine.json("sources", "list")]
        crawls = [mine.running("crawl", "--source", name) for name in names]
        told = [crawl.wait() for crawl in crawls]
    assert [crawl.returncode for crawl in told] == [0, 0], told
    assert {path for path, _, _ in pages.asked} >= {f"/page/{number}" for number in range(8)}
    assert min(pages.gaps) > 0.45, pages.asked  # half of the delay, less what the server notes too late
