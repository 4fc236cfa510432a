"""The analyzer that asks a model: OpenRouter, or any server that speaks its dialect of chat completions."""

from jatify_adapters.openrouter.analyzer import OpenRouterAnalyzer, open_openrouter
from jatify_adapters.openrouter.settings import OpenRouterSettings, Profile, default_profile

__all__ = ["OpenRouterAnalyzer", "OpenRouterSettings", "Profile", "default_profile", "open_openrouter"]
