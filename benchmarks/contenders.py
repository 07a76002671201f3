"""Who is measured: how each is prepared, how it runs one round, and how its store is counted afterwards."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from prose import story

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
PEERS_VENV = HERE.parent / ".venv" / "bench"  # apart from the project's own packages, and ignored with them
PEERS_PYTHON = PEERS_VENV / "bin" / "python"
FUNDUS_VENV = HERE.parent / ".venv" / "bench-fundus"  # another lxml than ours
FUNDUS_PYTHON = FUNDUS_VENV / "bin" / "python"
FUNDUS_PACKAGES = ("fundus", "curl_cffi<0.16")  # fundus 0.5.7 cannot be imported with a later one
NEWSPLEASE_VENV = HERE.parent / ".venv" / "bench-newsplease"
NEWSPLEASE_PYTHON = NEWSPLEASE_VENV / "bin" / "python"
PEER_PACKAGES = (
    "reader",
    "requests",
    "sgmllib3k",
    "datasketch",
    "simhash",
)  # the last two for stories.py; reader 3.26 imports sgmllib, which its requirements no longer bring
# In the versions presswatch runs on.
SHARED_PACKAGES = ("scrapy", "feedparser", "trafilatura", "lxml", "lxml_html_clean", "aiohttp")
ADDRESS = re.compile(r"/feed/(\d+)/(\d+)\.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A program that is measured. `{dir}` is its own folder, `{feeds}` the list of addresses."""

    name: str
    full_text: bool
    round: Sequence[str]  # the command that runs one round over all feeds
    prepare: Sequence[Sequence[str]] = ()  # commands that come first and are not measured
    environment: dict[str, str] = field(default_factory=dict)
    database: str  # SQLite file below its folder
    query: str  # gives (address, text) of every stored article
    up_to: int = 1_000_000  # feeds; a slow one is not asked to read more

    def installed(self) -> bool:
        """Whether its program is there."""
        return Path(self.round[0]).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What a store holds after a round."""

    articles: int
    whole: int  # of these, the ones with the text they should have


def presswatch(program: Path, *, full_text: bool, concurrency: int, topic: bool) -> Contender:
    """presswatch as a user runs it, through its command line; with the topic it ships, or with none as reader."""
    config = "{dir}/presswatch.yaml"
    command = [str(program), "--config", config]
    return Contender(
        name="presswatch" if topic == full_text else "presswatch, with its topic",
        full_text=full_text,
        prepare=[
            *([[str(program), "init", "--dir", "{dir}"]] if topic else []),  # the topic and lists that presswatch ships
            [str(program), "init", "--empty", "--force", "--dir", "{dir}"],  # no sources
            [*command, "sources", "import", "{feeds}"],
        ],
        round=[*command, "crawl", "--all"],
        environment={
            "PRESSWATCH_FETCH__ALLOW_PRIVATE_NETWORKS": "true",
            "PRESSWATCH_FETCH__DELAY": "0",
            "PRESSWATCH_FETCH__PER_HOST": str(concurrency),
            "PRESSWATCH_FETCH__CONCURRENCY": str(concurrency),
            "PRESSWATCH_FETCH__FULL_TEXT": str(full_text).lower(),
            "PRESSWATCH_DATABASE": "sqlite:///bench.db",
        },
        database="bench.db",
        query="SELECT url, title || char(10) || coalesce(text, '') FROM v_article",
    )


def reader() -> Contender:
    """lemon24/reader."""
    script = [str(PEERS_PYTHON), str(PEERS / "reader_feeds.py")]
    return Contender(
        name="reader",
        full_text=False,
        prepare=[[*script, "add", "{dir}/reader.db", "{feeds}"]],
        round=[*script, "update", "{dir}/reader.db"],
        database="reader.db",
        query="SELECT link, summary FROM entries",
    )


def lean() -> Contender:
    """The least that works."""
    return Contender(
        name="lean yardstick",
        full_text=False,
        round=[str(PEERS_PYTHON), str(PEERS / "lean_feeds.py"), "{dir}/lean.db", "{feeds}"],
        database="lean.db",
        query="SELECT url, summary FROM item",
    )


def plain_script(*, fast: bool) -> Contender:
    """Scrapy, feedparser and trafilatura, plainly put together."""
    command = [str(PEERS_PYTHON), str(PEERS / "plain_script.py"), "{dir}/plain.db", "{feeds}"]
    return Contender(
        name="plain script, fast" if fast else "plain script",
        full_text=True,
        round=[*command, "fast"] if fast else command,
        database="plain.db",
        query="SELECT url, text FROM article",
    )


def fundus() -> Contender:
    """fundus, with a parser written for the newsroom: no extractor, each site's paragraphs are named by hand."""
    return Contender(
        name="fundus",
        full_text=True,
        round=[str(FUNDUS_PYTHON), str(PEERS / "fundus_pages.py"), "{dir}/fundus.db", "{feeds}"],
        database="fundus.db",
        query="SELECT url, text FROM article",
    )


