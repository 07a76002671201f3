"""kill -9 at random moments of a crawl with deliveries: nothing lost, nothing told under two ids."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.flow.cli import Desk, desk
from tests.flow.site import Receiver, Site, receiving
from tests.flow.warm import Running

KILLS = 12
FEEDS, HITS = 10, frozenset(range(0, 100, 3))


@dataclass
class Assassin:
    """Kills a process at its n-th request, whatever it was doing then."""

    process: Running | None = None
    countdown: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, _path: str) -> None:
        with self._lock:
            self.countdown -= 1
            if self.countdown == 0 and self.process is not None:
                self.process.kill()


def crawl_until_done(mine: Desk) -> None:
    """Crawl until no source is left to a dead worker's lease and nothing is owed."""
    for _ in range(40):
        report = mine.json("crawl", "--all", status=None)
        owed = [each for alert in mine.json("alerts", "list") for each in alert["deliveries"] if each["state"] == "due"]
        if not report["skipped"] and not owed and not report["totals"]["new"]:
            return
    raise AssertionError("the crawl never came to an end")


def run_with_kills(mine: Desk, site: Site, assassin: Assassin, chance: Callable[[], int]) -> int:
    """Start crawls, each with fresh news, and kill each at a random request; returns how many died so."""
    died = 0
    for _ in range(KILLS):
        site.items += 1
        assassin.process, assassin.countdown = None, chance()
        while assassin.countdown > 0:  # a crawl asks nothing while the dead one before holds its sources
            assassin.process = mine.running("crawl", "--all")
            died += assassin.process.wait().returncode == -9
    assassin.process = None
    return died


@pytest.mark.timeout(400)
def test_a_dozen_kills_lose_nothing_and_tell_nothing_twice(tmp_path: Path, database_url: str) -> None:
    assassin = Assassin()
    receiver = Receiver(on_request=assassin)
    chance = random.Random(tmp_path.name)
    site = Site(feeds=FEEDS, items=2, hits=HITS, on_request=assassin)
    with site, receiving(receiver) as hook:
        mine = desk(tmp_path, database_url, site.feed_urls, hook)
        mine.settings["LEASE"] = "1s"
        died = run_with_kills(mine, site, assassin, lambda: chance.randint(1, 25))
        crawl_until_done(mine)

        kept = mine.exported()
        assert sorted(each["url"] for each in kept) == sorted(site.article_urls)
        told = mine.json("alerts", "list", "--limit", "1000")
        assert len(told) == FEEDS * len([item for item in range(site.items) if item in HITS])
        owed = [each["id"] for alert in told for each in alert["deliveries"]]
        assert all(each["state"] == "delivered" for alert in told for each in alert["deliveries"])
        assert sorted(owed) == sorted(receiver.received)  # each once for a receiver that drops repeated ids
    assert died >= KILLS // 2, "the kills came too late to prove anything"
