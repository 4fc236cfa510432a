"""Reading requests: bodies and queries as the struct that a handler's signature names, strictly."""

from functools import cache
from typing import Any, Final, TypeVar

from litestar import Request
from litestar.connection import ASGIConnection
from msgspec import Struct, inspect

from jatify_core.errors import Invalid, Unsupported, Violation
from jatify_core.text import refuse_nul
from jatify_http.decoding import decoded_json, refuse_unfit_patch, strictly

S = TypeVar("S", bound=Struct)

JSON: Final = "application/json"
EVENT_STREAM: Final = "text/event-stream"
MERGE_PATCH: Final = "application/merge-patch+json"
TAKES_PATCH: Final = {"takes": f"{MERGE_PATCH}, {JSON}"}


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON body is read as exactly what the handler declares as `data`."""

    async def json(self) -> Any:
        """The body. Raises `Unsupported` for another type than the operation takes, `Malformed` and `Invalid`."""
        self.require_type(self.route_handler.opt.get("takes", JSON))
        declared = self.route_handler.parsed_data_field
        value = decoded_json(await self.body())
        refuse_nul(value)
        wanted = declared.annotation if declared else None
        if isinstance(wanted, type) and issubclass(wanted, Struct):
            return strictly(value, wanted)
        if not isinstance(value, dict):
            raise Invalid.at("", "wrong_type", "Expected an object.")
        if patched := self.route_handler.opt.get("patches"):
            refuse_unfit_patch(value, patched)
        return value

    def require_type(self, taken: str) -> None:
        """Raise `Unsupported` unless the body is of one of the types in the comma list *taken*, and UTF-8."""
        media_type, options = self.content_type
        charset = options.get("charset", "utf-8").lower()
        encoding = self.headers.get("content-encoding", "identity").lower()
        if media_type not in taken.split(", ") or charset not in {"utf-8", "utf8", "us-ascii"}:
            raise Unsupported(f"Send the body as {taken.replace(', ', ' or ')}, in UTF-8.")
        if encoding != "identity":
            raise Unsupported("Send the body as it is, without a content encoding.")


async def read_query(request: Request[Any, Any, Any]) -> Any:
    """The query as the struct that the handler declares as `where`."""
    wanted = request.route_handler.parsed_fn_signature.parameters["where"].annotation
    return query_of(request, wanted)


def query_of(connection: ASGIConnection[Any, Any, Any, Any], wanted: type[S]) -> S:
    """The query as a *wanted*; raises `Invalid` for unknown and repeated parameters and for unfit values."""
    query = connection.query_params
    repeated = [name for name in query if len(query.getall(name)) > 1]
    if repeated:
        raise Invalid(
            [Violation(f"/{name}", "repeated", "Give this parameter once.") for name in dict.fromkeys(repeated)]
        )
    refuse_nul(dict(query.items()))
    # Only what is declared as a number is one; the text of a query is never taken for one elsewhere.
    numbers = _numbers(wanted)
    values = {name: int(value) if name in numbers and _counts(value) else value for name, value in query.items()}
    return strictly(values, wanted)


def _counts(value: str) -> bool:
    digits = value.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 10


@cache
def _numbers(wanted: type[Struct]) -> frozenset[str]:
    """The parameters that are whole numbers."""
    told = inspect.type_info(wanted)
    fields = told.fields if isinstance(told, inspect.StructType) else ()
    return frozenset(field.encode_name for field in fields if _is_whole(field.type))


def _is_whole(kind: inspect.Type) -> bool:
    return _is_whole(kind.type) if isinstance(kind, inspect.Metadata) else isinstance(kind, inspect.IntType)
