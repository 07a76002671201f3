"""What a fetch sends, follows and brings back."""

import asyncio
import gzip
from contextlib import suppress

import pytest

from crawler.engine import Answer, Engine
from crawler.gate import Gate
from news.errors import CrawlError
from news.fetch import Reason
from news.source import Validators
from tests.crawler.acts import ManualClock, ask, fetch, fetch_all, open_limits
from tests.rig import Document, Hit, Rig


def test_an_answer_carries_body_headers_and_place(rig: Rig) -> None:
    headers = {"Content-Type": "text/xml; charset=utf-8", "X-Other": "a"}
    url = rig.serve("/feed", Document(body=b"<rss/>", headers=headers, etag='"e1"', last_modified="yesterday"))
    answer = fetch(ask(url))
    assert (answer.body, answer.url, answer.status, answer.whole) == (b"<rss/>", url, 200, True)
    assert (answer.etag, answer.last_modified) == ('"e1"', "yesterday")
    assert answer.content_type == "text/xml; charset=utf-8"
    assert answer.headers["x-other"] == "a"


def test_validators_are_sent_and_304_is_an_answer(rig: Rig) -> None:
    url = rig.serve("/feed", Document(body=b"<rss/>", etag='"e1"'))
    answer = fetch(
        ask(url, delta=True, validators=Validators(etag='"e1"', last_modified="Mon, 02 Sep 2024 10:00:00 GMT"))
    )
    assert (answer.status, answer.body) == (304, b"")
    sent = rig.hits[0].headers
    assert sent["if-none-match"] == '"e1"'
    assert sent["if-modified-since"] == "Mon, 02 Sep 2024 10:00:00 GMT"
    assert sent["a-im"] == "feed"


def test_a_delta_of_the_changed_items_alone_is_read_like_a_feed(rig: Rig) -> None:
    def serve(hit: Hit) -> Document:
        if hit.headers.get("a-im") != "feed" or hit.headers.get("if-none-match") != '"e1"':
            return Document(body=b"all", headers={"ETag": '"e1"'})
        return Document(body=b"new", status=226, headers={"IM": "feed", "ETag": '"e2"'})

    url = rig.serve("/feed", serve)
    first, second = fetch_all([ask(url, delta=True), ask(url, delta=True, validators=Validators(etag='"e1"'))])
    assert (first.status, first.body) == (200, b"all")
    assert (second.status, second.body, second.etag) == (226, b"new", '"e2"')


def test_a_request_says_who_asks_and_carries_no_cookie_or_referrer(rig: Rig) -> None:
    rig.serve("/a", Document(body=b"x", headers={"Set-Cookie": "id=1"}))
    fetch_all([ask(rig.url("/a")), ask(rig.url("/a"))], open_limits(user_agent="presswatch/9 (desk@quay.example)"))
    assert len(rig.hits) == 2
    for hit in rig.hits:
        assert hit.headers["user-agent"] == "presswatch/9 (desk@quay.example)"
        assert {"cookie", "referer", "authorization", "if-none-match", "a-im"}.isdisjoint(hit.headers)


