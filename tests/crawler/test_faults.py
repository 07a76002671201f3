"""Whatever a server does, a fetch ends in time, in little memory, with a word for what went wrong."""

import asyncio
import subprocess
import sys
import time

import pytest

from crawler.engine import Engine
from crawler.gate import Gate
from news.errors import CrawlError
from news.fetch import Reason
from news.time import SystemClock
from tests.crawler.acts import ask, fetch, open_limits
from tests.rig import LONG_FEED, Rig

ENDINGS = {
    "/bomb/gzip": {Reason.TOO_LARGE},
    "/bomb/deflate": {Reason.TOO_LARGE},
    "/bomb/br": {Reason.TOO_LARGE},
    "/bomb/zstd": {Reason.TOO_LARGE},
    "/bomb/nested": {Reason.TOO_LARGE},
    "/bomb/fifty": {Reason.TOO_LARGE},
    "/body/endless": {Reason.TOO_LARGE},
    "/length/huge": {Reason.TOO_LARGE},
    "/body/slow": {Reason.TIMEOUT},
    "/headers/slow": {Reason.TIMEOUT, Reason.NETWORK},  # too many of them, if they come in time
    "/hang": {Reason.TIMEOUT},
    "/half-status": {Reason.TIMEOUT},
    "/1xx": {Reason.TIMEOUT, Reason.NETWORK},
    "/header/endless": {Reason.NETWORK},
    "/headers/million": {Reason.NETWORK},
    "/length/negative": {Reason.NETWORK},
    "/length/two": {Reason.NETWORK},
    "/chunks/broken": {Reason.NETWORK, Reason.CUT_SHORT},
    "/chunks/cut": {Reason.CUT_SHORT},
    "/length/short": {Reason.CUT_SHORT},
    "/gzip/cut": {Reason.CUT_SHORT},
    "/gzip/broken": {Reason.CUT_SHORT},
    "/coding/unknown": {Reason.PARSE_ERROR},
    "/reset": {Reason.NETWORK},
    "/silent": {Reason.NETWORK},
    "/garbage": {Reason.NETWORK},
    "/redirect/nowhere": {Reason.REDIRECTS},
    "/redirect/loop": {Reason.REDIRECTS},
    "/status?code=404": {Reason.HTTP_4XX},
    "/status?code=403": {Reason.HTTP_4XX},
    "/status?code=410": {Reason.GONE},
    "/status?code=429": {Reason.RATE_LIMITED},
    "/status?code=500": {Reason.HTTP_5XX},
    "/status?code=503": {Reason.HTTP_5XX},
    "/status?code=304": {Reason.NETWORK},  # to a request that named nothing to compare with
    "/status?code=206": {Reason.HTTP_4XX},
}


@pytest.mark.parametrize("path", ENDINGS)
def test_every_fault_ends_in_time_under_its_own_name(rig: Rig, path: str) -> None:
    started = time.monotonic()
    slow = Reason.TIMEOUT in ENDINGS[path]
    with pytest.raises(CrawlError) as caught:
        fetch(ask(rig.url(path), seconds=0.4 if slow else 8.0))
    assert caught.value.reason in ENDINGS[path], caught.value
    assert time.monotonic() - started < 8.0


def test_the_reasons_for_no_connection_differ() -> None:
    limits = open_limits()
    for url, reason in (
        ("http://127.0.0.1:9/", Reason.REFUSED),
        ("http://no-such-host.invalid/", Reason.DNS),
        ("http://127.0.0.1:99999/", Reason.BAD_URL),
    ):
        with pytest.raises(CrawlError) as caught:
            fetch(ask(url, seconds=5.0), limits)
        assert caught.value.reason == reason, url


def test_a_server_that_speaks_no_tls_is_a_tls_error() -> None:
    async def run() -> None:
        async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.quay.example\r\n")
            writer.close()

        clock = SystemClock()
        async with (
            await asyncio.start_server(greet, "127.0.0.1", 0) as server,
            Engine(open_limits(), clock, Gate(open_limits(), clock)) as engine,
        ):
            await engine.fetch(ask(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"))

    with pytest.raises(CrawlError) as caught:
        asyncio.run(run())
    assert caught.value.reason == Reason.TLS


def test_a_network_fault_is_tried_a_second_time_and_no_more(rig: Rig) -> None:
    with pytest.raises(CrawlError):
        fetch(ask(rig.url("/chunks/cut")))
    assert len(rig.asked("/chunks/cut")) == 2


def test_a_refusal_is_not_tried_again(rig: Rig) -> None:
    with pytest.raises(CrawlError):
        fetch(ask(rig.url("/status?code=500")))
    assert len(rig.asked("/status?code=500")) == 1


@pytest.mark.parametrize("path", ["/length/short", "/gzip/cut"])
def test_what_arrived_of_a_body_cut_short_is_kept_where_wanted_and_marked(rig: Rig, path: str) -> None:
    answer = fetch(ask(rig.url(path), keep_partial=True))
    assert not answer.whole
    assert LONG_FEED.startswith(answer.body)
    assert len(answer.body) > 1000


def test_hanging_servers_do_not_hold_up_the_others(rig: Rig) -> None:
    limits = open_limits(concurrency=30, per_host=30)
    rig.serve("/good", b"good")

    async def run() -> None:
        clock = SystemClock()
        async with Engine(limits, clock, Gate(limits, clock)) as engine:
            paths = ("/hang", "/body/slow", "/headers/slow", "/1xx")
            stuck = [asyncio.create_task(engine.fetch(ask(rig.url(path), seconds=60.0))) for path in paths * 5]
            await asyncio.sleep(0)
            for _ in range(20):
                await engine.fetch(ask(rig.url("/good", "127.0.0.2")))
            assert not stuck[0].done()
            for task in stuck:
                task.cancel()
            await asyncio.gather(*stuck, return_exceptions=True)

    asyncio.run(run())


def test_a_page_over_its_own_cap_is_too_large(rig: Rig) -> None:
    rig.serve("/big", b"x" * 20_000)
    with pytest.raises(CrawlError) as caught:
        fetch(ask(rig.url("/big"), max_bytes=10_000))
    assert caught.value.reason == Reason.TOO_LARGE


PEAK = """
import asyncio, resource, sys
from tests.crawler.acts import ask, fetch
from news.errors import CrawlError
fetch(ask(sys.argv[1] + "/good", seconds=9.0))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[2:]:
    try:
        fetch(ask(sys.argv[1] + path, seconds=3.0))
    except CrawlError as error:
        print(path, error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_no_bomb_takes_more_than_a_hundred_megabytes(rig: Rig) -> None:
    rig.serve("/good", b"good")
    bombs = [path for path in ENDINGS if path.startswith(("/bomb", "/body/endless", "/header"))]
    done = subprocess.run([sys.executable, "-c", PEAK, rig.url(""), *bombs], capture_output=True, text=True, check=True)
    assert int(done.stdout.splitlines()[-1]) < 100, done.stdout
