"""Health, for orchestrators."""

import logging
from typing import Final

from litestar import Response, Router, get

from jatify_core.errors import Unavailable
from jatify_core.use_cases.health import readiness
from jatify_http.injected import InPorts
from jatify_http.schemas.health import Alive, Ready

LOG: Final = logging.getLogger("jatify.http")


@get("/live", operation_id="isAlive", summary="Does the process answer?")
async def is_alive() -> Response[Alive]:
    """Asks nobody else."""
    return Response(Alive())


@get("/ready", operation_id="isReady", summary="Can requests be served?", opt={"problems": (503,)})
async def is_ready(ports: InPorts) -> Response[Ready]:
    """Also names the kinds of job that wait for their provider; those do not make it unready."""
    try:
        return Response(Ready.of(await readiness(ports)))
    except Unavailable as error:
        # The store's own words may name hosts and versions, and nobody has to log in to read this.
        LOG.warning("not ready", extra={"reason": str(error)})
        raise Unavailable("Not ready yet.", error.retry_after) from None


def router() -> Router:
    """All of the above."""
    return Router("/health", route_handlers=[is_alive, is_ready], tags=["Health"])
