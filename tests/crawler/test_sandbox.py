"""A document may hang, crash or fill its parser; the parent hears of it in time and goes on."""

import asyncio
import ctypes
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.feeds import read_feed
from crawler.pages import read_page
from crawler.sandbox import Sandbox
from crawler.sitemaps import read_sitemap
from news.errors import CrawlError
from news.fetch import Reason
from tests.crawler.acts import document, open_limits
from tests.rig import Rig

SOON = 60  # seconds, on a machine that is busy: who hangs here does so for ever, or for ten minutes in C


def hang() -> None:
    while True:
        pass


def hang_in_c() -> int:
    return (3**300_000_000).bit_length()


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(3)


def fill() -> int:
    return len(bytearray(3 << 30))


def stumble() -> None:
    raise LookupError("a parser's own trouble")


def refuse() -> None:
    raise CrawlError(Reason.NO_TEXT, "nothing to read")


def echo(value: Any) -> Any:
    return value, os.getpid()


def run(*jobs: tuple[Any, ...], **limits: Any) -> list[Any]:
    """Run jobs one after the other in one sandbox; an error is a result."""

    async def all_of_them() -> list[Any]:
        sandbox = Sandbox(open_limits(**({"parse_seconds": 1.0, "parse_children": 1} | limits)))
        results: list[Any] = []
        for function, *args in jobs:
            try:
                results.append(await sandbox.run(function, *args))
            except CrawlError as error:
                results.append(error)
        await sandbox.close()
        return results

    return asyncio.run(all_of_them())


def test_a_job_that_fails_is_named_and_the_next_is_served() -> None:
    failures: dict[Callable[[], object], Reason] = {
        hang: Reason.PARSE_TIMEOUT,
        hang_in_c: Reason.PARSE_TIMEOUT,
        crash: Reason.PARSE_CRASH,
        leave: Reason.PARSE_CRASH,
        fill: Reason.PARSE_CRASH,
        stumble: Reason.PARSE_ERROR,
        refuse: Reason.NO_TEXT,
    }
    jobs: list[tuple[Any, ...]] = [job for failing in failures for job in ((failing,), (echo, failing.__name__))]
    started = time.monotonic()
    ends = run(*jobs, parse_seconds=0.5)
    assert time.monotonic() - started < SOON
    for failing, end, after in zip(failures, ends[::2], ends[1::2], strict=True):
        assert end.reason == failures[failing]
        assert after[0] == failing.__name__


def test_a_child_is_replaced_after_its_share_of_jobs() -> None:
    answers = run(*[(echo, number) for number in range(7)], parse_tasks=3)
    assert [value for value, _ in answers] == list(range(7))
    assert len({pid for _, pid in answers}) == 3


def test_hanging_jobs_do_not_hold_up_the_loop() -> None:
    async def watch() -> float:
        sandbox = Sandbox(open_limits(parse_seconds=0.5, parse_children=2))
        await sandbox.run(echo, 1)
        jobs = [asyncio.create_task(sandbox.run(hang)) for _ in range(2)]
        longest, last = 0.0, time.monotonic()
        while not all(job.done() for job in jobs):
            await asyncio.sleep(0.005)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        await asyncio.gather(*jobs, return_exceptions=True)
        await sandbox.close()
        return longest

    assert asyncio.run(watch()) < 0.3


def test_a_sandbox_that_was_never_used_starts_nothing() -> None:
    asyncio.run(Sandbox(open_limits()).close())


def deep(count: int) -> str:
    return "<rss version='2.0'><channel>" + "<a>" * count + "</a>" * count + "</channel></rss>"


def attributes(count: int) -> str:
    return "<rss><channel><item " + " ".join(f'a{n}="{n}"' for n in range(count)) + "/></channel></rss>"


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><rss version='2.0'><channel><title>&a9;</title><item><title>&a9;</title><link>http://quay.example/1</link>"
    "</item></channel></rss>"
)
QUADRATIC = (
    f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'
    f'<rss version="2.0"><channel><title>{"&a;" * 20_000}</title></channel></rss>'
)


@pytest.mark.parametrize(
    "body",
    [LAUGHS, QUADRATIC, deep(100_000), attributes(300_000), "<rss>" + "<" * 1_000_000, "\0" * 100_000, "x" * 5_000_000],
    ids=["billion laughs", "quadratic", "deep", "attributes", "open brackets", "null bytes", "one line"],
)
def test_a_hostile_document_ends_in_time_with_a_reason_or_a_reading(body: str) -> None:
    started = time.monotonic()
    *ends, after = run(*[(read, document(body)) for read in (read_feed, read_sitemap, read_page)], (echo, "next"))
    assert time.monotonic() - started < SOON
    assert after[0] == "next"
    assert all(end.reason.startswith(("parse", "not", "no_")) for end in ends if isinstance(end, CrawlError))


def test_an_outside_entity_is_neither_asked_for_nor_opened(rig: Rig, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    head = (
        f'<!DOCTYPE x SYSTEM "{rig.url("/dtd")}" [<!ENTITY f SYSTEM "{secret.as_uri()}">'
        f'<!ENTITY h SYSTEM "{rig.url("/entity")}"><!ENTITY % p SYSTEM "{rig.url("/parameter")}"> %p;]>'
    )
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    item = f"<item><title>T&f;&h;{include}</title><link>http://quay.example/1</link></item>"
    page = f"<html><body><p>{'Words enough for a text. ' * 30}&f;&h;{include}</p></body></html>"
    for read, body in (
        (read_feed, f'{head}<rss version="2.0"><channel>{item}</channel></rss>'),
        (read_sitemap, f"{head}<urlset><url><loc>http://quay.example/&f;&h;</loc></url></urlset>"),
        (read_page, head + page),
    ):
        for end in run((read, document(body))):
            assert "canary" not in str(end)
    assert rig.hits == []
