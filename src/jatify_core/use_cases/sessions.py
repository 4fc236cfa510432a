"""Sessions: see one's own logins, end them, and note that they are used."""

from jatify_core.errors import NotFound
from jatify_core.paging import Page, Window
from jatify_core.ports import Ports
from jatify_core.user import Caller, Session, SessionId, UserId

SWEEP = 100
"""How many sessions that have ended are dropped at a time."""


async def list_sessions(ports: Ports, user_id: UserId, window: Window) -> Page[Session]:
    """The user's logins that have not ended."""
    async with ports.store.transaction(user_id) as tx:
        return await tx.sessions.page(user_id, window, ports.clock())


async def end_session(ports: Ports, user_id: UserId, session_id: SessionId) -> None:
    """End one of the user's own logins at once, everywhere. Raises `NotFound` for one that has ended."""
    async with ports.store.transaction(user_id) as tx:
        found = await tx.sessions.find(session_id)
        ended = found is None or found[0].expires_at <= ports.clock()
        if ended or not await tx.sessions.remove(user_id, session_id):
            raise NotFound


async def note_use(ports: Ports, caller: Caller) -> None:
    """Note that the caller's session was used just now, unless that was noted a moment ago.

    Whoever comes by sweeps up some sessions that have ended, so that nothing else needs to.
    """
    now = ports.clock()
    if not caller.session.unnoticed(now):
        return
    async with ports.store.transaction() as tx:
        await tx.sessions.touch(caller.session.id, now)
        await tx.sessions.drop_ended(now, SWEEP)
