"""Listings that have no keys yet, as those of an earlier release: whoever looks for twins gives them theirs."""

import anyio
import psycopg
import pytest

from jatify_adapters.contracts.samples import a_listing
from jatify_adapters.postgres import PostgresStore, twins
from jatify_core.duplicates import Keys, Twin
from jatify_core.listing import ListingDraft
from jatify_core.user import UserId
from tests.adapters.chores import a_stored_user, asked, execute
from tests.adapters.conftest import PostgresNewStore

BAKER = ListingDraft("Loaf & Co.", "Baker (m/w/d)", url="https://www.example.com/1?src=x")
FORGET = "update listing set url_key = null, title_key = null"


@pytest.fixture
async def user_id(store: PostgresStore) -> UserId:
    return await a_stored_user(store)


async def test_listings_of_an_earlier_release_are_found_as_well(
    store: PostgresStore, new_postgres_store: PostgresNewStore, database: str, user_id: UserId
) -> None:
    await keep(store, user_id, new_postgres_store, BAKER, ListingDraft("Acme", "Clerk"))
    await execute(database, FORGET)
    (twin,) = await found(store, user_id, ListingDraft("Loaf", "baker"))
    assert (twin.company, twin.because) == ("Loaf & Co.", "company_and_position")
    assert await asked(database, "select count(*) from listing where title_key is null") == [0]
    assert await asked(database, "select count(*) from listing where url_key is null") == [1]


async def test_however_many_they_are(
    store: PostgresStore,
    new_postgres_store: PostgresNewStore,
    database: str,
    user_id: UserId,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(twins, "BATCH", 3)
    await keep(store, user_id, new_postgres_store, *[BAKER] * 10)
    await execute(database, FORGET)
    assert len(await found(store, user_id, BAKER)) == 10


async def test_what_has_nothing_to_be_found_by_is_asked_for_once(store: PostgresStore, database: str) -> None:
    user_id = await a_stored_user(store)
    await execute(
        database,
        "insert into listing (id, user_id, company, position, content_hash, created_at, updated_at, version) "
        "select gen_random_uuid(), id, '', '', '', now(), now(), 1 from account",
    )
    with anyio.fail_after(5):
        assert not await found(store, user_id, BAKER)


async def test_nobody_waits_for_whoever_changes_a_listing_meanwhile(
    store: PostgresStore, new_postgres_store: PostgresNewStore, database: str, user_id: UserId
) -> None:
    await keep(store, user_id, new_postgres_store, BAKER, ListingDraft("Acme", "Clerk"))
    await execute(database, FORGET)
    with psycopg.connect(database) as link, anyio.fail_after(5):
        link.execute("select from listing where company = 'Acme' for update")
        assert len(await found(store, user_id, BAKER)) == 1


async def keep(store: PostgresStore, user_id: UserId, new_store: PostgresNewStore, *drafts: ListingDraft) -> None:
    async with store.transaction(user_id) as tx:
        for draft in drafts:
            await tx.listings.add(a_listing(user_id, new_store.now(), draft))


async def found(store: PostgresStore, user_id: UserId, draft: ListingDraft) -> list[Twin]:
    keys = Keys.of(draft)
    async with store.transaction(user_id) as tx:
        return list(await tx.listings.twins(user_id, keys.url, keys.title, 20))
