"""An analyzer wired to a misbehaving provider, and what to ask it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from jatify_adapters.openrouter import OpenRouterAnalyzer, OpenRouterSettings, Profile, open_openrouter
from jatify_core.analysis import AnalysisId, Material
from tests.provider import Behaviour, Provider, open_provider

KEY: Final = "sk-or-v1-0123456789abcdef"
MATERIAL: Final = Material(
    AnalysisId(UUID(int=7)),
    "Ada Lovelace\nada@example.org\n2019 to 2024: wrote the first program in Python.",
    "We look for a programmer who knows Python.",
    "pseudonym-1",
)
REVIEW: Final = replace(MATERIAL, listing=None)


@asynccontextmanager
async def asking(
    *script: Behaviour, profile: Profile = "openrouter", **settings: Any
) -> AsyncIterator[tuple[OpenRouterAnalyzer, Provider]]:
    """An analyzer and the provider it asks, which follows *script*."""
    async with open_provider(*script) as provider:
        defaults = {"api_key": KEY, "base_url": provider.url, "profile": profile, "models": ("a/b:free", "c/d")}
        async with open_openrouter(OpenRouterSettings(**(defaults | settings))) as analyzer:
            yield analyzer, provider
