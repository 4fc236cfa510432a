"""Health on the wire: what an orchestrator needs, and nothing about versions or hosts."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from jatify_core.analysis import Reason
from jatify_core.job import Pause
from jatify_core.use_cases.health import Readiness
from jatify_http.schemas import Code, Told, utc


class Alive(Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"] = "ok"


class PauseView(Struct, frozen=True):
    """A kind of job that waits for its provider, and why."""

    kind: Code
    reason: Reason
    message: Told
    since: datetime

    @classmethod
    def of(cls, pause: Pause) -> "PauseView":
        """How *pause* looks."""
        return cls(pause.kind, pause.reason, pause.message, utc(pause.since))


class Ready(Struct, frozen=True):
    """The house is open; `listening` tells whether new jobs are heard of at once or only found by looking."""

    listening: bool
    paused: Annotated[tuple[PauseView, ...], Meta(max_length=100)]
    status: Literal["ok"] = "ok"

    @classmethod
    def of(cls, readiness: Readiness) -> "Ready":
        """How *readiness* looks."""
        return cls(readiness.listening, tuple(PauseView.of(pause) for pause in readiness.pauses))
