"""Pages under way are bounded, and one source's pages leave parsers to the others."""

import asyncio

from crawler.gate import Gate
from crawler.seats import Seats
from crawler.settings import Limits
from tests.crawler.acts import ManualClock


def test_no_more_pages_are_under_way_than_there_are_seats_until_they_are_read() -> None:
    under_way = most = 0

    async def run() -> None:
        clock = ManualClock()
        gate = Gate(Limits(delay=0.0, concurrency=16), clock, sleep=clock.sleep)
        seats = Seats(3, 2)

        async def page(number: int) -> None:
            nonlocal under_way, most
            async with seats.seat() as seat:
                async with gate.turn(f"host{number}", seat):
                    under_way += 1
                    most = max(most, under_way)
                for _ in range(9):  # its turn is over; it is read
                    await asyncio.sleep(0)
                under_way -= 1

        await asyncio.gather(*map(page, range(20)))

    asyncio.run(run())
    assert most == 3


def test_who_waits_for_a_slow_host_takes_no_seat() -> None:
    async def run() -> list[str]:
        clock = ManualClock()
        gate = Gate(Limits(delay=60.0, jitter=0.0), clock, sleep=clock.sleep)
        seats, came = Seats(1, 2), []
        free = asyncio.Event()

        async def page(host: str) -> None:
            async with seats.seat() as seat, gate.turn(host, seat):
                came.append(host)

        async def wait(_: float) -> None:
            await free.wait()
            clock.seconds += 60

        slow = Gate(Limits(delay=60.0, jitter=0.0), clock, sleep=wait)
        async with slow.turn("slow"):
            pass

        async def behind() -> None:
            async with seats.seat() as seat, slow.turn("slow", seat):
                came.append("slow")

        late = asyncio.create_task(behind())
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await page("quick")
            free.set()
            await late
        return came

    assert asyncio.run(run()) == ["quick", "slow"]


def test_a_source_uses_half_of_the_parsers_at_most_and_another_the_rest() -> None:
    async def run() -> tuple[int, int]:
        seats, inside, most = Seats(9, 4), 0, 0
        done = asyncio.Event()

        async def hang() -> None:
            nonlocal inside, most
            async with seats.reading("slow"):
                inside += 1
                most = max(most, inside)
                await done.wait()
                inside -= 1

        tasks = [asyncio.create_task(hang()) for _ in range(7)]
        await asyncio.sleep(0)
        async with asyncio.timeout(5), seats.reading("quick"):
            done.set()
        await asyncio.gather(*tasks)
        return most, len(seats._readers)

    assert asyncio.run(run()) == (2, 0)


def test_a_seat_is_given_back_by_whoever_fails_or_is_cancelled() -> None:
    async def run() -> None:
        seats = Seats(1, 2)

        async def sit() -> None:
            async with seats.seat() as seat:
                await seat.take()
                await asyncio.Event().wait()

        for _ in range(3):
            tasks = [asyncio.create_task(sit()) for _ in range(2)]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(5), seats.seat() as seat:
            await seat.take()
            await seat.take()
            seat.leave()

    asyncio.run(run())
