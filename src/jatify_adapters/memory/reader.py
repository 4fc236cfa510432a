"""A reader of pastes that are written in a listing's own words alone."""

from typing import Final

from jatify_adapters.memory.tables import refuse_inside_transaction
from jatify_core.clipping import MEMBERS, Clipping, How, Paste, clipped

FOUND: Final[How] = "heuristic"


class PlainReader:
    """The port `ListingReader` for lines like `company: Acme`; the rest is the description."""

    async def read(self, paste: Paste) -> Clipping:
        """What the lines say."""
        refuse_inside_transaction("A paste was read")
        pairs = [line.partition(":") for line in paste.content.splitlines()]
        found: dict[str, object] = {name.strip(): value for name, _, value in pairs if name.strip() in MEMBERS}
        rest = "\n".join("".join(pair) for pair in pairs if pair[0].strip() not in MEMBERS)
        return clipped({FOUND: {"description": rest, **found}}, paste.url)
