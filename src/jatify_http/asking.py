"""Who asks: what every log line of a request says about it, told once and found wherever the request leads."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ASKING: ContextVar[dict[str, str]] = ContextVar("asking")
_NOBODY: dict[str, str] = {}


@contextmanager
def asking(request_id: str, client: str | None) -> Iterator[None]:
    """Name the request that is served within the block. Nobody is known yet: that is for `recognised` to say."""
    facts = {"request_id": request_id}
    if client:
        facts["client"] = client
    token = _ASKING.set(facts)
    try:
        yield
    finally:
        _ASKING.reset(token)


def recognised(user_id: str) -> None:
    """Say who asks, once he is known."""
    if facts := _ASKING.get(None):
        facts["user_id"] = user_id


def who_asks() -> dict[str, str]:
    """What is known of the request under way; nothing where there is none."""
    return _ASKING.get(_NOBODY)
