"""An application of real parts: Postgres, argon2, signed tokens; only the worker's work is done by hand."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any, Final, cast

import httpx
import pytest
from msgspec.structs import replace

from jatify_adapters.memory import memory_ports
from jatify_adapters.postgres import open_store
from jatify_adapters.security import Argon2Passwords, JwtTokens, PasswordCost, SigningKey
from jatify_core.policy import Policy
from jatify_core.ports import Ports
from jatify_core.throttle import Window
from jatify_http.app import create_app
from jatify_http.wiring import new_id, utc_now
from tests.adapters.conftest import copied, postgres, template
from tests.outside.owners import Owner, newcomer

__all__ = ["postgres", "template"]

NUMBERS: Final = count(1)
ROOMY: Final = Policy(registrations=Window(10_000, timedelta(hours=1)), failures=Window(10_000, timedelta(hours=1)))
"""All these people come from one address."""


@pytest.fixture(scope="session")
def key() -> SigningKey:
    """What the house signs tokens with."""
    return SigningKey("k1", secrets.token_bytes(32))


@pytest.fixture(scope="module")
async def ports(postgres: str, template: str, key: SigningKey) -> AsyncIterator[Ports]:
    with copied(postgres, template) as conninfo:
        async with open_store(conninfo) as store:
            yield replace(
                memory_ports(),
                store=store,
                policy=ROOMY,
                passwords=Argon2Passwords(PasswordCost(1, 8, 1)),
                tokens=JwtTokens([key]),
                clock=utc_now,
                new_id=new_id,
            )


@pytest.fixture(scope="module")
async def client(ports: Ports) -> AsyncIterator[httpx.AsyncClient]:
    # Litestar and httpx write the same protocol down in two ways.
    transport = httpx.ASGITransport(app=cast("Any", create_app(ports)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://jatify.test") as client:
        yield client


@pytest.fixture
async def ann(client: httpx.AsyncClient, ports: Ports) -> Owner:
    return await newcomer(client, ports, f"ann{next(NUMBERS)}@example.com")


@pytest.fixture
async def bob(client: httpx.AsyncClient, ports: Ports) -> Owner:
    return await newcomer(client, ports, f"bob{next(NUMBERS)}@example.com")
