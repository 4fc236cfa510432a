"""Attempts counted in Postgres: real hashes, real races, several processes."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import anyio
import psycopg
import pytest
from msgspec.structs import replace

from jatify_adapters.memory import memory_ports
from jatify_adapters.postgres import PostgresStore, open_store
from jatify_adapters.security import Argon2Passwords, PasswordCost
from jatify_core.errors import Throttled, Unauthenticated, Unavailable
from jatify_core.throttle import Attempts, key_of
from jatify_core.use_cases.users import login, register
from jatify_core.user import Credentials, Registration

ADA = "ada@example.org"
PASSWORD = "seven otters juggle plums"
CHEAP = PasswordCost(passes=1, memory_kib=8)


class Counting(Argon2Passwords):
    """The real thing, which says how often it verified."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.verified = 0

    async def verify(self, password: str, hashed: str | None) -> bool:
        self.verified += 1
        return await super().verify(password, hashed)


@pytest.mark.parametrize("email", [ADA, "nobody@example.org"])
@pytest.mark.parametrize("pause", [0.0, 0.02])
async def test_two_hundred_guesses_over_two_processes_verify_at_most_five(
    own_database: str, email: str, pause: float
) -> None:
    """At once, and dribbling in for four seconds, as from a client that is slow itself."""
    passwords = Counting()
    ends: list[Exception] = []

    async def guess(store: PostgresStore, number: int) -> None:
        await anyio.sleep(number * pause)
        ports = replace(memory_ports(store=store), passwords=passwords)
        try:
            # Each from an address of its own, as of a botnet.
            await login(ports, Credentials(email, f"guess {number}"), "", f"192.0.2.{number}")
        except (Throttled, Unauthenticated, Unavailable) as end:
            ends.append(end)

    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(open_store(own_database)) for _ in range(2)]
        await register(
            replace(memory_ports(store=stores[0]), passwords=passwords), Registration(ADA, PASSWORD, "Ada"), "::1"
        )
        async with anyio.create_task_group() as crowd:
            for number in range(200):
                crowd.start_soon(guess, stores[number % 2], number)
    assert passwords.verified == 5
    assert sum(isinstance(end, Unauthenticated) for end in ends) == 5
    assert len(ends) == 200


async def test_a_throttle_outlives_the_process_that_counted(own_database: str) -> None:
    async with open_store(own_database) as store:
        ports = memory_ports(store=store)
        for _ in range(5):
            with pytest.raises(Unauthenticated):
                await login(ports, Credentials(ADA, "a guess"), "", "::1")
    async with open_store(own_database) as store:
        with pytest.raises(Throttled):
            await login(memory_ports(store=store), Credentials(ADA, "a guess"), "", "::1")


async def test_a_flood_that_is_refused_takes_no_lock_and_writes_nothing(own_database: str) -> None:
    async def guess(store: PostgresStore, number: int) -> None:
        await login(memory_ports(store=store), Credentials(f"{number}@example.org", "a guess"), "", "::1")

    async with open_store(own_database) as store, open_store(own_database) as other:
        for number in range(30):
            with pytest.raises(Unauthenticated):
                await guess(store, number)
        async with other.transaction() as tx:
            await tx.throttle.get([key_of("login", "::")], lock=True)  # who wanted it too would wait
            before = rows(own_database)
            with anyio.fail_after(20):
                for number in range(30):
                    with pytest.raises(Throttled):
                        await guess(store, number)
        assert rows(own_database) == before


def rows(database: str) -> list[tuple[object, ...]]:
    """Every row, and the transaction that wrote it."""
    with psycopg.connect(database) as link:
        return link.execute("select xmin::text, throttle::text from throttle order by key").fetchall()


async def test_who_prolongs_a_wait_does_not_wait_for_another_who_does(own_database: str) -> None:
    key = key_of("account", ADA)
    async with open_store(own_database) as store, open_store(own_database) as other:
        async with store.transaction() as tx:
            now, _ = await tx.throttle.get([key], lock=True)
            await tx.throttle.save({key: Attempts(5, (now,), now + timedelta(seconds=1), now + timedelta(days=1))})
        async with other.transaction() as first, store.transaction() as second:
            await first.throttle.prolong(key, now + timedelta(seconds=2))
            with anyio.fail_after(20):
                await second.throttle.prolong(key, now + timedelta(seconds=3))
        async with store.transaction() as tx:
            _, tallies = await tx.throttle.get([key])
        assert tallies[key].waits_until == now + timedelta(seconds=2)


async def test_no_address_of_a_person_stands_in_the_table(own_database: str, own_store: PostgresStore) -> None:
    with pytest.raises(Unauthenticated):
        await login(memory_ports(store=own_store), Credentials(ADA, "a guess"), "", "192.0.2.77")
    with psycopg.connect(own_database) as link:
        rows = link.execute("select throttle::text, encode(key, 'escape') from throttle").fetchall()
    assert len(rows) == 2
    assert not any(word in str(rows) for word in ("ada", "example.org", "192.0.2"))


async def test_forgotten_rows_go_away_while_others_are_counted(own_database: str, own_store: PostgresStore) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with psycopg.connect(own_database) as link:
        link.cursor().executemany(
            "insert into throttle values (%s, 1, %s, null, %s)",
            [(key_of("account", str(n)), [long_ago], long_ago) for n in range(80)],
        )
    fresh = key_of("account", "fresh")
    with anyio.fail_after(20):
        while len(rows(own_database)) > 1:
            async with own_store.transaction() as tx:
                now, _ = await tx.throttle.get([fresh], lock=True)
                await tx.throttle.save({fresh: Attempts(1, (now,), None, now + timedelta(hours=1))})
    async with own_store.transaction() as tx:
        assert (await tx.throttle.get([fresh]))[1].keys() == {fresh}


async def test_the_table_is_logged(own_database: str) -> None:
    with psycopg.connect(own_database) as link:
        assert link.execute("select relpersistence from pg_class where relname = 'throttle'").fetchall() == [("p",)]
