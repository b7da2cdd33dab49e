"""The structured log."""

import json
import logging

import pytest
from flask.testing import FlaskClient

from visits.logs import JsonFormatter

from .conftest import MemoryCounter


def test_a_request_is_one_record_without_its_query(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The query may hold what must not be logged."""
    with caplog.at_level(logging.INFO, "visits.access"):
        response = client.get("/?token=canary", headers={"Authorization": "canary"})
    (record,) = caplog.records
    line = json.loads(JsonFormatter().format(record))
    assert line["method"] == "GET"
    assert line["path"] == "/"
    assert line["status"] == 200
    assert line["duration_ms"] >= 0
    assert line["request_id"] == response.headers["X-Request-Id"]
    assert "canary" not in json.dumps(line)


def test_probes_are_logged_only_when_they_fail(
    client: FlaskClient, counter: MemoryCounter, caplog: pytest.LogCaptureFixture
) -> None:
    """Else they would be nearly all of the log."""
    with caplog.at_level(logging.INFO, "visits.access"):
        client.get("/healthz")
        client.get("/readyz")
        assert not caplog.records
        counter.available = False
        client.get("/readyz")
    assert [getattr(record, "status") for record in caplog.records] == [503]


def test_a_record_is_one_line_of_json_with_its_error() -> None:
    """Line breaks of a traceback are escaped."""
    error = ValueError("two\nlines")
    record = logging.LogRecord(
        "visits", logging.ERROR, __file__, 1, "failed: %s", ("it",), (ValueError, error, None)
    )
    text = JsonFormatter().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert line["level"] == "error"
    assert line["message"] == "failed: it"
    assert "ValueError: two\nlines" in line["error"]
    assert line["time"].endswith("+00:00")
