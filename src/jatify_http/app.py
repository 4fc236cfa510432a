"""The application: every operation over one set of ports, with what they share."""

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from msgspec import Struct

from jatify_core.ports import Ports
from jatify_http.addresses import Proxies, address_of
from jatify_http.conditional import if_match
from jatify_http.cors import Cors
from jatify_http.edge import Edge
from jatify_http.guards import caller, house
from jatify_http.openapi import document
from jatify_http.problems import HANDLERS
from jatify_http.requests import StrictRequest, read_query
from jatify_http.routes import (
    analyses,
    applications,
    auth,
    dead_letters,
    docs,
    health,
    listings,
    queue,
    resumes,
    statuses,
    users,
)
from jatify_http.uploads import read_form
from jatify_http.waiting import read_patience

JSON_BODY = 64 * 1024
FORM_PARTS = 16


class ShellSettings(Struct, frozen=True):
    """What the operator decides about the HTTP side alone; the house's own limits are in the ports' policy."""

    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    docs: bool = True


def create_app(ports: Ports, shell: ShellSettings = ShellSettings()) -> Litestar:  # noqa: B008  # frozen
    """The whole API over *ports*. It opens and closes nothing: who made the ports does."""
    api = Router(
        "/api",
        route_handlers=[
            auth.router(),
            users.router(),
            statuses.router(),
            listings.router(),
            applications.router(),
            *resumes.routers(ports.policy.max_upload),
            analyses.router(),
            dead_letters.router(),
            queue.router(),
        ],
    )
    app = Litestar(
        route_handlers=[api, health.router(), *docs.routers(with_page=shell.docs)],
        dependencies={
            "ports": Provide(house),
            "caller": Provide(caller),
            "where": Provide(read_query),
            "form": Provide(read_form),
            "if_match": Provide(if_match),
            "patience": Provide(read_patience),
            "address": Provide(address_of),
        },
        exception_handlers=HANDLERS,
        logging_config=None,
        multipart_form_part_limit=FORM_PARTS,
        openapi_config=None,
        request_class=StrictRequest,
        request_max_body_size=JSON_BODY,
        state=State({"ports": ports, "proxies": Proxies(shell.trusted_proxies)}),
    )
    app.state.description = document(app)
    app.asgi_handler = Edge(Cors(app.asgi_handler, shell.cors_origins) if shell.cors_origins else app.asgi_handler)
    return app
