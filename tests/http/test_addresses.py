"""Whose request it is by address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jatify_http.addresses import Proxies, parsed

TRUSTED = Proxies(("10.0.0.0/8", "127.0.0.1/32", "2001:db8:1::/48"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.1", [], "203.0.113.1"),
        ("203.0.113.1", ["198.51.100.1"], "203.0.113.1"),  # nobody of ours says so
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.1"], "203.0.113.1"),  # the first was written by the second
        ("10.0.0.1", ["198.51.100.1, 203.0.113.1, 10.0.0.2"], "203.0.113.1"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.1", "10.0.0.2"], "203.0.113.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("10.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
        ("10.0.0.1", ["  2001:DB8::1  "], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("2001:db8:1::1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.1, _hidden, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["unknown, 203.0.113.1"], "203.0.113.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1,"], "10.0.0.1"),
        ("10.0.0.1", [", , 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["999.0.0.1"], "10.0.0.1"),
        ("10.0.0.1", ["010.0.0.1"], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.1.example.org"], "10.0.0.1"),
        ("testclient", ["198.51.100.1"], ""),
        ("", [], ""),
    ],
)
def test_the_nearest_address_that_is_no_proxy_of_ours_asks(peer: str, forwarded: list[str], client: str) -> None:
    assert TRUSTED.client(peer, forwarded) == client


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert Proxies(()).client("127.0.0.1", ["198.51.100.1"]) == "127.0.0.1"


@given(st.lists(st.text()), st.sampled_from(["203.0.113.1", "10.0.0.1", "nonsense"]))
def test_whatever_is_written_there_is_one_address_or_none(forwarded: list[str], peer: str) -> None:
    client = TRUSTED.client(peer, forwarded)
    assert client == "" or parsed(client)


@given(st.lists(st.text()))
def test_nobody_chooses_his_own_address_by_what_he_writes_before_a_proxy_names_him(forwarded: list[str]) -> None:
    assert TRUSTED.client("10.0.0.1", [*forwarded, "203.0.113.1"]) == "203.0.113.1"
    assert TRUSTED.client("10.0.0.1", [",".join([*forwarded, "203.0.113.1"])]) == "203.0.113.1"
    assert TRUSTED.client("203.0.113.1", forwarded) == "203.0.113.1"
