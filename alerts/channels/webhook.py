"""Webhook: signed JSON to one address; what the body holds stands in docs/webhook.md."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from alerts.channels.dial import addresses, turn
from alerts.channels.signature import key_of, signatures
from alerts.notices import notice_payload
from alerts.payload import MOST, digest_payload, payload
from alerts.plain import link, one_line
from news.alert import Delivery, Taken
from news.errors import ConfigError, DeliveryError
from news.notice import Notice
from news.retry import retry_after
from news.time import Clock

if TYPE_CHECKING:
    import httpx2

_ANSWER_LIMIT = 4096  # bytes read of an answer: enough to show an operator what the receiver complains of
_LONGEST_WAIT = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """A receiver, and the secrets it knows."""

    url: str
    secrets: tuple[str, ...] = field(default=(), repr=False)  # several while one replaces another; (): unsigned
    timeout: timedelta = timedelta(seconds=20)  # of the whole exchange
    allow_private: bool = False  # True: the receiver may stand in a private network
    user_agent: str = "presswatch"
    context: ssl.SSLContext | None = None  # None: the system's certificate authorities


class WebhookChannel:
    """Posts deliveries; redirects are not followed, and the address that was checked is the one dialled."""

    most = MOST

    def __init__(self, name: str, settings: WebhookSettings, *, clock: Clock) -> None:
        self.name = name
        self._host, self._port = _target(name, settings.url)
        self._settings = settings
        self._clock = clock
        self._keys = tuple(map(key_of, settings.secrets))

    async def send(self, delivery: Delivery) -> Taken:
        """Post a delivery; returns the receiver's answer in a line.

        Raises DeliveryError; never a permanent one save for 410, which asks us to stop: a receiver that is set up
        wrongly for an hour answers 401, 404 or 422 just as well, and must not lose alerts by it.
        """
        about = delivery.about
        body = notice_payload(about, delivery.id) if isinstance(about, Notice) else payload(delivery)
        return await self._deliver(delivery.id, body)

    async def send_digest(self, digest: Sequence[Delivery]) -> Taken:
        """Post several deliveries in one body, under the digest's id; fails as `send` does."""
        return await self._deliver(digest[0].message_id, digest_payload(digest))

    async def _deliver(self, message_id: str, body: bytes) -> Taken:
        try:
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                status, asked, answer = await self._post(body, self._headers(message_id, body))
        except TimeoutError as error:
            seconds = self._settings.timeout.total_seconds()
            raise DeliveryError(f"{self._host} did not answer within {seconds:g} s") from error
        said = one_line(f"HTTP {status} {answer}", 200)
        if 200 <= status < 300:
            return Taken(said=said)
        raise _refusal(status, said, retry_after(asked, self._clock.now(), _LONGEST_WAIT))

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        """Who writes what, and the Standard Webhooks signature: fresh for every attempt, under one id."""
        stamp = str(int(self._clock.now().timestamp()))
        headers = {
            "content-type": "application/json",
            "user-agent": self._settings.user_agent,
            "accept-encoding": "identity",
            "webhook-id": message_id,
            "webhook-timestamp": stamp,
        }
        if self._keys:
            headers["webhook-signature"] = signatures(self._keys, message_id, stamp, body)
        return headers

    async def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str, str]:
        """Try the receiver's addresses until one connects; gives status, Retry-After and the answer's beginning."""
        import httpx2

        failure: httpx2.HTTPError | None = None
        usable = await addresses(self._host, self._port, allow_private=self._settings.allow_private)
        limit = httpx2.Timeout(None, connect=turn(self._settings.timeout, len(usable)))
        async with httpx2.AsyncClient(trust_env=False, timeout=limit, verify=self._trust) as client:
            for address in usable:
                try:
                    return await self._post_to(client, address, body, headers)
                except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                    failure = error
                except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                    raise DeliveryError(one_line(f"{self._host}: {_said(error)}")) from error
        raise DeliveryError(one_line(f"cannot connect to {self._host}: {_said(failure)}")) from failure

    async def _post_to(
        self, client: "httpx2.AsyncClient", address: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, str, str]:
        import httpx2

        url = httpx2.URL(self._settings.url)
        request = client.build_request(
            "POST",
            url.copy_with(host=address),
            content=body,
            headers={"host": url.netloc.decode("ascii"), **headers},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},  # the certificate is checked for the name
        )
        response = await client.send(request, stream=True)
        try:
            return response.status_code, response.headers.get("retry-after", ""), await _beginning(response)
        finally:
            await response.aclose()

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """Whom we believe; reading the system's authorities costs 25 ms, so it is done once."""
        return self._settings.context or ssl.create_default_context()


def _target(channel: str, url: str) -> tuple[str, int]:
    """Host and port of a receiver; the complaint does not repeat the address, which may hold a token."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise ConfigError(f"channel {channel}: its url cannot be read: {error}") from error
    if not link(url) or parts.hostname is None:
        raise ConfigError(f"channel {channel}: its url is no http or https address")
    return parts.hostname, port


def _refusal(status: int, said: str, wait: timedelta | None) -> DeliveryError:
    if status == 410:
        return DeliveryError(f"{said}: the receiver wants no more", permanent=True, gone=True)
    if 300 <= status < 400:
        return DeliveryError(f"{said}: redirects are not followed, give the final address")
    return DeliveryError(said, retry_after=wait)


async def _beginning(response: "httpx2.Response") -> str:
    """The first bytes of an answer, as sent: nothing is unpacked, and the rest is never read."""
    import httpx2

    body = b""
    try:
        async for chunk in response.aiter_raw(_ANSWER_LIMIT):
            body += chunk
            if len(body) >= _ANSWER_LIMIT:
                break
    except httpx2.HTTPError:
        return ""  # the status came whole; that its explanation did not changes nothing
    return body[:_ANSWER_LIMIT].decode("utf-8", "replace")


def _said(error: Exception | None) -> str:
    """An error in words; some of the library's have none but their name."""
    return str(error) or type(error).__name__
