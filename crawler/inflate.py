"""Undo content codings, never beyond a cap, and say whether the stream came to its proper end.

Scrapy's own decompression is as careful with bombs but takes a stream cut short for a whole one; a feed read so would
have its validators saved and its tail never seen.
"""

import sys
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

from news.errors import CrawlError
from news.fetch import Reason

_CHUNK = 64 * 1024
_MOST_CODINGS = 3  # honest servers use one
_MOST_MEMBERS = 1000  # of a gzip file; each may be empty and costs a decoder

_Pieces = Generator[bytes, None, bool]  # yields chunks of bounded size, returns whether the end mark was seen


class Inflated(NamedTuple):
    """Bytes after decoding; `whole` is False when a stream ended before its end mark."""

    body: bytes
    whole: bool


def inflate(body: bytes, codings: str, cap: int, *, first: bool = False) -> Inflated:
    """Decode a body by its Content-Encoding; with `first`, a longer one to about its first `cap` bytes.

    Raises CrawlError: TOO_LARGE beyond the cap, PARSE_ERROR for an unknown coding, CUT_SHORT where nothing can be read.
    """
    names = [name for part in codings.split(",") if (name := part.strip().lower()) and name != "identity"]
    if len(names) > _MOST_CODINGS:
        raise CrawlError(Reason.TOO_LARGE, f"compressed {len(names)} times over")
    whole = True
    for name in reversed(names):
        decode = _DECODERS.get(name)
        if decode is None:
            raise CrawlError(Reason.PARSE_ERROR, f"sent in an unknown coding {name[:20]!r}")
        if body:
            body, ended = _drain(decode(body), cap, first=first)
            whole = whole and ended
    return Inflated(body, whole)


def _drain(pieces: _Pieces, cap: int, *, first: bool) -> Inflated:
    taken: list[bytes] = []
    size = 0
    while True:
        try:
            piece = next(pieces)
        except StopIteration as end:
            return Inflated(b"".join(taken), bool(end.value))
        except Exception as error:  # each library has its own word for damage
            if not size:
                raise CrawlError(Reason.CUT_SHORT, f"damaged compression: {error}") from error
            return Inflated(b"".join(taken), False)
        size += len(piece)
        if size > cap and first:
            return Inflated(b"".join([*taken, piece])[:cap], False)
        if size > cap:
            raise CrawlError(Reason.TOO_LARGE, f"more than {cap:,} bytes when decompressed")
        taken.append(piece)


def _slices(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]


def _zlib(data: bytes, wbits: int) -> _Pieces:
    """Decode zlib, raw deflate or gzip with several members, whatever `wbits` says; junk behind the end is ignored."""
    decoder = zlib.decompressobj(wbits)
    members = 1
    for piece in _slices(data):
        while piece:
            if decoder.eof and (members == _MOST_MEMBERS or not piece.startswith(b"\x1f\x8b")):
                return True
            if decoder.eof:
                decoder, members = zlib.decompressobj(wbits), members + 1
            yield decoder.decompress(piece, _CHUNK)
            piece = decoder.unused_data if decoder.eof else decoder.unconsumed_tail  # noqa: PLW2901
    yield decoder.flush()
    return decoder.eof


def _gzip(data: bytes) -> _Pieces:
    return (yield from _zlib(data, zlib.MAX_WBITS | 16))


def _deflate(data: bytes) -> _Pieces:
    zlib_header = len(data) > 1 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
    return (yield from _zlib(data, zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS))  # some servers send it raw


def _brotli(data: bytes) -> _Pieces:
    import brotli

    decoder = brotli.Decompressor()
    for piece in _slices(data):
        yield decoder.process(piece, output_buffer_limit=_CHUNK)
        while rest := decoder.process(b"", output_buffer_limit=_CHUNK):
            yield rest
        if decoder.is_finished():
            return True
    return bool(decoder.is_finished())


def _zstd(data: bytes) -> _Pieces:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    decoder = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: 23})  # 8 MiB, RFC 8878
    for piece in _slices(data):
        yield decoder.decompress(piece, _CHUNK)
        while not decoder.eof and not decoder.needs_input:
            yield decoder.decompress(b"", _CHUNK)
        if decoder.eof:
            return True
    return False


_DECODERS: dict[str, Callable[[bytes], _Pieces]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}

ACCEPTED = "gzip, deflate, br, zstd"
