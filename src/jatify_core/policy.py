"""The house's own limits, settled once at start-up and passed to the rules as values."""

from datetime import timedelta

from msgspec import Struct

from jatify_core.throttle import Backoff, Window


class Policy(Struct, frozen=True):
    """What the operator of this installation has decided."""

    password_min: int = 8
    """Code points."""
    session_life: timedelta = timedelta(hours=24)
    registration_open: bool = True
    max_upload: int = 5 * 1024 * 1024
    """Bytes."""
    max_attempts: int = 5
    daily_analyses: int = 50
    """A user's analyses in any 24 hours, the requeued ones included."""
    max_resumes: int = 20
    """A user's files at once."""
    max_resume_bytes: int = 50 * 1024 * 1024
    """A user's files together."""
    max_waiting: int = 200
    """A user's jobs that wait or run at once."""
    fair_spacing: timedelta = timedelta(0)
    """How much later a user's next waiting job sorts; zero is strict FIFO (queue.md)."""
    guesses: Backoff = Backoff()
    """Logins at one account that fail."""
    failures: Window = Window(30, timedelta(minutes=1))
    """Logins from one address that fail."""
    registrations: Window = Window(10, timedelta(hours=1))
    """Accounts that one address asks for."""
