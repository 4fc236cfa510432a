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

from jatify_http.guards import acceptable, authenticated, known_query
from jatify_http.idempotency import takes_key
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
}
UUID: Final = {"type": "string", "format": "uuid"}
EVERYWHERE: Final = (400, 414, 431, 500, 503)
"""What the server may say to any request: before it is read, or when there is no room for it."""
BODY_FAULTS: Final = (400, 408, 413, 415)

RULES: Final[Mapping[str, Json]] = {"RequeueRequest": {"minProperties": 1, "maxProperties": 1}}
"""What a type cannot say about itself."""

HEADERS: Final[Mapping[str, str]] = {
    "ETag": "The version of what is shown; for `If-Match` and `If-None-Match`.",
    "Idempotent-Replayed": "`true` where this is what the first request with this key was told.",
    "Location": "Where it is to be found.",
    "Content-Disposition": "The name to save it under.",
    "Last-Event-ID": "The id after which events are told.",
    "Link": "The next page, as `rel=next`; absent on the last one.",
    "Retry-After": "Seconds after which to ask again.",
    "WWW-Authenticate": "How to log in: `Bearer`.",
}
IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the version that the change is meant for; another one is refused with 412.",
    "schema": {"type": "string"},
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
    "schema": {"type": "string"},
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
    return {
        "openapi": "3.1.0",
        "info": ABOUT,
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


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
            done[304] = {"description": "Not Modified"}
        refused = {status: _refusal(status, schemas) for status in self._problems()}
        return {str(status): answer for status, answer in sorted({**done, **refused}.items())}

    def _done(self, status: int, schemas: Mapping[Any, Json]) -> Json:
        answer: Json = {"description": HTTPStatus(status).phrase}
        if self.answer is bytes:
            answer["content"] = {self._handler.opt["gives"]: {"schema": self._handler.opt.get("schema", {})}}
        elif self.answer is not None:
            answer["content"] = {JSON: {"schema": schemas[self.answer]}}
        if "pages" in self._handler.opt:
            answer["content"]["text/html"] = {"schema": {"type": "string"}}
        if headers := (*self._told_headers(status), *(("Idempotent-Replayed",) if self._takes_key else ())):
            answer["headers"] = _headers(*headers)
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
            yield 412
        if self._takes_key:
            yield from (400, 408, 409, 413)
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
    told = dict.fromkeys(t for o in operations for t in (o.body, o.answer, o.patched) if t and _is_told(t))
    types = [Problem, *told]
    references, components = msgspec.json.schema_components(types, ref_template=COMPONENT)
    for patched in {o.patched for o in operations if o.patched}:
        patch = {**components[patched.__name__], "title": _patch_name(patched), "description": "A merge patch."}
        components[_patch_name(patched)] = {name: value for name, value in patch.items() if name != "required"}
    for name, rule in RULES.items():
        components[name] = {**components[name], **rule}
    for name, example in EXAMPLES.items():
        components[name] = {**components[name], "examples": [example]}
    return dict(zip(types, references, strict=True)), dict(sorted(components.items()))


def _is_told(kind: Any) -> bool:
    return kind is not bytes and kind is not dict and getattr(kind, "__origin__", kind) is not dict


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
    answer: Json = {
        "description": HTTPStatus(status).phrase,
        "content": {PROBLEM_JSON: {"schema": schemas[Problem]}},
    }
    return {**answer, "headers": _headers(*headers)} if headers else answer


def _headers(*names: str) -> Json:
    return {name: {"description": HEADERS[name], "schema": {"type": "string"}} for name in names}
