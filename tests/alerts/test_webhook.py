"""The webhook against a real receiver on loopback, and against one that means harm."""

import asyncio
import json
import secrets
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.channels.webhook import WebhookChannel, WebhookSettings
from news.errors import ConfigError, DeliveryError
from tests.alerts.factories import delivery
from tests.alerts.fakes import WallClock
from tests.alerts.servers import Answer, Receiver, answer, certificate, receiver

OLD, NEW = (f"whsec_{b64encode(secrets.token_bytes(32)).decode()}" for _ in range(2))


def channel(url: str, **changes: Any) -> WebhookChannel:
    settings = WebhookSettings(url=url, secrets=(NEW,), allow_private=True, timeout=timedelta(seconds=5))
    return WebhookChannel("hook", replace(settings, **changes), clock=WallClock())


def meet(scene: Callable[[Receiver], Awaitable[None]], *answers: Answer) -> None:
    """Play a scene with a receiver."""

    async def play() -> None:
        async with receiver(*answers) as desk:
            await scene(desk)

    asyncio.run(play())


async def refusal(hook: WebhookChannel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await hook.send(delivery())
    return caught.value


def test_a_delivery_arrives_as_one_post_with_its_id_and_a_signature_the_official_library_accepts() -> None:
    async def scene(desk: Receiver) -> None:
        hook = channel(desk.url, user_agent="presswatch/1 (+https://example.org)")
        assert (await hook.send(delivery(id="0a1b"))).said == "HTTP 200 thanks"
        (post,) = desk.posts
        assert post.line == "POST /hook?room=7 HTTP/1.1"
        assert post.headers["host"] == f"127.0.0.1:{desk.port}"
        assert post.headers["content-type"] == "application/json"
        assert post.headers["user-agent"] == "presswatch/1 (+https://example.org)"
        assert post.headers["webhook-id"] == "0a1b"
        content = Webhook(NEW).verify(post.body, post.headers)
        assert content == json.loads(post.body)
        assert content["id"] == "0a1b"

    meet(scene, answer("200 OK", b"thanks"))


def test_a_body_or_id_or_time_changed_by_one_bit_does_not_verify() -> None:
    async def scene(desk: Receiver) -> None:
        await channel(desk.url).send(delivery())
        (post,) = desk.posts
        judge = Webhook(NEW)
        spoiled = [(bytes([*post.body[:9], post.body[9] ^ 1, *post.body[10:]]), post.headers)]
        spoiled += [(post.body, {**post.headers, "webhook-id": "d-2"})]
        spoiled += [(post.body, {**post.headers, "webhook-timestamp": str(int(post.headers["webhook-timestamp"]) + 1)})]
        for body, headers in spoiled:
            with pytest.raises(WebhookVerificationError):
                judge.verify(body, headers)

    meet(scene)


def test_while_a_secret_is_replaced_receivers_that_know_either_verify() -> None:
    async def scene(desk: Receiver) -> None:
        await channel(desk.url, secrets=(OLD, NEW)).send(delivery())
        (post,) = desk.posts
        for secret in (OLD, NEW):
            Webhook(secret).verify(post.body, post.headers)
        assert len(post.headers["webhook-signature"].split(" ")) == 2

    meet(scene)


def test_a_repeat_has_the_same_id_and_body_and_a_fresh_signature() -> None:
    async def scene(desk: Receiver) -> None:
        await refusal(channel(desk.url))
        await channel(desk.url).send(delivery(attempt=2))
        first, second = desk.posts
        assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
        for post in desk.posts:
            Webhook(NEW).verify(post.body, post.headers)

    meet(scene, answer("500 Oops"), answer("204 No Content"))


def test_without_a_secret_nothing_is_signed() -> None:
    async def scene(desk: Receiver) -> None:
        await channel(desk.url, secrets=()).send(delivery())
        assert "webhook-signature" not in desk.posts[0].headers

    meet(scene)


@pytest.mark.parametrize("status", ["400 Bad", "401 Who", "403 No", "404 Where", "405 How", "413 Big", "422 What"])
def test_a_receiver_that_is_set_up_wrongly_is_tried_again(status: str) -> None:
    async def scene(desk: Receiver) -> None:
        error = await refusal(channel(desk.url))
        assert (error.permanent, error.gone) == (False, False)
        assert error.detail.startswith(f"HTTP {status[:3]}")

    meet(scene, answer(status, b"no"))


def test_a_receiver_that_is_gone_is_to_be_switched_off() -> None:
    async def scene(desk: Receiver) -> None:
        error = await refusal(channel(desk.url))
        assert (error.permanent, error.gone) == (True, True)

    meet(scene, answer("410 Gone"))


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_a_failure_and_its_target_is_never_asked(status: str) -> None:
    async def play() -> None:
        async with receiver() as inside, receiver(answer(status, Location=inside.url)) as desk:
            error = await refusal(channel(desk.url))
            assert not error.permanent
            assert "redirects are not followed" in error.detail
            assert inside.connections == 0

    asyncio.run(play())


@pytest.mark.parametrize("status", ["429 Slow", "503 Busy"])
def test_a_busy_receiver_is_left_alone_for_as_long_as_it_asks(status: str) -> None:
    async def scene(desk: Receiver) -> None:
        assert (await refusal(channel(desk.url))).retry_after == timedelta(seconds=120)

    meet(scene, answer(status, Retry_After="120"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "[::ffff:127.0.0.1]", "2130706433"])
def test_a_receiver_in_a_private_network_is_not_connected_to_unless_allowed(host: str) -> None:
    async def scene(desk: Receiver) -> None:
        error = await refusal(channel(f"http://{host}:{desk.port}/", allow_private=False))
        assert not error.permanent
        assert "127.0.0.1" in error.detail or "cannot find" in error.detail
        assert desk.connections == 0

    meet(scene)


def test_a_receiver_that_hangs_is_left_at_the_deadline() -> None:
    async def hang(_: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async def scene(desk: Receiver) -> None:
        error = await refusal(channel(desk.url, timeout=timedelta(seconds=0.3)))
        assert error.detail == "127.0.0.1 did not answer within 0.3 s"

    meet(scene, hang)


def test_a_receiver_that_drips_for_ever_is_left_at_the_deadline() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"x: y\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def scene(desk: Receiver) -> None:
        await refusal(channel(desk.url, timeout=timedelta(seconds=0.3)))

    meet(scene, drip)


def test_an_endless_answer_is_read_for_four_kilobytes_and_no_more() -> None:
    async def pour(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        while True:
            writer.write(b"A" * 65536)
            await writer.drain()

    async def scene(desk: Receiver) -> None:
        said = (await channel(desk.url).send(delivery())).said
        assert said.startswith("HTTP 200 AAA")
        assert len(said) <= 200

    meet(scene, pour)


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00\xff" * 100, b"HTTP/1.1 abc\r\n\r\n", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n" + b"a" * 200_000],
    ids=["nothing", "noise", "no status", "another protocol", "endless header"],
)
def test_what_is_no_http_answer_is_tried_again(raw: bytes) -> None:
    async def scene(desk: Receiver) -> None:
        assert not (await refusal(channel(desk.url))).permanent

    meet(scene, raw)


def test_an_answer_cut_short_counts_by_its_status() -> None:
    async def scene(desk: Receiver) -> None:
        assert (await channel(desk.url).send(delivery())).said == "HTTP 200"

    meet(scene, b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nab")


def test_an_answer_is_told_on_one_line_without_control_characters() -> None:
    async def scene(desk: Receiver) -> None:
        error = await refusal(channel(desk.url))
        assert error.detail == "HTTP 500 line one line two [31m red"

    meet(scene, answer("500 Oops", b"line one\r\nline two \x1b[31m\x00 red"))


def test_a_receiver_that_is_down_is_tried_again() -> None:
    async def play() -> None:
        async with receiver() as desk:
            url = desk.url
        error = await refusal(channel(url))
        assert not error.permanent
        assert "cannot connect to 127.0.0.1" in error.detail

    asyncio.run(play())


def test_the_certificate_is_checked_for_the_name_though_the_address_is_dialled(tmp_path: Path) -> None:
    made = certificate(tmp_path)

    async def play() -> None:
        async with receiver(tls=made.server) as desk:
            await channel(f"https://localhost:{desk.port}/", context=made.client).send(delivery())
            assert desk.posts[0].headers["host"] == f"localhost:{desk.port}"
            for url, context in (
                (f"https://127.0.0.1:{desk.port}/", made.client),
                (f"https://localhost:{desk.port}/", None),
            ):
                assert not (await refusal(channel(url, context=context))).permanent
            assert len(desk.posts) == 1

    asyncio.run(play())


NO_ADDRESS = ["", "example.org/hook", "file:///etc/passwd", "ftp://example.org/", "http:///x", "http://[/"]
NO_ADDRESS += ["http://h:x/", "http://h:99999/", "http://h/\nx"]


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_web_address_is_refused_when_settings_are_read(url: str) -> None:
    with pytest.raises(ConfigError):
        channel(url)


@pytest.mark.parametrize("secret", ["", "whsec_", "short", "whsec_c2hvcnQ=", "not base64 at all, sorry!", "ключ"])
def test_a_secret_that_protects_nothing_is_refused_with_the_way_to_make_one(secret: str) -> None:
    with pytest.raises(ConfigError, match="make one with"):
        channel("https://example.org/", secrets=(secret,))


def test_settings_never_show_the_secret() -> None:
    assert NEW not in repr(WebhookSettings(url="https://example.org/", secrets=(NEW,)))


def test_a_digest_arrives_as_one_post_signed_under_its_own_id() -> None:
    async def scene(desk: Receiver) -> None:
        await channel(desk.url).send_digest([delivery(id=f"d-{n}", bundle="digest-1") for n in range(3)])
        (post,) = desk.posts
        assert post.headers["webhook-id"] == "digest-1"
        content = Webhook(NEW).verify(post.body, post.headers)
        assert [one["id"] for one in content["data"]["alerts"]] == ["d-0", "d-1", "d-2"]

    meet(scene)
