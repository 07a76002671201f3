"""Addresses that the WHATWG URL standard reads as one have one key; where we differ, it is said.

The pairs follow the cases of the standard's own test suite (web-platform-tests, url/resources) that concern absolute
http addresses: what is typed, and how the standard writes it.
"""

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.identity import url_key

SAME = {
    "tabs and newlines inside": (
        "h\tt\nt\rp://h\to\ns\rt:9\t0\n0\r0/p\ta\nt\rh?q\tu\ne\rry",
        "http://host:9000/path?query",
    ),
    "blanks and controls around": ("\u0000\u001b\u0004 http://example.com/a \u001f \u000d ", "http://example.com/a"),
    "scheme in capitals": ("HTTP://example.com/a", "http://example.com/a"),
    "host in capitals": ("http://ExAmPlE.CoM/a", "http://example.com/a"),
    "path keeps its case": ("http://example.com/A", "http://example.com/A"),
    "one slash only": ("http:/example.com/a", "http://example.com/a"),
    "many slashes": ("http:////////example.com/a", "http://example.com/a"),
    "backslashes": ("http:\\\\example.com\\a\\b", "http://example.com/a/b"),
    "default port": ("http://example.com:80/a", "http://example.com/a"),
    "default port of https": ("https://example.com:443/a", "https://example.com/a"),
    "empty port": ("http://example.com:/a", "http://example.com/a"),
    "port with zeros": ("http://example.com:0000080/a", "http://example.com/a"),
    "other port": ("http://example.com:8080/a", "http://example.com:8080/a"),
    "user and password": ("http://user:pass@example.com/a", "http://example.com/a"),
    "user with an at sign": ("http://user@@example.com/a", "http://example.com/a"),
    "empty path": ("http://example.com", "http://example.com/"),
    "query without a path": ("http://example.com?q", "http://example.com/?q"),
    "single dot": ("http://example.com/foo/./bar", "http://example.com/foo/bar"),
    "double dots": ("http://example.com/foo/bar/../ton", "http://example.com/foo/ton"),
    "double dots above the root": ("http://example.com/foo/../../../ton", "http://example.com/ton"),
    "double dots at the end": ("http://example.com/foo/bar/..", "http://example.com/foo/"),
    "escaped dot": ("http://example.com/foo/%2e/bar", "http://example.com/foo/bar"),
    "escaped dots": ("http://example.com/foo/%2e%2E/bar", "http://example.com/bar"),
    "half escaped dots": ("http://example.com/foo/.%2e/%2e./bar", "http://example.com/bar"),
    "blank in the path": ("http://example.com/foo bar", "http://example.com/foo%20bar"),
    "quotes in the path": ('http://example.com/"a"', "http://example.com/%22a%22"),
    "letters beyond ASCII": ("http://example.com/你好", "http://example.com/%E4%BD%A0%E5%A5%BD"),
    "letters beyond ASCII in the query": ("http://example.com/?q=ä", "http://example.com/?q=%C3%A4"),
    "stray percent sign": ("http://example.com/%zz", "http://example.com/%25zz"),
    "fragment": ("http://example.com/a#β", "http://example.com/a"),
    "full-width host": ("http://Ｇｏ.com/a", "http://go.com/a"),
    "Chinese host": ("http://你好你好/a", "http://xn--6qqa088eba/a"),
    "ideographic full stop": ("http://foo。bar.com/a", "http://foo.bar.com/a"),
    "sharp s": ("http://faß.example/a", "http://xn--fa-hia.example/a"),
    "escaped host": ("http://ex%61mple.com/a", "http://example.com/a"),
    "dot after the host": ("http://example.com./a", "http://example.com/a"),
    "IPv6, long": ("http://[1:0:0:0:0:0:0:0]/a", "http://[1::]/a"),
    "IPv6 with IPv4 in it": ("http://[::127.0.0.1]/a", "http://[::7f00:1]/a"),
    "IPv6 in capitals": ("http://[2001:DB8::1]/a", "http://[2001:db8::1]/a"),
    "IPv4 in two numbers, one in hex": ("http://0x7f.1/a", "http://127.0.0.1/a"),
    "IPv4 in one number": ("http://2130706433/a", "http://127.0.0.1/a"),
    "IPv4 in one hex number, in capitals": ("http://0X7F000001/a", "http://127.0.0.1/a"),
    "IPv4 in octal": ("http://0300.0250.0.01/a", "http://192.168.0.1/a"),
    "IPv4 in three numbers": ("http://192.168.257/a", "http://192.168.1.1/a"),
    "IPv4 with an empty hex number": ("http://0x.0x.0/a", "http://0.0.0.0/a"),
    "IPv4 with a dot after it": ("http://192.168.0.1./a", "http://192.168.0.1/a"),
    "IPv4 in full-width digits": ("http://０Ｘｃ０．０２５０．０１/a", "http://192.168.0.1/a"),
    "IPv4": ("http://192.168.0.1/a", "http://192.168.0.1/a"),
}

NOT_OURS = {
    "the standard keeps doubled slashes": ("http://example.com//a//b", "http://example.com/a/b"),
    "the standard keeps the slash at the end": ("http://example.com/a/", "http://example.com/a"),
    "the standard keeps %41": ("http://example.com/%41", "http://example.com/A"),
    "the standard keeps the order of parameters": ("http://example.com/?b=1&a=2", "http://example.com/?a=2&b=1"),
}


@pytest.mark.parametrize(("typed", "standard"), SAME.values(), ids=SAME.keys())
def test_what_the_standard_reads_as_one_has_one_key(typed: str, standard: str) -> None:
    assert url_key(typed) == url_key(standard)


@pytest.mark.parametrize(("one", "other"), NOT_OURS.values(), ids=NOT_OURS.keys())
def test_we_join_more_than_the_standard_does(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize("host", ["256.1.1.1", "1.2.3.4.5", "0x100000000", "1.2.3.08", "192.168.0.257", "1..2"])
def test_a_number_that_is_no_address_stays_as_it_is_written(host: str) -> None:
    assert url_key(f"http://{host}/a") == f"https://{host}/a"


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{:d}", "0x{:x}", "0{:o}"]))
def test_an_address_in_any_writing_has_the_key_of_its_decimals(value: int, form: str) -> None:
    decimals = url_key(f"http://{IPv4Address(value)}/a")
    written = url_key(f"http://{form.format(value)}/a")
    assert written == decimals == url_key(written)
