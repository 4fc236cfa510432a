"""How an archive writes a thing down, and reads it back: as the API shows it, and beside that all that is stored of it.

What is stored has the last word. A member that a noun or its view gains is written and read without a line here.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct, ValidationError
from msgspec.structs import asdict

from jatify_core.analysis import Analysis
from jatify_core.application import Application, Status
from jatify_core.archive import SAID
from jatify_core.dead_letter import DeadLetter
from jatify_core.errors import Invalid
from jatify_core.listing import Listing
from jatify_core.resume import Resume
from jatify_core.text import refuse_nul
from jatify_core.user import UserId
from jatify_http.decoding import violation
from jatify_http.schemas import members
from jatify_http.schemas.analyses import AnalysisView
from jatify_http.schemas.applications import ApplicationView
from jatify_http.schemas.dead_letters import DeadLetterView
from jatify_http.schemas.listings import JobView
from jatify_http.schemas.resumes import ResumeView
from jatify_http.schemas.statuses import PlainStatus

S = TypeVar("S", bound=Struct)

VERSION: Final = 1
"""Of the format; one more where an older Jatify would read it wrongly."""
OWNER: Final = "user_id"
VIEWS: Final[Mapping[type[Struct], tuple[type[Struct], Callable[[Any], Struct]]]] = {
    Status: (PlainStatus, PlainStatus.of),
    Listing: (JobView, JobView.of),
    Resume: (ResumeView, ResumeView.of),
    Application: (ApplicationView, ApplicationView.with_history),
    Analysis: (AnalysisView, AnalysisView.of),
    DeadLetter: (DeadLetterView, DeadLetterView.of),
}
"""How each kind of thing looks, in whose bounds all that is read back must lie."""
BESIDE: Final[Mapping[type[Struct], frozenset[str]]] = {Resume: frozenset({"file", "text"})}
"""What else is told of a thing, for people: where its files are in the ZIP."""

LONGEST: Final = 60_000
"""Characters of any text."""
LARGEST: Final = 2**31 - 1
"""Any number that counts something fits into 32 bits."""
LONGEST_AMOUNT: Final = 40
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
HASH: Final = re.compile(r"[0-9a-f]{64}")


class Manifest(Struct, frozen=True):
    """What a ZIP is, so that nobody has to guess."""

    format: Literal["jatify-export"]
    version: Annotated[int, Meta(ge=1)]
    exported_at: datetime


def written(value: Struct) -> dict[str, object]:
    """*value* as an archive has it."""
    _, look = VIEWS[type(value)]
    stored = {SAID.get(name, name): _plain(member) for name, member in asdict(value).items() if name != OWNER}
    return {**members(look(value)), **stored}


def read_back(item: object, kind: type[S], user_id: UserId) -> S:
    """The thing of a *kind* that *item* tells of, now *user_id*'s. Raises `Invalid` where it tells of none."""
    if not isinstance(item, dict):
        raise Invalid.at("", "wrong_type", "Expected an object.")
    refuse_nul(item)
    names = {SAID.get(name, name): name for name in kind.__struct_fields__ if name != OWNER}
    view, look = VIEWS[kind]
    known = names.keys() | {*view.__struct_fields__} | BESIDE.get(kind, frozenset())
    if strange := sorted(item.keys() - known):
        words = "There is no such member here; it may come from a newer Jatify."
        raise Invalid.at(f"/{strange[0]}", "unknown_member", words)
    stored = {name: item[said] for said, name in names.items() if said in item}
    owner = {OWNER: str(user_id)} if OWNER in kind.__struct_fields__ else {}
    try:
        thing = msgspec.convert({**stored, **owner}, kind)
        _refuse_out_of_bounds(asdict(thing), "")
        msgspec.convert(msgspec.to_builtins(look(thing)), view)
    except ValidationError as error:
        raise Invalid([violation(str(error))]) from None
    return thing


def _plain(value: Any) -> Any:
    """*value* with its instants in UTC, which JSON then writes with a `Z`."""
    match value:
        case datetime():
            return value.astimezone(UTC)
        case Struct():
            return {name: _plain(member) for name, member in asdict(value).items()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case _:
            return value


def _refuse_out_of_bounds(value: Any, pointer: str) -> None:
    """Raise `Invalid` for a value that no store and no view was made for, at any depth."""
    if fault := _fault(value, pointer):
        raise Invalid.at(pointer, *fault)
    match value:
        case Struct():
            _refuse_out_of_bounds(asdict(value), pointer)
        case dict():
            for name, member in value.items():
                _refuse_out_of_bounds(member, f"{pointer}/{name}")
        case tuple() | list():
            for n, item in enumerate(value):
                _refuse_out_of_bounds(item, f"{pointer}/{n}")
        case _:
            pass


def _fault(value: Any, pointer: str) -> tuple[str, str] | None:
    match value:
        case str() if len(value) > LONGEST:
            return "too_long", f"Use at most {LONGEST} characters."
        case str() if pointer.endswith(("_hash", "/sha256")) and not HASH.fullmatch(value):
            return "wrong_format", "This is no SHA-256 in hexadecimal digits."
        case int() if not -LARGEST <= value <= LARGEST:
            return "out_of_range", "This number is too large."
        case Decimal() if not value.is_finite() or abs(value) > LARGEST or len(str(value)) > LONGEST_AMOUNT:
            return "out_of_range", "This is no amount that anything can cost."
        case datetime() if value.tzinfo is None or not EARLIEST <= value <= LATEST:
            return "out_of_range", "Give an instant with its zone, between the years 1900 and 2200."
        case _:
            return None
