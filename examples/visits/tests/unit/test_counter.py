"""The counter when Redis fails; what it does with a real one is tested in tests/integration."""

import pytest
import redis

from visits.counter import CounterUnavailable, RedisCounter


@pytest.mark.parametrize("error", [redis.ConnectionError, redis.TimeoutError, redis.ResponseError])
def test_every_failure_of_redis_is_one_kind_of_error(
    error: type[redis.RedisError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named by its kind, without the text of the client, which may hold the address."""

    def fail(*_: object) -> None:
        raise error("redis://user:canary@host")  # pragma: allowlist secret

    monkeypatch.setattr(redis.Redis, "incr", fail)
    monkeypatch.setattr(redis.Redis, "ping", fail)
    counter = RedisCounter("redis://127.0.0.1:1/0")
    for call in (counter.increment, counter.check):
        with pytest.raises(CounterUnavailable) as caught:
            call()
        assert str(caught.value) == f"Redis does not answer ({error.__name__})"
