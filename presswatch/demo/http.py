"""A small HTTP server on loopback: what it answers is a function of the request."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asked; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What it gets."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Answering: TypeAlias = Callable[[Request], Answer]


class LoopbackServer:
    """Serves `answering` on an ephemeral port from `start` to `stop`, one thread per connection."""

    def __init__(self, answering: Answering, *, host: str = "127.0.0.1") -> None:
        self._server = _bind(host, _conversation(answering))
        # The loop looks for `shutdown` this often; the default of half a second would be felt eight times over.
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The server's root, without a slash at its end."""
        return f"http://{self._server.server_name_as_bound}:{self._server.server_port}"

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; the port is free."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away: it is the client's affair."""

    @property
    def server_name_as_bound(self) -> str:
        """The address itself: the standard library would ask DNS for a name."""
        return str(self.server_address[0])


def _bind(host: str, conversation: type[BaseHTTPRequestHandler]) -> _Listener:
    try:
        return _Listener((host, 0), conversation)
    except OSError:  # not every system answers on all of 127.0.0.0/8: macOS knows 127.0.0.1 only
        return _Listener(("127.0.0.1", 0), conversation)


def _conversation(answering: Answering) -> type[BaseHTTPRequestHandler]:
    """The standard library wants a class per server; this one passes everything to `answering`."""

    class Conversation(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10
        wbufsize = -1  # headers and body in one packet: else Nagle's algorithm adds 40 ms to each answer

        def answer(self) -> None:
            """Hand the request over and write what comes back."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = urlsplit(self.path)
            request = Request(method=self.command, path=asked.path, headers=headers, body=body, query=asked.query)
            self._write(answering(request))

        def _write(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD" and answer.status != 304:
                self.wfile.write(answer.body)

        def version_string(self) -> str:
            """Name the server without telling of Python."""
            return "newsroom"

        do_GET = do_HEAD = do_POST = answer  # noqa: N815 (the names the standard library calls)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the standard library's name)
            """Say nothing: who answers keeps the log."""

    return Conversation
