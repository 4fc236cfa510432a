"""The line to a provider: what a call leaves behind, and how much of the process it holds while it waits."""

import gc
import json
import tracemalloc
from pathlib import Path
from uuid import uuid4

import anyio
import httpx
import pytest
from msgspec.structs import replace

from jatify_adapters.openrouter import OpenRouterAnalyzer, OpenRouterSettings, open_openrouter
from jatify_adapters.openrouter.line import MOST_IN_THE_MAKING
from jatify_core.analysis import AnalysisId, Findings, Outage
from tests.adapters.openrouter_asking import KEY, MATERIAL, asking
from tests.provider import Behaviour
from tests.running import ProviderProcess, providing

CALLS = 250
"""Half of what the issue asks for, because memory is traced here; `bench/calls.py` prints the figures."""
LONG = "I wrote the first program, in Python, and tested it for years.\n" * 900
"""About as long as a text may be."""


async def test_a_call_takes_no_detour_that_the_environment_proposes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")
    async with asking() as (analyzer, _):
        assert isinstance(await analyzer.analyze(MATERIAL), Findings)


async def test_what_a_provider_sets_for_one_call_is_not_sent_with_the_next() -> None:
    async with asking(Behaviour(headers={"Set-Cookie": "who=ada; Path=/"})) as (analyzer, provider):
        for _ in range(2):
            assert isinstance(await analyzer.analyze(MATERIAL), Findings)
        sent = [set(request.headers) for request in provider.requests]
    assert sent[0] == sent[1]
    assert "cookie" not in sent[1]


async def test_a_name_that_nobody_knows_is_a_network_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_knows(*_: object, **__: object) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", nobody_knows)
    async with open_openrouter(OpenRouterSettings(api_key=KEY, base_url="http://provider.test/api/v1")) as analyzer:
        outcome = await analyzer.analyze(MATERIAL)
    assert isinstance(outcome, Outage)
    assert outcome.reason == "network"


async def test_a_connection_is_used_again() -> None:
    async with asking(Behaviour(times=5)) as (analyzer, provider):
        for _ in range(5):
            await analyzer.analyze(MATERIAL)
        assert provider.connections == 1


async def test_the_length_of_a_request_is_told_beforehand() -> None:
    """Simple servers read no chunks."""
    async with asking() as (analyzer, provider):
        await analyzer.analyze(MATERIAL)
        await analyzer.diagnose()
        posted, got = provider.requests
    assert int(posted.headers["content-length"]) == len(posted.body.encode())
    assert not {"transfer-encoding", "expect"} & (set(posted.headers) | set(got.headers))


async def _ask(analyzer: OpenRouterAnalyzer, outcomes: list[object]) -> None:
    material = replace(MATERIAL, analysis_id=AnalysisId(uuid4()), resume=LONG, listing=LONG)
    outcomes.append(await analyzer.analyze(material))


async def _open_at_once(provider: ProviderProcess) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return int(json.loads((await client.get(provider.url.replace("/api/v1", "/_most_at_once"))).text))


async def test_hundreds_of_long_questions_wait_in_little_memory_each(tmp_path: Path) -> None:
    with providing(tmp_path) as provider:
        provider.script({}, {"hang": True, "times": None})
        settings = OpenRouterSettings(api_key=KEY, base_url=provider.url)
        async with open_openrouter(settings) as analyzer, anyio.create_task_group() as tasks:
            outcomes: list[object] = []
            await _ask(analyzer, outcomes)
            assert isinstance(outcomes.pop(), Findings)
            gc.collect()
            tracemalloc.start()
            try:
                for _ in range(CALLS):
                    tasks.start_soon(_ask, analyzer, outcomes)
                with anyio.fail_after(60):
                    while await _open_at_once(provider) < CALLS:
                        await anyio.sleep(0.1)
                waiting, at_most = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert outcomes == []
            tasks.cancel_scope.cancel()
    assert waiting / CALLS < 40 * 1024
    # A few of them are in the making at once, each with both texts as they are shown, in a message and in a body.
    assert at_most - waiting < MOST_IN_THE_MAKING * 4 * len(LONG)


@pytest.mark.parametrize("fault", [Behaviour(status=401), Behaviour(raw=""), Behaviour(cut=3), Behaviour(status=413)])
async def test_no_call_keeps_its_turn_whatever_becomes_of_it(fault: Behaviour) -> None:
    async with asking(replace(fault, times=120)) as (analyzer, _):
        for _ in range(120):
            await analyzer.analyze(MATERIAL)
        assert isinstance(await analyzer.analyze(MATERIAL), Findings)


async def test_a_call_that_is_cancelled_gives_its_turn_back() -> None:
    async with asking(Behaviour(hang=True, times=120)) as (analyzer, provider):
        for _ in range(120):
            with anyio.move_on_after(0.005):
                await analyzer.analyze(MATERIAL)
        provider.script()  # some were cancelled before it heard of them
        with anyio.fail_after(5):
            assert isinstance(await analyzer.analyze(MATERIAL), Findings)
