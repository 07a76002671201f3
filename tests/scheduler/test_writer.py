"""The writer: together where it can, alone where it must."""

import asyncio

import pytest

from news.article import Article, Kept
from news.errors import LeaseLostError, StorageError
from scheduler.writer import bound
from tests.scheduler.fakes import NOW, POISON, FakeStore, lease, settlement, writer


def article(title: str) -> Article:
    return Article(url=f"https://s.example/{title}", title=title, first_seen_at=NOW)


def write(store: FakeStore, titles: list[str]) -> list[Kept | BaseException]:
    """Write one run for each title at one moment; an empty title is a run with nothing new."""

    async def flow() -> list[Kept | BaseException]:
        writing = writer(store)
        runs = (
            writing.write(lease(number), [article(title)] if title else [], settlement())
            for number, title in enumerate(titles)
        )
        return await asyncio.gather(*runs, return_exceptions=True)

    return asyncio.run(flow())


def test_runs_of_one_moment_share_a_transaction() -> None:
    store = FakeStore()
    assert write(store, [""] * 100) == [Kept()] * 100
    assert sum(store.batches) == 100
    assert len(store.batches) <= 3


def test_runs_with_and_without_articles_are_written_together() -> None:
    store = FakeStore()
    results = write(store, ["a", "", "b"])
    assert results == [Kept(new=1), Kept(), Kept(new=1)]
    assert len(store.settled) == 3
    assert len(store.batches) == 1


def test_a_run_that_cannot_be_kept_fails_alone() -> None:
    store = FakeStore()
    results = write(store, ["a", POISON, "b", ""])
    assert isinstance(results[1], ValueError)
    assert [each for number, each in enumerate(results) if number != 1] == [Kept(new=1), Kept(new=1), Kept()]


def test_a_lost_lease_is_heard_by_its_run_alone() -> None:
    store = FakeStore(lost={1})
    for titles in (["a", "b"], ["", ""]):
        kept, lost = write(store, titles)
        assert isinstance(kept, Kept)
        assert isinstance(lost, LeaseLostError)


def test_a_broken_database_is_heard_by_every_run() -> None:
    store = FakeStore(broken=StorageError("the disk is full"))
    assert all(isinstance(each, StorageError) for each in write(store, ["", "", ""]))


@pytest.mark.parametrize(
    ("before", "articles", "seconds", "then"),
    [
        pytest.param(600, 600, 0.5, 1_200, id="more where the disk is quick"),
        pytest.param(1_200, 1_200, 4.0, 300, id="fewer where it is slow"),
        pytest.param(600, 600, 60.0, 100, id="never so few that every one waits for the disk"),
        pytest.param(1_200, 2_000, 0.0, 2_400, id="never so many that memory grows with them"),
        pytest.param(600, 2, 0.1, 600, id="a short transaction that was not full tells nothing"),
        pytest.param(600, 599, 30.0, 100, id="fewer where even one that was not full took long"),
    ],
)
def test_a_transaction_holds_what_is_written_in_a_second(before: int, articles: int, seconds: float, then: int) -> None:
    assert bound(before, articles, seconds) == then


def test_a_quick_database_is_given_more_at_once() -> None:
    store = FakeStore()
    write(store, [f"t{number}" for number in range(4_000)])
    assert store.batches == [600, 2_400, 1_000]
    assert len(store.kept) == 4_000
