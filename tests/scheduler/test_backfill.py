"""Back-fill: what a bug in the reading of one article costs, and how hosts are asked."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from crawler.backfill import Offer
from crawler.documents import Document
from news.article import Item, Page
from news.errors import StorageError
from news.fetch import Reason
from news.pace import Pace
from news.source import Source
from scheduler.backfill import Backfill, Filled
from tests.scheduler.fakes import FakeGate, FakeStore, StillClock, here, lease, pace, writer

T = TypeVar("T")


class Stumbling:
    """Reads every page but one."""

    async def page(self, url: str, source: Source, /) -> Page:
        if url.endswith("/odd"):
            raise TypeError("half a character")
        return Page(url=url, title="The dock is open", text="The dock was opened today.")

    async def read(self, document: Document, source: Source, /) -> Page:
        return await self.page(document.url, source)


def fill(*urls: str, gate: FakeGate | None = None, paces: Sequence[Pace] = ()) -> tuple[Filled, FakeStore]:
    held = lease()
    store = FakeStore(due=[held], others=list(paces))
    desk = backfill(store, gate)
    return asyncio.run(desk.keep(held.source, [Offer(item=Item(url=url)) for url in urls])), store


def backfill(store: FakeStore, gate: FakeGate | None = None) -> Backfill:
    return Backfill(
        gather=Stumbling(),
        archive=store,
        queue=store,
        gate=gate or FakeGate(),
        hosts=store,
        writer=writer(store),
        clock=StillClock(),
        run=here,
        owner="us",
        lease=timedelta(minutes=1),
        busy=lambda _name: None,
    )


def test_a_bug_that_one_article_brings_to_light_costs_this_one_alone(caplog: pytest.LogCaptureFixture) -> None:
    filled, _ = fill("https://quay.example/odd", "https://quay.example/even")
    assert (filled.kept.new, filled.failed) == (1, {Reason.CRASH: 1})
    assert "half a character" in caplog.text


def test_a_source_that_another_process_never_lets_go_of_is_not_waited_for_for_ever() -> None:
    slept: list[float] = []
    told: list[str] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    desk = replace(backfill(FakeStore()), sleep=sleep, busy=told.append)
    with pytest.raises(StorageError, match="another process has held 's1' for 60 minutes"):
        asyncio.run(desk.keep(lease().source, [Offer(item=Item(url="https://quay.example/even"))]))
    assert sum(slept) == 3600
    assert set(told) == {"s1"}


def test_what_was_read_is_kept_before_other_processes_hear_of_its_hosts() -> None:
    store, exchanges = FakeStore(due=[lease()]), list[object]()

    async def stopped(function: Callable[..., T], /, *args: object, **kwargs: object) -> T:
        exchanges.extend([function] if function == store.exchange else [])
        if len(exchanges) == 2:
            raise asyncio.CancelledError
        return await here(function, *args, **kwargs)

    offers = [Offer(item=Item(url="https://quay.example/even"))]
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(replace(backfill(store), run=stopped).keep(lease().source, offers))
    assert list(store.kept) == ["https://quay.example/even"]


def test_a_back_fill_asks_hosts_at_the_pace_that_all_processes_know() -> None:
    gate = FakeGate(learnt=[pace("quay.example")])
    _, store = fill("https://quay.example/even", gate=gate, paces=[pace("press.example")])
    assert gate.heeded[:1] == ["press.example"]
    assert store.told == ["quay.example"]
