"""Takes contact details out of a text before it leaves the machine; everything a judgement needs stays.

A placeholder, not blanks of equal length: the model may see that contact is given, and the core looks quotes up in the
unmasked text anyway. Every repetition is bounded, so that no text makes a search take more than linear time.
"""

import re
from collections.abc import Iterator
from typing import Final

EMAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")

_INTERNATIONAL = r"(?<![\w+.,:])(?:\+|00)[ ]?\d(?:[ ./()-]{0,3}\d){6,14}"
_NORTH_AMERICAN = r"(?<![\w.-])\(?\d{3}\)?[ .-]{0,2}\d{3}[ .-]?\d{4}"
_TRUNK = r"(?<![\w./-])\(?0\d{1,5}\)?(?:[ ./-]{0,2}\d){5,10}"
# What follows one of a few characters, or a boundary and one of them, is looked for there alone: several times faster.
PHONE: Final = re.compile(rf"(?=[+(\d])(?:{_INTERNATIONAL}|{_NORTH_AMERICAN}|{_TRUNK})(?!\w)")
LABELLED_PHONE: Final = re.compile(
    r"\b(?=[cfhmptw])(?P<label>(?:(?:tele)?phone|tel|mobile|mobil|cell|handy|fax|whatsapp)\b[.:]{0,2}[ \t]{0,4})"
    r"[+(]?\d(?:[ ./()-]{0,3}\d){4,14}",
    re.IGNORECASE,
)
DATE: Final = re.compile(r"(?<!\d)\d{1,2}(?:[./-](?:\d{1,2}[./-])?(?:19|20)\d\d|/\d\d)(?!\d)")
YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")

_NO_YEAR = r"(?!(?:19|20)\d\d\b)"
_NAME = r"(?:[A-ZÀ-Þ0-9][\w.'\u2019-]{0,30}[ \t]{1,3}){1,4}"
_WAYS = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Square|Sq|Terrace"
    r"|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Crescent)\b\.?"
)
_FRENCH_WAYS = r"[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Ii]mpasse|[Qq]uai"
_GERMAN_WAYS = r"straße|strasse|str\.|weg|allee|platz|gasse|damm|ufer"
_SOUTHERN_WAYS = r"Calle|Avenida|Paseo|Via|Viale|Piazza|Rua|Praça"
_UNIT = r"(?:,?[ \t]{0,3}(?:Apt|Apartment|Suite|Ste|Unit|Flat|#)\.?[ \t]{0,3}[\w-]{1,8})?"
_PROPER = (
    r"(?:[ \t]{1,3}(?:de|la|le|les|du|des|del|di|da|do|dos|della|y|e"
    r"|[A-ZÀ-Þ][\w.'\u2019-]{0,30}|[dl]['\u2019]\w{1,30})(?![\w'\u2019])){1,5}"
)
_ENGLISH = rf"\d{{1,5}}[A-Za-z]?[ \t]{{1,3}}{_NAME}{_WAYS}{_UNIT}"
_FRENCH = rf"\d{{1,4}}(?:[ ]?(?:bis|ter))?,?[ \t]{{1,3}}(?:{_FRENCH_WAYS}){_PROPER}"
_GERMAN = rf"[A-ZÄÖÜ][\wäöüß.-]{{0,40}}(?:{_GERMAN_WAYS})[ \t]{{1,3}}{_NO_YEAR}\d{{1,4}}[ ]?[a-z]?\b"
_SOUTHERN = rf"(?:{_SOUTHERN_WAYS}){_PROPER},?[ \t]{{1,3}}{_NO_YEAR}\d{{1,4}}\b"
ADDRESS: Final = re.compile(rf"\b(?:(?=\d){_NO_YEAR}(?:{_ENGLISH}|{_FRENCH})|(?=[A-ZÄÖÜ])(?:{_GERMAN}|{_SOUTHERN}))")

MANY_DIGITS: Final = re.compile(r"\d[\d ./()-]{3,}\d")
"""Without them there is no phone number."""
AT_STAKE: Final = re.compile(
    # An at sign; or a digit with many more, before a street's name or behind it; or a way that stands before its name.
    r"[@\dACPRV](?:(?<=@)|(?<=\d)(?:[\d ./()-]{3,}\d|[A-Za-z]?(?:[ ]?(?:bis|ter))?,?[ \t]{1,3}[A-ZÀ-Þ0-9abciqr]"
    r"|(?<=[.egmrz \t][ \t].))|alle|venida|aseo|ia|iazza|ua|raça)"
)
"""A sign that no contact detail lacks, and most lines do."""


def _unless_years(found: re.Match[str]) -> str:
    # "Mobile 2018 - 2022" is a section of a developer's resume.
    return found.group() if YEAR.search(found.group()) else f"{found['label']}[phone]"


def _unless_dates(found: re.Match[str]) -> str:
    # "01/2019-03/2021" has the digits of a phone number, and a judgement of experience needs it.
    return found.group() if DATE.search(found.group()) else "[phone]"


def mask_contact(text: str) -> str:
    """The text with `[e-mail]`, `[phone]` and `[address]` in the place of each; dates and years stay."""
    return "".join(_masked(text))


def _masked(text: str) -> Iterator[str]:
    """Piece by piece. No detail goes beyond its line, and a line is looked at closely only where it may hold one."""
    done = 0
    while found := AT_STAKE.search(text, done):
        begins = text.rfind("\n", done, found.start()) + 1
        ends = text.find("\n", found.end())
        yield text[done:begins]
        done = len(text) if ends < 0 else ends
        yield _without_contact(text[begins:done])
    yield text[done:]


def _without_contact(line: str) -> str:
    if "@" in line:
        line = EMAIL.sub("[e-mail]", line)
    line = ADDRESS.sub("[address]", line)
    if MANY_DIGITS.search(line):
        line = LABELLED_PHONE.sub(_unless_years, line)
        line = PHONE.sub(_unless_dates, line)
    return line
