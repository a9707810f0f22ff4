"""Structured logs, one JSON object a line (or coloured text for a person)."""

import logging
import sys
from typing import Literal

import structlog


def configure(level: str, style: Literal["json", "console"]) -> None:
    """Send our own and every library's log records through one formatter to standard output."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(style),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("botocore", "urllib3", "httpx"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    # A step's failure is told by `adapters.step_watch`, with the image's ids.
    logging.getLogger("temporalio.activity").setLevel(logging.ERROR)


def _renderers(style: str) -> list[structlog.typing.Processor]:
    # Local variables hold tokens and passwords: a traceback shows the lines only.
    if style == "console":
        plain = structlog.dev.RichTracebackFormatter(show_locals=False)
        return [
            structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=plain)
        ]
    lines_only = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [
        structlog.processors.ExceptionRenderer(lines_only),
        structlog.processors.JSONRenderer(),
    ]
