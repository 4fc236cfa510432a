"""The application: every operation over one set of ports, with what they share."""

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from msgspec import Struct

from jatify_core.ports import Ports
from jatify_http.addresses import Proxies, address_of
from jatify_http.conditional import if_match
from jatify_http.cors import Cors
from jatify_http.edge import Edge, Watch
from jatify_http.feed import Feed, feed
from jatify_http.guards import caller, note_use
from jatify_http.idempotency import Idempotent, own_ports
from jatify_http.openapi import document
from jatify_http.problems import HANDLERS
from jatify_http.requests import StrictRequest, read_query
from jatify_http.routes import (
    agenda,
    analyses,
    applications,
    auth,
    calendar_links,
    clippings,
    console,
    dead_letters,
    docs,
    events,
    health,
    imports,
    listings,
    operators,
    problems,
    queue,
    resumes,
    sessions,
    stats,
    statuses,
    users,
)
from jatify_http.streams import last_event_id
from jatify_http.uploads import Room, received_form
from jatify_http.waiting import read_patience

JSON_BODY = 64 * 1024


class ShellSettings(Struct, frozen=True):
    """What the operator decides about the HTTP side alone; the house's own limits are in the ports' policy."""

    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    docs: bool = True
    console: bool = True


def create_app(
    ports: Ports,
    shell: ShellSettings = ShellSettings(),  # noqa: B008  # frozen
    watch: Watch | None = None,
) -> Litestar:
    """The whole API over *ports*, which it neither opens nor closes; *watch* hears of requests.

    Live changes are told during its lifespan.
    """
    api = Router(
        "/api",
        middleware=[Idempotent],
        route_handlers=[
            auth.router(),
            *users.routers(),
            statuses.router(),
            listings.router(),
            applications.router(),
            *resumes.routers(ports.policy.max_upload),
            analyses.router(),
            dead_letters.router(),
            queue.router(),
            sessions.router(),
            operators.router(),
            events.router(),
            agenda.router(),
            calendar_links.router(),
            stats.router(),
            clippings.router(),
            *imports.routers(),
        ],
    )
    changes = Feed(ports)
    app = Litestar(
        route_handlers=[
            api,
            health.router(),
            problems.router(),
            *docs.routers(with_page=shell.docs),
            *([console.router()] if shell.console else []),
        ],
        dependencies={
            "ports": Provide(own_ports),
            "caller": Provide(caller),
            "where": Provide(read_query),
            "form": Provide(received_form),
            "if_match": Provide(if_match),
            "patience": Provide(read_patience),
            "feed": Provide(feed),
            "after": Provide(last_event_id),
            "address": Provide(address_of),
        },
        after_response=note_use,
        exception_handlers=HANDLERS,
        lifespan=[changes.running],
        logging_config=None,
        openapi_config=None,
        request_class=StrictRequest,
        request_max_body_size=JSON_BODY,
        state=State(
            {
                "ports": ports,
                "feed": changes,
                "uploads": Room(),
                "archives": Room(in_all=8, of_one=2),
                "proxies": Proxies(shell.trusted_proxies),
            }
        ),
    )
    app.state.description = document(app)
    shared = Cors(app.asgi_handler, shell.cors_origins) if shell.cors_origins else app.asgi_handler
    app.asgi_handler = Edge(shared, watch=watch)
    return app
