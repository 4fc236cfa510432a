"""What a contract asks of the fixture `new_store`."""

from datetime import datetime, timedelta
from typing import Protocol

from jatify_core.ports import Store


class NewStore(Protocol):
    """A store with nothing in it but the pipeline's statuses, and the hands of its clock.

    Contracts never compare a stored instant across an `advance`: one store moves its clock, another its rows.
    """

    @property
    def store(self) -> Store:
        """The store under test."""

    async def advance(self, by: timedelta) -> None:
        """Let time pass for all that the store's own clock decides: what is due, leases, probes of a pause."""

    def now(self) -> datetime:
        """An instant in UTC for what a caller writes, such as `created_at`."""
