"""What every store promises about accounts and logins."""

from datetime import datetime

import anyio
import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import MINUTE, a_session, a_user, strangers_id, unknown_id, walk
from jatify_core.errors import Conflict, NotFound
from jatify_core.paging import Page, Sort, Window
from jatify_core.user import SIGHTINGS_APART, Session, SessionId, User


class UsersContract:
    """What every store promises about its users. Subclass it and provide `new_store`."""

    async def test_a_user_is_found_by_his_e_mail_without_regard_to_case(self, new_store: NewStore) -> None:
        user = await _stored(new_store, a_user(new_store.now(), "Ada@Example.org"))
        async with new_store.store.transaction() as tx:
            for email in ("Ada@Example.org", "ada@example.org", "ADA@EXAMPLE.ORG"):
                assert await tx.users.by_email(email) == user

    async def test_nobody_is_found_by_an_unknown_e_mail(self, new_store: NewStore) -> None:
        await _stored(new_store, a_user(new_store.now(), "ada@example.org"))
        async with new_store.store.transaction() as tx:
            assert await tx.users.by_email("ad_@example.org") is None

    @pytest.mark.parametrize("email", ["ada@example.org", "Ada@Example.ORG"])
    async def test_an_e_mail_is_taken_without_regard_to_case(self, new_store: NewStore, email: str) -> None:
        await _stored(new_store, a_user(new_store.now(), "ada@example.org"))
        with pytest.raises(Conflict):
            await _stored(new_store, a_user(new_store.now(), email))

    async def test_of_registrations_at_once_one_gets_the_e_mail(self, new_store: NewStore) -> None:
        refused: list[Conflict] = []

        async def register() -> None:
            try:
                await _stored(new_store, a_user(new_store.now(), "ada@example.org"))
            except Conflict as conflict:
                refused.append(conflict)

        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(register)
        assert len(refused) == 3

    async def test_saving_replaces_what_can_change(self, new_store: NewStore) -> None:
        user = await _stored(new_store, a_user(new_store.now()))
        changed = replace(user, name="Ada King", password_hash="other", is_operator=True, version=2)  # noqa: S106  # no real password
        async with new_store.store.transaction() as tx:
            await tx.users.save(changed)
        async with new_store.store.transaction() as tx:
            assert await tx.users.by_email(user.email) == changed
            assert await tx.users.get(user.id, lock=True) == changed

    async def test_an_unknown_user_is_not_saved(self, new_store: NewStore) -> None:
        async with new_store.store.transaction() as tx:
            with pytest.raises(NotFound):
                await tx.users.save(a_user(new_store.now()))

    async def test_an_unknown_user_is_not_found(self, new_store: NewStore) -> None:
        async with new_store.store.transaction() as tx:
            for lock in (False, True):
                with pytest.raises(NotFound):
                    await tx.users.get(strangers_id(), lock=lock)

    async def test_of_changes_at_once_none_is_lost(self, new_store: NewStore) -> None:
        user = await _stored(new_store, a_user(new_store.now()))

        async def change() -> None:
            async with new_store.store.transaction() as tx:
                current = await tx.users.get(user.id, lock=True)
                await tx.users.save(replace(current, version=current.version + 1))

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(change)
        async with new_store.store.transaction() as tx:
            assert (await tx.users.get(user.id)).version == 6

    async def test_pages_hold_every_user_once_in_order(self, new_store: NewStore) -> None:
        now = new_store.now()
        users = [await _stored(new_store, a_user(now + n // 2 * MINUTE)) for n in range(5)]

        async def fetch(window: Window) -> Page[User]:
            async with new_store.store.transaction() as tx:
                return await tx.users.page(window)

        in_order = sorted(users, key=lambda user: (user.created_at, user.id))
        for limit in (1, 2, 5):
            assert await walk(fetch, Sort("created_at"), limit) == in_order


class SessionsContract:
    """What every store promises about its sessions. Subclass it and provide `new_store`."""

    async def test_a_session_is_found_with_its_user(self, new_store: NewStore) -> None:
        user, session = await _logged_in(new_store)
        assert await _find(new_store, session) == (session, user)

    async def test_an_unknown_session_is_not_found(self, new_store: NewStore) -> None:
        async with new_store.store.transaction() as tx:
            assert await tx.sessions.find(SessionId(unknown_id())) is None

    async def test_an_expired_session_is_found_too(self, new_store: NewStore) -> None:
        user = await _stored(new_store, a_user(new_store.now()))
        session = replace(a_session(user, new_store.now()), expires_at=new_store.now() - MINUTE)
        async with new_store.store.transaction() as tx:
            await tx.sessions.add(session)
        assert await _find(new_store, session) == (session, user)

    async def test_a_removed_session_is_gone_and_may_be_removed_again(self, new_store: NewStore) -> None:
        user, session = await _logged_in(new_store)
        for there in (True, False):
            async with new_store.store.transaction() as tx:
                assert await tx.sessions.remove(user.id, session.id) is there
        assert await _find(new_store, session) is None

    async def test_nobody_ends_anothers_session(self, new_store: NewStore) -> None:
        user, session = await _logged_in(new_store)
        async with new_store.store.transaction() as tx:
            assert not await tx.sessions.remove(strangers_id(), session.id)
            await tx.sessions.remove_all(strangers_id())
        assert await _find(new_store, session) == (session, user)

    async def test_all_sessions_but_one_end_and_nobody_elses(self, new_store: NewStore) -> None:
        user, kept = await _logged_in(new_store)
        ended = [await _another(new_store, user) for _ in range(3)]
        _, others = await _logged_in(new_store)
        async with new_store.store.transaction() as tx:
            await tx.sessions.remove_all(user.id, but=kept.id)
        assert [await _find(new_store, session) for session in ended] == [None] * 3
        assert await _find(new_store, kept)
        async with new_store.store.transaction() as tx:
            await tx.sessions.remove_all(user.id)
        assert await _find(new_store, kept) is None
        assert await _find(new_store, others)

    async def test_a_session_of_nobody_is_not_stored(self, new_store: NewStore) -> None:
        with pytest.raises(NotFound):
            async with new_store.store.transaction() as tx:
                await tx.sessions.add(a_session(a_user(new_store.now()), new_store.now()))

    @pytest.mark.parametrize("descending", [False, True])
    async def test_pages_hold_every_session_once_in_order(self, new_store: NewStore, *, descending: bool) -> None:
        now = new_store.now()
        user, first = await _logged_in(new_store)
        await _logged_in(new_store)
        sessions = [first, *[await _another(new_store, user, now + n // 2 * MINUTE) for n in range(1, 5)]]

        async def fetch(window: Window) -> Page[Session]:
            async with new_store.store.transaction() as tx:
                return await tx.sessions.page(user.id, window)

        in_order = sorted(sessions, key=lambda s: (s.created_at, s.id), reverse=descending)
        for limit in (1, 2, 5):
            assert await walk(fetch, Sort("created_at", descending), limit) == in_order

    async def test_a_session_is_listed_until_it_ends(self, new_store: NewStore) -> None:
        user, session = await _logged_in(new_store)
        window = Window(Sort("created_at"))
        async with new_store.store.transaction() as tx:
            for at, listed in ((session.expires_at - MINUTE, (session,)), (session.expires_at, ()), (None, (session,))):
                assert (await tx.sessions.page(user.id, window, at)).items == listed

    async def test_a_use_is_noted_when_the_last_was_long_enough_ago(self, new_store: NewStore) -> None:
        user, session = await _logged_in(new_store)
        seen = session.last_seen_at
        almost, later = seen + SIGHTINGS_APART - MINUTE / 60, seen + SIGHTINGS_APART
        for at, noted in ((almost, seen), (later, later), (seen, later), (later + MINUTE / 2, later)):
            async with new_store.store.transaction() as tx:
                await tx.sessions.touch(session.id, at)
            assert await _find(new_store, session) == (replace(session, last_seen_at=noted), user)

    async def test_sessions_that_have_ended_are_dropped_first_ended_first(self, new_store: NewStore) -> None:
        user, living = await _logged_in(new_store)
        ended = [await _another(new_store, user, living.created_at - n * MINUTE) for n in (3, 1, 2)]
        async with new_store.store.transaction() as tx:
            assert await tx.sessions.drop_ended(ended[1].expires_at, 2) == 2
        assert [await _find(new_store, s) is None for s in (*ended, living)] == [True, False, True, False]
        async with new_store.store.transaction() as tx:
            assert await tx.sessions.drop_ended(ended[1].expires_at, 2) == 1
            assert await tx.sessions.drop_ended(ended[1].expires_at, 2) == 0
        assert await _find(new_store, living)


async def _stored(new_store: NewStore, user: User) -> User:
    async with new_store.store.transaction() as tx:
        await tx.users.add(user)
    return user


async def _logged_in(new_store: NewStore) -> tuple[User, Session]:
    user = await _stored(new_store, a_user(new_store.now()))
    session = a_session(user, new_store.now())
    async with new_store.store.transaction() as tx:
        await tx.sessions.add(session)
    return user, session


async def _another(new_store: NewStore, user: User, at: datetime | None = None) -> Session:
    """One more login of *user*."""
    session = a_session(user, at or new_store.now())
    async with new_store.store.transaction() as tx:
        await tx.sessions.add(session)
    return session


async def _find(new_store: NewStore, session: Session) -> tuple[Session, User] | None:
    async with new_store.store.transaction() as tx:
        return await tx.sessions.find(session.id)
