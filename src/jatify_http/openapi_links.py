"""How one answer leads to the next operation: the links of the API's description, found by the names of ids."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

Json = dict[str, Any]

CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")
CREATED: Final = ("200", "201", "202")


def link(description: Json) -> None:
    """Add to every answer that makes or lists things the operations that its ids open."""
    components = description["components"]["schemas"]
    targets = [*_targets(description, components)]
    for path, method, operation in operations(description):
        for status, answer in operation["responses"].items():
            if status in CREATED and (given := _given(path, method, answer, components)):
                links = {name: link for name, link in _links(given, targets) if name != operation["operationId"]}
                answer.update({"links": links} if links else {})


def operations(description: Json) -> Iterator[tuple[str, str, Json]]:
    """Every operation with its path and its method."""
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _targets(description: Json, components: Mapping[str, Json]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each operation that needs ids: its name, those in its path, and those in its body."""
    for path, _, operation in operations(description):
        in_path = _placeholders(path)
        taken = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        body = _resolved(taken, components)
        in_body = [name for name in body.get("required", []) if _is_id(name, body["properties"][name])]
        if in_path or in_body:
            yield operation["operationId"], in_path, in_body


def _given(path: str, method: str, answer: Json, components: Mapping[str, Json]) -> Mapping[str, str]:
    """The ids that an answer gives, by the name of what they identify."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    shown, at = _resolved(schema, components), ""
    if method == "get" and "items" in shown.get("properties", {}):
        shown, at = _resolved(shown["properties"]["items"].get("items", {}), components), "/items/0"
    elif method != "post":
        return {}
    found = {name: f"$response.body#{at}/{name}" for name, s in shown.get("properties", {}).items() if _is_id(name, s)}
    if "id" in shown.get("properties", {}):
        found[f"{_noun(shown['title'])}_id"] = f"$response.body#{at}/id"
    if method == "post":
        found |= _given_within(shown, components)
    asked = {name: f"$request.path.{name}" for name in _placeholders(path)}
    return {**asked, **found} if found else {}


def _given_within(shown: Json, components: Mapping[str, Json]) -> Mapping[str, str]:
    """The ids of what stands in the lists of a thing, the first of each."""
    found = {}
    for name, schema in shown.get("properties", {}).items():
        inner = _resolved(schema.get("items", {}), components) if schema.get("type") == "array" else {}
        if _is_uuid(inner.get("properties", {}).get("id", {})):
            found[f"{_noun(inner['title'])}_id"] = f"$response.body#/{name}/0/id"
    return found


def _links(given: Mapping[str, str], targets: list[tuple[str, list[str], list[str]]]) -> Iterator[tuple[str, Json]]:
    for operation_id, in_path, in_body in targets:
        needed = {*in_path, *in_body}
        if needed <= given.keys() and any(given[name].startswith("$response") for name in needed):
            link: Json = {"operationId": operation_id}
            if in_path:
                link["parameters"] = {name: given[name] for name in in_path}
            if in_body:
                link["requestBody"] = {name: given[name] for name in in_body}
            yield operation_id, link


def _is_id(name: str, schema: Json) -> bool:
    # Null is an id that a thing may lack: whoever follows the link finds nothing then, as with any other that is none.
    return name.endswith("_id") and _is_uuid(schema)


def _is_uuid(schema: Json) -> bool:
    return any(choice.get("format") == "uuid" for choice in schema.get("anyOf", [schema]))


def _noun(title: str) -> str:
    return CAPITAL.sub("_", title.removesuffix("View")).lower()


def _placeholders(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def _resolved(schema: Json, components: Mapping[str, Json]) -> Json:
    return components[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
