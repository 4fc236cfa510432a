"""A clipping: a listing as somebody pasted it, and what of a listing's members was found in it."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from msgspec import Struct, ValidationError, convert, structs

from jatify_core.listing import ListingDraft, Salary, Workplace
from jatify_core.text import Line, Prose, Url, Word

How = Literal["json_ld", "microdata", "meta", "heuristic"]
"""By what a member was found, the surest first."""
LONGEST_PASTE: Final = 1024 * 1024


class Paste(Struct, frozen=True):
    """HTML or plain text, whose reader knows which; where it was found, and the day on which it was pasted."""

    content: str
    url: str | None
    on: date


class Proposal(Struct, frozen=True, kw_only=True):
    """The members of a listing that stand in a paste; each fits a listing as it is."""

    company: Word | None = None
    position: Word | None = None
    description: Prose | None = None
    url: Url | None = None
    location: Line | None = None
    workplace: Workplace | None = None
    employment_type: Line | None = None
    salary: Salary | None = None
    source: Line | None = None
    posted_on: date | None = None
    deadline_on: date | None = None


class Clipping(Struct, frozen=True):
    """A proposal, and how each of its members was found; what the paster said himself was not found."""

    draft: Proposal
    found: Mapping[str, How]


MEMBERS: Final = ListingDraft.__struct_fields__
LENGTHS: Final[Mapping[str, int]] = {
    "description": 40_000,
    **dict.fromkeys(("company", "position", "location", "employment_type", "source"), 200),
}


def clipped(finds: Mapping[How, Mapping[str, object]], url: str | None) -> Clipping:
    """The surest of what was found for each member, shortened to what a listing takes; what does not fit is left out.

    *url* is where the paster says that it was.
    """
    draft: dict[str, object] = {}
    found: dict[str, How] = {}
    for how, members in finds.items():
        for name, value in members.items():
            if name not in draft and (fitting := _fitting(name, value)) is not None:
                draft[name], found[name] = fitting, how
    if url is not None:
        draft["url"] = url
        found.pop("url", None)
    return Clipping(Proposal(**draft), found)  # type: ignore[arg-type]  # each has been converted to its own type


def _fitting(name: str, value: object) -> object:
    if isinstance(value, str):
        value = _storable(value).strip()
        if len(value) > LENGTHS.get(name, len(value)):
            value = value[: LENGTHS[name] - 1].rstrip() + "…"
        value = value or None
    wanted = next(field.type for field in structs.fields(Proposal) if field.name == name)
    try:
        return convert(value, wanted) if not isinstance(value, Salary) else _fitting_pay(value)
    except ValidationError:
        return None


def _fitting_pay(pay: Salary) -> Salary | None:
    if pay.min is not None and pay.max is not None and pay.min > pay.max:
        return None
    return convert(structs.asdict(pay), Salary)


def _storable(text: str) -> str:
    """*text* without what no database stores: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()
