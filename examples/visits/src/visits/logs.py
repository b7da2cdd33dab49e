"""Structured logs: one JSON object a line, on standard output."""

import json
import logging
import time
from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, Response, g, request

ACCESS = logging.getLogger("visits.access")

# What a log record may carry besides its message; anything else stays out of the log.
FIELDS = ("request_id", "method", "path", "status", "duration_ms")

QUIET_PATHS = frozenset({"/healthz", "/readyz"})


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record as JSON: time (UTC), level, logger, message, fields, error."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for field in FIELDS:
            if hasattr(record, field):
                line[field] = getattr(record, field)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_requests(app: Flask) -> None:
    """Logs every request of the application: never its query, headers or body.

    Successful probes are left out: they would be nearly all of the log.
    """

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()
        g.request_id = uuid4().hex

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        if request.path in QUIET_PATHS and response.status_code < 400:
            return response
        ACCESS.info(
            "request",
            extra={
                "request_id": g.request_id,
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "duration_ms": round((time.perf_counter() - g.started) * 1000, 1),
            },
        )
        return response
