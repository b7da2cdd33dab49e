"""The application with a real Redis."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from visits import create_app
from visits.counter import KEY, CounterUnavailable, RedisCounter
from visits.settings import Settings


def test_the_count_is_kept_in_redis(redis_url: str) -> None:
    """Two applications count as one: the total outlives a pod and is shared by all of them."""
    settings = Settings.from_environment({"REDIS_URL": redis_url})
    one, other = (create_app(settings).test_client() for _ in range(2))
    assert 'id="count">1<' in one.get("/").text
    assert 'id="count">2<' in other.get("/").text
    with redis.Redis.from_url(redis_url) as client:
        assert client.get(KEY) == b"2"


def test_no_visit_is_lost_under_load(redis_url: str) -> None:
    """Forty visits at once are forty different numbers."""
    counter = RedisCounter(redis_url)
    with ThreadPoolExecutor(8) as pool:
        totals = sorted(pool.map(lambda _: counter.increment(), range(40)))
    assert totals == list(range(1, 41))


def test_ready_with_redis(redis_url: str) -> None:
    """Readiness asks the real server."""
    settings = Settings.from_environment({"REDIS_URL": redis_url})
    assert create_app(settings).test_client().get("/readyz").status_code == 200


def test_a_key_that_is_no_number_is_an_error_not_a_crash(redis_url: str) -> None:
    """Somebody else's data in our key."""
    with redis.Redis.from_url(redis_url) as client:
        client.set(KEY, "many")
    with pytest.raises(CounterUnavailable, match="ResponseError"):
        RedisCounter(redis_url).increment()
