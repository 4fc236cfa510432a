"""Asks a model over HTTP. Everything that can go wrong becomes an outcome here."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import httpx
from aiohttp import ClientError
from anyio import move_on_after
from httpx_aiohttp import AiohttpTransport
from msgspec.structs import replace

from jatify_adapters.openrouter.answers import CutShort, read_answer, sum_of
from jatify_adapters.openrouter.complaints import Complaint, Reply, complaint_of
from jatify_adapters.openrouter.diagnosis import path_to_ask, trouble_in
from jatify_adapters.openrouter.outcomes import (
    CUT_SHORT,
    INTERNAL,
    INVALID_OUTPUT,
    NETWORK,
    TIMEOUT,
    TOO_MUCH,
    outcome_of,
)
from jatify_adapters.openrouter.prompt import PROMPT_VERSION, Prompt
from jatify_adapters.openrouter.settings import OpenRouterSettings
from jatify_adapters.openrouter.wire import MORE_ROOM, ROOM, Rung, chat_body, headers
from jatify_core.analysis import Findings, Identity, Material, Outage, Outcome, Usage

log = logging.getLogger("jatify.openrouter")

MOST_CALLS: Final = 500
KEEP_ALIVE: Final = 15.0
"""Seconds an idle connection is kept: less than servers do, so that none is torn as it is used again."""
CONNECT: Final = 30.0
"""Seconds to connect, generous: what a busy event loop takes counts too."""
DIAGNOSIS: Final = 15.0


@asynccontextmanager
async def open_openrouter(settings: OpenRouterSettings) -> AsyncIterator["OpenRouterAnalyzer"]:
    """An analyzer with one client and one TLS context of its own, closed when the block ends."""
    transport = AiohttpTransport(
        verify=httpx.create_ssl_context(trust_env=False),
        limits=httpx.Limits(max_connections=MOST_CALLS, keepalive_expiry=KEEP_ALIVE),
    )
    async with httpx.AsyncClient(
        transport=transport,
        base_url=settings.base_url,
        headers=headers(settings),
        # The deadline of the whole call is ours: httpx counts each operation anew.
        timeout=httpx.Timeout(None, connect=CONNECT),
        follow_redirects=False,
        trust_env=False,
    ) as client:
        yield OpenRouterAnalyzer(settings, client)


class OpenRouterAnalyzer:
    """An `Analyzer` that asks OpenRouter, or a server compatible with OpenAI's chat completions."""

    def __init__(self, settings: OpenRouterSettings, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._client = client
        # An analyzer has one URL and asks for one model, so this is what is remembered of the pair.
        self._rung = Rung.JSON_SCHEMA

    @property
    def identity(self) -> Identity:
        """The profile, the first model, and the digest of all that is told to it."""
        return Identity(self._settings.profile, self._settings.models[0], PROMPT_VERSION)

    async def analyze(self, material: Material) -> Outcome:
        """Judge within the deadline. Nothing but cancellation is raised."""
        try:
            with move_on_after(self._settings.timeout):
                return await self._judge(material)
        except Exception:
            # What is left is a mistake of ours; a lost analysis is better than a lost worker.
            log.exception("an analysis failed inside Jatify")
            return INTERNAL
        return TIMEOUT

    async def diagnose(self) -> str | None:
        """One clear line about what is wrong with URL, key or model; None if nothing is."""
        reply: Reply | Outage = TIMEOUT
        with move_on_after(min(DIAGNOSIS, self._settings.timeout)):
            reply = await self._exchange("GET", path_to_ask(self._settings))
        return trouble_in(reply, self._settings)

    async def _judge(self, material: Material) -> Outcome:
        prompt = Prompt.of(material, self._settings.api_key, masked=self._settings.mask_contact)
        room, spent = ROOM, Usage()
        while True:
            rung = self._rung
            answer = await self._ask(prompt, rung, room)
            match answer:
                case Complaint() if answer.is_about_format and rung < Rung.PROMPT:
                    # Others may have stepped down meanwhile: never back up, never two rungs for one complaint.
                    self._rung = max(self._rung, Rung(rung + 1))
                    log.info("no %s from this provider; from now on %s", rung.name, self._rung.name)
                case Complaint():
                    return outcome_of(answer)
                case CutShort() if room < MORE_ROOM:
                    room, spent = MORE_ROOM, answer.usage
                case CutShort():
                    return CUT_SHORT
                case Findings():
                    return replace(answer, usage=sum_of(spent, answer.usage))
                case _:
                    return answer

    async def _ask(self, prompt: Prompt, rung: Rung, room: int) -> Outcome | Complaint | CutShort:
        reply = await self._exchange("POST", "/chat/completions", chat_body(self._settings, prompt, rung, room))
        if isinstance(reply, Outage):
            return reply
        complaint = complaint_of(reply, datetime.now(UTC))
        if complaint:
            return complaint
        answer = reply.members()
        return INVALID_OUTPUT if answer is None else read_answer(answer, prompt, self._settings.models[0])

    async def _exchange(self, method: str, path: str, body: bytes | None = None) -> Reply | Outage:
        kind = {"Content-Type": "application/json"} if body else {}
        received = bytearray()
        try:
            async with self._client.stream(method, path, content=body, headers=kind) as response:
                async for chunk in response.aiter_bytes():
                    received += chunk
                    if len(received) > self._settings.answer_limit:
                        return TOO_MUCH
        except (httpx.HTTPError, ClientError, OSError):
            # The transport translates most of aiohttp's errors, and lets those of malformed answers through.
            return NETWORK
        return Reply(response.status_code, dict(response.headers), bytes(received))
