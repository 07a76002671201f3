"""The newsroom itself: starts a server for each outlet, moves to the second round, keeps the log of requests."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from types import TracebackType
from typing import Self

from news.source import Kind, Source
from presswatch.demo.http import Answer, LoopbackServer, Request
from presswatch.demo.newsroom.content import Form, Outlet, outlets, pieces
from presswatch.demo.newsroom.edition import Document, edition

KINDS = {Form.NEWS_SITEMAP: Kind.SITEMAP, Form.SECTION: Kind.SECTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One request that an outlet answered."""

    round: int
    path: str
    status: int
    what: str  # "list", "page", "robots" or "other"


class Newsroom:
    """Eight outlets on loopback. `with Newsroom() as newsroom:` serves the first round until `advance()`."""

    def __init__(self, *, now: datetime | None = None) -> None:
        start = (now or datetime.now(UTC)).replace(microsecond=0)
        self.round = 1
        self._desks = {outlet.id: _Desk(outlet, start) for outlet in outlets()}

    def start(self) -> None:
        """Serve every outlet."""
        for desk in self._desks.values():
            desk.server.start()

    def stop(self) -> None:
        """Close every outlet."""
        for desk in self._desks.values():
            desk.close()

    def advance(self) -> None:
        """Let time move on: the second round's articles appear."""
        self.round = 2
        for desk in self._desks.values():
            desk.print(2)

    def sources(self) -> list[Source]:
        """The outlets as an operator would write them down."""
        return [desk.source() for desk in self._desks.values()]

    def log(self, outlet: str, *, round: int | None = None) -> Sequence[Logged]:  # noqa: A002 (the word of the show)
        """What the outlet (by its id) was asked, in order; of one round or of both."""
        return [entry for entry in self._desks[outlet].log if round in {None, entry.round}]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Desk:
    """One outlet: what it has printed, its server, its log."""

    def __init__(self, outlet: Outlet, start: datetime) -> None:
        self.outlet = outlet
        self.log: list[Logged] = []
        self._start = start
        self._round = 1
        self._closing = threading.Event()
        self.server = LoopbackServer(self._answer, host=outlet.host)
        self._documents: Mapping[str, Document] = {}
        self.print(1)

    def print(self, round: int) -> None:  # noqa: A002
        """Put on the site everything up to `round`."""
        mine = [piece for piece in pieces() if piece.outlet == self.outlet.id and piece.round <= round]
        self._documents = edition(self.outlet, mine, base=self.server.url, start=self._start)
        self._round = round

    def source(self) -> Source:
        outlet = self.outlet
        return Source(
            name=outlet.name,
            url=self.server.url + outlet.document,
            kind=KINDS.get(outlet.form, Kind.FEED),
            group=outlet.group,
            lang=outlet.lang,
        )

    def close(self) -> None:
        """Close the site, waking an answer that is taking its time."""
        self._closing.set()
        self.server.stop()

    def _answer(self, request: Request) -> Answer:
        document = self._documents.get(request.path)
        if document and document.delay:
            self._closing.wait(document.delay)
        answer = reply(request, document)
        self.log.append(
            Logged(round=self._round, path=request.path, status=answer.status, what=self._what(request.path, document))
        )
        return answer

    def _what(self, path: str, document: Document | None) -> str:
        if path == self.outlet.document:
            return "list"
        if path == "/robots.txt":
            return "robots"
        return "page" if document else "other"


def reply(request: Request, document: Document | None) -> Answer:
    """What a well-kept web server says: 404, 304 to a validator that still holds, else the document."""
    if document is None:
        return Answer(status=404, body=b"<h1>Not found</h1>", headers={"Content-Type": "text/html"})
    headers = {
        "ETag": document.etag,
        "Last-Modified": format_datetime(document.changed_at, usegmt=True),
        "Content-Type": document.content_type,
    }
    if _still_holds(request, document):
        return Answer(status=304, headers=headers)
    if document.gzip and "gzip" in request.headers.get("accept-encoding", ""):
        return Answer(
            body=document.compressed, headers={**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        )
    return Answer(body=document.body, headers=headers)


def _still_holds(request: Request, document: Document) -> bool:
    """RFC 9110 §13.2.2: where If-None-Match is sent, If-Modified-Since does not count."""
    if tags := request.headers.get("if-none-match"):
        return document.etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    if since := request.headers.get("if-modified-since"):
        return document.changed_at <= parsedate_to_datetime(since)
    return False
