"""New ids for old: what comes from another installation keeps its references, and nothing keeps its name.

Members are known by what they are called, so that a member that a noun gains is carried along without a line here.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from jatify_core.archive import SAID
from jatify_core.errors import Invalid

S = TypeVar("S", bound=Struct)

OWNER: Final = "user_id"
STATUS: Final = "status_id"


class NewIds:
    """Which new id stands for each old one, noun by noun, and which status for each status."""

    def __init__(self, new_id: Callable[[], UUID]) -> None:
        self._new_id = new_id
        self._given: dict[str, dict[UUID, UUID]] = {}
        self.statuses: Mapping[str, str] = {}

    def give(self, noun: str, old: Iterable[UUID]) -> None:
        """Give each of *old* a new id, in the order of the old ones: rows that tie sort as they did."""
        self._given[noun] = {id_: self._new_id() for id_ in sorted(old)}

    def renamed(self, value: S, noun: str, pointer: str = "") -> S:
        """*value*, a *noun*, with new ids.

        Raises `Invalid`, with a pointer below *pointer*, where it refers to what no id was given for.
        """
        old = {name: getattr(value, name) for name in value.__struct_fields__}
        new = {
            name: self._member(name, member, noun, f"{pointer}/{SAID.get(name, name)}") for name, member in old.items()
        }
        return replace(value, **{name: member for name, member in new.items() if member is not old[name]})

    def _member(self, name: str, value: Any, within: str, pointer: str) -> Any:
        match value:
            case UUID():
                return value if name == OWNER else self._id(name, value, within, pointer)
            case str():
                return self.statuses.get(value, value) if name == STATUS or name.endswith(f"_{STATUS}") else value
            case Struct():
                return self.renamed(value, name, pointer)
            case tuple() | list() if value:
                return type(value)(self._member(name, item, within, f"{pointer}/{n}") for n, item in enumerate(value))
            case _:
                return value

    def _id(self, name: str, old: UUID, within: str, pointer: str) -> UUID:
        noun = within if name == "id" else name.removesuffix("_id")
        if name == "id" and noun not in self._given:
            return self._new_id()  # of a part, such as a step, which nothing else refers to
        new = self._given.get(noun, {}).get(old)
        if new is None:
            raise Invalid.at(pointer, "unknown_reference", f"What this refers to is not in the file: {old}.")
        return new
