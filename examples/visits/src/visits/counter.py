"""The counter, and the one place that talks to Redis."""

from typing import Protocol

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

KEY = "visits"

# A page that waits longer than this for its counter is of no use to anybody.
TIMEOUT_SECONDS = 1.0


class CounterUnavailable(Exception):
    """The store of the counter does not answer; the text says why, without its address."""


class Counter(Protocol):
    """Counts visits."""

    def increment(self) -> int:
        """Counts one visit and returns the new total. Raises CounterUnavailable."""

    def check(self) -> None:
        """Returns if the store answers. Raises CounterUnavailable."""


class RedisCounter:
    """A counter in one Redis key, shared by every replica."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            # A second INCR after a lost answer would count a visit twice.
            retry=Retry(NoBackoff(), 0),
        )

    def increment(self) -> int:
        """Counts one visit and returns the new total."""
        try:
            return self._client.incr(KEY)
        except redis.RedisError as error:
            raise CounterUnavailable(_reason(error)) from error

    def check(self) -> None:
        """Returns if Redis answers a PING."""
        try:
            self._client.ping()
        except redis.RedisError as error:
            raise CounterUnavailable(_reason(error)) from error


def _reason(error: redis.RedisError) -> str:
    """Names the kind of error only: its message may hold the address, with the password."""
    return f"Redis does not answer ({type(error).__name__})"
