"""Password hashes that cost nothing and protect nothing."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from typing import Final

from jatify_adapters.memory.tables import refuse_inside_transaction

SCHEME: Final = "plain"


class PlainPasswords:
    """The port `Passwords`: a different hash each time, like a salted one, but anybody can read it.

    *parameters* stand for today's: a hash made with others is outdated and still verifies.
    """

    def __init__(self, parameters: int = 1) -> None:
        self._parameters = parameters
        self._salts = count(1)

    async def hash(self, password: str) -> str:
        """Hash with today's parameters."""
        refuse_inside_transaction("A password was hashed")
        return f"{SCHEME}${self._parameters}${next(self._salts)}${password[::-1]}"

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether *password* made *hashed*."""
        refuse_inside_transaction("A password was verified")
        match hashed.split("$", 3) if hashed else []:
            case [scheme, _, _, written]:
                return scheme == SCHEME and written == password[::-1]
            case _:
                return False

    def turn(self) -> AbstractContextManager[None]:
        """A place: there is always one."""
        return nullcontext()

    async def weakness(self, password: str, about: Sequence[str]) -> str | None:
        """Why *password* is easy to guess: it is one character over and over, or what is known of its owner."""
        refuse_inside_transaction("A password was judged")
        if len(set(password)) == 1 or password.casefold() in {word.casefold() for word in about}:
            return "This is too easy to guess. Add another word or two."
        return None

    def outdated(self, hashed: str) -> bool:
        """Whether *hashed* was made with other parameters."""
        return not hashed.startswith(f"{SCHEME}${self._parameters}$")
