"""Content codings are undone, never beyond the cap, and a stream cut short is known for one."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from crawler.inflate import inflate
from news.errors import CrawlError
from news.fetch import Reason

TEXT = b"".join(b"Ships came and went on day %d. " % day for day in range(9000))
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("coding", PACK)
def test_each_coding_is_undone(coding: str) -> None:
    assert inflate(PACK[coding](TEXT), coding, len(TEXT)) == (TEXT, True)


@pytest.mark.parametrize("coding", PACK)
def test_one_byte_over_the_cap_is_too_large(coding: str) -> None:
    with pytest.raises(CrawlError) as caught:
        inflate(PACK[coding](TEXT), coding, len(TEXT) - 1)
    assert caught.value.reason == Reason.TOO_LARGE


@pytest.mark.parametrize("coding", PACK)
def test_a_stream_cut_anywhere_is_known_for_one(coding: str) -> None:
    packed = PACK[coding](TEXT)
    for cut in (1, 4, 9, len(packed) // 2):
        body, whole = inflate(packed[:-cut], coding, 10**7)
        assert not whole
        assert TEXT.startswith(body)


def test_several_members_and_raw_deflate_are_read() -> None:
    assert inflate(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", 100) == (b"one two", True)
    assert inflate(raw(TEXT), "deflate", 10**6) == (TEXT, True)


def test_codings_are_undone_in_reverse_order() -> None:
    assert inflate(gzip.compress(brotli.compress(TEXT)), "br, gzip", 10**6) == (TEXT, True)


@pytest.mark.parametrize(("codings", "body"), [("", b"x"), ("identity", b"x"), ("gzip", b"")])
def test_nothing_to_undo_is_left_alone(codings: str, body: bytes) -> None:
    assert inflate(body, codings, 100) == (body, True)


@given(st.binary(min_size=1, max_size=200), st.sampled_from([*PACK, "gzip, br"]))
def test_any_bytes_end_in_a_body_or_a_crawl_error(body: bytes, codings: str) -> None:
    try:
        found = inflate(body, codings, 1000)
    except CrawlError:
        return
    assert len(found.body) <= 1000
