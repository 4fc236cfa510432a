"""What a client of the API as it was would notice: the differences between two descriptions that break him.

python -m tests.outside.breaking docs/api/openapi-released.json openapi.json
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]

LOWER: Final = ("minLength", "minimum", "minItems", "minProperties")
UPPER: Final = ("maxLength", "maximum", "maxItems", "maxProperties")
EXACT: Final = ("format", "pattern", "const")


def breaking(before: Json, after: Json) -> list[str]:
    """Every way in which *after* breaks who relies on *before*."""
    return [*_Comparison(before, after).differences()]


class _Comparison:
    def __init__(self, before: Json, after: Json) -> None:
        self._before = before
        self._after = after
        self._under_way: set[tuple[str, str, bool]] = set()

    def differences(self) -> Iterator[str]:
        for path, item in self._before["paths"].items():
            for method, old in item.items():
                new = self._after["paths"].get(path, {}).get(method)
                name = f"{method.upper()} {path}"
                if new is None:
                    yield f"{name} is gone"
                else:
                    yield from self._operation(name, old, new)

    def _operation(self, name: str, old: Json, new: Json) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{name} has another name: {new['operationId']}"
        if new.get("security") and not old.get("security"):
            yield f"{name} asks for a login"
        yield from self._parameters(name, old, new)
        yield from self._taken(name, old.get("requestBody", {}), new.get("requestBody", {}))
        for status, answer in old["responses"].items():
            if status not in new["responses"]:
                yield f"{name} answers {status} no more"
            else:
                yield from self._given(f"{name} {status}", answer, new["responses"][status])

    def _parameters(self, name: str, old: Json, new: Json) -> Iterator[str]:
        was = {(p["in"], p["name"]): p for p in old.get("parameters", [])}
        now = {(p["in"], p["name"]): p for p in new.get("parameters", [])}
        for key, parameter in was.items():
            if key not in now:
                yield f"{name} takes no {key[0]} parameter {key[1]} any more"
            else:
                yield from self._narrowed(f"{name} {key[1]}", parameter["schema"], now[key]["schema"])
        for key, parameter in now.items():
            if parameter.get("required") and not was.get(key, {}).get("required"):
                yield f"{name} demands the {key[0]} parameter {key[1]}"

    def _taken(self, name: str, old: Json, new: Json) -> Iterator[str]:
        if new.get("required") and not old.get("required"):
            yield f"{name} demands a body"
        for media_type, content in old.get("content", {}).items():
            if media_type not in new.get("content", {}):
                yield f"{name} takes no {media_type} any more"
            else:
                yield from self._narrowed(f"{name} body", content["schema"], new["content"][media_type]["schema"])

    def _given(self, name: str, old: Json, new: Json) -> Iterator[str]:
        for header in old.get("headers", {}).keys() - new.get("headers", {}).keys():
            yield f"{name} has no header {header} any more"
        for media_type, content in old.get("content", {}).items():
            if media_type not in new.get("content", {}):
                yield f"{name} is no {media_type} any more"
            else:
                yield from self._widened(name, content["schema"], new["content"][media_type]["schema"])

    def _narrowed(self, where: str, old: Json, new: Json) -> Iterator[str]:
        """What was taken at *where* and is not taken any more."""
        if self._entered(old, new, given=False):
            return
        old, new = _resolved(old, self._before), _resolved(new, self._after)
        for kind, was in _choices(old):
            now = dict(_choices(new)).get(kind)
            if now is None:
                yield f"{where} takes no {kind} any more"
                continue
            yield from _tightened(where, was, now)
            for name in sorted({*now.get("required", [])} - {*was.get("required", [])}):
                yield f"{where} demands {name}"
            for name, schema in was.get("properties", {}).items():
                if name in now.get("properties", {}):
                    yield from self._narrowed(f"{where}.{name}", schema, now["properties"][name])
                else:
                    yield f"{where} takes no {name} any more"
            if "items" in was and "items" in now:
                yield from self._narrowed(f"{where}[]", was["items"], now["items"])

    def _widened(self, where: str, old: Json, new: Json) -> Iterator[str]:
        """What is given at *where* and was not to be expected; more members and more words of a list are."""
        if self._entered(old, new, given=True):
            return
        old, new = _resolved(old, self._before), _resolved(new, self._after)
        was_of = dict(_choices(old))
        for kind, now in _choices(new):
            was = was_of.get(kind)
            if was is None:
                yield f"{where} may be {kind}"
                continue
            for name in sorted({*was.get("required", [])} - {*now.get("required", [])}):
                yield f"{where} may lack {name}"
            for name, schema in was.get("properties", {}).items():
                if name in now.get("properties", {}):
                    yield from self._widened(f"{where}.{name}", schema, now["properties"][name])
                else:
                    yield f"{where} has no {name} any more"
            if "format" in was and was["format"] != now.get("format"):
                yield f"{where} has another format than {was['format']}"
            if "items" in was:
                yield from self._widened(f"{where}[]", was["items"], now.get("items", {}))

    def _entered(self, old: Json, new: Json, *, given: bool) -> bool:
        """Whether these two are being compared already, or have been: what refers to itself has no end."""
        if "$ref" not in old or "$ref" not in new:
            return False
        key = (old["$ref"], new["$ref"], given)
        known = key in self._under_way
        self._under_way.add(key)
        return known


def _tightened(where: str, was: Json, now: Json) -> Iterator[str]:
    for word in LOWER:
        if now.get(word, 0) > was.get(word, 0):
            yield f"{where} has the {word} {now[word]}"
    for word in UPPER:
        if word in now and now[word] < was.get(word, float("inf")):
            yield f"{where} has the {word} {now[word]}"
    for word in EXACT:
        if word in now and now[word] != was.get(word):
            yield f"{where} has the {word} {now[word]}"
    if "enum" in now and (gone := {*was.get("enum", ["anything else"])} - {*now["enum"]}):
        yield f"{where} takes not any more: {', '.join(sorted(map(str, gone)))}"
    if now.get("additionalProperties") is False and was.get("additionalProperties", True) is not False:
        yield f"{where} takes no other members any more"


def _choices(schema: Json) -> Iterator[tuple[str, Json]]:
    """The kinds of value that a schema has room for, each with what it says of it."""
    for choice in schema.get("anyOf", [schema]):
        if "$ref" in choice:
            yield choice["$ref"], choice
        else:
            yield str(choice.get("type", "string" if "enum" in choice else "anything")), choice


def _resolved(schema: Json, whole: Json) -> Json:
    """*schema* without references on its outside; those among its choices are resolved with their own names kept."""
    while "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return {**schema, "anyOf": [_resolved(choice, whole) for choice in schema["anyOf"]]}
    return schema


def main(old: str, new: str) -> int:
    found = breaking(*(json.loads(Path(name).read_text(encoding="utf-8")) for name in (old, new)))
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
