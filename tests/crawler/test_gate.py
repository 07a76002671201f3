"""One pace per host, on a clock that never really waits."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.gate import Gate
from crawler.settings import Limits
from news.errors import CrawlError
from news.pace import Pace
from tests.crawler.acts import ManualClock


def starts(gate: Gate, clock: ManualClock, hosts: list[str], *, takes: float = 0.0) -> list[tuple[str, float]]:
    """Let one task per entry pass the gate, and return when each got in."""
    log: list[tuple[str, float]] = []

    async def visit(host: str) -> None:
        async with gate.turn(host):
            log.append((host, clock.seconds))
            if takes:
                await clock.sleep(takes)

    async def run() -> None:
        await asyncio.gather(*map(visit, hosts))

    asyncio.run(run())
    return log


def gate_of(clock: ManualClock, chance: Callable[[], float] = lambda: 0.5, **changes: float) -> Gate:
    return Gate(Limits(**changes), clock, chance=chance, sleep=clock.sleep)  # type: ignore[arg-type]


def test_requests_to_a_host_start_the_delay_apart() -> None:
    clock = ManualClock()
    times = [at for _, at in starts(gate_of(clock, delay=5.0), clock, ["a"] * 4)]
    assert times == [1000.0, 1005.0, 1010.0, 1015.0]


@pytest.mark.parametrize(("chance", "gap"), [(0.0, 2.5), (0.5, 5.0), (1.0, 7.5)])
def test_the_delay_varies_by_half_either_way(chance: float, gap: float) -> None:
    clock = ManualClock()
    times = [at for _, at in starts(gate_of(clock, lambda: chance, delay=5.0), clock, ["a"] * 2)]
    assert times[1] - times[0] == gap


def test_hosts_do_not_wait_for_each_other() -> None:
    clock = ManualClock()
    assert {at for _, at in starts(gate_of(clock, delay=5.0), clock, ["a", "b", "c"])} == {1000.0}


def test_a_slow_answer_delays_the_next_only_where_there_is_one_place() -> None:
    for places, second in ((1, 1009.0), (2, 1005.0)):
        clock = ManualClock()
        log = starts(gate_of(clock, delay=5.0, per_host=places), clock, ["a", "a"], takes=9.0)
        assert log[1][1] >= second


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=12), st.integers(1, 3), st.floats(0, 1))
def test_no_two_requests_to_a_host_start_closer_than_its_shortest_delay(
    hosts: list[str], places: int, chance: float
) -> None:
    clock = ManualClock()
    log = starts(gate_of(clock, lambda: chance, delay=4.0, per_host=places, concurrency=3), clock, hosts, takes=1.0)
    for host in set(hosts):
        times = [at for name, at in log if name == host]
        assert all(later - earlier >= 2.0 for earlier, later in pairwise(times))


def test_a_crawl_delay_raises_the_pace_up_to_the_cap_and_never_lowers_it() -> None:
    for asked, gap in ((30.0, 30.0), (1000.0, 120.0), (1.0, 5.0)):
        clock = ManualClock()
        gate = gate_of(clock, delay=5.0)
        gate.ask_delay("a", asked)
        times = [at for _, at in starts(gate, clock, ["a"] * 2)]
        assert times[1] - times[0] == gap


def test_a_pause_holds_that_host_alone() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=0.0)
    gate.pause("a", 20.0)
    assert gate.wait("a") == 20.0
    assert gate.wait("b") == 0.0
    assert dict(starts(gate, clock, ["b", "a"])) == {"b": 1000.0, "a": 1020.0}


def test_nobody_waits_for_a_host_that_asks_for_a_long_rest_not_even_who_stood_in_line_before() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=10.0)

    async def flow() -> list[object]:
        async def ask() -> None:
            async with gate.turn("a"):
                gate.pause("a", 3600.0)

        return await asyncio.gather(*(ask() for _ in range(3)), return_exceptions=True)

    first, *others = asyncio.run(flow())
    assert first is None
    assert [getattr(each, "retry_after", None) for each in others] == [timedelta(hours=1)] * 2


def test_no_more_than_the_allowed_number_run_at_once() -> None:
    inside = most = 0
    clock = ManualClock()
    gate = gate_of(clock, delay=0.0, concurrency=3)

    async def visit(host: str) -> None:
        nonlocal inside, most
        async with gate.turn(host):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    async def run() -> None:
        await asyncio.gather(*(visit(str(number)) for number in range(20)))

    asyncio.run(run())
    assert most == 3


def test_a_place_is_given_back_by_whoever_fails_or_is_cancelled() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=0.0, concurrency=1)

    async def run() -> None:
        with pytest.raises(RuntimeError):
            async with gate.turn("a"):
                raise RuntimeError
        inside = asyncio.Event()

        async def stay() -> None:
            async with gate.turn("a"):
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(stay())
        waiting = asyncio.create_task(stay())
        await inside.wait()
        waiting.cancel()
        task.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
        async with asyncio.timeout(1), gate.turn("a"):
            pass

    asyncio.run(run())


def test_hosts_that_are_done_with_are_forgotten() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=5.0)
    starts(gate, clock, [str(number) for number in range(4096)])
    clock.seconds += 100
    starts(gate, clock, ["new"])
    assert len(gate._places) == 1


def test_a_host_that_refuses_is_asked_half_as_often_and_bit_by_bit_as_often_again() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=5.0)
    gaps = []
    for refused in (True, True, True, False, False, False):
        gate.pause("a", 0.0)
        gate.answered("a", 0.0, refused=refused)
        gaps.append(gate._gap(gate._place("a")))
    assert gaps == [10.0, 20.0, 40.0, 37.5, 35.0, 32.5]
    times = [at for _, at in starts(gate, clock, ["a"] * 2)]
    assert times == [1040.0, 1072.5]
    for _ in range(20):
        gate.answered("a", 0.0, refused=True)
    assert gate._gap(gate._place("a")) == 120.0  # the cap


def test_a_slow_host_is_left_alone_for_as_long_as_it_takes_to_answer() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=5.0)
    gate.pause("a", 0.0)
    for _ in range(40):
        gate.answered("a", 20.0, refused=False)
    assert 39 < gate._gap(gate._place("a")) <= 40
    gate.answered("b", 20.0, refused=True)
    assert gate.wait("b") == 0.0  # nobody asked it through this gate


def test_who_wants_no_delay_gets_none_from_a_slow_host_either() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=0.0)
    gate.pause("a", 0.0)
    gate.answered("a", 20.0, refused=True)
    assert gate.wait("a") == 0.0


def test_a_crawl_delay_outlives_the_memory_of_an_idle_host() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=1.0)
    gate.ask_delay("a", 30.0)
    starts(gate, clock, ["a"])
    clock.seconds += 100
    starts(gate, clock, [str(number) for number in range(4096)])
    assert "a" not in gate._places
    times = [at for _, at in starts(gate, clock, ["a"] * 2)]
    assert times[1] - times[0] == 30.0


def test_a_gate_without_delay_costs_next_to_nothing() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=0.0)

    async def run() -> float:
        started = time.process_time()
        for number in range(5000):
            async with gate.turn(f"host{number % 500}"):
                pass
        return (time.process_time() - started) / 5000

    assert asyncio.run(run()) < 0.0001


def told(gate: Gate, clock: ManualClock) -> Gate:
    """Another process's gate, told what this one learnt."""
    other = gate_of(clock, delay=5.0)
    other.heed(gate.paces())
    return other


