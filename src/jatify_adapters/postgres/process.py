"""What one process knows of the queue, beside what the tables say."""

from datetime import timedelta

from jatify_adapters.postgres.front import Front
from jatify_adapters.postgres.hints import Hints
from jatify_adapters.postgres.liveness import Lines, Roll


class Process:
    """Shared by all transactions of a store."""

    def __init__(self, fair_spacing: timedelta = timedelta(0)) -> None:
        self.fair_spacing = fair_spacing
        self.lines = Lines()
        self.roll = Roll(self.lines)
        self.front = Front()
        self.hints = Hints()
