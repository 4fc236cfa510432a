"""Jatify's worker and analyzer at work against somebody else's mock, in real time, with a store in memory."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from msgspec.structs import replace

from jatify_adapters.openrouter import OpenRouterAnalyzer, OpenRouterSettings, open_openrouter
from jatify_adapters.openrouter.prompt import Prompt
from jatify_adapters.openrouter.wire import ROOM, Rung, chat_body
from jatify_core.analysis import Analysis, Identity, Material, Outcome
from jatify_core.policy import Policy
from tests.provider import proposal
from tests.worker.world import World, a_world, working

KEY: Final = "sk-or-v1-0123456789abcdef"

Teach = Callable[[str], None]
"""Has the mock give this answer from now on."""


class Prepared:
    """An analyzer that teaches the mock the right answer before it asks: no mock can know the nonce of a question."""

    def __init__(self, settings: OpenRouterSettings, analyzer: OpenRouterAnalyzer, teach: Teach | None) -> None:
        self._settings = settings
        self._analyzer = analyzer
        self._teach = teach

    @property
    def identity(self) -> Identity:
        return self._analyzer.identity

    async def analyze(self, material: Material) -> Outcome:
        if self._teach:
            prompt = Prompt.of(material, KEY, masked=True)
            asked = json.loads(chat_body(self._settings, prompt, Rung.JSON_SCHEMA, ROOM))
            self._teach(json.dumps(proposal(asked)))
            self._teach = None
        return await self._analyzer.analyze(material)


@asynccontextmanager
async def at_work(teach: Teach | None, *, max_attempts: int = 5, **settings: Any) -> AsyncIterator[World]:
    """A worker that asks as *settings* say; without *teach* the mock is left with what it has."""
    chosen = OpenRouterSettings(api_key=KEY, **settings)
    async with open_openrouter(chosen) as analyzer:
        world = await a_world(analyzer=Prepared(chosen, analyzer, teach))
        patient = replace(world.ports, policy=Policy(max_attempts=max_attempts))
        world = World(patient, world.store, world.user)
        async with working(world.worker()):
            yield world


async def judged(teach: Teach | None, *, max_attempts: int = 5, **settings: Any) -> Analysis:
    """One analysis, from the queue to its end."""
    async with at_work(teach, max_attempts=max_attempts, **settings) as world:
        (ended,) = await world.ended(await world.ask(), within=120)
        return ended
