"""Passwords hold against what people try: slow hashes, never too many at once, and none that anybody would guess."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import anyio
import argon2
import argon2.low_level
import pytest
from argon2 import PasswordHasher

from jatify_adapters.contracts.passwords import ABOUT, PASSPHRASE, PasswordsContract
from jatify_adapters.security import Argon2Passwords, PasswordCost
from jatify_adapters.security.lane import Lane
from jatify_core.errors import Unavailable

CHEAP = PasswordCost(passes=1, memory_kib=8)
AT_ONCE = 2
QUEUE = 32


class TestPasswords(PasswordsContract):
    @pytest.fixture
    def passwords(self) -> Argon2Passwords:
        return Argon2Passwords(CHEAP)


async def test_a_hash_is_argon2id_of_nineteen_mib_and_two_passes() -> None:
    hashed = await Argon2Passwords().hash(PASSPHRASE)
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_hash_of_other_parameters_is_outdated_and_still_known() -> None:
    hashed = await Argon2Passwords(CHEAP).hash(PASSPHRASE)
    assert Argon2Passwords().outdated(hashed)
    assert await Argon2Passwords().verify(PASSPHRASE, hashed)


class Meter:
    """Counts what argon2 is asked to do: passes times KiB."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.work = 0
        verify = PasswordHasher.verify

        def verified(hasher: PasswordHasher, hashed: str, password: str) -> Any:
            with suppress(argon2.exceptions.InvalidHashError):
                made = argon2.extract_parameters(hashed)
                self.work += made.time_cost * made.memory_cost
            return verify(hasher, hashed, password)

        def made_raw(_secret: bytes, _salt: bytes, passes: int, memory: int, *_: Any) -> bytes:
            self.work += passes * memory
            return bytes(32)

        monkeypatch.setattr(PasswordHasher, "verify", verified)
        monkeypatch.setattr("jatify_adapters.security.passwords.hash_secret_raw", made_raw)


