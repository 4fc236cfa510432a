"""schema.org's `JobPosting`, in JSON-LD and in microdata, and what it says in a listing's words."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jatify_adapters.clipping.pay import find_pay, guess_period, read_amount, read_currency, read_period
from jatify_adapters.clipping.prose import prose, read_prose
from jatify_adapters.clipping.words import find_day, read_employment
from jatify_core.listing import Salary

Posting = Mapping[str, Any]

POSTING: Final = re.compile(r"(?:^|[/#:])JobPosting$")
WRAPPING: Final = re.compile(r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[)?|(?://\s*)?(?:-->|\]\]>)\s*;?\s*$")
DEEPEST: Final = 12
MOST_NODES: Final = 20_000
MOST_VALUES: Final = 5
READ: Final = frozenset(
    "title name hiringOrganization description url jobLocation applicantLocationRequirements jobLocationType address "
    "addressLocality addressRegion addressCountry employmentType baseSalary estimatedSalary salaryCurrency currency "
    "value minValue maxValue unitText datePosted validThrough".split()
)
"""The properties that matter here."""


def in_json(scripts: tuple[str, ...]) -> Posting | None:
    """The first posting in these scripts, wherever in them it is."""
    for script in scripts:
        if "JobPosting" not in script:
            continue
        try:
            told = json.loads(WRAPPING.sub("", script), strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _objects(told):
            if _is_posting(node.get("@type")):
                return node
    return None


def in_microdata(page: LexborHTMLParser) -> Posting | None:
    """The first posting among the page's items."""
    for node in page.css("[itemscope][itemtype]"):
        if POSTING.search((node.attributes.get("itemtype") or "").split(" ")[0]):
            return _item(node, 0)
    return None


def members(posting: Posting, today: date) -> dict[str, object]:
    """What *posting* says of a listing's members."""
    told = {
        "position": _words(posting.get("title")) or _words(posting.get("name")),
        "company": _name(posting.get("hiringOrganization")),
        "description": _prose(posting.get("description")),
        "url": _words(posting.get("url")),
        "location": _place(posting.get("jobLocation")) or _name(posting.get("applicantLocationRequirements")),
        "workplace": "remote" if "TELECOMMUTE" in str(posting.get("jobLocationType"))[:200].upper() else None,
        "employment_type": read_employment(posting.get("employmentType")),
        "salary": _pay(posting),
        "posted_on": find_day(str(posting.get("datePosted") or ""), today),
        "deadline_on": find_day(str(posting.get("validThrough") or ""), today),
    }
    return {name: value for name, value in told.items() if value is not None}


def _objects(told: Any) -> Iterator[Mapping[str, Any]]:
    waiting, seen = [(told, 0)], 0
    while waiting and seen < MOST_NODES:
        node, depth = waiting.pop()
        seen += 1
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        if isinstance(node, dict):
            yield node
        if depth < DEEPEST:
            waiting += reversed([(one, depth + 1) for one in inner if isinstance(one, dict | list)])


def _is_posting(kind: object) -> bool:
    return any(isinstance(one, str) and POSTING.search(one) for one in (kind if isinstance(kind, list) else [kind]))


def _item(node: LexborNode, depth: int) -> dict[str, Any]:
    """The properties of an item, those of items in it apart."""
    found: dict[str, list[Any]] = {}
    waiting = [*_children(node)][::-1]
    while waiting:
        child = waiting.pop()
        attributes = child.attributes
        inner = "itemscope" in attributes
        name = attributes.get("itemprop") or ""
        values = found.setdefault(name, [])
        # Each text is read as often as it is asked for: so of a name that is nested in itself the first few will do.
        if name in READ and len(values) < MOST_VALUES:
            values.append(_item(child, depth + 1) if inner and depth < DEEPEST else _value(child, name))
        if not inner and name != "description":
            waiting += [*_children(child)][::-1]
    return {name: values[0] if len(values) == 1 else values for name, values in found.items() if values}


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


def _value(node: LexborNode, name: str) -> str:
    attributes = node.attributes
    named = next((attributes[name] for name in ("content", "datetime", "href") if attributes.get(name)), None)
    if named is not None:
        return named
    return prose(node) if name == "description" else " ".join(node.text(deep=True)[:1_000].split())


def _words(value: object) -> str | None:
    match value:
        case [first, *_]:
            return _words(first)
        case str():
            return " ".join(read_prose(value[:4_000]).split()) or None
        case _:
            return None


def _prose(value: object) -> str | None:
    match value:
        case str():
            return read_prose(value) or None
        case list():
            return "\n\n".join(read_prose(one) for one in value[:20] if isinstance(one, str)) or None
        case _:
            return None


def _name(value: object) -> str | None:
    match value:
        case [first, *_]:
            return _name(first)
        case dict():
            return _words(value.get("name"))
        case _:
            return _words(value)


def _place(value: object) -> str | None:
    match value:
        case list():
            return "; ".join(dict.fromkeys(place for one in value[:5] if (place := _place(one)))) or None
        case dict():
            address = value.get("address", value)
            if not isinstance(address, dict):
                return _words(address) or _name(value)
            parts = (_name(address.get(n)) for n in ("addressLocality", "addressRegion", "addressCountry"))
            return ", ".join(dict.fromkeys(part for part in parts if part)) or _name(value)
        case _:
            return _words(value)


def _pay(posting: Posting) -> Salary | None:
    for name in ("baseSalary", "estimatedSalary"):
        value = posting.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, dict) and (pay := _amounts(value, posting)):
            return pay
        if isinstance(value, str) and (pay := find_pay(value)):
            return pay
        currency = read_currency(str(posting.get("salaryCurrency") or ""))
        if currency and (amount := read_amount(value)):
            return Salary(round(amount), None, currency, guess_period(amount))  # type: ignore[arg-type]
    return None


def _amounts(value: Mapping[str, Any], posting: Posting) -> Salary | None:
    inner = value.get("value")
    inner = inner if isinstance(inner, dict) else {**value, "value": inner}
    low = read_amount(inner.get("minValue", inner.get("value")))
    high = read_amount(inner.get("maxValue"))
    currency = value.get("currency") or inner.get("currency") or posting.get("salaryCurrency") or ""
    amount = low if low is not None else high
    if not amount and not high:
        return None
    period = read_period(str(inner.get("unitText") or value.get("unitText") or "")) or guess_period(amount or 0)
    least, most = (None if one is None else round(one) for one in (low, high))
    return Salary(least, most, read_currency(str(currency)), period)  # type: ignore[arg-type]
