"""What the environment may hold."""

import pytest

from visits.settings import Settings, SettingsError


def test_an_empty_environment_is_a_local_one() -> None:
    """The defaults suit a laptop."""
    assert Settings.from_environment({}) == Settings(
        redis_url="redis://127.0.0.1:6379/0",
        version="unknown",
        commit="unknown",
        digest="unknown",
        environment="development",
    )


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    """As of a pod whose annotation is missing."""
    assert Settings.from_environment({"IMAGE_DIGEST": ""}).digest == "unknown"


def test_everything_comes_from_the_environment() -> None:
    """One variable a setting."""
    settings = Settings.from_environment(
        {
            "REDIS_URL": "rediss://cache:6380/1",
            "APP_VERSION": "1.4.2-4f2c1d0a9b8e",
            "APP_COMMIT": "4f2c1d0",
            "IMAGE_DIGEST": "sha256:abc",
            "APP_ENVIRONMENT": "staging",
        }
    )
    assert settings == Settings(
        "rediss://cache:6380/1", "1.4.2-4f2c1d0a9b8e", "4f2c1d0", "sha256:abc", "staging"
    )


def test_an_address_that_is_not_redis_is_refused_without_repeating_it() -> None:
    """The address may hold a password."""
    with pytest.raises(SettingsError, match="redis://, rediss://, unix://") as caught:
        Settings.from_environment(
            {"REDIS_URL": "http://user:canary@host"}  # pragma: allowlist secret
        )
    assert "canary" not in str(caught.value)


def test_a_variable_that_kubernetes_did_not_expand_is_explained() -> None:
    """Kubernetes leaves a reference as it is when the Service does not exist yet."""
    with pytest.raises(SettingsError, match="must exist before this pod starts"):
        Settings.from_environment({"REDIS_URL": "redis://$(VISITS_REDIS_SERVICE_HOST):6379/0"})
