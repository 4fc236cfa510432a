"""The Postgres that Jatify starts itself when nobody gives it a database."""

from .folder import EmbeddedError, claim_folder
from .server import embedded_postgres

__all__ = ["EmbeddedError", "claim_folder", "embedded_postgres"]
