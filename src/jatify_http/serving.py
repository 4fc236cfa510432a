"""What `jatify serve` runs."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jatify_http.app import ShellSettings, create_app
from jatify_http.server import Server
from jatify_http.settings import Settings
from jatify_http.signals import run_together
from jatify_http.sockets import bind
from jatify_http.wiring import World, open_world

log = logging.getLogger("jatify")


async def serve(settings: Settings, worker: bool) -> None:  # noqa: FBT001  # the command line's own switch
    """Serve until a signal, with a *worker* beside the API or without."""
    async with open_server(settings) as (world, server):
        log.info("the API answers at %s", server.address)
        await run_together(server.part, *([world.working] if worker else []), *world.beside)


@asynccontextmanager
async def open_server(settings: Settings) -> AsyncIterator[tuple[World, Server]]:
    """The world and a server over it. The port is taken first: if another has it, nothing else is started."""
    with bind(settings.host, settings.port) as listener:
        async with open_world(settings) as world:
            shell = ShellSettings(
                cors_origins=settings.cors_origins,
                docs=settings.docs,
                console=settings.console,
                trusted_proxies=settings.trusted_proxies,
            )
            yield world, Server(create_app(world.ports, shell, world.watch), settings, listener)
