"""The daemon: it works on its own, stops cleanly, shares a database, and dies when it is stuck."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tests.flow.cli import desk
from tests.flow.site import Receiver, Site, receiving

WAIT = 60  # seconds before a test gives up; never waited in full


class Until:
    """Set once `done` is true after some request."""

    def __init__(self, done: Callable[[], bool]) -> None:
        self._done = done
        self.event = threading.Event()

    def __call__(self, _path: str) -> None:
        if self._done():
            self.event.set()


def test_daemon_crawls_and_tells_until_it_is_told_to_stop(tmp_path: Path, database_url: str) -> None:
    receiver = Receiver()
    receiver.on_request = told = Until(lambda: len(receiver.received) == 3)
    with Site(feeds=3) as site, receiving(receiver) as hook:
        mine = desk(tmp_path, database_url, site.feed_urls, hook)
        mine.settings |= {"TICK": "1s", "LOG__FORMAT": "json"}
        daemon = mine.start("run")
        try:
            assert told.event.wait(WAIT), daemon.stderr and daemon.stderr.read()
            daemon.send_signal(signal.SIGHUP)
        finally:
            daemon.send_signal(signal.SIGTERM)
            _, log = daemon.communicate(timeout=WAIT)
        assert daemon.returncode == 0, log
        assert '"event": "hung_up"' in log
        assert '"event": "stopped"' in log
        assert len(mine.exported()) == 9
        assert mine.json("crawl")["totals"]["sources"] == 0  # nothing is left leased or due


def test_stop_in_the_middle_hands_sources_back_at_once(tmp_path: Path, sqlite_url: str) -> None:
    with Site(feeds=2, items=1) as site:
        held = threading.Event()
        asked = threading.Event()

        def hang(path: str) -> None:
            if path == "/feed/1" and site.asked[path] == 1:
                asked.set()
                held.wait(WAIT)

        site.on_request = hang
        mine = desk(tmp_path, sqlite_url, site.feed_urls)
        mine.settings |= {"TICK": "1s", "DRAIN": "2s"}
        daemon = mine.start("run")
        try:
            assert asked.wait(WAIT)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.communicate(timeout=WAIT)
            held.set()
        assert daemon.returncode == 0
        report = mine.json("crawl")
        assert not report["skipped"]
        assert len(mine.exported()) == 2


def test_daemon_and_one_shot_fetch_each_source_once(tmp_path: Path, database_url: str) -> None:
    with Site(feeds=20, items=1) as site:
        site.on_request = done = Until(lambda: len(site.pages_asked) == 20)
        mine = desk(tmp_path, database_url, site.feed_urls)
        mine.settings["TICK"] = "1s"
        daemon, one_shot = mine.start("run"), mine.start("crawl")
        try:
            assert done.event.wait(WAIT)
            one_shot.communicate(timeout=WAIT)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.communicate(timeout=WAIT)
        assert daemon.returncode == 0
        assert one_shot.returncode in {0, 1}  # 1: the daemon had them all
        assert {path: site.asked[path] for path in site.asked if path.count("/") == 2} == {
            f"/feed/{number}": 1 for number in range(20)
        }
        assert len(mine.exported()) == 20


def test_a_stuck_loop_ends_the_process_for_its_service_manager() -> None:
    stuck = (
        "import threading; from datetime import timedelta; from news.time import SystemClock\n"
        "from scheduler.daemon import Watchdog\n"
        "Watchdog(clock=SystemClock(), stuck_after=timedelta(seconds=0.3)).start(); threading.Event().wait(60)\n"
    )
    done = subprocess.run([sys.executable, "-c", stuck], capture_output=True, text=True, timeout=WAIT, check=False)
    assert done.returncode == 70
    assert "loop_stuck" in done.stdout + done.stderr
