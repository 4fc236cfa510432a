"""XML as Word writes it: local names alone, and never an entity."""

from collections.abc import Callable, Mapping
from typing import IO, Final
from xml.parsers import expat

from jatify_adapters.extraction.document import Rejected

Attributes = Mapping[str, str]

_OFF: Final = frozenset({"0", "false", "off", "none"})
_UNFILLED: Final = frozenset({"", "AUTO", "FFFFFF"})


def parse(
    stream: IO[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> None:
    """Report the elements and characters of *stream*. Raises `Rejected` at a DOCTYPE, the cradle of all entities."""
    # Two namespaces mean the same words (ISO strict and transitional), so none is told apart.
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.CharacterDataHandler = text
    parser.ParseFile(stream)


def attribute(attributes: Attributes, name: str = "val") -> str:
    """An attribute by its local name, or `""`."""
    return next((value for key, value in attributes.items() if _local(key) == name), "")


def is_on(attributes: Attributes) -> bool:
    """Whether a property that counts by its mere presence is not switched off."""
    return attribute(attributes).lower() not in _OFF


def is_filled(attributes: Attributes) -> bool:
    """Whether a shading puts a colour behind text."""
    return attribute(attributes, "fill").upper() not in _UNFILLED


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _refuse(*_: object) -> None:
    raise Rejected("unreadable_document")
