"""What every schema of the API's description says beyond its type: the format, the length, the characters allowed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import NODEFAULT, inspect

Json = dict[str, Any]

NO_NUL: Final = r"^[^\x00]*$"
"""Every text that is taken is refused with a NUL in it, and none that is given has one."""
LENGTHS: Final[Mapping[str, int]] = {"uuid": 36, "date": 10, "date-time": 64, "uri": 2_000, "email": 254}
INT32: Final = 2**31 - 1


def bound(node: Any) -> None:
    """Complete every schema in *node*."""
    if isinstance(node, dict):
        _complete(node)
        for name, inner in node.items():
            if name not in {"example", "examples", "default", "enum"}:
                bound(inner)
    elif isinstance(node, list):
        for inner in node:
            bound(inner)


def tell_instants(components: Mapping[str, Json], types: Iterable[Any]) -> None:
    """Give the members that are instants their format, which msgspec gives to those alone that must name a zone."""
    for told in _structs(inspect.multi_type_info(types)):
        schema = components.get(told.cls.__name__, {})
        for field in told.fields:
            if _is_instant(field.type):
                _mark(schema["properties"][field.encode_name])


def tell_presence(components: Mapping[str, Json], taken: Iterable[Any], given: Iterable[Any]) -> None:
    """Say which members are there: whatever is given is whole; what may be left out of what is taken, and means then.

    Generators of clients take a `default` for a promise that the member is there, also where people write it: so it
    is told in words.
    """
    written = {told.cls for told in _structs(inspect.multi_type_info(taken))}
    for told in _structs(inspect.multi_type_info([*taken, *given])):
        properties = components.get(told.cls.__name__, {}).get("properties", {})
        for member in properties.values():
            _without_default(member, told=told.cls in written)
        if told.cls not in written and properties:
            whole = [field.encode_name for field in told.fields if not _may_be_unset(field)]
            components[told.cls.__name__]["required"] = whole


def _may_be_unset(field: inspect.Field) -> bool:
    return not field.required and field.default is NODEFAULT and field.default_factory is NODEFAULT


def _without_default(member: Json, *, told: bool) -> None:
    default = member.pop("default", None)
    if told and default is not None:
        words = f"Without it: {json.dumps(default)}."
        member["description"] = f"{member['description']} {words}" if "description" in member else words


def _complete(node: Json) -> None:
    kind = node.get("type")
    if kind == "string" and not node.keys() & {"enum", "const"}:
        if not node.keys() & {"format", "pattern"}:
            node["pattern"] = NO_NUL
        if "maxLength" not in node and node.get("format") in LENGTHS:
            node["maxLength"] = LENGTHS[node["format"]]
    elif kind == "integer" and "format" not in node:
        node["format"] = "int32" if node.get("maximum", INT32 + 1) <= INT32 else "int64"


def _structs(types: Iterable[inspect.Type]) -> Iterator[inspect.StructType]:
    """Every struct in *types*, those inside of others too."""
    seen: set[type] = set()
    waiting = [*types]
    while waiting:
        match waiting.pop():
            case inspect.StructType(cls=cls, fields=fields) as told if cls not in seen:
                seen.add(cls)
                waiting += [field.type for field in fields]
                yield told
            case inspect.UnionType(types=inner):
                waiting += inner
            case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
                waiting.append(item)
            case inspect.Metadata(type=inner):
                waiting.append(inner)
            case _:
                pass


def _is_instant(kind: inspect.Type) -> bool:
    match kind:
        case inspect.UnionType(types=inner):
            return any(map(_is_instant, inner))
        case inspect.Metadata(type=inner):
            return _is_instant(inner)
        case _:
            return isinstance(kind, inspect.DateTimeType)


def _mark(schema: Json) -> None:
    for choice in schema.get("anyOf", [schema]):
        if choice.get("type") == "string":
            choice["format"] = "date-time"
