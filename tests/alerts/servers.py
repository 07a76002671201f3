"""Real servers on loopback that fail as told: a mail server and a webhook receiver."""

import asyncio
import contextlib
import email
import email.policy
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult


@dataclass(frozen=True)
class Mail:
    """A mail that a server took, or read and then broke off."""

    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class MailServer:
    """A mail server: `answers` gives its reply to a recipient, "" for yes; `at_data` the reply to a mail."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    at_data: str = ""
    drop_after_data: bool = False
    hang_at_data: bool = False
    mails: list[Mail] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, replies: list[str]) -> Any:  # noqa: N802
        session.host_name = hostname
        self.commands.append("EHLO")
        return replies

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        self.commands.append("MAIL")
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        self.asked.append(address)
        if answer := self.answers.get(address, ""):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.hang_at_data:
            await asyncio.Event().wait()
        if not self.at_data:
            self.mails.append(Mail(tuple(envelope.rcpt_tos), envelope.original_content))
        if self.drop_after_data:
            server.transport.abort()
        return self.at_data or "250 2.0.0 taken"


@contextlib.asynccontextmanager
async def mail_server(**settings: Any) -> AsyncIterator[MailServer]:
    """Serve mail; `tls_context` offers STARTTLS, `implicit` encrypts from the start, `login` asks for a password."""
    implicit: ssl.SSLContext | None = settings.pop("implicit", None)
    if login := settings.pop("login", ""):
        settings |= {
            "auth_required": True,
            "authenticator": lambda _server, _session, _envelope, _mechanism, data: AuthResult(
                success=data.password.decode() == login, handled=False
            ),
        }
    loop, desk = asyncio.get_running_loop(), MailServer()
    sessions: list[SMTP] = []

    def meet() -> SMTP:
        sessions.append(SMTP(desk, loop=loop, hostname="mail.test", **settings))
        return sessions[-1]

    server = await loop.create_server(meet, "127.0.0.1", 0, ssl=implicit)
    desk.port = server.sockets[0].getsockname()[1]
    try:
        yield desk
    finally:
        server.close()
        tasks = [session._handler_coroutine for session in sessions if session._handler_coroutine]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for session in sessions:
            for transport in (session.transport, session._original_transport):
                if transport is not None:
                    with contextlib.suppress(AttributeError):  # a TLS transport closed already, until Python 3.11.4
                        transport.abort()  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Post:
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


Answer = bytes | Callable[[asyncio.StreamWriter], Any]  # what is written, or a coroutine function that writes


def answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Receiver:
    """A webhook receiver: gives `answers` in turn, the last one for ever; keeps every post that came whole."""

    port: int = 0
    answers: list[Answer] = field(default_factory=lambda: [answer("204 No Content")])
    posts: list[Post] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?room=7"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-1])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.posts.append(Post(head[0], headers, body))
            reply = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
            if isinstance(reply, bytes):
                writer.write(reply)
            else:
                await reply(writer)
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def receiver(*answers: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Serve a webhook receiver."""
    desk = Receiver(answers=list(answers)) if answers else Receiver()
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await desk.serve(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()  # the end of a test, not of a task that somebody waits for
        finally:
            running.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    desk.port = server.sockets[0].getsockname()[1]
    try:
        yield desk
    finally:
        server.close()
        for task in tuple(running):
            task.cancel()
        if running:
            await asyncio.wait(tuple(running))


@dataclass(frozen=True)
class Certificate:
    """A certificate for "localhost" that signs itself: contexts for a server, and for clients that trust it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def certificate(folder: Path) -> Certificate:
    """Make a certificate, valid from yesterday to tomorrow."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now, day = datetime.now(UTC), timedelta(days=1)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return Certificate(server=server, client=ssl.create_default_context(cafile=str(pem)))
