"""A provider's answer: read tolerantly, for models wrap and chat; accepted strictly, for a wrong one is no report."""

import hmac
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isfinite
from typing import Final

import msgspec
from msgspec import Struct

from jatify_adapters.openrouter.complaints import first_choice, members
from jatify_adapters.openrouter.outcomes import BROKEN_OFF, EMPTY, INVALID_OUTPUT, REFUSED
from jatify_adapters.openrouter.prompt import Expected
from jatify_core.analysis import Findings, Outage, Refusal, Usage
from jatify_core.errors import Invalid
from jatify_core.findings import Proposal
from jatify_core.text import refuse_nul

MOST_TOKENS: Final = 2**31 - 1
MOST_USD: Final = 1_000_000
LONGEST_MODEL: Final = 200


class CutShort(Struct, frozen=True):
    """The model had no room left to finish its answer."""

    usage: Usage


def read_answer(answer: Mapping[str, object], expected: Expected, model: str) -> Findings | Refusal | Outage | CutShort:
    """What a chat completion without an error says. *model* is the one asked, for providers that name none."""
    choice = first_choice(answer)
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    content = _text(message.get("content"))
    finish = choice.get("finish_reason")
    if finish == "error":
        return BROKEN_OFF
    if finish == "content_filter" or message.get("refusal"):
        return REFUSED
    if finish == "length":
        return CutShort(_usage(answer))
    if not content.strip():
        return EMPTY
    proposal = _proposal(content, expected)
    return Findings(proposal, _model(answer, model), _usage(answer)) if proposal else INVALID_OUTPUT


def sum_of(one: Usage, other: Usage) -> Usage:
    """What two calls cost together; what neither said stays None."""
    return Usage(
        _plus(one.input_tokens, other.input_tokens),
        _plus(one.output_tokens, other.output_tokens),
        other.cost_usd if one.cost_usd is None else one.cost_usd + (other.cost_usd or 0),
    )


def _proposal(content: str, expected: Expected) -> Proposal | None:
    answer = next((a for a in map(members, _readings(content)) if a is not None), None)
    if answer is None or not _echoes(answer.pop("nonce", None), expected.nonce):
        return None
    # A warning is a code that the core understands; a model was not asked for any, and its words would not be one.
    answer.pop("warnings", None)
    try:
        # Only this escape can bring one in, and looking through every member costs more than reading them does.
        if "\\u0000" in content:
            refuse_nul(answer)
        proposal = msgspec.convert(answer, Proposal)
    except (Invalid, msgspec.ValidationError):
        return None
    return proposal if _covers(proposal, expected.aspects) else None


def _readings(content: str) -> Iterator[str]:
    """Where the JSON may stand: in the whole, fences and chat cut off; or behind thinking with braces of its own."""
    yield _braced(content)
    yield _braced(content.rpartition("</think>")[2])


def _braced(text: str) -> str:
    return text[max(text.find("{"), 0) : text.rfind("}") + 1]


def _echoes(nonce: object, sent: str) -> bool:
    return isinstance(nonce, str) and hmac.compare_digest(nonce.strip().encode(errors="replace"), sent.encode())


def _covers(proposal: Proposal, aspects: frozenset[str]) -> bool:
    keys = [score.key for score in proposal.sub_scores]
    scored = any(score.score is not None for score in proposal.sub_scores)
    return scored and len(keys) == len(aspects) and frozenset(keys) == aspects


def _text(content: object) -> str:
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _model(answer: Mapping[str, object], asked: str) -> str:
    named = answer.get("model")
    shown = "".join(c for c in named if c.isprintable()).strip() if isinstance(named, str) else ""
    return shown[:LONGEST_MODEL] or asked


def _usage(answer: Mapping[str, object]) -> Usage:
    usage = answer.get("usage")
    if not isinstance(usage, dict):
        return Usage()
    return Usage(_tokens(usage.get("prompt_tokens")), _tokens(usage.get("completion_tokens")), _usd(usage.get("cost")))


def _tokens(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= MOST_TOKENS else None


def _usd(value: object) -> Decimal | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        return None
    # By way of the shortest text that reads back the same: the number the provider wrote, not its binary neighbour.
    return round(Decimal(repr(value)), 12) if 0 <= value <= MOST_USD else None


def _plus(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)
