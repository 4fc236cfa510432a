"""What a provider answered, and what it complained of: read here, never shown."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Final

import msgspec
from msgspec import Struct

LONGEST_WAIT: Final = timedelta(hours=1)
SHORTEST_WAIT: Final = timedelta(seconds=1)
WORDS_READ: Final = 4_000
LIMITED: Final = frozenset({429, 503})
"""Statuses that speak of how often a provider is asked."""

ABOUT_FORMAT: Final = re.compile(
    # The last is what OpenRouter says of `require_parameters` when no endpoint knows them.
    r"response[_ ]format|json[_ ]schema|json[_ ]object|structured[_ ]output|can handle the requested parameters",
    re.IGNORECASE,
)
NAMED_STATUS: Final = {
    "authentication": 401,
    "invalid_api_key": 401,
    "payment_required": 402,
    "insufficient_quota": 402,
    "permission_denied": 403,
    "content_policy_violation": 403,
    "refusal": 403,
    "not_found": 404,
    "model_not_found": 404,
    "timeout": 408,
    "payload_too_large": 413,
    "context_length_exceeded": 413,
    "token_limit_exceeded": 413,
    "string_too_long": 413,
    "unprocessable": 422,
    "invalid_request": 400,
    "invalid_request_error": 400,
    "invalid_prompt": 400,
    "rate_limit_exceeded": 429,
    "server": 500,
    "server_error": 500,
    "provider_unavailable": 503,
    "provider_overloaded": 529,
}
"""OpenRouter's and OpenAI's names for what a status says elsewhere."""


class Reply(Struct, frozen=True):
    """What came back over the wire; the headers' names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_answer(self) -> bool:
        """Whether the provider means to have answered."""
        return 200 <= self.status < 300

    def members(self) -> dict[str, object] | None:
        """The members of the JSON object in the body, if it is one."""
        return members(self.body)


class Complaint(Struct, frozen=True):
    """An error that a provider reported. `status` is HTTP's or the body's own, None where neither says anything."""

    status: int | None
    words: str
    """For finding signs in, never for showing: whatever a provider says may hold what it was sent."""
    wait: timedelta | None = None
    """How long the provider asks to be left alone."""

    @property
    def is_about_format(self) -> bool:
        """Whether the provider does not take the form in which a structured answer was asked for."""
        told_why = self.status in {401, 402, 429}
        return not told_why and ABOUT_FORMAT.search(self.words) is not None


def members(body: bytes | str) -> dict[str, object] | None:
    """The members of a JSON object, or None where there is none."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def complaint_of(reply: Reply, now: datetime) -> Complaint | None:
    """What *reply* complains of, if anything: its status, an `error`, or one of its first choice."""
    error = _error_in(reply)
    status: int | None
    if not reply.is_answer:
        status, words = reply.status, reply.body[:WORDS_READ].decode("utf-8", "replace")
    elif error is None:
        return None
    else:
        status, words = _status(error), msgspec.json.encode(error).decode()[:WORDS_READ]
    return Complaint(status, words, asked_wait(_headers(reply, error), now, limited=status in LIMITED))


def asked_wait(headers: Mapping[str, str], now: datetime, *, limited: bool = True) -> timedelta | None:
    """How long the provider asks to wait, within bounds: Retry-After (seconds or a date), else X-RateLimit-Reset.

    The latter counts only where we are *limited*: many providers send it with every answer.
    """
    seconds = _retry_after(headers.get("retry-after", ""), now)
    if seconds is None and limited:
        seconds = _reset(headers.get("x-ratelimit-reset", ""), now)
    if seconds is None:
        return None
    return timedelta(seconds=min(max(seconds, SHORTEST_WAIT.total_seconds()), LONGEST_WAIT.total_seconds()))


def first_choice(answer: Mapping[str, object]) -> Mapping[str, object]:
    """The first choice of a chat completion, or nothing."""
    choices = answer.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}


def _error_in(reply: Reply) -> object | None:
    answer = reply.members() or {}
    return answer.get("error") or first_choice(answer).get("error") or None


def _status(error: object) -> int | None:
    codes = [error.get("code"), error.get("type")] if isinstance(error, dict) else [error]
    for code in codes:
        number = _number(code)
        if number is not None and 300 <= number < 600:
            return int(number)
        if isinstance(code, str) and code in NAMED_STATUS:
            return NAMED_STATUS[code]
    return None


def _headers(reply: Reply, error: object) -> Mapping[str, str]:
    # OpenRouter repeats the upstream provider's headers inside the error.
    metadata = error.get("metadata") if isinstance(error, dict) else None
    repeated = metadata.get("headers") if isinstance(metadata, dict) else None
    inner = {str(k).lower(): str(v) for k, v in repeated.items()} if isinstance(repeated, dict) else {}
    return {**inner, **reply.headers}


def _retry_after(value: str, now: datetime) -> float | None:
    number = _number(value)
    if number is not None:
        return number
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()


def _reset(value: str, now: datetime) -> float | None:
    number = _number(value)
    if number is None or number < 1e9:
        return number
    instant = number / 1000 if number >= 1e11 else number
    return instant - now.timestamp()


def _number(value: object) -> float | None:
    if not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
