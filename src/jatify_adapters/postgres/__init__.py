"""Jatify's store in Postgres 14 or newer: every noun's rows, the job queue, and the bell that wakes workers."""

from .connecting import DatabaseProblem
from .migrating import migrate
from .store import Crowding, PostgresStore, open_store

__all__ = ["Crowding", "DatabaseProblem", "PostgresStore", "migrate", "open_store"]