def test_another_process_is_told_to_wait_rest_and_go_slow_once() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=5.0)
    starts(gate, clock, ["a", "b", "c"])
    for host in "abc":
        gate.answered(host, 0.0, refused=host == "b")
    gate.ask_delay("c", 30.0)
    gate.pause("b", 25.0)
    other = told(gate, clock)
    assert [other.wait(host) for host in "abc"] == [5.0, 25.0, 5.0]
    assert [other._gap(other._place(host)) for host in "abcd"] == [5.0, 10.0, 30.0, 5.0]
    assert gate.paces() == other.paces() == []


def test_a_host_that_is_slow_no_more_is_told_of_once_more() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=5.0)
    starts(gate, clock, ["a"])
    gate.ask_delay("a", 30.0)
    assert [pace.delay for pace in gate.paces()] == [30.0]
    gate.ask_delay("a", 30.0)
    assert gate.paces() == []
    gate.ask_delay("a", 0.0)
    assert [pace.delay for pace in gate.paces()] == [0.0]
    assert gate._gap(gate._place("a")) == 5.0


def test_nothing_is_told_of_hosts_that_nobody_waits_for() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=0.0)
    starts(gate, clock, ["a", "b"])
    gate.answered("a", 20.0, refused=True)
    gate.ask_delay("b", 0.0)
    assert gate.paces() == []


def test_no_clock_that_was_wrong_makes_us_wait_longer_than_we_ever_would() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=5.0)
    far = clock.now() + timedelta(days=900)
    gate.heed([Pace(host="a", next_at=far, rests_until=clock.now(), delay=9999.0, holds_until=far)])
    gate.heed([Pace(host="b", next_at=far, rests_until=far, holds_until=far)])
    assert gate.wait("a") == 180.0
    assert gate._gap(gate._place("a")) == 120.0
    assert gate.wait("b") == 24 * 3600.0


def test_another_process_that_has_a_hosts_turn_is_waited_for_without_a_place_among_all() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=5.0, concurrency=1)
    waits = {"a": [3.0, 2.0, 0.0], "b": [0.0]}

    async def leave(host: str, gap: float) -> float:
        assert gap == 5.0
        return waits[host].pop(0)

    gate.share(leave)
    assert [host for host, _ in starts(gate, clock, ["a", "b"])] == ["b", "a"]
    assert clock.seconds == 1005.0


def test_a_host_that_another_process_keeps_for_itself_is_put_off_and_not_asked_of_again_for_a_while() -> None:
    clock = ManualClock()
    gate = gate_of(clock, delay=5.0)
    asked: list[float] = []

    async def leave(_host: str, _gap: float) -> float:
        asked.append(clock.seconds)
        return 1.0

    gate.share(leave)
    for _ in range(2):
        with pytest.raises(CrawlError, match="another process is asking this host"):
            starts(gate, clock, ["a"])
    assert asked[-2] - asked[0] == 181, "as long as robots.txt may make a request wait"
    assert asked[-1] - asked[-2] <= 1
