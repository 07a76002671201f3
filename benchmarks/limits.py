"""The limits beside the figures: each library alone, on the same bytes. The work itself is in peers/limits.py."""

import argparse
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from contenders import PEERS, PEERS_PYTHON
from newsroom import Plan
from pages import FORMATS, article_page

SAMPLE_FEEDS = 500
SAMPLE_PAGES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One library alone; `cpu` is scaled from the sample to the whole newsroom."""

    name: str
    feeds: int
    cpu: float  # seconds for all documents
    each: float  # milliseconds a document
    sample: int


def limits(feeds_file: Path, folder: Path, options: argparse.Namespace) -> list[Limit]:
    """All of them, for one size of newsroom; `folder` is for scratch files."""
    feeds = len(feeds_file.read_text(encoding="utf-8").split())
    plan = Plan(feeds=feeds, items=options.items, seed=options.seed, format=options.format)
    saved = str(folder / "validators.json")
    found = [
        _alone(f"HTTP client alone, {name} round", ["http", str(feeds_file), saved], feeds, feeds)
        for name in ("first", "unchanged")
    ]
    bodies = _write_feeds(plan, folder / "bodies")
    found += [_alone(f"{name} alone", [name, str(bodies)], feeds, feeds) for name in ("feedparser", "lxml")]
    if feeds <= options.full_text_up_to:
        pages = _write_pages(plan, folder / "pages")
        found += [
            _alone(f"{name} alone", [name, str(pages)], feeds, feeds * options.items)
            for name in ("trafilatura", "trafilatura-fast")
        ]
    return found


def _alone(name: str, command: list[str], feeds: int, documents: int) -> Limit:
    done = subprocess.run(
        [str(PEERS_PYTHON), str(PEERS / "limits.py"), *command], check=True, capture_output=True, text=True
    )
    result = json.loads(done.stdout)
    each = result["cpu"] / result["units"]
    return Limit(name=name, feeds=feeds, cpu=each * documents, each=each * 1000, sample=result["units"])


def _write_feeds(plan: Plan, folder: Path) -> Path:
    folder.mkdir()
    for feed in range(min(plan.feeds, SAMPLE_FEEDS)):
        body = FORMATS[plan.format](plan.seed, feed, plan.items, f"http://{plan.host(feed)}:8000")
        (folder / f"{feed:06}.xml").write_bytes(body)
    return folder


def _write_pages(plan: Plan, folder: Path) -> Path:
    """A sample with pages of as many outlets as possible."""
    folder.mkdir()
    count = min(plan.feeds * plan.items, SAMPLE_PAGES)
    for number in range(count):
        item, feed = divmod(number, plan.feeds)
        body = article_page(plan.seed, feed, item, f"http://{plan.host(feed)}:8000")
        (folder / f"{number:06}.html").write_bytes(body)
    return folder
