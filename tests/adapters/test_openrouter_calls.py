"""The OpenRouter analyzer's calls: deadline, limits, ladder, retries, and what it says of key and URL."""

import logging
import time
from decimal import Decimal
from uuid import UUID

import anyio
import pytest
from msgspec.structs import replace

from jatify_adapters.openrouter import OpenRouterSettings, Profile, default_profile, open_openrouter
from jatify_core.analysis import AnalysisId, Findings, Outage, Outcome, Refusal, Usage
from tests.adapters.openrouter_asking import KEY, MATERIAL, asking
from tests.provider import Behaviour

NO_FORMAT = Behaviour(status=400, json={"error": {"message": "response_format of this type is not supported"}})


async def test_a_provider_that_hangs_is_left_at_the_deadline() -> None:
    async with asking(Behaviour(hang=True), timeout=0.3) as (analyzer, provider):
        began = time.monotonic()
        answer = await analyzer.analyze(MATERIAL)
        assert time.monotonic() - began < 5
        with anyio.fail_after(2):
            await provider.hung_up.wait()
    assert isinstance(answer, Outage)
    assert (answer.reason, answer.pauses) == ("timeout", False)


async def test_the_deadline_is_of_the_whole_call_not_of_each_part() -> None:
    dripping = Behaviour(choice={"finish_reason": "length"}, delay=0.4)
    async with asking(dripping, dripping, timeout=0.6) as (analyzer, _):
        answer = await analyzer.analyze(MATERIAL)
    assert isinstance(answer, Outage)
    assert answer.reason == "timeout"


async def test_a_cancelled_call_closes_its_connection() -> None:
    async with asking(Behaviour(hang=True)) as (analyzer, provider), anyio.create_task_group() as tasks:
        tasks.start_soon(analyzer.analyze, MATERIAL)
        with anyio.fail_after(2):
            await provider.hanging.wait()
        tasks.cancel_scope.cancel()
        with anyio.CancelScope(shield=True), anyio.fail_after(2):
            await provider.hung_up.wait()


async def test_an_endless_answer_is_cut() -> None:
    async with asking(Behaviour(endless=True), answer_limit=200_000) as (analyzer, _):
        answer = await analyzer.analyze(MATERIAL)
    assert isinstance(answer, Outage)
    assert answer.reason == "provider_error"


async def test_a_port_where_nobody_listens_is_a_network_fault() -> None:
    async with asking() as (_, provider):
        url = provider.url
    async with open_openrouter(OpenRouterSettings(api_key=KEY, base_url=url)) as analyzer:
        answer = await analyzer.analyze(MATERIAL)
        trouble = await analyzer.diagnose()
    assert isinstance(answer, Outage)
    assert answer.reason == "network"
    assert trouble is not None
    assert "JATIFY_OPENROUTER_URL" in trouble


@pytest.mark.parametrize("status", [200, 400, 404, 422, 500])
async def test_a_complaint_about_the_format_steps_down_and_is_remembered(status: int) -> None:
    async with asking(replace(NO_FORMAT, status=status, times=2)) as (analyzer, provider):
        answers = [await analyzer.analyze(MATERIAL), await analyzer.analyze(MATERIAL)]
        asked = [request.asked for request in provider.requests]
    assert all(isinstance(answer, Findings) for answer in answers)
    kinds = [body.get("response_format", {}).get("type") for body in asked]
    assert kinds == ["json_schema", "json_object", None, None]
    assert ['"sub_scores"' in body["messages"][0]["content"] for body in asked] == [False, True, True, True]


async def test_an_endpoint_that_lacks_a_required_parameter_steps_down() -> None:
    no_endpoint = Behaviour(
        status=404, json={"error": {"message": "No endpoints found that can handle the requested parameters."}}
    )
    async with asking(no_endpoint) as (analyzer, _):
        assert isinstance(await analyzer.analyze(MATERIAL), Findings)


async def test_the_ladder_has_an_end() -> None:
    async with asking(replace(NO_FORMAT, times=None)) as (analyzer, provider):
        answer = await analyzer.analyze(MATERIAL)
    assert isinstance(answer, Refusal)
    assert answer.reason == "provider_error"
    assert len(provider.requests) == 3


async def test_many_complaints_at_once_step_down_once() -> None:
    async with asking(replace(NO_FORMAT, times=20)) as (analyzer, provider):
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(analyzer.analyze, MATERIAL)
        kinds = {request.asked.get("response_format", {}).get("type") for request in provider.requests}
    assert kinds == {"json_schema", "json_object"}


@pytest.mark.parametrize("profile", ["openrouter", "compatible"])
async def test_an_answer_cut_short_gets_more_room_once_and_both_calls_count(profile: Profile) -> None:
    async with asking(Behaviour(choice={"finish_reason": "length"}), profile=profile) as (analyzer, provider):
        answer = await analyzer.analyze(MATERIAL)
        rooms = [r.asked.get("max_completion_tokens") or r.asked.get("max_tokens") for r in provider.requests]
    assert isinstance(answer, Findings)
    assert answer.usage == Usage(2400, 690, Decimal("0.00246"))
    assert rooms == [8192, 16384]


