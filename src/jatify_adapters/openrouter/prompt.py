"""What a model is told: our rules in the system message, the untrusted texts between markers in the user message.

The words stand in `prompts/`, numbered; a released number never changes its words.
"""

import hashlib
import hmac
import re
from importlib.resources import files
from string import Template
from typing import Final

import msgspec
from msgspec import Struct

from jatify_adapters.openrouter.masking import mask_contact
from jatify_adapters.openrouter.schema import Schema, answer_schema
from jatify_core.analysis import Material
from jatify_core.findings import weights

EDITION: Final = 1


def _words(name: str) -> str:
    return (files("jatify_adapters.openrouter") / "prompts" / f"{name}_{EDITION}.txt").read_text("utf-8").strip()


RULES: Final = Template(_words("rules"))
REPEAT: Final = Template(_words("repeat"))
TASKS: Final = {True: _words("listing"), False: _words("review")}
ASPECTS: Final = {against: frozenset(weights(against_listing=against)) for against in (True, False)}
FORM: Final = "The JSON Schema that your answer must fit:\n"

LOOKALIKES: Final = re.compile(
    r"\[\[\s{0,9}/?\s{0,9}jatify[^\]\n]{0,200}\]{0,2}"  # our own markers
    # those of chat templates; nothing that the replacement brings along may complete one
    r"|<[|\uff5c][^|\uff5c<>\[\]\n]{1,40}[|\uff5c]>|</?s>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>",
    re.IGNORECASE,
)


class Expected(Struct, frozen=True):
    """What an answer must hold to be one to this question, and the marker around the question's texts."""

    marker: str
    nonce: str
    aspects: frozenset[str]

    @classmethod
    def of(cls, material: Material, secret: str) -> "Expected":
        """Derived, not drawn: a retry sends the same bytes. *secret* keeps them beyond any author's guess."""
        code = hmac.digest(secret.encode(), material.analysis_id.bytes, hashlib.sha256).hex()
        return cls(code[:16], code[16:28], ASPECTS[material.listing is not None])


class Prompt(Struct, frozen=True):
    """Everything one question needs, the same bytes each time it is asked again."""

    system: str
    user: str
    nonce: str
    pseudonym: str
    schema: Schema

    @classmethod
    def of(cls, material: Material, secret: str, *, masked: bool) -> "Prompt":
        """The question that *material* poses; contact details are taken out of its texts where it is *masked*."""
        against_listing = material.listing is not None
        expected = Expected.of(material, secret)
        marker, nonce = expected.marker, expected.nonce
        texts = [("listing", material.listing)] if material.listing is not None else []
        blocks = [_block(n, _shown(text, masked=masked), marker) for n, text in [*texts, ("resume", material.resume)]]
        return cls(
            # The nonce comes first of all: a server that silently drops the beginning of too long a text drops it too.
            system=RULES.substitute(nonce=nonce, marker=marker, task=TASKS[against_listing]),
            # One message, because the chat templates of many local models refuse two of a user in a row.
            user="\n\n".join([*blocks, REPEAT.substitute(marker=marker)]),
            nonce=nonce,
            pseudonym=material.pseudonym,
            schema=answer_schema(against_listing=against_listing),
        )

    @property
    def form(self) -> str:
        """The schema in words, for servers that take it no other way."""
        return FORM + msgspec.json.encode(self.schema).decode()


def _block(name: str, text: str, marker: str) -> str:
    return f"[[jatify {marker} {name} begins]]\n{text}\n[[jatify {marker} {name} ends]]"


def _shown(text: str, *, masked: bool) -> str:
    shown = mask_contact(text) if masked else text
    # A text without these two holds no lookalike, and no mask makes one.
    if "[" not in text and "<" not in text:
        return shown
    # Replaced by something, so that what stood around it cannot close up to a new one.
    return LOOKALIKES.sub("[removed]", shown)


def _version() -> str:
    told = [RULES.template, REPEAT.template, FORM, _block("", "", ""), *TASKS.values()]
    schemas = [msgspec.json.encode(answer_schema(against_listing=against)).decode() for against in TASKS]
    digest = hashlib.sha256("\x1f".join([*told, *schemas]).encode()).hexdigest()
    return f"{EDITION}-{digest[:8]}"


PROMPT_VERSION: Final = _version()
"""Edition, and a digest of every word a model is told besides the texts: other words, other version."""
