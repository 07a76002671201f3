"""The crew: everything asked for runs once, leases stay alive, a stop hands back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from news.article import Kept
from news.errors import StorageError
from news.fetch import Fetch, Outcome
from news.source import Lease
from scheduler.crew import Crew
from scheduler.report import Report
from tests.scheduler.fakes import NOW, FakeGate, FakeStore, StillClock, here, lease, pace

Runs = Callable[[Lease], Awaitable[Report]]


def report(held: Lease, *, left: int = 0) -> Report:
    fetch = Fetch(url=held.source.url, at=NOW, outcome=Outcome.READ)
    return Report(source=held.source.name, fetch=fetch, kept=Kept(new=1), left=left)


async def quick(held: Lease) -> Report:
    await asyncio.sleep(0)
    return report(held)


async def set_aside(held: Lease) -> Report:
    return replace(report(held), fetch=replace(report(held).fetch, reason="quarantine"))


def crew(
    store: FakeStore, runs: Runs = quick, *, capacity: int = 4, seconds: float = 60, gate: FakeGate | None = None
) -> tuple[Crew, list[Report]]:
    done: list[Report] = []
    made = Crew(
        source=runs,
        quarantine=set_aside,
        queue=store,
        gate=gate or FakeGate(),
        hosts=store,
        clock=StillClock(),
        run=here,
        owner="me",
        lease=timedelta(seconds=seconds),
        capacity=capacity,
        on_report=done.append,
    )
    return made, done


def test_all_that_is_due_runs_once_within_the_capacity() -> None:
    running = most = 0

    async def counted(held: Lease) -> Report:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return report(held)

    made, done = crew(FakeStore(due=[lease(n) for n in range(50)]), counted)
    asyncio.run(made.all())
    assert sorted(each.source for each in done) == sorted(f"s{n}" for n in range(50))
    assert most <= 4


def test_source_with_items_left_runs_again_when_asked_for_by_name() -> None:
    store = FakeStore(due=[lease(1), replace(lease(1), attempts=2), lease(2)])
    lefts = iter([5, 0, 0])

    async def partly(held: Lease) -> Report:
        return report(held, left=next(lefts) if held.source.name == "s1" else 0)

    made, done = crew(store, partly, capacity=1)
    asyncio.run(made.all(names=["s1", "s2"], due_only=False))
    assert [each.source for each in done].count("s1") == 2


def test_what_the_database_refuses_is_said_and_the_others_end() -> None:
    async def refused(held: Lease) -> Report:
        if held.source_id == 2:
            raise StorageError("the disk is full")
        return report(held)

    made, done = crew(FakeStore(due=[lease(n) for n in range(5)]), refused)
    assert asyncio.run(made.all()) == ["s2: the disk is full"]
    assert len(done) == 4


def test_a_renewal_that_fails_is_made_again() -> None:
    store = FakeStore(due=[lease(1)], failing_renewals=2)

    async def until_renewed(held: Lease) -> Report:
        while held.source_id not in store.renewed:  # noqa: ASYNC110  the store is told from a thread
            await asyncio.sleep(0.001)
        return report(held)

    made, done = crew(store, until_renewed, seconds=0.01)
    asyncio.run(asyncio.wait_for(made.all(), 10))
    assert len(done) == 1


def test_a_source_whose_runs_never_end_is_set_aside_unless_it_is_asked_for() -> None:
    poison = replace(lease(1), attempts=6)
    made, done = crew(FakeStore(due=[poison]))
    asyncio.run(made.all())
    assert [each.fetch.reason for each in done] == ["quarantine"]
    made, done = crew(FakeStore(due=[poison]))
    asyncio.run(made.all(names=["s1"], due_only=False))
    assert [each.fetch.reason for each in done] == [""]


def test_nothing_is_started_once_a_stop_has_begun() -> None:
    store = FakeStore(due=[lease(1)])
    made, done = crew(store)

    async def flow() -> None:
        claim = asyncio.create_task(made.fill())
        await asyncio.sleep(0)
        await made.stop(within=timedelta(seconds=1))
        await claim
        assert await made.fill() == 0

    asyncio.run(flow())
    assert store.events == ["claimed", "released"]
    assert len(done) == 1


def test_long_runs_keep_their_lease_and_lost_ones_are_cancelled() -> None:
    store = FakeStore(due=[lease(1), lease(2)])

    async def until_renewed(held: Lease) -> Report:
        while held.source_id not in store.renewed:  # noqa: ASYNC110  the store is told from a thread
            await asyncio.sleep(0.001)
        if held.source_id == 2:
            store.lost.add(2)
            await asyncio.Event().wait()  # only a cancellation ends it
        return report(held)

    made, done = crew(store, until_renewed, seconds=0.01)
    asyncio.run(asyncio.wait_for(made.all(), 10))
    assert [each.source for each in done] == ["s1"]


def test_stop_waits_then_cancels_and_hands_everything_back() -> None:
    store = FakeStore(due=[lease(1), lease(2)])

    async def one_hangs(held: Lease) -> Report:
        if held.source_id == 2:
            await asyncio.Event().wait()
        return report(held)

    made, done = crew(store, one_hangs)

    async def flow() -> int:
        await made.fill()
        return await made.stop(within=timedelta(seconds=0.05))

    assert asyncio.run(flow()) == 1
    assert len(done) == 1
    assert store.released == ["me"]


def test_what_is_known_of_hosts_comes_with_a_claim_and_is_told_before_anything_is_given_back() -> None:
    store = FakeStore(due=[replace(lease(1), pace=pace("a")), lease(2)], others=[pace("b")])
    gate = FakeGate(learnt=[pace("c")])
    made, _ = crew(store, gate=gate)

    async def flow() -> None:
        await made.all()
        assert gate.heeded[:2] == ["a", "b"]
        assert store.told == ["c"]
        gate.learnt = [pace("d")]
        await made.stop(within=timedelta(seconds=1))

    asyncio.run(flow())
    assert store.events[-2:] == ["told d", "released"]
