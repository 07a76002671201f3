"""robots.txt, read as RFC 9309 says; where it says enough, as protego reads it too."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego
from yarl import URL

from crawler.engine import Engine
from crawler.gate import Gate
from crawler.robots import Robots
from crawler.robotstxt import Rules, read_robots
from news.errors import CrawlError
from news.time import SystemClock
from tests.crawler.acts import open_limits
from tests.rig import Document, Hit, Rig

ROBOTS = b"""
User-agent: *
Disallow: /

User-agent: presswatch
Disallow: /private/
Allow: /private/open
Disallow: /*.pdf$
Crawl-delay: 7
Sitemap: https://quay.example/news.xml
"""


def read(body: bytes, most: int = 500 * 1024) -> Rules:
    return read_robots(body, "presswatch", most)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/news/a", True), ("/private/x", False), ("/private/open/y", True), ("/a.pdf", False), ("/a.pdf.html", True)],
)
def test_our_own_group_counts_before_everybodys(path: str, allowed: bool) -> None:
    rules = read(ROBOTS)
    assert rules.allow(path) is allowed
    assert (rules.delay, rules.sitemaps) == (7.0, ("https://quay.example/news.xml",))


@pytest.mark.parametrize(
    ("file", "path", "allowed"),
    [
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: other\nUser-agent: PressWatch/1.0\nDisallow: /", "/a", False),
        ("User-agent: presswatchful\nDisallow: /", "/a", True),
        ("User-agent: presswatch\nAllow: /a\nUser-agent: *\nAllow: /\nUser-agent: presswatch\nDisallow: /c", "/c", 0),
        ("User-agent: *\nDisallow: /a\n\nDisallow: /b", "/b", False),  # an empty line ends nothing
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /\nAllow: /$", "/", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /gec%C9%99", "/gec%c9%99/1", False),
        ("User-agent: *\nDisallow: /gecə", "/gec%C9%99/1", False),
        ("User-agent: *\nDisallow: /%61b", "/ab", False),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
        ("User-agent: *\nDisallow: /*?page=", "/list?page=2", False),
        ("User-agent: *\nDisallow: *a*b*c$", "/xaxbxc", False),
        ("User-agent: *\nDisallow: *a*b*c$", "/xaxbxcx", True),
        ("User-agent: *\nDisallow: /ab*bc$", "/abc", True),
        ("User-agent: *\nDissallow: /a # typing is hard", "/a", False),
        ("User-agent: *\nDisallow: /robots", "/robots.txt", True),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("Disallow: /", "/a", True),
    ],
)  # fmt: skip
def test_rules_mean_what_the_rfc_says(file: str, path: str, allowed: int) -> None:
    assert read(file.encode()).allow(path) is bool(allowed)


def test_a_robots_file_is_read_to_its_first_half_megabyte() -> None:
    body = b"User-agent: *\n" + b"# filler\n" * 100_000 + b"Disallow: /\n"
    assert read(body).allow("/a")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_robots_file_of_some_meaning(body: bytes) -> None:
    read(body).allow("/a?b")


LINES = st.lists(
    st.one_of(
        st.sampled_from(("User-agent: *", "User-agent: presswatch", "User-agent: other", "", "Crawl-delay: 3")),
        st.builds("{}: /{}".format, st.sampled_from(("Allow", "Disallow")), st.text("ab/*", max_size=6)),
        st.builds("{}: /{}$".format, st.sampled_from(("Allow", "Disallow")), st.text("ab/*", max_size=6)),
    ),
    max_size=14,
)


@given(LINES, st.text("ab/", max_size=8))
def test_what_protego_reads_we_read(lines: list[str], path: str) -> None:
    text = "\n".join(lines)
    theirs = Protego.parse(text)
    ours = read(text.encode())
    assert ours.allow(f"/{path}") == theirs.can_fetch(f"https://quay.example/{path}", "presswatch")
    assert ours.delay == (theirs.crawl_delay("presswatch") or 0)


@pytest.mark.parametrize("line", ["Disallow: /{}\n", "Disallow: *a*b*{}\n", "User-agent: {}\n", "{}\n"])
def test_the_longest_file_is_read_in_little_time_and_memory(line: str) -> None:
    body = b"User-agent: *\n" + "".join(line.format(n) for n in range(60_000)).encode()[: 500 * 1024]
    started = time.process_time()
    rules = read(body)
    rules.allow("/" + "ab" * 1000)
    assert time.process_time() - started < 1.0
    assert rules.weight < 16 * 1024 * 1024


def robots_and(rig: Rig, hosts: int, **changes: int) -> tuple[Robots, list[object]]:
    """Ask the robots.txt of so many hosts, twice over the first; returns how each check ended."""

    async def run() -> tuple[Robots, list[object]]:
        limits, clock = open_limits(**changes), SystemClock()
        gate = Gate(limits, clock)
        async with Engine(limits, clock, gate) as engine:
            robots = Robots(limits, clock, gate, engine)
            urls = [URL(rig.url("/private/a", f"127.0.0.{1 + number % hosts}")) for number in range(hosts + 1)]
            return robots, [await asyncio.gather(robots.check(url), return_exceptions=True) for url in urls]

    return asyncio.run(run())


def test_what_is_remembered_is_bounded_by_weight_and_the_least_used_goes_first(rig: Rig) -> None:
    rig.serve("/robots.txt", b"User-agent: *\nDisallow: /private\n" + b"Disallow: /x%d\n" % 7 * 2)
    for memory, asked in ((10_000_000, 8), (3_000, 9)):
        rig.hits.clear()
        robots, _ = robots_and(rig, 8, robots_memory=memory)
        assert len(rig.hits) == asked
        assert robots.weight <= memory


def test_a_file_over_the_limit_is_read_to_the_limit_not_taken_for_a_no(rig: Rig) -> None:
    body = b"User-agent: *\nDisallow: /private\n" + b"# filler\n" * 400_000

    def serve(hit: Hit) -> Document:
        return Document(body=body)

    rig.serve("/robots.txt", serve)
    _, ends = robots_and(rig, 1)
    assert all(isinstance(end, list) and isinstance(end[0], CrawlError) for end in ends)
    rig.serve("/robots.txt", body.replace(b"/private", b"/other"))
    _, ends = robots_and(rig, 1)
    assert ends == [[None], [None]]


def test_the_loop_runs_on_while_a_long_file_is_read(rig: Rig) -> None:
    rig.serve("/robots.txt", b"User-agent: *\n" + b"".join(b"Disallow: /%d\n" % n for n in range(40_000)))

    async def run() -> float:
        limits, clock = open_limits(), SystemClock()
        gate = Gate(limits, clock)
        async with Engine(limits, clock, gate) as engine:
            check = asyncio.create_task(Robots(limits, clock, gate, engine).check(URL(rig.url("/news"))))
            await asyncio.sleep(0)
            longest, last = 0.0, time.monotonic()
            while not check.done():
                await asyncio.sleep(0.002)
                now = time.monotonic()
                longest, last = max(longest, now - last), now
            return longest

    asyncio.run(run())  # the imports of the first request
    assert asyncio.run(run()) < 0.25
