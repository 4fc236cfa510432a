"""The API's description as tests walk it: every operation, and whether an answer is as it says."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
from jsonschema import Draft202012Validator
from msgspec import Struct

from jatify_adapters.memory import memory_ports
from jatify_http.app import create_app
from jatify_http.openapi import document

Json = dict[str, Any]

COMMITTED: Final = Path(__file__).resolve().parents[2] / "openapi.json"
RELEASED: Final = COMMITTED.parent / "docs" / "api" / "openapi-released.json"


@cache
def description() -> Json:
    """What the code of this moment says about itself."""
    described: Json = json.loads(json.dumps(document(create_app(memory_ports()))))
    return described


class Operation(Struct, frozen=True):
    """One method of one path."""

    path: str
    method: str
    told: Json

    @property
    def name(self) -> str:
        return str(self.told["operationId"])

    @property
    def protected(self) -> bool:
        return bool(self.told.get("security"))

    @property
    def is_for_operators(self) -> bool:
        """Whether it is there for operators alone: to everybody else it is a path that does not exist."""
        return self.path.startswith("/api/operator/")

    @property
    def ids(self) -> list[str]:
        """The names in its path."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @property
    def success(self) -> list[str]:
        return [status for status in self.told["responses"] if status.startswith("2")]

    def at(self, ids: Mapping[str, str]) -> str:
        """Its path with *ids* filled in."""
        path = self.path
        for name in self.ids:
            path = path.replace(f"{{{name}}}", ids[name])
        return path

    def examples(self) -> Iterator[tuple[str, Any]]:
        """Each example of a body, with its media type."""
        for media_type, content in self.told.get("requestBody", {}).get("content", {}).items():
            given = [example["value"] for example in content.get("examples", {}).values()]
            schema = content["schema"]
            for example in given or resolved(schema).get("examples", []):
                yield media_type, example

    def faults(self, answer: httpx.Response) -> list[str]:
        """In what *answer* is not as described."""
        described = self.told["responses"].get(str(answer.status_code))
        if described is None:
            return [f"{answer.status_code} is not described: {answer.text[:200]}"]
        content = described.get("content", {})
        if not content or answer.request.method == "HEAD":
            return [f"{answer.status_code} has a body"] if answer.content else []
        media_type = answer.headers.get("content-type", "").partition(";")[0]
        if media_type not in content and "*/*" not in content and "application/octet-stream" not in content:
            return [f"{answer.status_code} is of the type {media_type!r}"]
        if not media_type.endswith("json"):
            return []
        return [error.message for error in validator(content[media_type]["schema"]).iter_errors(answer.json())]


def operations() -> list[Operation]:
    return [
        Operation(path, method, told)
        for path, item in description()["paths"].items()
        for method, told in item.items()
        if method != "parameters"
    ]


def resolved(schema: Json) -> Json:
    """*schema*, or what it refers to."""
    found: Json = schema
    while "$ref" in found:
        found = description()["components"]["schemas"][found["$ref"].rpartition("/")[2]]
    return found


def validator(schema: Json) -> Draft202012Validator:
    """What tells whether a value fits *schema*, formats included."""
    whole = {**schema, "components": description()["components"]}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
