"""However a provider wraps what it complains of, the same complaint leads to the same outcome."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from jatify_adapters.openrouter.complaints import NAMED_STATUS
from jatify_core.analysis import Outage, Outcome, Refusal
from tests.adapters.openrouter_asking import MATERIAL, asking
from tests.provider import Behaviour

STATUSES = [400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 422, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529]
ERROR = {"code": 0, "message": "Something is wrong."}
HTML = "<!DOCTYPE html><html><head><title>Sorry</title></head><body><h1>Sorry</h1></body></html>"

BODIES: dict[str, dict[str, Any]] = {
    "an error with a number": {"json": {"error": ERROR}},
    "an error with a name": {"json": {"error": {"code": "weird", "type": "weird_error", "message": "x"}}},
    "an error as a bare string": {"json": {"error": "model is loading"}},
    "an error of a choice": {"json": {"choices": [{"error": ERROR}]}},
    "an HTML page": {"body": HTML, "headers": {"content-type": "text/html"}},
    "nothing": {"body": ""},
    "half an object": {"body": '{"error": {"mess'},
    "a list": {"body": "[]"},
    "bytes of another code": {"body": "\ufffe\u0000"},
}

WRAPPINGS: dict[str, Any] = {
    "number": lambda code: Behaviour(json={"error": ERROR | {"code": code}}),
    "number as a string": lambda code: Behaviour(json={"error": ERROR | {"code": str(code)}}),
    "number as the type": lambda code: Behaviour(json={"error": {"message": "x", "type": str(code)}}),
    "bare number": lambda code: Behaviour(json={"error": code}),
    "beside an answer": lambda code: Behaviour(envelope={"error": ERROR | {"code": code}}),
    "of the choice": lambda code: Behaviour(choice={"error": ERROR | {"code": code}}),
    "of the choice, as a string": lambda code: Behaviour(choice={"error": ERROR | {"code": str(code)}}),
}


async def outcomes(*behaviours: Behaviour, **settings: Any) -> list[Outcome]:
    """What each of them leads to, and that one request each was enough."""
    async with asking(*behaviours, **settings) as (analyzer, provider):
        seen = [await analyzer.analyze(MATERIAL) for _ in behaviours]
    assert len(provider.requests) == len(behaviours)
    return seen


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_what_a_status_says_holds_whatever_the_body_is(body: dict[str, Any]) -> None:
    plain = await outcomes(*(Behaviour(status=status) for status in STATUSES))
    assert await outcomes(*(Behaviour(status=status, **body) for status in STATUSES)) == plain


@pytest.mark.parametrize("wrapped", WRAPPINGS.values(), ids=WRAPPINGS)
async def test_an_error_in_a_good_status_counts_as_one_of_its_own_code(wrapped: Any) -> None:
    plain = await outcomes(*(Behaviour(status=status) for status in STATUSES))
    assert await outcomes(*map(wrapped, STATUSES)) == plain


@pytest.mark.parametrize("name", ["code", "type"])
async def test_an_error_that_has_a_name_counts_as_the_status_of_that_name(name: str) -> None:
    plain = await outcomes(*(Behaviour(status=status) for status in NAMED_STATUS.values()))
    named = await outcomes(*(Behaviour(json={"error": {name: word, "message": "x"}}) for word in NAMED_STATUS))
    reasons = [outcome.reason for outcome in named if isinstance(outcome, Outage | Refusal)]
    assert reasons == [outcome.reason for outcome in plain if isinstance(outcome, Outage | Refusal)]
    assert [type(outcome) for outcome in named] == [type(outcome) for outcome in plain]


RETRIED = [408, 409, 425, 429, 500, 502, 503, 504, 520, 524, 529]


@pytest.mark.parametrize("status", RETRIED)
async def test_nobody_is_asked_again_before_the_time_he_named(status: int) -> None:
    (outcome,) = await outcomes(Behaviour(status=status, headers={"Retry-After": "11"}))
    assert isinstance(outcome, Outage)
    assert (outcome.retry_after, outcome.pauses) == (timedelta(seconds=11), False)
    assert outcome.spends == (status not in {429, 503})


@pytest.mark.parametrize("status", RETRIED)
async def test_the_end_of_a_window_counts_only_where_the_rate_is_the_trouble(status: int) -> None:
    (outcome,) = await outcomes(Behaviour(status=status, headers={"X-RateLimit-Reset": "11"}))
    assert isinstance(outcome, Outage)
    assert outcome.retry_after == (timedelta(seconds=11) if status in {429, 503} else None)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
async def test_a_time_to_come_back_makes_nothing_worth_asking_again(status: int) -> None:
    (outcome,) = await outcomes(Behaviour(status=status, headers={"Retry-After": "1"}))
    assert isinstance(outcome, Refusal) or (outcome.__class__ is Outage and outcome.retry_after is None)


CUT: dict[str, Behaviour] = {
    "before the first byte": Behaviour(raw=""),
    "in the status line": Behaviour(raw="HTTP/1.1 20"),
    "in the headers": Behaviour(raw="HTTP/1.1 200 OK\r\ncontent-le"),
    "before the body": Behaviour(raw="HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"),
    "after a byte of the body": Behaviour(cut=1),
    "before the last byte": Behaviour(raw='HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{"'),
    "in a chunk": Behaviour(raw='HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{"'),
    "between chunks": Behaviour(raw='HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{"\r\n'),
    "under an error": Behaviour(status=500, cut=1),
    "with lengths that disagree": Behaviour(raw="HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}"),
    "in a header without end": Behaviour(raw="HTTP/1.1 200 OK\r\nx: " + "a" * 200_000),
}


@pytest.mark.parametrize("behaviour", CUT.values(), ids=CUT)
async def test_an_answer_that_was_cut_is_a_fault_of_the_network(behaviour: Behaviour) -> None:
    (outcome,) = await outcomes(behaviour)
    assert isinstance(outcome, Outage)
    assert (outcome.reason, outcome.retry_after, outcome.tries) == ("network", None, None)


ENDLESS: dict[str, Behaviour] = {
    "silent in the body": Behaviour(cut=40, silent=True),
    "silent before the body": Behaviour(cut=0, silent=True),
    "dripping": Behaviour(endless=True, pace=0.05),
    "dripping under an error": Behaviour(status=502, endless=True, pace=0.05),
}


@pytest.mark.parametrize("behaviour", ENDLESS.values(), ids=ENDLESS)
async def test_an_answer_that_never_ends_is_left_at_the_deadline(behaviour: Behaviour) -> None:
    (outcome,) = await outcomes(behaviour, timeout=0.4)
    assert isinstance(outcome, Outage)
    assert (outcome.reason, outcome.retry_after, outcome.tries) == ("timeout", None, None)


async def test_an_answer_that_floods_is_cut_under_an_error_too() -> None:
    seen = await outcomes(*(Behaviour(status=status, endless=True) for status in (200, 500, 429)), answer_limit=100_000)
    assert [(o.reason, o.retry_after) for o in seen if isinstance(o, Outage)] == [("provider_error", None)] * 3


@pytest.mark.parametrize("finish", ["length", "error", "content_filter"])
async def test_how_a_model_ended_counts_more_than_what_it_said(finish: str) -> None:
    """The answer itself is a good one each time."""
    async with asking(replace(Behaviour(choice={"finish_reason": finish}), times=None)) as (analyzer, provider):
        outcome = await analyzer.analyze(MATERIAL)
    expected = {"length": ("invalid_output", 2), "error": ("provider_error", 1), "content_filter": ("refused", 1)}
    assert isinstance(outcome, Outage | Refusal)
    assert (outcome.reason, len(provider.requests)) == expected[finish]