async def test_an_answer_cut_short_twice_is_given_back() -> None:
    async with asking(Behaviour(choice={"finish_reason": "length"}, times=None)) as (analyzer, provider):
        answer = await analyzer.analyze(MATERIAL)
    assert isinstance(answer, Outage)
    assert (answer.reason, answer.tries, len(provider.requests)) == ("invalid_output", 1, 2)


async def test_a_retry_sends_the_same_bytes_and_another_job_another_nonce() -> None:
    async with asking(Behaviour(status=502)) as (analyzer, provider):
        await analyzer.analyze(MATERIAL)
        await analyzer.analyze(MATERIAL)
        await analyzer.analyze(replace(MATERIAL, analysis_id=AnalysisId(UUID(int=8))))
    first, again, other = (request.body for request in provider.requests)
    assert first == again
    assert first != other


async def test_a_hundred_calls_at_once_are_all_answered() -> None:
    answers: list[Outcome] = []
    async with asking(Behaviour(delay=0.2, times=None)) as (analyzer, _):

        async def ask() -> None:
            answers.append(await analyzer.analyze(MATERIAL))

        async with anyio.create_task_group() as tasks:
            for _ in range(100):
                tasks.start_soon(ask)
    assert [type(answer) for answer in answers] == [Findings] * 100


async def test_the_key_is_sent_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with asking(Behaviour(status=401, body=KEY), Behaviour(raw=KEY)) as (analyzer, provider):
            answers = [await analyzer.analyze(MATERIAL), await analyzer.analyze(MATERIAL)]
    assert provider.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in repr((answers, analyzer, OpenRouterSettings(api_key=KEY)))
    assert KEY not in caplog.text


async def test_a_mistake_of_ours_is_an_outcome_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jatify_adapters.openrouter.analyzer.chat_body", lambda *_: 1 / 0)
    async with asking() as (analyzer, _):
        answer = await analyzer.analyze(MATERIAL)
    assert isinstance(answer, Outage)
    assert answer.reason == "internal"


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (Behaviour(), None),
        (Behaviour(status=401), "OPENROUTER_API_KEY"),
        (Behaviour(json={"data": {"limit_remaining": 0}}), "spending limit"),
        (Behaviour(json={"data": {"limit_remaining": 1.5}}), None),
        (Behaviour(status=402), "no credit"),
        (Behaviour(status=404), "JATIFY_OPENROUTER_URL"),
        (Behaviour(status=301), "JATIFY_OPENROUTER_URL"),
        (Behaviour(body="<html>"), "JATIFY_OPENROUTER_URL"),
        (Behaviour(status=503), "out of order"),
    ],
)
async def test_a_check_says_in_words_what_is_wrong_with_the_key(behaviour: Behaviour, words: str | None) -> None:
    async with asking(behaviour) as (analyzer, provider):
        trouble = await analyzer.diagnose()
    assert provider.requests[0].path == "/api/v1/key"
    assert trouble is None if words is None else words in str(trouble)


@pytest.mark.parametrize(
    ("models", "words"),
    [(["a/b:free"], None), (["a/b:free:latest"], None), ([], None), (["llama3", "qwen\x1b[2J"], "llama3, qwen[2J")],
)
async def test_a_check_of_another_server_says_whether_it_has_the_model(models: list[str], words: str | None) -> None:
    listed = Behaviour(json={"data": [{"id": model} for model in models]})
    async with asking(listed, profile="compatible", api_key="") as (analyzer, provider):
        trouble = await analyzer.diagnose()
    assert provider.requests[0].path == "/api/v1/models"
    assert "authorization" not in provider.requests[0].headers
    assert trouble is None if words is None else words in str(trouble)


async def test_a_check_does_not_wait_for_ever() -> None:
    async with asking(Behaviour(hang=True), timeout=0.2) as (analyzer, _):
        assert "did not answer in time" in str(await analyzer.diagnose())


@pytest.mark.parametrize(
    "wrong",
    [
        {"api_key": "sk key"},
        {"api_key": "“sk”"},
        {"base_url": "openrouter.ai"},
        {"base_url": "http://me:secret@localhost"},
        {"models": ()},
        {"models": ("a", "b", "c", "d")},
    ],
)
def test_settings_that_can_never_work_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"^[^“]+\.$") as refused:
        OpenRouterSettings(**({"api_key": KEY} | wrong))  # type: ignore[arg-type]  # that is the point
    assert "secret" not in str(refused.value)


def test_the_profile_follows_the_host() -> None:
    assert default_profile("https://openrouter.ai/api/v1") == "openrouter"
    assert default_profile("https://eu.openrouter.ai/api/v1") == "openrouter"
    assert default_profile("https://openrouter.ai.example.org/v1") == "compatible"
    assert default_profile("http://localhost:11434/v1") == "compatible"
