"""The API's description (OpenAPI 3.1), read off the handlers and the very types that bodies are checked with."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from http import HTTPStatus
from inspect import getdoc
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from msgspec import Struct

from jatify_http.conditional import LONGEST_HEADER
from jatify_http.guards import acceptable, authenticated, known_query
from jatify_http.idempotency import takes_key
from jatify_http.openapi_bounds import bound, tell_instants, tell_presence
from jatify_http.openapi_links import link
from jatify_http.problems import PROBLEM_JSON, Problem
from jatify_http.requests import JSON
from jatify_http.schemas.examples import EXAMPLES

Json = dict[str, Any]

COMPONENT: Final = "#/components/schemas/{name}"
ABOUT: Final = {
    "title": "Jatify API",
    "version": "1",
    "description": (
        "Applications, listings and resumes of a job seeker, and how well a resume fits a listing. "
        "Errors are problems (RFC 9457); a list is read on with `next_cursor`; "
        "a change may name the version it is meant for in `If-Match`."
    ),
    "contact": {"name": "Who runs this installation"},
    "license": {"name": "MIT", "identifier": "MIT"},
}
SERVERS: Final = [
    {
        "url": "/",
        "description": "The installation that serves this description, production or local.",
        "x-internal": False,
    }
]
TAGS: Final[Mapping[str, str]] = {
    "Agenda": "What to do next, and the calendar that tells it elsewhere.",
    "Accounts": "Register, log in, log out, and one's own account.",
    "Analyses": "How well a resume fits a listing, or how good it is on its own.",
    "Applications": "Where one stands with each listing, and the pipeline's statuses.",
    "Dead letters": "Analyses that failed for good, and their second life.",
    "Health": "For orchestrators.",
    "Imports": "Applications in and out as tables.",
    "Jobs": "Listings: advertised positions.",
    "Queue": "What waits and what runs.",
    "Resumes": "Files, the facts about them, and the text taken from them.",
    "Statistics": "The numbers of one's search.",
}
SCHEMES: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The token of a login, a JWT that is made and checked as RFC8725 asks for.",
    }
}
UUID: Final = {"type": "string", "format": "uuid"}
EVERYWHERE: Final = (400, 414, 431, 500, 503)
"""What the server may say to any request: before it is read, or when there is no room for it."""
BODY_FAULTS: Final = (400, 408, 413, 415)

RULES: Final[Mapping[str, Json]] = {
    "RequeueRequest": {"minProperties": 1, "maxProperties": 1},
    "Registration": {"properties": {"email": {"format": "email"}, "password": {"minLength": 8}}},
    "PasswordChange": {"properties": {"new_password": {"minLength": 8}}},
    "ApplicationChange": {
        "properties": {
            "status_at": {
                "anyOf": [
                    {"type": "string", "format": "date-time", "pattern": "^(19|20|21)[0-9]{2}-", "maxLength": 64},
                    {"type": "null"},
                ]
            }
        }
    },
}
"""What a type cannot say about itself."""
HEADER_LENGTH: Final = 2_048

HEADERS: Final[Mapping[str, str]] = {
    "ETag": "The version of what is shown; for `If-Match` and `If-None-Match`.",
    "Idempotent-Replayed": "`true` where this is what the first request with this key was told.",
    "Location": "Where it is to be found.",
    "Content-Disposition": "The name to save it under.",
    "Last-Event-ID": "The id after which events are told.",
    "Link": "The next page, as `rel=next`; absent on the last one.",
    "Retry-After": "Seconds after which to ask again.",
    "WWW-Authenticate": "How to log in: `Bearer`.",
    "Access-Control-Allow-Origin": "The page's origin, if it is one that the operator has named; else absent.",
}
IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the version that the change is meant for; another one is refused with 412.",
    "schema": {"type": "string", "maxLength": LONGEST_HEADER},
}
IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": (
        "Of the caller's choice, a random UUID for instance: the same request with the same key acts once, and within "
        "24 hours is told the same again, with `Idempotent-Replayed: true`. Another request with it: 422; while the "
        "first is under way: 409. Only what succeeded is kept; after any other answer the key is free."
    ),
    # A quoted key is taken as well; that one form is enough to describe.
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!#-~][!-~]*$"},
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}
PREFER: Final = {
    "name": "Prefer",
    "in": "header",
    "description": "`wait=N` waits up to N seconds, at most 30, for the analysis to end.",
    "schema": {"type": "string", "maxLength": LONGEST_HEADER},
}
LAST_EVENT_ID: Final = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "The id of the last event that was received; all that came after it is told first.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,19}$", "maxLength": 19},
}


def document(app: Litestar) -> Json:
    """The description of every operation of *app*; the same for every installation."""
    operations = sorted(_operations(app), key=lambda operation: operation.place)
    schemas, components = _components(operations)
    paths: Json = {}
    for operation in operations:
        path, method = operation.place
        paths.setdefault(path, {})[method] = operation.described(schemas)
    tags = sorted({tag for item in paths.values() for operation in item.values() for tag in operation["tags"]})
    described = {
        "openapi": "3.1.0",
        "info": ABOUT,
        "servers": SERVERS,
        "tags": [{"name": tag, "description": TAGS.get(tag, f"{tag}.")} for tag in tags],
        "paths": paths,
        "components": {"schemas": components, "headers": _header_objects(), "securitySchemes": SCHEMES},
    }
    link(described)
    bound(described)
    return described


LONGEST_PAGE: Final = 20_000


class _Operation:
    """One handler at one path."""

    def __init__(self, path: str, handler: HTTPRouteHandler) -> None:
        self._handler = handler
        self._names = handler.parsed_fn_signature.parameters
        self._method = next(iter(handler.http_methods)).lower()
        self._ids = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        self._guards = handler.resolve_guards()
        self._protected = authenticated in self._guards
        self._takes_key = takes_key(handler)
        self.place = path, self._method
        self.body = handler.parsed_data_field.annotation if handler.parsed_data_field else None
        self.patched: type[Struct] | None = handler.opt.get("patches")
        inner = handler.parsed_return_field.inner_types
        self.answer = inner[0].annotation if inner else None
        self.query = self._names["where"].annotation if "where" in self._names else None

    def described(self, schemas: Mapping[Any, Json]) -> Json:
        """The operation object."""
        described: Json = {
            "operationId": self._handler.operation_id,
            "tags": sorted(self._handler.resolve_tags()),
            "summary": self._handler.summary,
            "description": getdoc(self._handler.fn),
            "parameters": list(self._parameters()),
            "responses": self._responses(schemas),
        }
        if content := self._content(schemas):
            described["requestBody"] = {"required": not self._optional_body, "content": content}
        if self._protected:
            described["security"] = [{"bearer": []}]
        return {name: value for name, value in described.items() if value}

    def _parameters(self) -> Iterator[Json]:
        for name in self._ids:
            schema = self._handler.opt.get("path", {}).get(name, UUID)
            yield {"name": name, "in": "path", "required": True, "schema": schema}
        if self.query:
            for name, schema in _query(self.query).items():
                yield {"name": name, "in": "query", "schema": schema}
        if "if_match" in self._names:
            yield IF_MATCH
        if "patience" in self._names:
            yield PREFER
        if self._takes_key:
            yield IDEMPOTENCY_KEY
        if "after" in self._names:
            yield LAST_EVENT_ID

    def _content(self, schemas: Mapping[Any, Json]) -> Json:
        takes = self._handler.opt.get("takes", JSON)
        if "form" in self._names:
            return {takes: {"schema": self._handler.opt["form"]}}
        if self.patched:
            reference = {"$ref": COMPONENT.format(name=_patch_name(self.patched))}
            return {media_type: {"schema": reference} for media_type in takes.split(", ")}
        return {takes: {"schema": schemas[self.body]}} if self.body else {}

    @property
    def _optional_body(self) -> bool:
        return self.body is not None and self._names["data"].has_default

    def _responses(self, schemas: Mapping[Any, Json]) -> Json:
        done = {status: self._done(status, schemas) for status in (*self._handler.opt.get("also", ()), self._success)}
        if "ETag" in self._told_headers(self._success) and self._method == "get":
            done[304] = {"description": "Not Modified", "headers": _headers("ETag")}
        refused = {status: _refusal(status, schemas) for status in self._problems()}
        return {str(status): answer for status, answer in sorted({**done, **refused}.items())}

    def _done(self, status: int, schemas: Mapping[Any, Json]) -> Json:
        answer: Json = {"description": HTTPStatus(status).phrase}
        if self.answer is bytes:
            answer["content"] = {
                given: {"schema": self._handler.opt.get("schema", {})}
                for given in self._handler.opt["gives"].split(", ")
            }
        elif self.answer is not None:
            answer["content"] = {JSON: {"schema": schemas[self.answer]}}
        if "pages" in self._handler.opt:
            answer["content"]["text/html"] = {"schema": {"type": "string", "maxLength": LONGEST_PAGE}}
        replayed = ("Idempotent-Replayed",) if self._takes_key else ()
        answer["headers"] = _headers(*self._told_headers(status), *replayed)
        return answer

    def _told_headers(self, status: int) -> tuple[str, ...]:
        if "tells" in self._handler.opt:
            told: tuple[str, ...] = self._handler.opt["tells"]
            return told
        if self.query:
            return ("Link",)
        if "after" in self._names:
            return ("Last-Event-ID",)
        if status == HTTPStatus.CREATED:
            return "ETag", "Location"
        if status == HTTPStatus.ACCEPTED and self._ids:
            return "ETag", "Location", "Retry-After"
        return ("ETag",) if status == HTTPStatus.OK and self._protected else ()

    def _problems(self) -> Iterable[int]:
        yield from EVERYWHERE
        yield from self._handler.opt.get("problems", ())
        if known_query in self._guards:
            yield from (422, 503)
        if self._protected:
            yield 401
        if self._ids:
            yield 404
        if acceptable in self._guards and self._success != HTTPStatus.NO_CONTENT and "gives" not in self._handler.opt:
            yield 406
        if "if_match" in self._names:
            yield from (400, 412)
        if self._takes_key:
            yield from (400, 408, 409, 413)
        if "patience" in self._names:
            yield 400
        if self.body or "form" in self._names:
            yield from BODY_FAULTS

    @property
    def _success(self) -> int:
        return self._handler.status_code


def _operations(app: Litestar) -> Iterator[_Operation]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if handler.resolve_include_in_schema():
                    yield _Operation(route.path_format, handler)


def _components(operations: Iterable[_Operation]) -> tuple[Mapping[Any, Json], Json]:
    """How each type is referred to, and what the references name."""
    taken = dict.fromkeys(t for o in operations for t in (o.body, o.patched) if t and _is_told(t))
    given = dict.fromkeys(o.answer for o in operations if o.answer and _is_told(o.answer))
    types = [Problem, *taken, *given]
    references, components = msgspec.json.schema_components(types, ref_template=COMPONENT)
    tell_instants(components, types)
    tell_presence(components, [*taken], [Problem, *given])
    for patched in {o.patched for o in operations if o.patched}:
        components[_patch_name(patched)] = _patch(patched, components[patched.__name__])
    for name, rule in RULES.items():
        components[name] = _with(components[name], rule)
    for name, example in EXAMPLES.items():
        components[name] = {**components[name], "examples": [example]}
    for patched in {o.patched for o in operations if o.patched} - {o.body for o in operations}:
        del components[patched.__name__]  # nobody replaces it
    return dict(zip(types, references, strict=True)), dict(sorted(components.items()))


def _with(schema: Json, rule: Json) -> Json:
    """*schema* with what *rule* adds, at any depth."""
    deeper = {name: _with(schema.get(name, {}), inner) for name, inner in rule.items() if isinstance(inner, dict)}
    return {**schema, **rule, **deeper}


def _is_told(kind: Any) -> bool:
    return kind is not bytes and kind is not dict and getattr(kind, "__origin__", kind) is not dict


def _patch(patched: type[Struct], whole: Json) -> Json:
    """The schema of a merge patch: nothing must be there, and what is not there stays as it is."""
    properties = {
        name: {word: value for word, value in schema.items() if word != "default"}
        for name, schema in whole["properties"].items()
    }
    patch = {**whole, "title": _patch_name(patched), "description": "A merge patch.", "properties": properties}
    return {name: value for name, value in patch.items() if name != "required"}


def _patch_name(patched: type[Struct]) -> str:
    return f"{patched.__name__}Patch"


def _query(query: type[Struct]) -> Json:
    _, components = msgspec.json.schema_components([query], ref_template=COMPONENT)
    return {name: _given(schema) for name, schema in components[query.__name__]["properties"].items()}


def _given(schema: Json) -> Json:
    """The schema of a parameter where it is given: none can be null."""
    given = deepcopy(schema)
    choices = [choice for choice in given.pop("anyOf", []) if choice != {"type": "null"}]
    if given.get("default", ...) is None:
        del given["default"]
    return {**given, **choices[0]} if choices else given


def _refusal(status: int, schemas: Mapping[Any, Json]) -> Json:
    headers = ("WWW-Authenticate",) if status == 401 else ("Retry-After",) if status in {409, 429, 503} else ()
    return {
        "description": HTTPStatus(status).phrase,
        "content": {PROBLEM_JSON: {"schema": schemas[Problem]}},
        "headers": _headers(*headers),
    }


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "Access-Control-Allow-Origin")}


def _header_objects() -> Json:
    schema = {"type": "string", "maxLength": HEADER_LENGTH}
    return {name: {"description": words, "schema": schema.copy()} for name, words in HEADERS.items()}
