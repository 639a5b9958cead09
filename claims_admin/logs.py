"""Every log line of every process is one JSON object with the id of the request that caused it."""

from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.types import EventDict, Processor, WrappedLogger

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _without_request(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Django hands its request along; written out it shows the query, and searches contain names."""
    event.pop("request", None)
    return event


# Local variables hold names, numbers, amounts: they stay out of the logs.
TRACEBACK = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))


def configure() -> None:
    """For our own loggers; those of libraries come through `LOGGING`."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


# Their own handlers would print each line twice, and mail it.
_THEIR_OWN = ("django", "django.server", "gunicorn.error")


def logging_settings(level: str) -> dict[str, Any]:
    """For Django's `LOGGING` and gunicorn's `logconfig_dict`: JSON to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _without_request,
                    TRACEBACK,
                    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {name: {"handlers": [], "level": level, "propagate": True} for name in _THEIR_OWN}
        | {"gunicorn.access": {"handlers": [], "level": "WARNING", "propagate": True}},
    }