@pytest.mark.parametrize("older", [CHEAP, PasswordCost(1, 19 * 1024), PasswordCost(3, 6 * 1024), PasswordCost()])
async def test_a_wrong_password_costs_the_same_whatever_hash_it_meets(
    older: PasswordCost, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = Argon2Passwords()
    hashes = [None, await Argon2Passwords(older).hash(PASSPHRASE), "not a hash"]
    meter = Meter(monkeypatch)
    costs = []
    for hashed in hashes:
        meter.work = 0
        assert not await passwords.verify("a guess", hashed)
        costs.append(meter.work)
    assert costs == [pytest.approx(2 * 19 * 1024, abs=16)] * 3


class Gate:
    """Work that begins when it is its turn and ends when the gate opens."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.most = 0
        self._inside = 0
        self._lock = threading.Lock()
        self._open = threading.Event()

    def work(self, number: int) -> Callable[[], int]:
        def work() -> int:
            with self._lock:
                self._inside += 1
                self.most = max(self.most, self._inside)
                self.begun.append(number)
            self._open.wait()
            with self._lock:
                self._inside -= 1
            return number

        return work

    def open(self) -> None:
        self._open.set()


def a_lane() -> Lane:
    return Lane("test", AT_ONCE, QUEUE, "Too many.")


async def until(true: Callable[[], bool]) -> None:
    with anyio.fail_after(20):
        while not true():
            await anyio.sleep(0.001)


async def test_two_run_thirty_two_wait_and_the_next_is_told_at_once_to_come_back() -> None:
    lane, gate, ends = a_lane(), Gate(), Counter[str]()

    async def run(number: int) -> None:
        try:
            await lane.run(gate.work(number))
        except Unavailable as full:
            ends[f"back in {full.retry_after.total_seconds():g} s"] += 1
            if ends.total() == 100 - AT_ONCE - QUEUE:
                gate.open()
        else:
            ends["done"] += 1

    async with anyio.create_task_group() as crowd:
        for number in range(100):
            crowd.start_soon(run, number)
    assert ends == {"done": AT_ONCE + QUEUE, "back in 2 s": 100 - AT_ONCE - QUEUE}
    assert gate.most == AT_ONCE
    await until(lambda: lane.busy == 0)


async def test_a_cancelled_caller_frees_his_permit_only_when_the_work_is_done() -> None:
    lane, first, second = a_lane(), Gate(), Gate()
    async with anyio.create_task_group() as leaving:
        for number in range(AT_ONCE):
            leaving.start_soon(lane.run, first.work(number))
        await until(lambda: len(first.begun) == AT_ONCE)
        leaving.cancel_scope.cancel()
    assert lane.busy == AT_ONCE
    async with anyio.create_task_group() as next_ones:
        next_ones.start_soon(lane.run, second.work(7))
        await anyio.sleep(0.05)
        assert second.begun == []
        second.open()
        first.open()
    assert second.begun == [7]
    await until(lambda: lane.busy == 0)


async def test_what_waits_is_never_begun_once_its_caller_is_gone() -> None:
    lane, gate = a_lane(), Gate()
    async with anyio.create_task_group() as staying:
        for number in range(AT_ONCE):
            staying.start_soon(lane.run, gate.work(number))
        await until(lambda: len(gate.begun) == AT_ONCE)
        async with anyio.create_task_group() as leaving:
            for number in range(QUEUE):
                leaving.start_soon(lane.run, gate.work(100 + number))
            await until(lambda: lane.busy == AT_ONCE + QUEUE)
            leaving.cancel_scope.cancel()
        assert lane.busy == AT_ONCE
        gate.open()
    assert sorted(gate.begun) == list(range(AT_ONCE))


async def test_no_permit_is_lost_when_callers_come_and_go() -> None:
    lane = a_lane()

    async def come_and_go(patience: float) -> None:
        with suppress(Unavailable), anyio.move_on_after(patience):
            await lane.run(lambda: time.sleep(0.001))

    for _ in range(5):
        async with anyio.create_task_group() as crowd:
            for number in range(60):
                crowd.start_soon(come_and_go, number / 10_000)
    await until(lambda: lane.busy == 0)
    gate = Gate()
    async with anyio.create_task_group() as last:
        for number in range(AT_ONCE):
            last.start_soon(lane.run, gate.work(number))
        await until(lambda: len(gate.begun) == AT_ONCE)
        gate.open()


async def test_a_turn_is_one_place_however_much_is_run_in_it_and_refused_with_all_places_taken() -> None:
    lane, gate = a_lane(), Gate()
    with lane.turn():
        assert await lane.run(lambda: 1) + await lane.run(lambda: 2) == 3
        assert lane.busy == 1
    async with anyio.create_task_group() as crowd:
        for number in range(AT_ONCE + QUEUE - 1):
            crowd.start_soon(lane.run, gate.work(number))
        await until(lambda: lane.busy == AT_ONCE + QUEUE - 1)
        with lane.turn():
            with pytest.raises(Unavailable), lane.turn():
                pytest.fail("there was a place")
            gate.open()
            assert await lane.run(lambda: 7) == 7
    await until(lambda: lane.busy == 0)


async def test_work_that_raises_raises_where_it_was_asked_for_and_frees_its_permit() -> None:
    lane = a_lane()
    with pytest.raises(ZeroDivisionError):
        await lane.run(lambda: 1 / 0)
    await until(lambda: lane.busy == 0)


@pytest.mark.parametrize(
    ("weak", "reason"),
    [
        ("password123", "very common"),
        ("qwertyuiop", "common"),
        ("abcdefgh1234", "Sequences"),
        ("lovelace1815", "your name"),
        ("ada.lovelace!", "your name"),
        ("x" * 1_024, "Repeats"),
    ],
)
async def test_a_weak_password_is_told_why(weak: str, reason: str) -> None:
    told = await Argon2Passwords(CHEAP).weakness(weak, ABOUT)
    assert told
    assert reason in told


@pytest.mark.parametrize(
    "strong", [PASSPHRASE, "a" * 32 + PASSPHRASE, "x" * 900 + "; 9fQ!kx7 Lm2#vR", "пять выдр жонглируют", "kM4$wq9z-Lr"]
)
async def test_no_composition_is_asked_for_and_a_strong_end_makes_up_for_a_weak_beginning(strong: str) -> None:
    assert await Argon2Passwords(CHEAP).weakness(strong, ABOUT) is None


async def test_what_is_known_of_one_user_does_not_weaken_the_next_ones_password() -> None:
    passwords = Argon2Passwords(CHEAP)
    word = "zoqfotpik"
    assert await passwords.weakness(word, (word,))
    assert await passwords.weakness(word, ()) is None


@pytest.mark.parametrize("slow", ["@$!013457(|%2" * 80, "p4$$w0rd" * 128, "aA1!bB2@" * 128, "1.1.99/2-2-2001" * 60])
async def test_the_longest_password_is_judged_in_little_time(slow: str) -> None:
    begun = time.process_time()
    await Argon2Passwords(CHEAP).weakness(slow[:1_024], ABOUT)
    assert time.process_time() - begun < 2
