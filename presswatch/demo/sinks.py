"""Where alerts arrive in the demonstration: a real SMTP server and a webhook receiver, both on loopback."""

import asyncio
from collections.abc import Awaitable
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Lock
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from presswatch.demo.http import Answer, LoopbackServer, Request


class Mailbox:
    """An SMTP server that takes every mail and keeps it in `mails`, in order of arrival."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._server = _OwnPort(self, hostname="127.0.0.1", port=0)

    @property
    def port(self) -> int:
        """Where it listens; known once started."""
        return self._server.port

    def start(self) -> None:
        """Take mail from now on."""
        self._server.start()

    def stop(self) -> None:
        """Take no more mail."""
        self._server.stop(no_assert=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 (aiosmtpd's name)
        """Keep a mail; aiosmtpd calls this."""
        self.mails.append(message_from_bytes(cast("bytes", envelope.content), policy=policy.default))
        return "250 Kept"


class _OwnPort(Controller):
    """A controller that may listen on port 0: its own start-up connects to the port it was *given*."""

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self._listen()

    async def _listen(self) -> asyncio.AbstractServer:
        server = cast("asyncio.Server", await super()._create_server())
        self.port = server.sockets[0].getsockname()[1]
        return server


class WebhookReceiver:
    """Takes Standard Webhooks messages: refuses false signatures, keeps each id once, counts all three."""

    def __init__(self, secret: str) -> None:
        self.messages: dict[str, Any] = {}  # webhook-id -> what the body says
        self.repeats = 0
        self.refused = 0
        self._webhook = Webhook(secret)
        self._lock = Lock()
        self._server = LoopbackServer(self._take)

    @property
    def url(self) -> str:
        """Where to post."""
        return f"{self._server.url}/hooks/presswatch"

    def start(self) -> None:
        """Take messages from now on."""
        self._server.start()

    def stop(self) -> None:
        """Take no more messages."""
        self._server.stop()

    def _take(self, request: Request) -> Answer:
        with self._lock:
            try:
                said = self._webhook.verify(request.body, dict(request.headers))
            except (WebhookVerificationError, ValueError):
                self.refused += 1
                return Answer(status=401, body=b"false signature")
            key = request.headers["webhook-id"]
            self.repeats += key in self.messages
            self.messages.setdefault(key, said)
            return Answer(status=204)
