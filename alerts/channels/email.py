"""E-mail: one message to all of a channel's recipients, as text and HTML, over SMTP."""

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

from alerts.channels.dial import connect
from alerts.message import MOST, Message, write, write_digest
from alerts.notices import write_notice
from alerts.plain import one_line
from news.alert import Delivery, Taken
from news.errors import ConfigError, DeliveryError
from news.notice import Notice
from news.time import Clock

if TYPE_CHECKING:
    from aiosmtplib import SMTP


class Tls(StrEnum):
    """How the connection is encrypted; never less than asked for."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """A mail server, and who writes to whom."""

    host: str
    port: int = 25
    tls: Tls = Tls.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str
    recipients: tuple[str, ...]
    timeout: timedelta = timedelta(seconds=20)  # of the whole conversation
    allow_private: bool = False  # True: the server may stand in a private network
    unsubscribe: str = ""  # a mailto: or https: address for List-Unsubscribe; "": none
    context: ssl.SSLContext | None = None  # None: the system's certificate authorities


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server answered instead of taking a mail for a recipient."""

    code: int
    text: str

    @property
    def is_final(self) -> bool:
        """Whether asking again is useless.

        A 5xx is, save for those that speak of the session and not of the mailbox: log in first (530, 534, 535, 538)
        and "policy" (enhanced status 5.7, RFC 3463: relaying denied, listed as spam), which somebody may put right
        within the days that we go on trying.
        """
        return self.code >= 500 and self.code not in {530, 534, 535, 538} and not self.text.startswith("5.7.")

    def __str__(self) -> str:
        return f"{self.code} {one_line(self.text, 200)}"


class EmailChannel:
    """Sends deliveries by mail; recipients that were put off are tried again alone."""

    most = MOST

    def __init__(self, name: str, settings: EmailSettings, *, clock: Clock) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock
        self._sender = _mailbox(settings.sender)
        self._domain = self._sender.rpartition("@")[2]
        self._recipients = tuple(dict.fromkeys(map(_mailbox, settings.recipients)))
        if not self._recipients:
            raise ConfigError(f"channel {name} has no recipient")

    async def send(self, delivery: Delivery) -> Taken:
        """Send to every recipient that does not have it yet; returns what became of it, in a line and by recipient.

        Raises DeliveryError: permanent when nobody took it and everybody refused for good; otherwise the mail is due
        again, and `taken_by` names those that have it. When a connection breaks nobody can know whether the
        mail was taken: it is sent again, under the same Message-ID.
        """
        return await self._deliver(self.compose(delivery), delivery.taken_by)

    async def send_digest(self, digest: Sequence[Delivery]) -> Taken:
        """Send one mail that lists several deliveries; recipients and failures are those of `send`."""
        return await self._deliver(self.compose_digest(digest), digest[0].taken_by)

    def compose(self, delivery: Delivery) -> EmailMessage:
        """Write the mail; two attempts differ in their Date alone."""
        if isinstance(delivery.about, Notice):
            return self._compose(delivery.id, write_notice(delivery.about, delivery.id), "operators")
        alert = delivery.alert
        mail = self._compose(delivery.id, write(delivery), _label(alert.topic))
        # The story's own id is no mail that was ever sent: naming it is enough for clients to keep its mails together.
        story = f"<story-{alert.story.id}.{_label(alert.topic)}@{self._domain}>"
        mail["In-Reply-To"] = mail["References"] = story
        return mail

    def compose_digest(self, digest: Sequence[Delivery]) -> EmailMessage:
        """Write the mail of a digest; two attempts differ in their Date alone."""
        topics = {_label(delivery.alert.topic) for delivery in digest}
        return self._compose(digest[0].message_id, write_digest(digest), topics.pop() if len(topics) == 1 else "digest")

    def _compose(self, message_id: str, message: Message, label: str) -> EmailMessage:
        mail = EmailMessage(policy.SMTP)
        mail["From"] = self._settings.sender
        mail["To"] = ", ".join(self._settings.recipients)
        mail["Subject"] = _as_written(message.subject)
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = f"<{quote(message_id, safe='')}@{self._domain}>"
        mail["List-Id"] = f"<{label}.presswatch.{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        if self._settings.unsubscribe:
            mail["List-Unsubscribe"] = f"<{self._settings.unsubscribe}>"
        for name, value in message.headers.items():
            mail[name] = value
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        return mail

    async def _deliver(self, mail: EmailMessage, taken_by: tuple[str, ...]) -> Taken:
        """Offer a mail to those who do not have it yet, and say what became of it."""
        pending = [recipient for recipient in self._recipients if recipient not in taken_by]
        if not pending:
            return Taken(said="every recipient has it", taken_by=taken_by)
        refused = await self._converse(mail, pending, taken_by)
        return _verdict(pending, refused, taken_by)

    async def _converse(
        self, mail: EmailMessage, pending: Sequence[str], taken_by: tuple[str, ...]
    ) -> Mapping[str, Refusal]:
        """Hand the mail over; gives each recipient that it was refused for."""
        from aiosmtplib import SMTPException

        server: SMTP | None = None
        try:
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                server = await self._open()
                refused = await _offer(server, self._sender, pending, mail)
        except TimeoutError as error:
            raise self._failed("the conversation took too long", taken_by) from error
        except (SMTPException, OSError) as error:
            raise self._failed(str(error), taken_by) from error
        except DeliveryError as error:
            raise self._failed(error.detail, taken_by) from error
        else:
            await _leave(server)
            return refused
        finally:
            if server is not None:
                server.close()

    async def _open(self) -> "SMTP":
        """Connect, encrypt and log in."""
        from aiosmtplib import SMTP

        told = self._settings
        line = await connect(told.host, told.port, allow_private=told.allow_private, within=told.timeout)
        server = SMTP(
            hostname=told.host,
            sock=line,
            local_hostname=_literal(line.getsockname()[0]),
            use_tls=told.tls is Tls.TLS,
            start_tls=told.tls is Tls.STARTTLS,
            username=told.username or None,
            password=told.password or None,
            tls_context=told.context,
        )
        try:
            await server.connect()
        except BaseException:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)  # its transport owns it by now, and closes it when the stream ends
            raise
        return server

    def _failed(self, detail: str, taken_by: tuple[str, ...]) -> DeliveryError:
        server = f"{self._settings.host}:{self._settings.port}"
        return DeliveryError(one_line(f"{server}: {detail}"), taken_by=taken_by)


