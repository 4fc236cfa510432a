"""What is wrong with key, URL or model, in words for the one who set them."""

from typing import Final

from jatify_adapters.openrouter.complaints import Complaint, Reply
from jatify_adapters.openrouter.outcomes import outcome_of
from jatify_adapters.openrouter.settings import OpenRouterSettings
from jatify_core.analysis import Outage

SHOWN: Final = 5
"""How many of a server's models are named."""


def path_to_ask(settings: OpenRouterSettings) -> str:
    """Where a provider says whether it knows us, without a model being called."""
    return "/key" if settings.profile == "openrouter" else "/models"


def trouble_in(reply: Reply | Outage, settings: OpenRouterSettings) -> str | None:
    """One clear line, or None where all is well."""
    if isinstance(reply, Outage):
        return f"{settings.base_url}: {reply.message} Check JATIFY_OPENROUTER_URL and the network."
    if reply.status in {401, 403}:
        return "The provider does not accept the API key. Check OPENROUTER_API_KEY."
    if 300 <= reply.status < 500 and reply.status not in {402, 408, 409, 425, 429}:
        return _not_an_api(settings, f"it answered with status {reply.status}")
    if not reply.is_answer:
        return f"{outcome_of(Complaint(reply.status, '')).message} (status {reply.status})"
    answer = reply.members()
    if answer is None:
        return _not_an_api(settings, "its answer is no JSON object")
    return _key_trouble(answer) if settings.profile == "openrouter" else _model_trouble(answer, settings)


def _not_an_api(settings: OpenRouterSettings, because: str) -> str:
    return f"{settings.base_url} does not look like a chat API: {because}. Check JATIFY_OPENROUTER_URL."


def _key_trouble(answer: dict[str, object]) -> str | None:
    key = answer.get("data")
    remaining = key.get("limit_remaining") if isinstance(key, dict) else None
    if isinstance(remaining, int | float) and remaining <= 0:
        return (
            "The API key has used up its spending limit. Raise it at the provider, or set another OPENROUTER_API_KEY."
        )
    return None


def _model_trouble(answer: dict[str, object], settings: OpenRouterSettings) -> str | None:
    listed = answer.get("data")
    offered = [str(m.get("id")) for m in listed if isinstance(m, dict)] if isinstance(listed, list) else []
    wanted = settings.models[0]
    # Ollama lists "llama3:latest" and answers to "llama3".
    if not offered or wanted in offered or f"{wanted}:latest" in offered:
        return None
    names = ", ".join("".join(c for c in name if c.isprintable())[:80] for name in offered[:SHOWN])
    return f"The server does not offer the model {wanted!r}, but: {names}. Check JATIFY_OPENROUTER_MODELS."
