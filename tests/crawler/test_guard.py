"""Nothing inside is ever dialled, however it is spelled, named, or redirected to."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.download import Entry, Names
from crawler.engine import Engine
from crawler.gate import Gate
from crawler.guard import BlockedAddressError, Guard, parse_url
from crawler.settings import Limits
from news.errors import CrawlError
from news.fetch import Reason
from news.time import SystemClock
from tests.crawler.acts import ManualClock, ask, fetch, open_limits, words
from tests.rig import Document, Rig

CLOSED = Limits(delay=0, feed_seconds=1.0)

SPELLINGS = (
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://127.0.0.01:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://127.127.127.127:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "http://[64:ff9b::127.0.0.1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://user:secret@127.0.0.1:{port}/",
    "http://example.com@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@example.com/",
    "http://example.com\\@127.0.0.1:{port}/",
    "http://127。0。0。1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://１２７.0.0.1:{port}/",
    "http://127.0.0.1%00.example.com:{port}/",
    "http://127.0.0.1%2eexample.com:{port}/",
    " http://127.0.0.1:{port}/",
    "http:\n//127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}/",
)


@pytest.fixture
def everywhere() -> Iterator[tuple[int, list[object]]]:
    """A socket that listens on every address and counts who gets through."""
    listener = socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    listener.setblocking(False)
    came: list[object] = []
    yield listener.getsockname()[1], came
    while True:
        try:
            connection, who = listener.accept()
        except BlockingIOError:
            break
        connection.close()
        came.append(who)
    listener.close()
    assert came == []


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_loopback_is_dialled(everywhere: tuple[int, list[object]], spelling: str) -> None:
    port, _ = everywhere
    with pytest.raises(CrawlError) as caught:
        fetch(ask(spelling.format(port=port)), CLOSED)
    assert caught.value.reason in {Reason.BLOCKED_ADDRESS, Reason.BAD_URL, Reason.DNS}


def test_nobody_stands_in_line_for_an_address_that_is_refused() -> None:
    clock, limits = ManualClock(), Limits(delay=5.0)

    async def run() -> None:
        async with Engine(limits, clock, Gate(limits, clock, sleep=clock.sleep)) as engine:
            for host in ("127.0.0.1", "127.0.0.1", "[::1]", "[::1]"):
                with pytest.raises(CrawlError):
                    await engine.fetch(ask(f"http://{host}/"))

    asyncio.run(run())
    assert clock.slept == []


def test_the_plain_form_is_blocked_by_the_guard_itself(everywhere: tuple[int, list[object]]) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        with pytest.raises(CrawlError) as caught:
            fetch(ask(f"http://{host}:{everywhere[0]}/"), CLOSED)
        assert caught.value.reason == Reason.BLOCKED_ADDRESS


SCHEMES = words("""
file:///etc/passwd FILE:///etc/passwd file:/etc/passwd file:..%2fetc ftp://127.0.0.1/ gopher://127.0.0.1/
data:text/html,x
javascript:alert(1) jar:http://x!/ s3://bucket/key dict://127.0.0.1:11211/ ldap://127.0.0.1/ tftp://127.0.0.1/x
sftp://x/y ssh://x unix:///run/x ws://127.0.0.1/ wss://127.0.0.1/ blob:http://x about:blank view-source:http://x
mailto:a@b.example
feed://x/ feed:http://x/ netdoc:///etc/passwd //127.0.0.1/ /etc/passwd etc/passwd http: https:// http:///etc/passwd
""")


@pytest.mark.parametrize("url", SCHEMES)
def test_only_http_and_https_are_fetched(url: str) -> None:
    with pytest.raises(CrawlError) as caught:
        fetch(ask(url), open_limits())
    assert caught.value.reason == Reason.BAD_URL


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,x", "http://a b/", "http://"]
)
def test_a_redirect_to_another_scheme_goes_nowhere(rig: Rig, target: str) -> None:
    rig.serve("/go", Document(status=302, headers={"Location": target}))
    with pytest.raises(CrawlError) as caught:
        fetch(ask(rig.url("/go")))
    assert caught.value.reason in {Reason.BAD_URL, Reason.REDIRECTS}


def test_a_redirect_inside_is_stopped_at_the_hop(rig: Rig) -> None:
    """The first hop is let through by hand: as if it were public, and then points inside."""
    rig.serve("/secret", b"secret")
    rig.serve("/go", Document(status=302, headers={"Location": rig.url("/secret", "127.0.0.2")}))

    class OnlyTheFirst(Guard):
        def allows(self, address: str) -> bool:
            return address == "127.0.0.1" or super().allows(address)

    async def run() -> None:
        clock = SystemClock()
        async with Engine(CLOSED, clock, Gate(CLOSED, clock), guard=OnlyTheFirst(allow_private=False)) as engine:
            await engine.fetch(ask(rig.url("/go")))

    with pytest.raises(CrawlError) as caught:
        asyncio.run(run())
    assert caught.value.reason == Reason.BLOCKED_ADDRESS
    assert not rig.asked("/secret")


def test_refresh_in_header_or_page_is_not_followed(rig: Rig) -> None:
    page = b'<html><head><meta http-equiv="refresh" content="0;url=/secret"></head></html>'
    rig.serve("/page", Document(body=page, headers={"Refresh": "0;url=/secret"}))
    assert fetch(ask(rig.url("/page"))).status == 200
    assert not rig.asked("/secret")


def test_of_a_name_with_inner_and_outer_addresses_only_the_outer_are_used() -> None:
    assert asyncio.run(_looked_up(["10.0.0.1", "93.184.216.34", "127.0.0.1"])) == [["93.184.216.34"]]


def test_a_name_that_changes_its_mind_is_checked_at_every_look_up() -> None:
    assert asyncio.run(_looked_up(["93.184.216.34"], ["127.0.0.1"])) == [["93.184.216.34"], "blocked"]


def test_the_socket_is_refused_whatever_the_resolver_let_through() -> None:
    guard = Guard(allow_private=False)
    for place in (("127.0.0.1", 80), ("0.0.0.0", 80)):
        with pytest.raises(BlockedAddressError):
            guard((socket.AF_INET, socket.SOCK_STREAM, 6, "", place))
    with pytest.raises(BlockedAddressError):
        guard((socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%eth0", 80, 0, 2)))


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=60))
def test_whatever_a_url_holds_it_is_read_or_refused(text: str) -> None:
    for candidate in (text, f"http://{text}", f"http://quay.example/{text}", f"https://{text}@quay.example/"):
        try:
            url = parse_url(candidate, Limits())
        except CrawlError:
            continue
        assert url.scheme in {"http", "https"}
        assert url.host
        assert parse_url(str(url), Limits(url_length=100_000)).host == url.host


def test_an_address_that_is_too_long_is_refused() -> None:
    with pytest.raises(CrawlError, match="longer"):
        parse_url("http://quay.example/" + "a" * 2048, Limits())


async def _looked_up(*answers: list[str]) -> list[object]:
    """Look one name up several times while the name server answers this and then that."""
    queue = list(answers)

    def ask_system(*_: object) -> list[Entry]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in queue.pop(0)]

    names = Names(Guard(allow_private=False), 1, ask=ask_system)
    found: list[object] = []
    for _ in answers:
        try:
            found.append([result["host"] for result in await names.resolve("x.example")])
        except BlockedAddressError:
            found.append("blocked")
    names.stop()
    return found
