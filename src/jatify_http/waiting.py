"""Waiting for an analysis to end, for callers who prefer to (`Prefer: wait=N`, RFC 7240)."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

import anyio
from litestar import Request
from msgspec import Struct

from jatify_core.analysis import Analysis
from jatify_http.conditional import bounded_header

LONGEST: Final = 30
"""Seconds."""
FIRST_GAP: Final = 0.05
LAST_GAP: Final = 0.5
WAIT: Final = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,6})\"?\s*(?=$|[,;])", re.IGNORECASE)


class Patience(Struct, frozen=True):
    """How many seconds a caller wants to wait; None if he did not say."""

    seconds: int | None = None

    @property
    def applied(self) -> dict[str, str]:
        """The header that tells the caller that he was understood."""
        return {} if self.seconds is None else {"Preference-Applied": f"wait={self.seconds}"}

    async def outlast(self, read: Callable[[], Awaitable[Analysis]]) -> Analysis:
        """What *read* gives once that has ended, or as it is when the patience does. Nothing is held meanwhile."""
        until = anyio.current_time() + (self.seconds or 0)
        gap = FIRST_GAP
        analysis = await read()
        while not analysis.ended and (left := until - anyio.current_time()) > 0:
            await anyio.sleep(min(gap, left))
            gap = min(gap * 1.5, LAST_GAP)
            analysis = await read()
        return analysis


async def read_patience(request: Request[Any, Any, Any]) -> Patience:
    """The patience that a request asks for; a preference that cannot be read is none. Raises `Malformed`."""
    match = WAIT.search(bounded_header(request, "prefer") or "")
    return Patience(min(int(match[1]), LONGEST)) if match else Patience()
