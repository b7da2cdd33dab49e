"""The deployed service, over HTTP.

BASE_URL is its address, EXPECTED_VERSION the release that must answer.
"""

import json
import os
import re
from typing import Any
from urllib.request import urlopen

import pytest

TIMEOUT_SECONDS = 10


@pytest.fixture(name="base_url")
def fixture_base_url() -> str:
    """Where the service is."""
    return os.environ["BASE_URL"].rstrip("/")


def get(url: str) -> str:
    """The body of a successful answer."""
    with urlopen(url, timeout=TIMEOUT_SECONDS) as response:
        body: bytes = response.read()
        return body.decode()


def get_json(url: str) -> Any:
    """The same, parsed."""
    return json.loads(get(url))


def count(base_url: str) -> int:
    """Visits the page and reads the number on it."""
    match = re.search(r'id="count">(\d+)<', get(base_url + "/"))
    assert match, "the page shows no count"
    return int(match.group(1))


def test_the_new_release_answers(base_url: str) -> None:
    """Every replica: several questions, one answer."""
    versions = {get_json(base_url + "/version")["version"] for _ in range(10)}
    assert versions == {os.environ["EXPECTED_VERSION"]}


def test_the_release_knows_its_digest(base_url: str) -> None:
    """The deployment tells the pod which image it runs."""
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", get_json(base_url + "/version")["digest"])


def test_ready(base_url: str) -> None:
    """Redis is reached from inside the cluster."""
    assert get_json(base_url + "/readyz") == {"status": "ok"}


def test_a_visit_counts(base_url: str) -> None:
    """Others may visit meanwhile: the number grows, by one at least."""
    first = count(base_url)
    assert count(base_url) > first


def test_the_page_is_styled(base_url: str) -> None:
    """The style sheet that the page names is served."""
    match = re.search(r'href="(/static/[^"]+)"', get(base_url + "/"))
    assert match, "the page names no style sheet"
    assert "--accent" in get(base_url + match.group(1))