def newsplease() -> Contender:
    """news-please as a library; at 200 feeds it would take the better part of an hour."""
    return Contender(
        name="news-please",
        full_text=True,
        round=[str(NEWSPLEASE_PYTHON), str(PEERS / "newsplease_pages.py"), "{dir}/news.db", "{feeds}"],
        database="news.db",
        query="SELECT url, text FROM article",
        up_to=20,
    )


def everybody(program: Path, *, concurrency: int) -> list[Contender]:
    """All contenders, feeds only first."""
    return [
        presswatch(program, full_text=False, concurrency=concurrency, topic=False),
        presswatch(program, full_text=False, concurrency=concurrency, topic=True),
        reader(),
        lean(),
        presswatch(program, full_text=True, concurrency=concurrency, topic=True),
        plain_script(fast=False),
        plain_script(fast=True),
        fundus(),
        newsplease(),
    ]


def holdings(contender: Contender, folder: Path, *, seed: int, in_feed: bool) -> Holdings:
    """Count what is stored, and what is stored whole: no item is taken on trust.

    in_feed: the feeds themselves carry whole articles.
    """
    database = folder / contender.database
    if not database.exists():
        return Holdings(articles=0, whole=0)
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        kept = {url: text or "" for url, text in connection.execute(contender.query)}
    whole = sum(_is_whole(url, text, contender, seed, in_feed) for url, text in kept.items())
    return Holdings(articles=len(kept), whole=whole)


def _is_whole(url: str, text: str, contender: Contender, seed: int, in_feed: bool) -> bool:
    found = ADDRESS.search(url)
    if found is None:
        return False
    flat = " ".join(text.split())
    return all(part in flat for part in _expected(seed, int(found[1]), int(found[2]), contender, in_feed))


def _expected(seed: int, feed: int, item: int, contender: Contender, in_feed: bool) -> Sequence[str]:
    """What a store must have of an article: the text's beginning and end, or the summary."""
    title, summary, first, last = _told(seed, feed, item)
    if contender.full_text or in_feed:
        return first, last
    # presswatch keeps summaries apart; the view it documents has titles and texts
    return (title,) if contender.name == "presswatch" else (summary,)


@cache
def _told(seed: int, feed: int, item: int) -> tuple[str, str, str, str]:
    told = story(seed, feed, item)
    return told.title, told.summary, told.paragraphs[0], told.paragraphs[-1]


def set_up_peers() -> None:
    """Install the peers by name, in places of their own, on the same library versions as presswatch where they can."""
    pinned = [f"{name}=={found}" if (found := _version(name)) else name for name in SHARED_PACKAGES]
    _install(PEERS_VENV, *PEER_PACKAGES, *pinned)
    _install(FUNDUS_VENV, *FUNDUS_PACKAGES)
    _install(NEWSPLEASE_VENV, "news-please")


def _install(venv: Path, *packages: str) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *packages], check=True)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
