"""The application: every operation over one set of ports, with what they share."""

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from msgspec import Struct

from jatify_core.ports import Ports
from jatify_http.conditional import if_match
from jatify_http.cors import Cors
from jatify_http.edge import Edge
from jatify_http.feed import Feed, feed
from jatify_http.guards import caller, note_use
from jatify_http.idempotency import Idempotent, own_ports
from jatify_http.openapi import document
from jatify_http.problems import HANDLERS
from jatify_http.requests import StrictRequest, read_query
from jatify_http.routes import (
    analyses,
    applications,
    auth,
    dead_letters,
    docs,
    events,
    health,
    listings,
    operators,
    queue,
    resumes,
    sessions,
    statuses,
    users,
)
from jatify_http.streams import last_event_id
from jatify_http.uploads import read_form
from jatify_http.waiting import read_patience

JSON_BODY = 64 * 1024
FORM_PARTS = 16


class ShellSettings(Struct, frozen=True):
    """What the operator decides about the HTTP side alone; the house's own limits are in the ports' policy."""

    cors_origins: tuple[str, ...] = ()
    docs: bool = True


def create_app(ports: Ports, shell: ShellSettings = ShellSettings()) -> Litestar:  # noqa: B008  # frozen
    """The whole API over *ports*, which it neither opens nor closes; live changes are told during its lifespan."""
    api = Router(
        "/api",
        middleware=[Idempotent],
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
            sessions.router(),
            operators.router(),
            events.router(),
        ],
    )
    changes = Feed(ports)
    app = Litestar(
        route_handlers=[api, health.router(), *docs.routers(with_page=shell.docs)],
        dependencies={
            "ports": Provide(own_ports),
            "caller": Provide(caller),
            "where": Provide(read_query),
            "form": Provide(read_form),
            "if_match": Provide(if_match),
            "patience": Provide(read_patience),
            "feed": Provide(feed),
            "after": Provide(last_event_id),
        },
        after_response=note_use,
        exception_handlers=HANDLERS,
        lifespan=[changes.running],
        logging_config=None,
        multipart_form_part_limit=FORM_PARTS,
        openapi_config=None,
        request_class=StrictRequest,
        request_max_body_size=JSON_BODY,
        state=State({"ports": ports, "feed": changes}),
    )
    app.state.description = document(app)
    app.asgi_handler = Edge(Cors(app.asgi_handler, shell.cors_origins) if shell.cors_origins else app.asgi_handler)
    return app
