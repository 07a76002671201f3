"""The explicit list of ranges: what is public and what is not, in every form that carries an address."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.addresses import is_public
from tests.crawler.acts import words

PUBLIC = words("""
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255 169.255.0.1
172.15.255.255 172.32.0.1 192.0.1.1 192.88.98.255 192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1 203.0.112.255
223.255.255.255 2606:4700::1111 2a00:1450:4001::1 2001:200::1 2001:4860:4860::8888 2003::1 ::ffff:8.8.8.8
64:ff9b::8.8.8.8
""")

REFUSED = words("""
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.0.1 169.254.169.254
172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1
192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1
255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::127.0.0.1
64:ff9b::10.0.0.1 64:ff9b:1::8.8.8.8 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1
2001:20::1 2001:db8::1
2002:7f00:1:: 2002:808:808:: 2620:4f:8000::1 3fff::1 4000::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1
ff02::1 ff0e::1
""")


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_may_be_reached(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", REFUSED)
def test_an_address_that_is_not_public_may_not(text: str) -> None:
    assert not is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_an_address_in_disguise_is_judged_as_itself(address: object) -> None:
    plain = ip_address(str(address))
    assert (
        is_public(ip_address(f"::ffff:{address}")) == is_public(plain) == is_public(ip_address(f"64:ff9b::{address}"))
    )


@given(st.ip_addresses())
def test_nothing_is_public_that_the_standard_library_calls_special(address: object) -> None:
    found = ip_address(str(address))
    if found.is_loopback or found.is_multicast or found.is_link_local or found.is_unspecified:
        assert not is_public(found)
