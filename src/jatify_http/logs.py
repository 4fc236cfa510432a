"""Logs: one line an event, UTC, as JSON or as text; the words of every library go the same way."""

import asyncio
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import structlog
from structlog.types import EventDict, Processor

from jatify_http.asking import who_asks
from jatify_http.settings import Settings

QUIET: Final[dict[str, int]] = {
    # These tell of every request, statement and step at INFO or DEBUG, secrets included.
    **dict.fromkeys(("httpx", "httpcore", "aiohttp", "psycopg", "psycopg.pool", "asyncio"), logging.WARNING),
    # What it warns of are callers' faults, which are told under names of our own.
    "uvicorn": logging.ERROR,
}
OF_EVERY_RECORD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
LEVELS: Final = {logging.DEBUG: "debug", logging.INFO: "info", logging.WARNING: "warning", logging.ERROR: "error"}
ENCODER: Final = msgspec.json.Encoder(enc_hook=repr)
PLAIN: Final = (TypeError, AttributeError, NameError, RuntimeError, ImportError, AssertionError, OSError)
"""Errors whose words are about code or the system, never about what somebody sent."""


def set_up_logs(settings: Settings) -> None:
    """Send every log line to stderr in the chosen form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else _text())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger("uvicorn.error").addFilter(_is_fault)


class JsonLines(logging.Formatter):
    """Makes a record a line of JSON. structlog takes three times as long for it, as much as a small request does."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        known = vars(record)
        members = {
            "timestamp": datetime.fromtimestamp(record.created, UTC),
            "level": LEVELS.get(record.levelno) or record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **who_asks(),
            **{name: known[name] for name in known.keys() - OF_EVERY_RECORD},
        }
        if record.exc_info or record.name == "asyncio":
            members = dict(_without_secrets(None, "", members | {"exc_info": record.exc_info}))
        return ENCODER.encode(members).decode()


def _text() -> logging.Formatter:
    shared: list[Processor] = [
        _with_who_asks,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        _without_secrets,
    ]
    renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _is_fault(record: logging.LogRecord) -> bool:
    """Whether it is more than a request that the end of a shutdown has cut short."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def fault_told(error: BaseException) -> str:
    """Where *error* came from, and its causes, without what the words of a driver or parser repeat of people's data."""
    return "\n".join(_faults(error)).strip()


def _faults(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before:
        yield from _faults(before)
        yield "which led to"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
    yield _named(error)
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _faults(one)


def _named(error: BaseException) -> str:
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if sqlstate := getattr(error, "sqlstate", None):
        return f"{name} ({sqlstate})"
    ours = kind.__module__.startswith("jatify_")
    return f"{name}: {error}" if ours or isinstance(error, PLAIN) else name


def _with_who_asks(_: Any, __: str, event: EventDict) -> EventDict:
    return {**who_asks(), **event}


def _without_secrets(_: Any, __: str, event: EventDict) -> EventDict:
    match event.pop("exc_info", None):
        case (_, BaseException() as error, _) | (BaseException() as error):
            event["exception"] = fault_told(error)
        case True if under_way := sys.exception():
            event["exception"] = fault_told(under_way)
        case _:
            pass
    if event.get("logger") == "asyncio":  # its further lines show an exception with all its words
        event["event"] = str(event["event"]).partition("\n")[0]
    return event
