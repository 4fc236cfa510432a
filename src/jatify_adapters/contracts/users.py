"""What every store promises about accounts and logins."""

import anyio
import pytest
from msgspec.structs import replace

from jatify_adapters.contracts.new_store import NewStore
from jatify_adapters.contracts.samples import MINUTE, a_session, a_user, strangers_id, unknown_id
from jatify_core.errors import Conflict, NotFound
from jatify_core.user import Session, SessionId, User


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

    async def test_saving_replaces_name_and_password_hash(self, new_store: NewStore) -> None:
        user = await _stored(new_store, a_user(new_store.now()))
        changed = replace(user, name="Ada King", password_hash="other")  # noqa: S106  # no real password
        async with new_store.store.transaction() as tx:
            await tx.users.save(changed)
        async with new_store.store.transaction() as tx:
            assert await tx.users.by_email(user.email) == changed

    async def test_an_unknown_user_is_not_saved(self, new_store: NewStore) -> None:
        async with new_store.store.transaction() as tx:
            with pytest.raises(NotFound):
                await tx.users.save(a_user(new_store.now()))


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
        for _ in range(2):
            async with new_store.store.transaction() as tx:
                await tx.sessions.remove(user.id, session.id)
        assert await _find(new_store, session) is None

    async def test_nobody_ends_anothers_session(self, new_store: NewStore) -> None:
        user, session = await _logged_in(new_store)
        async with new_store.store.transaction() as tx:
            await tx.sessions.remove(strangers_id(), session.id)
        assert await _find(new_store, session) == (session, user)


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


async def _find(new_store: NewStore, session: Session) -> tuple[Session, User] | None:
    async with new_store.store.transaction() as tx:
        return await tx.sessions.find(session.id)
