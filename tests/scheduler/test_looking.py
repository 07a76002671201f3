"""The looker: together where it can, alone where it must."""

import asyncio
from collections.abc import Sequence

from news.article import Item
from news.errors import StorageError
from scheduler.looking import Looker
from tests.scheduler.fakes import POISON, FakeStore, here, lease


def items(title: str, count: int = 1) -> list[Item]:
    return [Item(url=f"https://s.example/{title}/{number}", title=title) for number in range(count)]


def look(store: FakeStore, lists: Sequence[Sequence[Item]]) -> list[Sequence[Item] | BaseException]:
    """Look at one list for each source, all at one moment."""

    async def flow() -> list[Sequence[Item] | BaseException]:
        looker = Looker(archive=store, run=here)
        runs = (looker.unknown(lease(number), listed) for number, listed in enumerate(lists))
        return await asyncio.gather(*runs, return_exceptions=True)

    return asyncio.run(flow())


def test_each_source_hears_of_its_own_list() -> None:
    lists = [items("a", 2), [], items("b", 3)]
    assert look(FakeStore(), lists) == [lists[0], (), lists[2]]


def test_lists_of_one_moment_share_a_transaction_that_has_a_bound() -> None:
    store = FakeStore()
    look(store, [items(f"t{number}", 20) for number in range(50)])
    assert store.looks == [30, 20]


def test_a_list_that_cannot_be_looked_at_fails_alone() -> None:
    found = look(FakeStore(), [items("a"), items(POISON), items("b")])
    assert isinstance(found[1], ValueError)
    assert [found[0], found[2]] == [items("a"), items("b")]


def test_a_broken_database_is_heard_by_every_list() -> None:
    found = look(FakeStore(broken=StorageError("the disk is full")), [items("a"), items("b")])
    assert all(isinstance(each, StorageError) for each in found)


def test_a_run_that_is_cancelled_keeps_no_other_from_its_answer() -> None:
    async def flow() -> Sequence[Item]:
        looker = Looker(archive=FakeStore(), run=here)
        gone = asyncio.create_task(looker.unknown(lease(1), items("a")))
        other = asyncio.create_task(looker.unknown(lease(2), items("b")))
        await asyncio.sleep(0)
        gone.cancel()
        return await other

    assert asyncio.run(flow()) == items("b")
