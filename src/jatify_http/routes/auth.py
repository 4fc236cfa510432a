"""Register, log in, log out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from email_validator import EmailNotValidError, validate_email
from litestar import Request, Response, Router, post
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from jatify_core.errors import Invalid, Throttled, Unavailable
from jatify_core.use_cases import users
from jatify_core.user import Credentials, Registration
from jatify_http.answers import created
from jatify_http.audit import noted
from jatify_http.conditional import version_tag
from jatify_http.guards import ANYBODY, LOGGED_IN
from jatify_http.injected import InAddress, InCaller, InPorts
from jatify_http.schemas.users import LoginView, UserView

BODY = 4 * 1024
FIRST = 1
"""The version of what is new."""
USER_AGENT = 200
PAUSE = 0.5
"""Seconds; a refusal for want of room has to come within two."""


@post("/register", operation_id="register", summary="Create an account", guards=ANYBODY, opt={"problems": (409, 429)})
async def register(data: JSONBody[Registration], ports: InPorts, address: InAddress) -> Response[UserView]:
    """The e-mail is unique without regard to case; nothing is sent to it. A password easily guessed is refused."""
    async with unhurried():
        view = UserView.of(await users.register(ports, with_address(data), address))
    noted("registered", user_id=view.id)
    return created(view, version_tag(FIRST), "/api/user/profile")


@post(
    "/login",
    operation_id="login",
    summary="Log in",
    status_code=HTTP_200_OK,
    guards=ANYBODY,
    opt={"problems": (401, 429), "act": "login"},
)
async def login(
    data: JSONBody[Credentials], ports: InPorts, address: InAddress, request: Request[Any, Any, Any]
) -> Response[LoginView]:
    """An unknown e-mail and a wrong password are answered alike. After five failures each further one takes longer."""
    agent = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))[:USER_AGENT]
    async with unhurried():
        login = await users.login(ports, data, agent, address)
    noted("login", user_id=login.user.id, session_id=login.session.id)
    return Response(LoginView.of(login))


@post(
    "/logout",
    operation_id="logout",
    summary="End this session at once",
    status_code=HTTP_204_NO_CONTENT,
    guards=LOGGED_IN,
)
async def logout(caller: InCaller, ports: InPorts) -> None:
    """From now on the token opens nothing, in any process."""
    await users.logout(ports, caller)
    noted("logout", session_id=caller.session.id)


def router() -> Router:
    """All of the above."""
    return Router(
        "/auth",
        route_handlers=[register, login, logout],
        tags=["Accounts"],
        request_max_body_size=BODY,
    )


@asynccontextmanager
async def unhurried() -> AsyncIterator[None]:
    """Let who is refused for asking too much wait for that answer: as many connections ask much less often then.

    Without, a flood on 64 of them is answered so fast that everybody else waits for the server to read it.
    """
    try:
        yield
    except (Throttled, Unavailable):
        await anyio.sleep(PAUSE)
        raise


def with_address(registration: Registration) -> Registration:
    """*registration*, if its address has the form of one; nothing is sent, so those of closed networks and .test do."""
    try:
        validate_email(
            registration.email, check_deliverability=False, globally_deliverable=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise Invalid.at("/email", "wrong_format", str(error)) from None
    return registration