async def _offer(server: "SMTP", sender: str, recipients: Sequence[str], mail: EmailMessage) -> Mapping[str, Refusal]:
    """Offer a mail to recipients; gives those it was refused for, by name (RCPT) or with its content (DATA)."""
    from aiosmtplib import SMTPDataError, SMTPRecipientRefused

    is_ascii = "".join((sender, *recipients)).isascii()
    form = policy.SMTP.clone(cte_type="7bit", utf8=not is_ascii)
    encoding = "ascii" if is_ascii else "utf-8"
    await server.mail(sender, options=[] if is_ascii else ["SMTPUTF8"], encoding=encoding)
    refused: dict[str, Refusal] = {}
    for recipient in recipients:
        try:
            await server.rcpt(recipient, encoding=encoding)
        except SMTPRecipientRefused as error:
            refused[recipient] = Refusal(error.code, error.message)
    taken = [recipient for recipient in recipients if recipient not in refused]
    try:
        if taken:
            await server.data(mail.as_bytes(policy=form))
    except SMTPDataError as error:
        refused |= dict.fromkeys(taken, Refusal(error.code, error.message))
    return refused


async def _leave(server: "SMTP") -> None:
    """Say goodbye; what the server makes of that changes nothing of what it took."""
    from aiosmtplib import SMTPException

    with contextlib.suppress(SMTPException, OSError):
        await server.quit(timeout=2)


def _verdict(pending: Sequence[str], refused: Mapping[str, Refusal], before: tuple[str, ...]) -> Taken:
    """Say what became of an offer, or raise what it means."""
    final = {who: why for who, why in refused.items() if why.is_final}
    later = {who: why for who, why in refused.items() if not why.is_final}
    taken = [who for who in pending if who not in refused]
    lost = f"refused for good: {_listed(final)}" if final else ""
    if later:
        detail = "; ".join(filter(None, (f"put off: {_listed(later)}", lost)))
        raise DeliveryError(detail, taken_by=(*before, *taken))
    if not taken and not before:
        raise DeliveryError(lost, permanent=True)
    said = "; ".join(filter(None, (f"taken for {', '.join(taken)}" if taken else "", lost)))
    return Taken(said=said, taken_by=(*before, *taken), refused={who: str(why) for who, why in final.items()})


def _listed(refusals: Mapping[str, Refusal]) -> str:
    return ", ".join(f"{who} ({why})" for who, why in refusals.items())


def _mailbox(text: str) -> str:
    """The bare address of a mailbox such as "Desk <desk@example.org>"."""
    address = parseaddr(text)[1]
    if not re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+", address) or not text.isprintable():
        raise ConfigError(
            f"{text!r} is no e-mail address", hint='write it as desk@example.org or "Desk <desk@example.org>"'
        )
    return address


def _as_written(text: str) -> str:
    """Text that is what it says: an encoded word in it would be decoded, line breaks and all, into further headers.

    `EmailMessage` refuses line breaks, yet reads "=?utf-8?b?DQpCY2M6IHg=?=" in a value and writes out what it meant.
    """
    return text.replace("=?", "= ?")


def _label(topic: str) -> str:
    """A topic's name as a part of an address."""
    return re.sub(r"[^a-z0-9]+", "-", topic.lower()).strip("-") or "topic"


def _literal(address: str) -> str:
    """How a machine without a known name calls itself (RFC 5321, 4.1.3)."""
    return f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"
