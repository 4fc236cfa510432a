"""What every store promises about calendar links: one a user, found by its digest, gone when it is gone."""

import pytest

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import MINUTE, Seeker, a_seeker, a_user, rolled_back
from jatify_core.calendar_link import CalendarLink, digest_of
from jatify_core.errors import NotFound


class CalendarLinksContract:
    """What every store promises about calendar links. Subclass it and provide `new_store`."""

    async def test_a_link_is_found_by_its_user_and_by_its_digest(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        link = await _put(new_store, seeker, "token")
        async with new_store.store.transaction() as tx:
            assert await tx.calendar_links.get(seeker.user.id) == link
            assert await tx.calendar_links.get(other.user.id) is None
            assert await tx.calendar_links.by_digest(digest_of("token")) == link
            assert await tx.calendar_links.by_digest(digest_of("another")) is None

    async def test_a_new_link_ends_the_old_one_of_its_user_alone(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        old, others = await _put(new_store, seeker, "old"), await _put(new_store, other, "other")
        async with new_store.store.transaction(seeker.user.id) as tx:
            await tx.calendar_links.touch(old, new_store.now())
        new = await _put(new_store, seeker, "new")
        async with new_store.store.transaction() as tx:
            assert await tx.calendar_links.by_digest(old.digest) is None
            assert await tx.calendar_links.get(seeker.user.id) == new
            assert await tx.calendar_links.get(other.user.id) == others

    async def test_a_read_is_noted_unless_the_link_was_replaced(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        old, new = await _put(new_store, seeker, "old"), await _put(new_store, seeker, "new")
        at = new_store.now() + MINUTE
        for link, noted in ((old, None), (new, at)):
            async with new_store.store.transaction(seeker.user.id) as tx:
                await tx.calendar_links.touch(link, at)
                found = await tx.calendar_links.get(seeker.user.id)
            assert found
            assert found.last_read_at == noted

    async def test_a_link_is_removed_once_and_by_its_user_alone(self, new_store: NewStore) -> None:
        seeker, other = await a_seeker(new_store), await a_seeker(new_store)
        link = await _put(new_store, seeker, "token")
        async with new_store.store.transaction(other.user.id) as tx:
            assert not await tx.calendar_links.remove(seeker.user.id)
            assert await tx.calendar_links.by_digest(link.digest) is None
        async with new_store.store.transaction(seeker.user.id) as tx:
            assert await tx.calendar_links.remove(seeker.user.id)
            assert not await tx.calendar_links.remove(seeker.user.id)
            assert await tx.calendar_links.by_digest(link.digest) is None

    async def test_a_link_rolls_back_with_its_transaction(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        link = await _put(new_store, seeker, "token")
        async with rolled_back(new_store) as tx:
            await tx.calendar_links.put(CalendarLink.to("another", seeker.user.id, new_store.now()))
        async with new_store.store.transaction() as tx:
            assert await tx.calendar_links.get(seeker.user.id) == link

    async def test_a_link_goes_with_its_user_and_none_is_made_for_nobody(self, new_store: NewStore) -> None:
        seeker = await a_seeker(new_store)
        link = await _put(new_store, seeker, "token")
        async with new_store.store.transaction() as tx:
            await tx.users.remove(seeker.user.id)
        async with new_store.store.transaction() as tx:
            assert await tx.calendar_links.by_digest(link.digest) is None
        for user in (seeker.user, a_user(new_store.now())):
            with pytest.raises(NotFound):
                async with new_store.store.transaction() as tx:
                    await tx.calendar_links.put(CalendarLink.to("token", user.id, new_store.now()))


async def _put(new_store: NewStore, seeker: Seeker, token: str) -> CalendarLink:
    link = CalendarLink.to(token, seeker.user.id, new_store.now())
    async with new_store.store.transaction(seeker.user.id) as tx:
        await tx.calendar_links.put(link)
    return link
