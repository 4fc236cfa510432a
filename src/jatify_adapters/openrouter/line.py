"""The line to a provider: pooled connections, one request and its reply, and every fault of the way as an outage."""

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, aclosing, asynccontextmanager
from functools import cache
from typing import Final

import aiohttp
import anyio
import httpx
from httpx_aiohttp import AiohttpTransport

from jatify_adapters.openrouter.complaints import Reply
from jatify_adapters.openrouter.outcomes import NETWORK, TOO_MUCH
from jatify_adapters.openrouter.settings import OpenRouterSettings
from jatify_adapters.openrouter.wire import headers
from jatify_core.analysis import Outage

MOST_CALLS: Final = 500
KEEP_ALIVE: Final = 15.0
"""Seconds an idle connection is kept: less than servers do, so that none is torn as it is used again."""
MOST_IN_THE_MAKING: Final = 50
"""Calls that are prepared and sent at once. More at a time would hold up the event loop and pile up bodies for nothing:
what takes minutes is the answer."""
TIMEOUTS: Final = {"timeout": {"connect": 30.0}}
"""Seconds to connect, generous: what a busy event loop takes counts too. The deadline of a call is the caller's."""


@asynccontextmanager
async def open_line(settings: OpenRouterSettings) -> AsyncIterator["Line"]:
    """A line with one pool and one TLS context of its own, closed when the block ends."""
    tls = httpx.create_ssl_context(trust_env=False)

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=MOST_CALLS, keepalive_timeout=KEEP_ALIVE, ssl=tls)
        # One user's call must leave nothing behind for another's: no cookie is kept.
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async with AiohttpTransport(verify=tls, client=session) as transport:
        yield Line(settings, transport)


class Line:
    """Sends requests and reads whole replies, none longer than the settings allow.

    It goes over the transport alone. What httpx's client would add, redirects, cookies, proxies and the environment,
    is not wanted here, and would cost half as much again for each call.
    """

    def __init__(self, settings: OpenRouterSettings, transport: httpx.AsyncBaseTransport) -> None:
        # Parsed once, because that takes as long as all else that httpx does for a call.
        self._at = cache(lambda path: httpx.URL(settings.base_url.rstrip("/") + path))
        self._limit = settings.answer_limit
        self._headers = headers(settings)
        self._transport = transport
        self._turns = anyio.Semaphore(MOST_IN_THE_MAKING)

    async def get(self, path: str) -> Reply | Outage:
        """Ask for what is at *path* below the base URL."""
        return await self._exchange(httpx.Request("GET", self._at(path), headers=self._headers, extensions=TIMEOUTS))

    async def post(self, path: str, make: Callable[[], bytes]) -> Reply | Outage:
        """Send the JSON body that *make* returns. It is made when its turn has come, and forgotten once it is sent."""
        with ExitStack() as turn:
            await self._turns.acquire()
            turn.callback(self._turns.release)
            return await self._exchange(self._request(path, _SentOnce(make(), sent=turn.close)))

    def _request(self, path: str, body: "_SentOnce") -> httpx.Request:
        told = {"Content-Type": "application/json", "Content-Length": str(body.size)}
        return httpx.Request("POST", self._at(path), headers=self._headers | told, stream=body, extensions=TIMEOUTS)

    async def _exchange(self, request: httpx.Request) -> Reply | Outage:
        received = bytearray()
        try:
            response = await self._transport.handle_async_request(request)
            async with aclosing(response):
                async for chunk in response.aiter_bytes():
                    received += chunk
                    if len(received) > self._limit:
                        return TOO_MUCH
        except (httpx.HTTPError, aiohttp.ClientError, OSError):
            # The transport translates most of aiohttp's errors, and lets those of malformed answers through.
            return NETWORK
        return Reply(response.status_code, response.headers, bytes(received))


class _SentOnce(httpx.AsyncByteStream):
    """Bytes that are forgotten as they are sent, and tell when they are."""

    def __init__(self, body: bytes, sent: Callable[[], None]) -> None:
        self.size = len(body)
        self._body = body
        self._sent = sent

    async def __aiter__(self) -> AsyncIterator[bytes]:
        body, self._body = self._body, b""
        yield body
        self._sent()
