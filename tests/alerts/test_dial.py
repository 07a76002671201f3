"""The address that was checked is the one dialled: a name may say one thing now and another a moment later."""

import asyncio
import contextlib
import socket
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from alerts.channels.dial import addresses
from alerts.channels.email import EmailChannel, EmailSettings, Tls
from alerts.channels.webhook import WebhookChannel, WebhookSettings
from news.errors import DeliveryError
from tests.alerts.factories import delivery
from tests.alerts.fakes import WallClock
from tests.alerts.servers import mail_server, receiver

T = TypeVar("T")
PUBLIC, PRIVATE, METADATA = "93.184.216.34", "127.0.0.1", "169.254.169.254"


@dataclass
class Resolver:
    """Answers a name in turn with lists of addresses, the last one for ever."""

    answers: list[list[str]]
    asked: int = 0

    def answer(self, port: int) -> list[Any]:
        self.asked += 1
        found = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found
        ]


def play(resolver: Resolver, scene: Coroutine[Any, Any, T]) -> T:
    """Run a scene on a loop that asks our resolver."""

    class Loop(asyncio.SelectorEventLoop):
        async def getaddrinfo(self, host: Any, port: Any, **how: Any) -> Any:
            return resolver.answer(port)

    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(scene)


def test_of_a_name_with_public_and_private_addresses_only_the_public_ones_are_dialled() -> None:
    resolver = Resolver([[PRIVATE, PUBLIC, METADATA, "::1", PUBLIC]])
    assert play(resolver, addresses("mixed.example", 443, allow_private=False)) == [PUBLIC]


@pytest.mark.parametrize(
    "found", [[PRIVATE], [METADATA], ["10.0.0.1", "::ffff:10.0.0.1"], ["fe80::1%1"], ["64:ff9b::7f00:1"]]
)
def test_a_name_with_private_addresses_alone_is_refused(found: list[str]) -> None:
    with pytest.raises(DeliveryError, match="private network"):
        play(Resolver([found]), addresses("inside.example", 443, allow_private=False))


def test_a_webhook_asks_the_resolver_once_and_dials_what_it_checked() -> None:
    resolver = Resolver([[PRIVATE], [METADATA]])

    async def scene() -> None:
        async with receiver() as desk:
            settings = WebhookSettings(url=f"http://hook.example:{desk.port}/", allow_private=True)
            await WebhookChannel("hook", settings, clock=WallClock()).send(delivery())
            assert desk.posts[0].headers["host"] == f"hook.example:{desk.port}"

    play(resolver, scene())
    assert resolver.asked == 1


def test_mail_asks_the_resolver_once_and_dials_what_it_checked() -> None:
    resolver = Resolver([[PRIVATE], [METADATA]])

    async def scene() -> None:
        async with mail_server() as server:
            await mailer(server.port, timedelta(seconds=20)).send(delivery())
            assert len(server.mails) == 1

    play(resolver, scene())
    assert resolver.asked == 1


def test_a_second_address_is_dialled_when_the_first_does_not_answer() -> None:
    async def scene() -> None:
        async with receiver() as desk:
            settings = WebhookSettings(url=f"http://hook.example:{desk.port}/", allow_private=True)
            await WebhookChannel("hook", settings, clock=WallClock()).send(delivery())
            assert len(desk.posts) == 1

    play(Resolver([["127.0.0.9", PRIVATE]]), scene())


@contextlib.contextmanager
def deaf(address: str, port: int = 0) -> Iterator[int]:
    """An address that takes no more connections and refuses none: its queue is full."""
    with contextlib.ExitStack() as open_:
        door = open_.enter_context(socket.socket())
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((address, port))
        door.listen(0)
        port = door.getsockname()[1]
        for _ in range(4):
            waiting = open_.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((address, port))
        yield port


DEAF = ["127.0.0.11", "127.0.0.12", "127.0.0.13"]


def test_addresses_that_never_answer_leave_a_webhook_time_for_the_one_that_does() -> None:
    async def scene() -> None:
        async with receiver() as desk:
            with deaf(DEAF[0], desk.port), deaf(DEAF[1], desk.port), deaf(DEAF[2], desk.port):
                settings = WebhookSettings(
                    url=f"http://hook.example:{desk.port}/", allow_private=True, timeout=timedelta(seconds=3)
                )
                await WebhookChannel("hook", settings, clock=WallClock()).send(delivery())
            assert len(desk.posts) == 1

    play(Resolver([[*DEAF, PRIVATE]]), scene())


def test_addresses_that_never_answer_leave_mail_time_for_the_one_that_does() -> None:
    async def scene() -> None:
        async with mail_server() as server:
            with deaf(DEAF[0], server.port), deaf(DEAF[1], server.port):
                await mailer(server.port, timedelta(seconds=3)).send(delivery())
            assert len(server.mails) == 1

    play(Resolver([[*DEAF[:2], PRIVATE]]), scene())


def test_when_no_address_answers_the_mail_is_put_off_within_its_time() -> None:
    async def scene() -> None:
        with deaf(DEAF[0]) as port, deaf(DEAF[1], port), pytest.raises(DeliveryError, match="did not answer"):
            await mailer(port, timedelta(seconds=1)).send(delivery())

    play(Resolver([DEAF[:2]]), scene())


def mailer(port: int, timeout: timedelta) -> EmailChannel:
    settings = EmailSettings(
        host="mail.example",
        port=port,
        tls=Tls.NONE,
        sender="a@b.example",
        recipients=("c@d.example",),
        allow_private=True,
        timeout=timeout,
    )
    return EmailChannel("desk", settings, clock=WallClock())


def test_a_name_that_changes_from_public_to_private_reaches_nothing_inside() -> None:
    async def scene() -> None:
        async with receiver() as desk:
            settings = WebhookSettings(url=f"http://hook.example:{desk.port}/")
            channel = WebhookChannel("hook", settings, clock=WallClock())
            for _ in range(200):
                with pytest.raises(DeliveryError):
                    await channel.send(delivery())
            assert desk.connections == 0

    play(Resolver([[PRIVATE]]), scene())
