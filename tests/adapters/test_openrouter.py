"""The OpenRouter analyzer against a real server that misbehaves: every row of the retry table."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest
from msgspec.structs import replace

from jatify_adapters.openrouter.complaints import asked_wait
from jatify_adapters.openrouter.prompt import PROMPT_VERSION
from jatify_core.analysis import Findings, Identity, Material, Outage, Outcome, Reason, Refusal, Usage
from jatify_core.report import Report
from tests.adapters.openrouter_asking import MATERIAL, REVIEW, asking
from tests.provider import MODEL, Behaviour, proposal

FOREVER = None


async def outcome(*script: Behaviour, **settings: Any) -> Outcome:
    async with asking(*script, **settings) as (analyzer, _):
        return await analyzer.analyze(MATERIAL)


async def test_a_good_answer_tells_model_tokens_and_cost_as_the_provider_named_them() -> None:
    found = await outcome()
    assert isinstance(found, Findings)
    assert (found.model, found.usage) == (MODEL, Usage(1200, 345, Decimal("0.00123")))


@pytest.mark.parametrize("material", [MATERIAL, REVIEW], ids=["listing", "review"])
async def test_a_good_answer_becomes_a_report_whose_quotes_all_occur(material: Material) -> None:
    async with asking() as (analyzer, _):
        found = await analyzer.analyze(material)
    assert isinstance(found, Findings)
    report = Report.checked(found.proposal, material.resume, material.listing)
    assert (report.score, report.warnings) == (70, ())
    assert report.sub_scores[0].evidence[0].text == "Ada Lovelace"


async def test_the_identity_is_what_was_asked_for() -> None:
    async with asking() as (analyzer, _):
        assert analyzer.identity == Identity("openrouter", "a/b:free", PROMPT_VERSION)
    async with asking(profile="compatible") as (analyzer, _):
        assert analyzer.identity == Identity("compatible", "a/b:free", PROMPT_VERSION)


def statuses(reason: Reason, *numbers: int) -> list[tuple[str, Behaviour, Reason]]:
    return [(str(number), Behaviour(status=number), reason) for number in numbers]


RETRIED: list[tuple[str, Behaviour, Reason]] = [
    *statuses("timeout", 408),
    *statuses("provider_error", 409, 425),
    *statuses("provider_unavailable", 500, 502, 503, 504, 520, 524, 529),
    ("error in 200", Behaviour(envelope={"error": {"code": 502, "message": "x"}}), "provider_unavailable"),
    ("string code in 200", Behaviour(envelope={"error": {"code": "provider_overloaded"}}), "provider_unavailable"),
    ("numeric string code in 200", Behaviour(envelope={"error": {"code": "408"}}), "timeout"),
    ("unknown code in 200", Behaviour(envelope={"error": {"code": "weird"}}), "provider_error"),
    ("bare string error", Behaviour(json={"error": "model is loading"}), "provider_error"),
    ("error in choice", Behaviour(choice={"error": {"code": 500, "message": "x"}}), "provider_unavailable"),
    ("empty content", Behaviour(content=" \n"), "provider_error"),
    ("null content", Behaviour(choice={"message": {"content": None}}), "provider_error"),
    ("no choices", Behaviour(envelope={"choices": []}), "provider_error"),
    ("finish error", Behaviour(choice={"finish_reason": "error"}), "provider_error"),
    ("cut mid-body", Behaviour(cut=40), "network"),
    ("not HTTP", Behaviour(raw="SSH-2.0-OpenSSH_9.6\r\n\r\n"), "network"),
    ("hung up", Behaviour(raw=""), "network"),
]


@pytest.mark.parametrize(("behaviour", "reason"), [r[1:] for r in RETRIED], ids=[r[0] for r in RETRIED])
async def test_a_passing_fault_is_a_plain_retry(behaviour: Behaviour, reason: Reason) -> None:
    answer = await outcome(replace(behaviour, times=FOREVER))
    assert isinstance(answer, Outage)
    assert (answer.reason, answer.retry_after, answer.pauses, answer.tries) == (reason, None, False, None)


NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
THEN = NOW + timedelta(seconds=60)
WAITS: list[tuple[str, dict[str, str], float | None]] = [
    ("seconds", {"retry-after": "7"}, 7),
    ("half seconds", {"retry-after": "2.5"}, 2.5),
    ("a date", {"retry-after": format_datetime(THEN, usegmt=True)}, 60),
    ("a date without a zone", {"retry-after": "Tue, 24 Nov 2026 12:01:00"}, 60),
    ("capped", {"retry-after": "86400"}, 3600),
    ("past", {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 1),
    ("at once", {"retry-after": "0"}, 1),
    ("nonsense", {"retry-after": "soon"}, None),
    ("not a number", {"retry-after": "nan"}, None),
    ("nothing", {}, None),
    ("reset in seconds", {"x-ratelimit-reset": f"{THEN.timestamp():.0f}"}, 60),
    ("reset in milliseconds", {"x-ratelimit-reset": f"{THEN.timestamp() * 1000:.0f}"}, 60),
    ("reset from now", {"x-ratelimit-reset": "12"}, 12),
    ("both", {"retry-after": "7", "x-ratelimit-reset": "12"}, 7),
    ("nonsense, then reset", {"retry-after": "soon", "x-ratelimit-reset": "12"}, 12),
]


@pytest.mark.parametrize(("headers", "seconds"), [w[1:] for w in WAITS], ids=[w[0] for w in WAITS])
def test_the_wait_a_provider_asks_for_is_understood_and_bounded(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_wait(headers, NOW) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("status", "headers", "reason", "seconds"),
    [
        (429, {"retry-after": "7"}, "rate_limited", 7),
        (429, {"X-RateLimit-Reset": "12"}, "rate_limited", 12),
        (429, {}, "rate_limited", 30),
        (503, {"retry-after": "9"}, "provider_unavailable", 9),
    ],
)
async def test_a_busy_provider_says_when_to_come_back(
    status: int, headers: dict[str, str], reason: Reason, seconds: float
) -> None:
    answer = await outcome(Behaviour(status=status, headers=headers, json={"error": {"message": "slow"}}))
    assert isinstance(answer, Outage)
    assert (answer.reason, answer.retry_after, answer.pauses) == (reason, timedelta(seconds=seconds), False)


async def test_a_rate_limit_inside_an_answer_waits_as_its_own_headers_say() -> None:
    error = {"code": 429, "message": "x", "metadata": {"headers": {"X-RateLimit-Reset": 45}}}
    answer = await outcome(Behaviour(envelope={"error": error}))
    assert isinstance(answer, Outage)
    assert (answer.reason, answer.retry_after) == ("rate_limited", timedelta(seconds=45))


PAUSES: list[tuple[str, Behaviour, Reason]] = [
    ("401", Behaviour(status=401), "unauthorized"),
    ("402", Behaviour(status=402, json={"error": {"message": "fewer max_tokens"}}), "insufficient_credits"),
    ("401 in 200", Behaviour(envelope={"error": {"code": 401}}), "unauthorized"),
    ("key's limit", Behaviour(status=403, body='{"error":{"message":"Key limit exceeded"}}'), "insufficient_credits"),
    ("quota", Behaviour(status=429, body='{"error":{"code":"insufficient_quota"}}'), "insufficient_credits"),
]


@pytest.mark.parametrize(("behaviour", "reason"), [p[1:] for p in PAUSES], ids=[p[0] for p in PAUSES])
async def test_a_key_that_is_refused_pauses_the_queue(behaviour: Behaviour, reason: Reason) -> None:
    answer = await outcome(behaviour)
    assert isinstance(answer, Outage)
    assert (answer.reason, answer.pauses) == (reason, True)


FINAL: list[tuple[str, Behaviour, Reason]] = [
    *statuses("provider_error", 400, 405, 415, 422),
    *statuses("refused", 403),
    *statuses("model_not_found", 404),
    *statuses("context_too_long", 413),
    ("redirect", Behaviour(status=302, headers={"location": "/api/v1/chat/completions"}), "provider_error"),
    ("too long", Behaviour(status=400, body='{"error":"maximum context length is 8192"}'), "context_too_long"),
    ("too long in 200", Behaviour(json={"error": {"code": "context_length_exceeded"}}), "context_too_long"),
    ("bad model", Behaviour(status=400, body='{"error":{"message":"x is not a valid model ID"}}'), "model_not_found"),
    ("refusal", Behaviour(choice={"message": {"content": None, "refusal": "I will not."}}), "refused"),
    ("filter", Behaviour(choice={"finish_reason": "content_filter"}), "refused"),
]


@pytest.mark.parametrize(("behaviour", "reason"), [f[1:] for f in FINAL], ids=[f[0] for f in FINAL])
async def test_what_can_never_work_is_refused_at_once(behaviour: Behaviour, reason: Reason) -> None:
    async with asking(replace(behaviour, times=FOREVER)) as (analyzer, provider):
        answer = await analyzer.analyze(MATERIAL)
    assert isinstance(answer, Refusal)
    assert answer.reason == reason
    assert len(provider.requests) == 1


WRONG: list[tuple[str, Behaviour]] = [
    ("an HTML page", Behaviour(body="<html><body>Welcome</body></html>")),
    ("a JSON list", Behaviour(body="[]")),
    ("a nest of brackets", Behaviour(body="[" * 100_000)),
    ("prose", Behaviour(content="I think the resume is fine.")),
    ("broken JSON", Behaviour(content='{"nonce": ')),
    ("another nonce", Behaviour(proposal={"nonce": "0" * 12})),
    ("no nonce", Behaviour(proposal={"nonce": None})),
    ("an unknown member", Behaviour(proposal={"total": 99})),
    ("a missing member", Behaviour(content="{}")),
    ("a NUL", Behaviour(proposal={"summary": "a\x00b"})),
    ("a score of 101", Behaviour(proposal={"sub_scores": [{"key": "skills", "score": 101, "explanation": ""}]})),
    ("aspects missing", Behaviour(proposal={"sub_scores": [{"key": "skills", "score": 10, "explanation": ""}]})),
]


@pytest.mark.parametrize("behaviour", [w[1] for w in WRONG], ids=[w[0] for w in WRONG])
async def test_an_answer_in_another_form_is_asked_for_twice_more(behaviour: Behaviour) -> None:
    answer = await outcome(behaviour)
    assert isinstance(answer, Outage)
    assert (answer.reason, answer.tries) == ("invalid_output", 2)


@pytest.mark.parametrize(
    "around",
    [
        ("```json\n", "\n```"),
        ("\n\n  ", "\n"),
        ("<think>A brace { too.</think>\n", ""),
        ("Thinking {aloud}.</think>\n```\n", "\n```"),
        ("Here it is:\n", "\nAnything else?"),
    ],
    ids=["fence", "blanks", "thinking", "thinking with a lost start", "chat"],
)
async def test_wrapping_around_an_answer_is_no_fault(around: tuple[str, str]) -> None:
    assert isinstance(await outcome(Behaviour(around=around)), Findings)


async def test_an_answer_in_parts_is_read_whole() -> None:
    async with asking() as (analyzer, provider):
        await analyzer.analyze(MATERIAL)
        asked = provider.requests[0].asked
        whole = json.dumps(proposal(asked))
        parts = [{"type": "text", "text": whole[:50]}, {"type": "text", "text": whole[50:]}]
        provider.script(Behaviour(choice={"message": {"content": parts}}))
        assert isinstance(await analyzer.analyze(MATERIAL), Findings)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, Usage()),
        ({}, Usage()),
        ({"prompt_tokens": "many", "completion_tokens": -1, "cost": "free"}, Usage()),
        ({"prompt_tokens": 1, "completion_tokens": 2, "cost": 0}, Usage(1, 2, Decimal(0))),
        ({"prompt_tokens": True, "completion_tokens": 2**40, "cost": 1e300}, Usage()),
    ],
)
async def test_what_a_provider_does_not_say_of_its_cost_stays_unknown(usage: object, expected: Usage) -> None:
    found = await outcome(Behaviour(envelope={"usage": usage, "model": None}))
    assert isinstance(found, Findings)
    assert (found.usage, found.model) == (expected, "a/b:free")
