"""Events on the wire: one block of a stream of server-sent events for each."""

from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct

from jatify_core.event import ChangedTo, Event
from jatify_http.schemas.examples import ANALYSIS_ID, APPLICATION_ID, LETTER_ID


class EventData(Struct, frozen=True, omit_defaults=True):
    """What became of the thing of that `id`: its new `state`, or its new `version`."""

    id: UUID
    state: ChangedTo | None = None
    version: int | None = None


def block(event: Event) -> bytes:
    """How *event* is written into a stream."""
    change = event.change
    data = msgspec.json.encode(EventData(change.subject, change.state, change.version))
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, change.kind.encode(), data)


STREAM: Final[dict[str, Any]] = {
    "type": "string",
    "description": (
        "Blocks of `id`, `event` and `data`, as the HTML standard defines them. `event` is `analysis.updated`, "
        "`application.updated`, `dead_letter.added` or `dead_letter.removed`; `data` is an object with the `id` of "
        "the thing and its new `state` (an analysis's; `dead` or `requeued` for a dead letter; `deleted` for whatever "
        "was) or, for an application, its new `version`. Lines that begin with a colon are pings."
    ),
    "examples": [
        (
            ": connected\n\n"
            f'id: 41\nevent: analysis.updated\ndata: {{"id":"{ANALYSIS_ID}","state":"running"}}\n\n'
            f'id: 43\nevent: application.updated\ndata: {{"id":"{APPLICATION_ID}","version":2}}\n\n'
            f'id: 44\nevent: dead_letter.added\ndata: {{"id":"{LETTER_ID}","state":"dead"}}\n\n'
            ": ping\n\n"
        )
    ],
}
