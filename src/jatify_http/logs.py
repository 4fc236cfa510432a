"""Logs: one line an event, UTC, as JSON or as text; the words of every library go the same way."""

import logging
import sys

import structlog

from jatify_http.settings import Settings


def set_up_logs(settings: Settings) -> None:
    """Send every log line to stderr in the chosen form."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
    ]
    as_json = settings.log_format == "json"
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    # These tell of every request, statement and step at INFO or DEBUG, secrets included.
    for chatty in ("httpx", "httpcore", "aiohttp", "psycopg", "psycopg.pool", "uvicorn", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