def test_the_environments_proxy_is_not_used(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    rig.serve("/a", b"direct")
    assert fetch(ask(rig.url("/a"))).body == b"direct"


@pytest.mark.parametrize("coding", ["gzip", "x-gzip"])
def test_a_compressed_body_is_unpacked(rig: Rig, coding: str) -> None:
    rig.serve("/a", Document(body=gzip.compress(b"hello"), headers={"Content-Encoding": coding}))
    assert fetch(ask(rig.url("/a"))).body == b"hello"


@pytest.mark.parametrize(
    ("first", "second", "moved"),
    [(301, 301, "/c"), (308, 301, "/c"), (301, 302, "/b"), (302, 301, ""), (307, 303, "")],
)
def test_only_an_unbroken_run_of_permanent_redirects_moves_a_source(
    rig: Rig, first: int, second: int, moved: str
) -> None:
    rig.serve("/a", Document(status=first, headers={"Location": "/b"}))
    rig.serve("/b", Document(status=second, headers={"Location": rig.url("/c")}))
    rig.serve("/c", b"here")
    answer = fetch(ask(rig.url("/a")))
    assert (answer.body, answer.url) == (b"here", rig.url("/c"))
    assert answer.moved_to == (rig.url(moved) if moved else "")


def test_five_redirects_are_followed_and_no_sixth(rig: Rig) -> None:
    for number in range(6):
        rig.serve(f"/{number}", Document(status=302, headers={"Location": f"/{number + 1}"}))
    rig.serve("/6", b"far")
    assert fetch(ask(rig.url("/1"))).body == b"far"
    with pytest.raises(CrawlError) as caught:
        fetch(ask(rig.url("/0")))
    assert caught.value.reason == Reason.REDIRECTS


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_secrets_and_validators_do_not_follow_to_another_origin(rig: Rig, status: int) -> None:
    away = rig.url("/there", "127.0.0.2")
    rig.serve("/go", Document(status=status, headers={"Location": away}))
    rig.serve("/there", b"there")
    secrets = {"Authorization": "Bearer canary", "Cookie": "canary=1", "X-Api-Key": "canary"}
    fetch(ask(rig.url("/go"), headers=secrets, validators=Validators(etag='"canary"')))
    home, abroad = rig.hits
    assert all(home.headers[name.lower()] == value for name, value in secrets.items())
    assert "canary" not in str(abroad.headers)


def test_on_the_same_origin_they_do(rig: Rig) -> None:
    rig.serve("/go", Document(status=302, headers={"Location": "/there"}))
    rig.serve("/there", Document(body=b"there", etag='"e"'))
    answer = fetch(ask(rig.url("/go"), headers={"Authorization": "token"}, validators=Validators(etag='"e"')))
    assert answer.status == 304
    assert rig.hits[1].headers["authorization"] == "token"


@pytest.mark.parametrize(
    ("after", "seconds"), [("120", 120), ("9999999", 86400), ("Sun, 01 Mar 2026 12:10:00 GMT", 600)]
)
def test_retry_after_travels_with_the_error(rig: Rig, after: str, seconds: int) -> None:
    with pytest.raises(CrawlError) as caught:
        fetch(ask(rig.url(f"/status?code=429&after={after.replace(' ', '+')}")), clock=ManualClock())
    assert caught.value.status == 429
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == seconds


@pytest.mark.parametrize(
    ("path", "slower"), [("/status?code=429", True), ("/status?code=503", True), ("/hang", True), ("/a", False)]
)
def test_a_refusal_doubles_the_hosts_delay(rig: Rig, path: str, slower: bool) -> None:
    rig.serve("/a", b"here")
    limits, clock = open_limits(delay=10.0, jitter=0.0), ManualClock()

    async def run() -> float:
        gate = Gate(limits, clock, sleep=clock.sleep)
        async with Engine(limits, clock, gate) as engine:
            with suppress(CrawlError):
                await engine.fetch(ask(rig.url(path), seconds=0.3 if path == "/hang" else 8.0))
            return gate.wait("127.0.0.1")

    assert asyncio.run(run()) == (20.0 if slower else 10.0)


@pytest.mark.parametrize("path", ["/redirect/later?to=/redirect/later?to=/end", "/reset/later"])
def test_the_deadline_spans_hops_and_retries(rig: Rig, path: str) -> None:
    rig.serve("/end", b"too late")
    with pytest.raises(CrawlError) as caught:
        fetch(ask(rig.url(path), seconds=0.4))
    assert caught.value.reason == Reason.TIMEOUT


def test_a_location_with_odd_characters_is_read_as_browsers_do(rig: Rig) -> None:
    def to(hit: Hit) -> Document:
        return Document(status=302, headers={"Location": "/x/../gecə?a=b c".encode().decode("latin-1")})

    rig.serve("/go", to)
    rig.serve("/gec%C9%99?a=b+c", b"night")
    rig.serve("/gec%C9%99?a=b%20c", b"night")
    answer: Answer = fetch(ask(rig.url("/go")))
    assert answer.body == b"night"
