"""Duplicates: what is the same about two listings, however they were typed or found. Pure rules.

Two listings are twins if their URLs, or their companies and positions, are the same once everything is left out that
says nothing. A key is a digest of what is left: two are equal if, and only if, the listings are twins.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal, Protocol

from msgspec import Struct

from jatify_core.application import ApplicationId, StatusId
from jatify_core.listing import ListingId

MOST_TWINS: Final = 20
"""As many as anybody wants to look at."""

Because = Literal["url", "company_and_position"]


class Findable(Protocol):
    """A listing, or what is known of one."""

    @property
    def company(self) -> str | None:
        """Who offers it."""

    @property
    def position(self) -> str | None:
        """What is offered."""

    @property
    def url(self) -> str | None:
        """Where it was found."""


class Twin(Struct, frozen=True):
    """A listing that may be the same as another, with its newest application, and what is the same."""

    id: ListingId
    company: str
    position: str
    url: str | None
    created_at: datetime
    application_id: ApplicationId | None
    status_id: StatusId | None
    because: Because


class Keys(Struct, frozen=True):
    """By what a listing's twins are found; None where there is nothing to find them by."""

    url: str | None
    title: str | None

    @classmethod
    def of(cls, found: Findable) -> "Keys":
        """The keys of *found*."""
        title = normal_title(found.company, found.position) if found.company and found.position else None
        return cls(_digest(normal_url(found.url)) if found.url else None, _digest(title) if title else None)

    @property
    def present(self) -> tuple[str, ...]:
        """Those that there are, the surer one first."""
        return tuple(key for key in (self.url, self.title) if key is not None)


_TRACKING: Final = """
_ga _gl _hsenc _hsmi dclid ebp fbclid gbraid gclid gclsrc gh_src igshid lever-origin lever-source li_fat_id lici lipi
mc_cid mc_eid mkt_tok msclkid rcm ref refid referer referrer refsrc source spm src trackingid trk trkinfo twclid wbraid
yclid
"""
_LEGAL_FORMS: Final = """
ab ag aps as asa bv co company corp corporation doo eg ev gbr ggmbh gmbh haftungsbeschränkt inc incorporated kg kgaa kk
limited llc llp lp ltd mbh nv ohg oy oyj plc private pte pty pvt sa sarl sas se spa srl sro ug
"""
TRACKING: Final = frozenset(_TRACKING.split())
"""Parameters that say from where somebody came, in lower case; and all that begin with `utm_`."""

LEGAL_FORMS: Final = frozenset(_LEGAL_FORMS.split())
"""At the end of a company's name, case-folded."""

_URL: Final = re.compile(r"(?:https?:)?//(?P<host>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?", re.IGNORECASE)
_PORT: Final = re.compile(r"(?::(?:80|443)?)+$")
_WWW: Final = re.compile(r"^(?:www\.)+(?=[^.]+\.)")
_SEX: Final = r"[mfwdxhi*]|divers?"
_SEXES: Final = re.compile(
    rf"""
      [(\[{{]\s* (?: (?:{_SEX})(?:[\s/|,;:*·-]+(?:{_SEX}))+ | gn\*? | (?:all|any)\ genders? ) \s*[)\]}}]
    | (?<![\w/|]) (?: [mfwdxhi](?:\s*[/|]\s*[mfwdxhi]){{2,4}} | m/[fw] | [fw]/m | h/f | f/h ) (?![\w/|])
    """,
    re.VERBOSE,
)
"""In brackets, or on its own: (m/w/d), [f/m/x], (all genders), m/f/d, H/F. In case-folded text."""
_APOSTROPHES: Final = re.compile(r"['`\u2019]")
_INITIALS: Final = re.compile(r"(?<![^\W_])([^\W\d_])\.")
_SEPARATORS: Final = re.compile(r"[^\w+#]|_")


def normal_url(url: str) -> str:
    """*url* without what leads to the same page as well: scheme, `www.`, fragment, tracking, order of parameters."""
    match = _URL.match(url)
    if match is None:
        return url
    host = _WWW.sub("", _PORT.sub("", match["host"].lower()))
    query = "&".join(sorted(part for part in (match["query"] or "").split("&") if part and not _tracks(part)))
    return f"//{host}{match['path'].rstrip('/')}{'?' if query else ''}{query}"


def normal_title(company: str, position: str) -> str:
    """Company and position as one text, without what people write or leave out: case, punctuation, legal forms."""
    return f"{normal_company(company)}\n{normal_position(position)}"


def normal_company(company: str) -> str:
    """A company's name, case-folded, without punctuation and without its legal form."""
    return _settled(_without_legal_form, company)


def normal_position(position: str) -> str:
    """A position, case-folded, without punctuation and without the `(m/f/d)` behind it."""
    return _settled(lambda text: _words(_SEXES.sub(" ", text)), position)


def _tracks(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in TRACKING or name.startswith("utm_")


def _without_legal_form(company: str) -> str:
    words = _words(company).split(" ")
    if words[-3:] in (["sp", "z", "oo"], ["sp", "z", "o"]):
        words = words[:-3] or words
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def _words(text: str) -> str:
    """The words of *text*. Plus and hash are none of the punctuation: C, C++ and C# are three languages."""
    initials = _INITIALS.sub(r"\1", _APOSTROPHES.sub("", text))  # G.m.b.H. is one word
    return " ".join(_SEPARATORS.sub(" ", initials).split()) or " ".join(text.split())


def _settled(tidy: Callable[[str], str], text: str) -> str:
    """*text* folded and tidied until nothing changes any more: what goes may bring other things to light."""
    while (tidied := tidy(_folded(text))) != text:
        text = tidied
    return text


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _digest(normal: str) -> str:
    return hashlib.blake2b(normal.encode(), digest_size=16).hexdigest()
