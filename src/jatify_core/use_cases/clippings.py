"""Clippings: propose a listing from what somebody pasted; nothing is fetched, and nothing is kept."""

from jatify_core.clipping import Clipping, Paste
from jatify_core.errors import Invalid
from jatify_core.ports import Ports


async def propose_listing(ports: Ports, content: str, url: str | None = None) -> Clipping:
    """What of a listing's members stands in *content*. Raises `Invalid` where there is nothing to read."""
    if not content.strip():
        raise Invalid.at("/content", "blank", "Paste the text of a listing, or the HTML of its page.")
    return await ports.reader.read(Paste(content, url, ports.clock().date()))
