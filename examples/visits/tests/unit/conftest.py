"""What the unit tests share."""

import pytest
from flask.testing import FlaskClient

from visits import create_app
from visits.counter import CounterUnavailable
from visits.settings import Settings


class MemoryCounter:
    """A counter without a server, which can be made to fail."""

    def __init__(self) -> None:
        self.visits = 0
        self.available = True

    def increment(self) -> int:
        """Counts one visit."""
        self.check()
        self.visits += 1
        return self.visits

    def check(self) -> None:
        """Fails if it was told to."""
        if not self.available:
            raise CounterUnavailable("Redis does not answer (ConnectionError)")


@pytest.fixture(name="counter")
def fixture_counter() -> MemoryCounter:
    """A counter at zero."""
    return MemoryCounter()


@pytest.fixture(name="client")
def fixture_client(counter: MemoryCounter) -> FlaskClient:
    """A client of an application whose settings are known."""
    settings = Settings(
        redis_url="redis://127.0.0.1:6379/0",
        version="1.4.2-4f2c1d0a9b8e",
        commit="4f2c1d0" + "0" * 33,
        digest="sha256:" + "0" * 64,
        environment="test",
    )
    return create_app(settings, counter).test_client()
