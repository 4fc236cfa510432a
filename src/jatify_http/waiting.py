"""Waiting for an analysis to end, for callers who prefer to (`Prefer: wait=N`, RFC 7240)."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

import anyio
from litestar import Request
from msgspec import Struct

from jatify_core.analysis import Analysis
from jatify_http.conditional import bounded_header
from jatify_http.presence import while_present

LONGEST: Final = 30
"""Seconds."""
FIRST_GAP: Final = 0.05
LAST_GAP: Final = 0.5
WAIT: Final = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,6})\"?\s*(?=$|[,;])", re.IGNORECASE)


class Patience(Struct, frozen=True):
    """How many seconds a caller wants to wait; None if he did not say. While he waits, his *request* is watched."""

    seconds: int | None = None
    request: Request[Any, Any, Any] | None = None

    @property
    def applied(self) -> dict[str, str]:
        """The header that tells the caller that he was understood."""
        return {} if self.seconds is None else {"Preference-Applied": f"wait={self.seconds}"}

    async def outlast(self, read: Callable[[], Awaitable[Analysis]]) -> Analysis:
        """What *read* gives once that has ended, or as it is when the patience does. Nothing is held meanwhile.

        Nobody waits for a caller who has hung up.
        """
        analysis = await read()
        if self.request is None or not self.seconds or analysis.ended:
            return analysis
        return await while_present(self.request, lambda: self._outlast(analysis, read))

    async def _outlast(self, analysis: Analysis, read: Callable[[], Awaitable[Analysis]]) -> Analysis:
        until = anyio.current_time() + (self.seconds or 0)
        gap = FIRST_GAP
        while not analysis.ended and (left := until - anyio.current_time()) > 0:
            await anyio.sleep(min(gap, left))
            gap = min(gap * 1.5, LAST_GAP)
            analysis = await read()
        return analysis


async def read_patience(request: Request[Any, Any, Any]) -> Patience:
    """The patience that a request asks for; a preference that cannot be read is none. Raises `Malformed`."""
    match = WAIT.search(bounded_header(request, "prefer") or "")
    return Patience(min(int(match[1]), LONGEST), request) if match else Patience()
