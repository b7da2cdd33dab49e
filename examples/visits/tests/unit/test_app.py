"""The routes, with a counter in memory."""

import pytest
from flask.testing import FlaskClient

from visits import create_app

from .conftest import MemoryCounter


def test_each_visit_of_the_page_counts_one(client: FlaskClient) -> None:
    """Two visits, two numbers."""
    assert '<p class="count" id="count">1</p>' in client.get("/").text
    assert '<p class="count" id="count">2</p>' in client.get("/").text


def test_the_page_shows_its_release(client: FlaskClient) -> None:
    """Version, environment and digest are on the page."""
    page = client.get("/").text
    assert "1.4.2-4f2c1d0a9b8e" in page
    assert "<dd>test</dd>" in page
    assert "sha256:" + "0" * 64 in page


def test_the_page_says_so_when_the_counter_is_away(
    client: FlaskClient, counter: MemoryCounter
) -> None:
    """A visitor sees a page, a monitor a 503."""
    counter.available = False
    response = client.get("/")
    assert response.status_code == 503
    assert "taking a break" in response.text


def test_probes_and_version_count_nothing(client: FlaskClient, counter: MemoryCounter) -> None:
    """Only the page counts."""
    for path in ("/healthz", "/readyz", "/version", "/favicon.ico"):
        client.get(path)
    assert counter.visits == 0


def test_alive_without_redis_but_not_ready(client: FlaskClient, counter: MemoryCounter) -> None:
    """An outage of Redis takes the pod out of the Service and restarts nothing."""
    counter.available = False
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json == {
        "status": "unavailable",
        "reason": "Redis does not answer (ConnectionError)",
    }


def test_ready_when_redis_answers(client: FlaskClient) -> None:
    """Ready is 200."""
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json == {"status": "ok"}


def test_version_names_the_release(client: FlaskClient) -> None:
    """What a deployment is verified by."""
    assert client.get("/version").json == {
        "version": "1.4.2-4f2c1d0a9b8e",
        "digest": "sha256:" + "0" * 64,
        "commit": "4f2c1d0" + "0" * 33,
    }


def test_every_answer_has_the_security_headers(client: FlaskClient) -> None:
    """On pages and on errors alike."""
    for path in ("/", "/version", "/no-such-page"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"


def test_the_style_sheet_may_be_cached(client: FlaskClient) -> None:
    """Static files keep their own caching rule."""
    with client.get("/static/style.css") as response:
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-cache"


def test_what_is_not_given_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The factory that gunicorn calls."""
    monkeypatch.setenv("APP_VERSION", "9.9.9")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    client = create_app().test_client()
    assert client.get("/version").get_json()["version"] == "9.9.9"
    assert client.get("/readyz").status_code == 503
