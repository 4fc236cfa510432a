"""Asks a model over HTTP. Everything that can go wrong becomes an outcome here."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Final

from anyio import move_on_after
from msgspec.structs import replace

from jatify_adapters.openrouter.answers import CutShort, read_answer, sum_of
from jatify_adapters.openrouter.complaints import Complaint, Reply, complaint_of
from jatify_adapters.openrouter.diagnosis import path_to_ask, trouble_in
from jatify_adapters.openrouter.line import Line, open_line
from jatify_adapters.openrouter.outcomes import CUT_SHORT, INTERNAL, INVALID_OUTPUT, TIMEOUT, outcome_of
from jatify_adapters.openrouter.prompt import PROMPT_VERSION, Expected, Prompt
from jatify_adapters.openrouter.settings import OpenRouterSettings
from jatify_adapters.openrouter.wire import MORE_ROOM, ROOM, Rung, chat_body
from jatify_core.analysis import Findings, Identity, Material, Outage, Outcome, Usage

log = logging.getLogger("jatify.openrouter")

DIAGNOSIS: Final = 15.0


@asynccontextmanager
async def open_openrouter(settings: OpenRouterSettings) -> AsyncIterator["OpenRouterAnalyzer"]:
    """An analyzer with a line of its own, closed when the block ends."""
    async with open_line(settings) as line:
        yield OpenRouterAnalyzer(settings, line)


class OpenRouterAnalyzer:
    """An `Analyzer` that asks OpenRouter, or a server compatible with OpenAI's chat completions."""

    def __init__(self, settings: OpenRouterSettings, line: Line) -> None:
        self._settings = settings
        self._line = line
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
            reply = await self._line.get(path_to_ask(self._settings))
        return trouble_in(reply, self._settings)

    async def _judge(self, material: Material) -> Outcome:
        room, spent = ROOM, Usage()
        while True:
            rung = self._rung
            answer = await self._ask(material, rung, room)
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

    async def _ask(self, material: Material, rung: Rung, room: int) -> Outcome | Complaint | CutShort:
        reply = await self._line.post("/chat/completions", partial(self._body, material, rung, room))
        if isinstance(reply, Outage):
            return reply
        complaint = complaint_of(reply, datetime.now(UTC))
        if complaint:
            return complaint
        answer = reply.members()
        if answer is None:
            return INVALID_OUTPUT
        return read_answer(answer, Expected.of(material, self._settings.api_key), self._settings.models[0])

    def _body(self, material: Material, rung: Rung, room: int) -> bytes:
        """The question, made anew each time rather than kept: the same material makes the same bytes."""
        prompt = Prompt.of(material, self._settings.api_key, masked=self._settings.mask_contact)
        return chat_body(self._settings, prompt, rung, room)
