"""Whose request it is by address: the connection's other end, or whom the proxies that the operator trusts name."""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from litestar import Request

Address = IPv4Address | IPv6Address

HEADER: Final = "x-forwarded-for"
WITH_PORT: Final = re.compile(r"\[(?P<six>[^\[\]]+)\](?::\d{1,5})?|(?P<four>\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}")
HOST: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
NOWHERE: Final = ""
"""Of a connection without an address, as over a Unix socket."""


class Proxies:
    """The networks whose word is taken for whom they forward."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks: list[IPv4Network | IPv6Network] = [ip_network(network) for network in networks]

    def client(self, peer: str, forwarded: Iterable[str]) -> str:
        """The address of who asks: the nearest one that is no proxy of ours.

        *forwarded* are the values of `X-Forwarded-For`. Each proxy appends whom it saw, so that they are read from the
        right, and only as far as trusted proxies wrote them. What is no address ends it: then it was the proxy that
        asked, and nobody gets away from a count by what he writes.
        """
        client = parsed(peer)
        for value in _from_the_right(forwarded):
            if client is None or not self._trusts(client):
                break
            further = parsed(value)
            if further is None:
                break
            client = further
        return NOWHERE if client is None else str(client)

    def trust(self, peer: str) -> bool:
        """Whether *peer* is one of them."""
        address = parsed(peer)
        return address is not None and self._trusts(address)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def parsed(value: str) -> Address | None:
    """The address in *value*, which may carry a port; None if there is none."""
    match = WITH_PORT.fullmatch(value.strip())
    plain = (match["six"] or match["four"]) if match else value.strip()
    try:
        address = ip_address(plain)
    except ValueError:
        return None
    # A socket for both families names an IPv4 peer in the form of the other.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


async def address_of(request: Request[Any, Any, Any]) -> str:
    """The address of who sent *request*."""
    proxies: Proxies = request.app.state.proxies
    peer = request.client.host if request.client else NOWHERE
    return proxies.client(peer, request.headers.getall(HEADER, []))


def origin_of(request: Request[Any, Any, Any]) -> str:
    """Under which origin *request* came, or "" where it does not say so; a trusted proxy says whether by TLS."""
    host = request.headers.get("host", "")
    if not HOST.fullmatch(host):
        return ""
    proxies: Proxies = request.app.state.proxies
    by_proxy = request.client is not None and proxies.trust(request.client.host)
    forwarded = request.headers.get("x-forwarded-proto", "").strip().lower() if by_proxy else ""
    scheme = forwarded if forwarded in {"http", "https"} else request.scope["scheme"]
    return f"{scheme}://{host}"


def _from_the_right(values: Iterable[str]) -> Iterator[str]:
    return reversed(",".join(values).split(","))
