"""Strict reading of what callers send: every fault of a body at once, each with a JSON pointer to its place."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct, ValidationError, structs, to_builtins

from jatify_core.errors import Invalid, Malformed, Violation

S = TypeVar("S", bound=Struct)

DEEPEST: Final = 20
FAULT: Final = re.compile(r"(?P<words>.*?)(?: - at `(?:key in )?\$(?P<path>.*)`)?", re.DOTALL)
STEP: Final = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]")
NAMED: Final = re.compile(r"Object (?P<fault>missing required|contains unknown) field `(?P<name>.*)`", re.DOTALL)

EXACT: Final = 2**53
"""Up to here each whole number that is written as a float is that number."""
CODES: Final[tuple[tuple[str, str], ...]] = (
    (r" of length >= ", "too_short"),
    (r" of length <= ", "too_long"),
    (r"Expected `(?:int|float)` (?:>=?|<=?|that)", "out_of_range"),
    (r"Invalid enum value", "unknown_value"),
    (r"matching regex|^Invalid|timezone", "wrong_format"),
    (r"^Expected ", "wrong_type"),
)
"""What msgspec says, as stable codes; the first that fits."""


def decoded_json(body: bytes) -> Any:
    """The JSON in *body*. Raises `Malformed` if there is none."""
    if not body:
        raise Malformed("A JSON body is expected here, and there is none.")
    try:
        value = msgspec.json.decode(body)
    except (ValueError, RecursionError):  # msgspec's errors and those of characters are of the first kind
        raise Malformed("The body is no JSON that can be read.") from None
    return _plain(value)


def _plain(value: Any, depth: int = 0) -> Any:
    """*value* with whole numbers as such, however they are written: JSON knows one kind of number.

    Raises `Malformed` for what is nested further than anything is here: all that walks it later does so by recursion.
    """
    match value:
        case dict() | list() if depth >= DEEPEST:
            raise Malformed(f"The body is nested deeper than {DEEPEST} levels.")
        case dict():
            return {name: _plain(inner, depth + 1) for name, inner in value.items()}
        case list():
            return [_plain(inner, depth + 1) for inner in value]
        case float() if value.is_integer() and abs(value) <= EXACT:
            return int(value)
        case _:
            return value


def strictly(value: object, wanted: type[S]) -> S:
    """*value*, builtins as JSON has them, as a *wanted* struct; raises `Invalid` that names every fault."""
    if not isinstance(value, Mapping):
        raise Invalid.at("", "wrong_type", "Expected an object.")
    violations = [*_strange(value, wanted), *_missing(value, wanted), *_unfit(value, wanted)]
    if violations:
        raise Invalid(violations)
    try:
        return msgspec.convert(value, wanted)
    except ValidationError as error:  # a rule over several members, which no single one breaks
        raise Invalid([violation(str(error))]) from None


def merged(patch: Mapping[str, Any]) -> Callable[[S], S]:
    """The change that a merge patch (RFC 7396) makes to the writable members of a thing."""

    def change(draft: S) -> S:
        return strictly(_merge(to_builtins(draft), patch), type(draft))

    return change


def refuse_unfit_patch(patch: Mapping[str, Any], wanted: type[Struct]) -> None:
    """Raise `Invalid` for what no merge could make fit, before anything is read or compared for it.

    An object is left to the merge: what it lacks may be there already.
    """
    given = {name: value for name, value in patch.items() if not isinstance(value, Mapping) and value is not None}
    required = {field.encode_name for field in structs.fields(wanted) if field.required}
    removed = [_named("missing", "", name) for name, value in patch.items() if value is None and name in required]
    violations = [*_strange(patch, wanted), *removed, *_unfit(given, wanted)]
    if violations:
        raise Invalid(violations)


def violation(message: str, above: str = "") -> Violation:
    """What msgspec found wrong, somewhere below the pointer *above*."""
    match = FAULT.fullmatch(message)
    words, path = (match["words"], match["path"] or "") if match else (message, "")
    pointer = above + "".join(f"/{_escaped(step['name'] or step['index'])}" for step in STEP.finditer(path))
    if named := NAMED.fullmatch(words):
        code = "missing" if named["fault"] == "missing required" else "unknown_member"
        return _named(code, pointer, named["name"])
    code = next((code for pattern, code in CODES if re.search(pattern, words)), "invalid")
    if "matching regex" in words:  # which tells people nothing
        words = "This is not of the form that is asked for here. The API's description has an example"
    return Violation(pointer, code, f"{words.replace('`', '')}.")


def _strange(value: Mapping[str, Any], wanted: type[Struct]) -> list[Violation]:
    known = {field.encode_name for field in structs.fields(wanted)}
    return [_named("unknown_member", "", name) for name in value if name not in known]


def _missing(value: Mapping[str, Any], wanted: type[Struct]) -> list[Violation]:
    required = (field.encode_name for field in structs.fields(wanted) if field.required)
    return [_named("missing", "", name) for name in required if name not in value]


def _unfit(value: Mapping[str, Any], wanted: type[Struct]) -> list[Violation]:
    found = []
    for field in structs.fields(wanted):
        if field.encode_name in value:
            try:
                msgspec.convert(value[field.encode_name], field.type)
            except ValidationError as error:
                found.append(violation(str(error), f"/{field.encode_name}"))
    return found


def _named(code: str, above: str, name: str) -> Violation:
    words = "This member must be there." if code == "missing" else "There is no such member here."
    return Violation(f"{above}/{_escaped(name)}", code, words)


def _merge(target: object, patch: object) -> object:
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merge(result.get(name), value)
    return result


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
