"""Whether the caller is still there: long work for one who has hung up is given up, and his place with it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio
from litestar import Request

from jatify_http.edge import Unfinished

T = TypeVar("T")


async def while_present(request: Request[Any, Any, Any], work: Callable[[], Awaitable[T]]) -> T:
    """What *work* gives. When the caller of a request whose body has been read hangs up, *work* is cancelled."""
    given: list[T] = []
    fault: Exception | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_cancel_when_gone, request, tasks.cancel_scope)
        try:
            given.append(await work())
        except Exception as error:  # noqa: BLE001  # raised below, out of the group, as what it is
            fault = error
        tasks.cancel_scope.cancel()
    if fault:
        raise fault
    if not given:
        raise Unfinished
    return given[0]


async def _cancel_when_gone(request: Request[Any, Any, Any], work: anyio.CancelScope) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    work.cancel()
