"""The request as bytes: two profiles, and the ladder of ways to ask for a structured answer."""

from enum import IntEnum
from typing import Final

import msgspec

from jatify_adapters.openrouter.prompt import Prompt
from jatify_adapters.openrouter.settings import OpenRouterSettings

ROOM: Final = 8_192
"""Tokens for an answer, thinking included; a full report takes about 3,000."""
MORE_ROOM: Final = 2 * ROOM
TEMPERATURE: Final = 0.1


class Rung(IntEnum):
    """How a structured answer is asked for, from the strictest way down."""

    JSON_SCHEMA = 0
    JSON_OBJECT = 1
    PROMPT = 2


def headers(settings: OpenRouterSettings) -> dict[str, str]:
    """What every request carries. Nothing compressed is asked for: a small answer could unpack to a huge one."""
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "jatify"}
    if settings.api_key:
        sent["Authorization"] = f"Bearer {settings.api_key}"
    if settings.profile == "openrouter":
        # Every installation is its user's own and has no public address; OpenRouter tells such apps apart by title.
        sent |= {"HTTP-Referer": "http://localhost", "X-Title": "Jatify"}
    return sent


def chat_body(settings: OpenRouterSettings, prompt: Prompt, rung: Rung, room: int) -> bytes:
    """A chat completion request: the same bytes for the same question, rung and room."""
    system = prompt.system if rung is Rung.JSON_SCHEMA else f"{prompt.system}\n\n{prompt.form}"
    messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt.user}]
    request: dict[str, object] = {"messages": messages, "temperature": TEMPERATURE}
    if settings.profile == "openrouter":
        request["models"] = settings.models
        request["max_completion_tokens"] = room
        request["user"] = prompt.pseudonym
        request["provider"] = _routing(settings)
    else:
        request["model"] = settings.models[0]
        request["max_tokens"] = room
    return msgspec.json.encode(request | _response_format(prompt, rung))


def _routing(settings: OpenRouterSettings) -> dict[str, object]:
    routing: dict[str, object] = {"require_parameters": True}
    if settings.data_collection_deny:
        routing["data_collection"] = "deny"
    if settings.zdr:
        routing["zdr"] = True
    return routing


def _response_format(prompt: Prompt, rung: Rung) -> dict[str, object]:
    match rung:
        case Rung.JSON_SCHEMA:
            schema = {"name": "report", "strict": True, "schema": prompt.schema}
            return {"response_format": {"type": "json_schema", "json_schema": schema}}
        case Rung.JSON_OBJECT:
            return {"response_format": {"type": "json_object"}}
        case Rung.PROMPT:
            return {}
