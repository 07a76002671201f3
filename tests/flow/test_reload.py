"""The daemon takes up a configuration that is changed while it runs, and loses nothing on the way."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.flow.cli import TOPIC, Desk, desk
from tests.flow.site import Receiver, Site, receiving
from tests.flow.test_daemon import WAIT, Until


@contextmanager
def running(mine: Desk) -> Iterator[list[dict[str, Any]]]:
    """The daemon; what it logged is there once it has stopped."""
    mine.settings |= {"TICK": "1s", "LOG__FORMAT": "json"}
    daemon, logged = mine.start("run"), list[dict[str, Any]]()
    try:
        yield logged
    finally:
        daemon.send_signal(signal.SIGTERM)
        _, log = daemon.communicate(timeout=WAIT)
        logged += [json.loads(line) for line in log.splitlines()]
    assert daemon.returncode == 0, log


def test_a_source_and_a_topic_that_come_while_the_daemon_runs_are_read_and_told(
    tmp_path: Path, database_url: str
) -> None:
    receiver = Receiver()
    receiver.on_request = told = Until(lambda: len(second(receiver)) == 3)
    with Site(feeds=2) as site, receiving(receiver) as hook:
        first = threading.Event()
        site.on_request = lambda path: first.set() if path.startswith("/feed/0/") else None
        mine = desk(tmp_path, database_url, site.feed_urls[:1], hook)
        (mine.folder / "topics" / "drones.yaml").unlink()
        with running(mine) as logged:
            assert first.wait(WAIT)
            (mine.folder / "topics" / "news.yaml").write_text(TOPIC.replace("drone*", "news"))
            said = mine.run("sources", "add", site.feed_urls[1], "--kind", "feed", "--name", "Second")
            assert "a daemon that runs takes it up" in said
            assert told.event.wait(WAIT)
        changes = [line for line in logged if line["event"] == "configuration_changed"]
        assert [name for line in changes for name in line.get("sources_added", [])] == ["Second"]
        assert [name for line in changes for name in line.get("topics_added", [])] == ["news"]
        assert len(mine.exported()) == 6
        assert not [line for line in logged if line["event"] in TROUBLES]


TROUBLES = {"lease_lost", "job_crashed", "job_failed", "storage_failed", "loop_stuck"}


def second(receiver: Receiver) -> list[dict[str, Any]]:
    """What was told of the second feed."""
    told = [json.loads(body)["data"] for body in receiver.bodies.values()]
    return [each for each in told if "/feed/1/" in each["article"]["url"]]


def test_what_is_under_way_when_the_configuration_changes_is_handed_on(tmp_path: Path, database_url: str) -> None:
    with Site(feeds=2) as site:
        asked, held, done = threading.Event(), threading.Event(), threading.Event()

        def hang(path: str) -> None:
            if path == "/feed/0" and site.asked[path] == 1:
                asked.set()
                held.wait(WAIT)
            if len(site.pages_asked) == 6:
                done.set()

        site.on_request = hang
        mine = desk(tmp_path, database_url, site.feed_urls[:1])
        mine.settings["DRAIN"] = "2s"
        with running(mine) as logged:
            assert asked.wait(WAIT)
            mine.run("sources", "add", site.feed_urls[1], "--kind", "feed", "--name", "Second")
            assert done.wait(WAIT), "by the daemon with the new configuration, while the old request hangs"
            held.set()
        assert len(mine.exported()) == 6
        assert [line["handed_back"] for line in logged if line["event"] == "stopped"] == [1, 0]
        assert not [line for line in logged if line["event"] in TROUBLES]


def test_a_mistake_is_told_to_operators_and_the_daemon_goes_on(tmp_path: Path, sqlite_url: str) -> None:
    receiver = Receiver()
    heard, first, again = threading.Event(), threading.Event(), threading.Event()
    receiver.on_request = lambda _: heard.set()
    with Site(feeds=2) as site, receiving(receiver) as hook:
        site.on_request = lambda path: (again if path.startswith("/feed/1/") else first).set()
        mine = desk(tmp_path, sqlite_url, site.feed_urls[:1], hook)
        mine.settings["ALERTS__OPERATORS"] = '["hook"]'
        (mine.folder / "topics" / "drones.yaml").unlink()
        with running(mine) as logged:
            assert first.wait(WAIT)
            topic = mine.folder / "topics" / "ships.yaml"
            topic.write_text("query: (ship*\n")
            assert heard.wait(WAIT)
            topic.write_text("query: ship*\n")
            mine.run("sources", "add", site.feed_urls[1], "--kind", "feed", "--name", "Second")
            assert again.wait(WAIT)
        (notice,) = [json.loads(body)["data"] for body in receiver.bodies.values()]
        assert notice["event"] == "configuration"
        assert f"{topic}:1:8: " in notice["means"]
        assert [line["event"] for line in logged].count("configuration_wrong") == 1
        assert not [line for line in logged if line["event"] in TROUBLES]
