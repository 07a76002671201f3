"""A day of polling in seconds: the real crew, flow, gate, cadence and database; only the conversations are made up."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from crawler.gate import Gate
from crawler.settings import Limits
from news.article import Article, Prepared
from scheduler.cadence import Rhythm
from scheduler.crew import Crew
from scheduler.looking import Looker
from scheduler.pipeline import Pipeline
from scheduler.writer import Writer
from storage.articles import Archive
from storage.database import Database
from storage.hosts import Hosts
from storage.sources import Sources
from storage.tables import articles, fetches, sources
from tests.replay.conversation import Conversation, Request
from tests.replay.newsroom import Outlet
from tests.replay.time import Machine, replay
from tests.scheduler.fakes import decide, here

TICK = 15.0  # seconds, as the daemon's


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a replay left behind; two replays of one press are equal, or something was left to chance."""

    requests: Sequence[Request]
    fetches: Sequence[tuple[Any, ...]]  # source, at, outcome, status, reason, items, new, gap
    articles: Sequence[tuple[Any, ...]]  # url, source, story, first seen
    sources: Sequence[tuple[Any, ...]]  # name, due, interval, failures


Events = Callable[[Machine], Coroutine[None, None, None]]


async def undisturbed(_machine: Machine) -> None:
    """Let all clocks run."""


def live(press: Sequence[Outlet], database: Database, *, hours: float = 24, events: Events = undisturbed) -> Day:
    """Poll a press for so many hours awake, from midnight on; `events` runs beside it and may upset the clocks."""

    async def work(machine: Machine) -> Day:
        Sources(database).sync([outlet.source for outlet in press], now=machine.now())
        crew, requests = _crew(press, database, machine)
        upset = asyncio.create_task(events(machine))
        beat = asyncio.create_task(crew.keep_alive())
        ticks = asyncio.create_task(_tick(crew))
        await asyncio.sleep(hours * 3600)
        for task in (ticks, beat, upset):
            task.cancel()
        await crew.stop(within=timedelta(minutes=10))
        return Day(requests=requests, **_left(database))

    return replay(work)


async def _tick(crew: Crew) -> None:
    while True:
        await crew.fill()
        await asyncio.sleep(TICK)


def _crew(press: Sequence[Outlet], database: Database, machine: Machine) -> tuple[Crew, list[Request]]:
    dice = Random(1)
    gate = Gate(Limits(), machine, chance=dice.random)
    gather = Conversation(gate=gate, machine=machine, press=press)
    archive, store = Archive(database), Sources(database)
    writer = Writer(keeper=archive, sources=store, prepare=_prepare, decide=decide, clock=machine, run=here)
    pipeline = Pipeline(
        gather=gather, archive=archive, looker=Looker(archive=archive, run=here),
        writer=writer, clock=machine, chance=dice.random, run=here, rhythm=Rhythm(),
        paces=gate.paces,
    )  # fmt: skip
    crew = Crew(
        source=pipeline.source, quarantine=pipeline.quarantine, queue=store, gate=gate, hosts=Hosts(database),
        clock=machine, run=here, owner="replay",
    )  # fmt: skip
    return crew, gather.requests


def _prepare(article: Article) -> Prepared:
    return Prepared(article=article, tokens=f"{article.title} {article.text or article.summary}".lower().split())


def _left(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    f, a, s = fetches.c, articles.c, sources.c
    queries = {
        "fetches": select(s.name, f.at, f.outcome, f.status, f.reason, f["items"], f.new, f.gap)
        .join(sources, s.id == f.source_id)
        .order_by(f.id),
        "articles": select(a.url, s.name, a.story_id, a.first_seen_at)
        .join(sources, s.id == a.source_id)
        .order_by(a.id),
        "sources": select(s.name, s.due_at, s.interval_seconds, s.failures).order_by(s.id),
    }
    with database.read() as connection:
        return {name: [tuple(row) for row in connection.execute(query)] for name, query in queries.items()}
