"""Clippings: propose a listing from what somebody pasted; nothing is fetched, and nothing is kept."""

from collections.abc import Sequence

from msgspec import Struct

from jatify_core.clipping import Clipping, Paste
from jatify_core.duplicates import Twin
from jatify_core.errors import Invalid
from jatify_core.ports import Ports
from jatify_core.use_cases.listings import twins_of
from jatify_core.user import UserId


class Proposed(Struct, frozen=True):
    """What was made of a paste, and which of the user's listings may be the same."""

    clipping: Clipping
    twins: Sequence[Twin]


async def propose_listing(ports: Ports, user_id: UserId, content: str, url: str | None = None) -> Proposed:
    """What of a listing's members stands in *content*. Raises `Invalid` where there is nothing to read."""
    if not content.strip():
        raise Invalid.at("/content", "blank", "Paste the text of a listing, or the HTML of its page.")
    clipping = await ports.reader.read(Paste(content, url, ports.clock().date()))
    async with ports.store.transaction(user_id) as tx:
        return Proposed(clipping, await twins_of(tx, user_id, clipping.draft))
