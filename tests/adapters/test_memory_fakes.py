"""The memory adapters' fakes answer as they promise, and refuse what the real ones would."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import anyio
import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.samples import MINUTE, RESUME_TEXT, a_session, a_user
from jatify_adapters.memory import (
    MovableClock,
    PlainExtractor,
    PlainPasswords,
    PlainTokens,
    ScriptedAnalyzer,
    memory_ports,
    uuid7s,
)
from jatify_core.analysis import AnalysisId, Findings, Material, Outage, Refusal
from jatify_core.errors import Unauthenticated
from jatify_core.policy import Policy
from jatify_core.ports import Ports
from jatify_core.report import UNVERIFIED, Report
from jatify_core.resume import Extracted, Unreadable, Upload


async def test_the_fakes_refuse_to_be_called_inside_a_transaction() -> None:
    ports = memory_ports()
    for call in calls_of_the_world(ports):
        async with ports.store.transaction():
            with pytest.raises(RuntimeError, match="inside an open transaction"):
                await call()
        await call()


async def test_the_fakes_refuse_in_a_task_that_a_transaction_started() -> None:
    ports = memory_ports()
    refused: list[str] = []

    async def hash_it() -> None:
        try:
            await ports.passwords.hash("secret")
        except RuntimeError as error:
            refused.append(str(error))

    async with ports.store.transaction(), anyio.create_task_group() as tasks:
        tasks.start_soon(hash_it)
    assert len(refused) == 1


async def test_another_tasks_transaction_does_not_stop_a_call() -> None:
    ports = memory_ports()
    opened, done = anyio.Event(), anyio.Event()

    async def hold() -> None:
        async with ports.store.transaction():
            opened.set()
            await done.wait()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hold)
        await opened.wait()
        assert await ports.passwords.hash("secret")
        done.set()


async def test_an_analyzer_plays_its_script_and_then_finds_something() -> None:
    refusal, outage = Refusal("refused", "No."), Outage("network", "It broke.")
    analyzer = ScriptedAnalyzer([refusal, ZeroDivisionError(), outage])
    material = a_material()
    assert await analyzer.analyze(material) == refusal
    with pytest.raises(ZeroDivisionError):
        await analyzer.analyze(material)
    assert await analyzer.analyze(material) == outage
    assert isinstance(await analyzer.analyze(material), Findings)
    assert analyzer.calls == [material] * 4


@pytest.mark.parametrize("listing", [None, "Programmer\nAcme"])
async def test_what_an_analyzer_finds_by_itself_is_borne_out_by_the_texts(listing: str | None) -> None:
    material = replace(a_material(), listing=listing)
    findings = await ScriptedAnalyzer().analyze(material)
    assert isinstance(findings, Findings)
    report = Report.checked(findings.proposal, material.resume, material.listing)
    assert report.score == 80
    assert UNVERIFIED not in report.warnings


async def test_an_analyzer_that_is_held_answers_when_it_is_let_go() -> None:
    analyzer = ScriptedAnalyzer()
    analyzer.hold = anyio.Event()
    with anyio.move_on_after(0.01) as waited:
        await analyzer.analyze(a_material())
    assert waited.cancelled_caught
    analyzer.hold.set()
    assert isinstance(await analyzer.analyze(a_material()), Findings)


async def test_an_extractor_normalises_text_and_counts_what_is_left() -> None:
    text = "\ufeffﬁne\r\n" + "a" * 200
    extracted = await PlainExtractor().extract(Upload("resume.txt", "text/plain", text.encode()))
    assert extracted == Extracted("text/plain", "fine\n" + "a" * 200, None)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7\xff", "unsupported_type"),
        (b"a" * 300 + b"\x00", "unsupported_type"),
        (b"a" * 199, "too_little_text"),
        (b" " * 300, "too_little_text"),
    ],
)
async def test_an_extractor_tells_why_there_is_no_text(content: bytes, code: str) -> None:
    extraction = await PlainExtractor().extract(Upload("resume.txt", None, content))
    assert isinstance(extraction, Unreadable)
    assert extraction.code == code


async def test_passwords_verify_against_their_own_hash_alone() -> None:
    passwords = PlainPasswords()
    hashed, again = await passwords.hash("a$b"), await passwords.hash("a$b")
    assert hashed != again
    assert "a$b" not in hashed
    assert await passwords.verify("a$b", hashed)
    assert await passwords.verify("a$b", again)
    for wrong in (None, "", "other", "plain$1$1"):
        assert not await passwords.verify("a$b", wrong)
    assert not await passwords.verify("A$B", hashed)


async def test_a_hash_of_other_parameters_is_outdated_and_still_verifies() -> None:
    old = await PlainPasswords(parameters=1).hash("secret")
    passwords = PlainPasswords(parameters=2)
    assert passwords.outdated(old)
    assert not passwords.outdated(await passwords.hash("secret"))
    assert await passwords.verify("secret", old)


def test_a_token_names_its_session_until_it_ends() -> None:
    now = MovableClock()()
    session = a_session(a_user(now), now)
    token = PlainTokens().issue(session)
    assert PlainTokens().read(token, now) == session.id
    assert PlainTokens().read(token, session.expires_at - timedelta(microseconds=1)) == session.id
    with pytest.raises(Unauthenticated):
        PlainTokens().read(token, session.expires_at)


def test_a_token_that_was_changed_is_refused() -> None:
    now = MovableClock()()
    token = PlainTokens().issue(a_session(a_user(now), now))
    for wrong in ("", "x", token[:-1], token + "0", token.replace("2026", "2027"), ".".join([token] * 2)):
        with pytest.raises(Unauthenticated):
            PlainTokens().read(wrong, now)


def test_ids_are_of_version_7_and_count_up_the_same_way_every_time() -> None:
    first, second = uuid7s(MovableClock()), uuid7s(MovableClock())
    ids = [first() for _ in range(3)]
    assert ids == sorted(ids)
    assert {i.version for i in ids} == {7}
    assert ids == [second() for _ in range(3)]


async def test_ports_take_what_a_test_holds_in_its_hands() -> None:
    clock, analyzer = MovableClock(), ScriptedAnalyzer()
    ports = memory_ports(clock=clock, analyzer=analyzer, policy=Policy(max_waiting=1))
    before = ports.clock()
    clock.advance(MINUTE)
    assert ports.clock() - before == MINUTE
    assert ports.analyzer is analyzer
    assert ports.policy.max_waiting == 1


def a_material() -> Material:
    return Material(AnalysisId(uuid4()), RESUME_TEXT, "Programmer", "somebody")


def calls_of_the_world(ports: Ports) -> list[Callable[[], Awaitable[object]]]:
    return [
        lambda: ports.analyzer.analyze(a_material()),
        lambda: ports.extractor.extract(Upload("resume.txt", None, b"a" * 300)),
        lambda: ports.passwords.hash("secret"),
        lambda: ports.passwords.verify("secret", None),
    ]
