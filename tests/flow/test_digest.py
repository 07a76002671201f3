"""The rate limit in the whole flow: a real receiver, both databases, hours that pass, and kill -9 half-way."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from presswatch.demo.http import Answer, Request
from tests.flow.cli import Desk, desk
from tests.flow.site import Receiver, Site, receiving
from tests.flow.warm import Running

FEEDS, ITEMS = 4, 24
ALL = frozenset(range(ITEMS))


@dataclass
class Reader(Receiver):
    """A receiver that keeps every post, repeats included, and kills a process at its first digest when asked to."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    victim: Running | None = None

    def answer(self, request: Request) -> Answer:
        said = json.loads(request.body)
        assert said["id"] == request.headers["webhook-id"]
        assert len(request.body) < 20_000
        self.posts.append(said)
        if self.victim is not None and said["type"] == "alerts.digest":
            self.victim.kill()
        return super().answer(request)

    @property
    def told(self) -> Counter[str]:
        """How often each delivery came, in messages that are not dropped as repeats."""
        messages = {said["id"]: said for said in self.posts}.values()
        return Counter(name for said in messages for name in deliveries(said))


def deliveries(said: dict[str, Any]) -> list[str]:
    return [one["id"] for one in said["data"]["alerts"]] if said["type"] == "alerts.digest" else [said["id"]]


def owed(mine: Desk) -> dict[str, str]:
    """Every delivery, and what became of it."""
    told = mine.json("alerts", "list", "--limit", "1000")
    return {each["id"]: each["state"] for alert in told for each in alert["deliveries"]}


def flush_later(mine: Desk, *minutes: int) -> list[dict[str, int]]:
    """What is sent so many minutes from now."""
    command = [sys.executable, "-m", "tests.flow.flush_later", str(mine.folder / "presswatch.yaml")]
    command += [str(minute) for minute in minutes]
    done = subprocess.run(command, env=mine.environment, text=True, capture_output=True, timeout=100, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_storm_is_told_whole_in_few_messages_and_what_waits_is_said(tmp_path: Path, database_url: str) -> None:
    reader = Reader()
    with Site(feeds=FEEDS, items=ITEMS, hits=ALL) as site, receiving(reader) as hook:
        mine = desk(tmp_path, database_url, site.feed_urls, hook)
        mine.settings["ALERTS__PER_HOUR"] = "4"
        report = mine.json("crawl", status=0)  # what waits is no failure
        assert report["totals"]["alerts"] == FEEDS * ITEMS == 96
        counts = {"delivered": 33, "due": 0, "dead": 0, "refused": 0, "digests": 1, "waiting": 63}
        assert report["deliveries"] == counts
        assert "No source is due; 63 messages wait for the rate limit" in mine.run("crawl")
        assert len(reader.posts) == 4

        hours = flush_later(mine, *range(5, 180, 5))
        assert [sent["delivered"] for sent in hours if sent["delivered"]] == [33, 30]
        assert max(sum(sent["messages"] for sent in hours[n : n + 12]) for n in range(len(hours))) == 4
        assert set(owed(mine).values()) == {"delivered"}
        assert reader.told == dict.fromkeys(owed(mine), 1)
        assert set(reader.received.values()) == {1}
        inside = mine.json("alerts", "list", "--limit", "1")[0]["deliveries"][0]["bundle"]
        assert inside in reader.received


def test_killed_between_bundling_and_settling_the_same_digest_comes_again(tmp_path: Path, database_url: str) -> None:
    reader = Reader()
    with Site(feeds=2, items=10, hits=ALL) as site, receiving(reader) as hook:
        mine = desk(tmp_path, database_url, site.feed_urls, hook)
        mine.settings["ALERTS__PER_HOUR"] = "4"
        reader.victim = mine.running("crawl")
        assert reader.victim.wait().returncode == -9
        reader.victim, first = None, reader.posts[-1]
        assert first["type"] == "alerts.digest"
        found = owed(mine)
        assert {found[name] for name in deliveries(first)} == {"due"}
        mine.run("crawl")  # leased: nobody else sends it yet
        assert reader.posts[-1] is first

        flush_later(mine, 2)
        assert reader.posts[-1] == first
        assert reader.received[first["id"]] == 2
        assert set(owed(mine).values()) == {"delivered"}
        assert reader.told == dict.fromkeys(owed(mine), 1)
