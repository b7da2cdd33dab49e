"""What the environment tells the application."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

REDIS_SCHEMES = ("redis", "rediss", "unix")


class SettingsError(Exception):
    """The environment holds a value that the application cannot start with."""


@dataclass(frozen=True)
class Settings:
    """Where the counter lives, and which release this is."""

    redis_url: str
    version: str
    commit: str
    digest: str
    environment: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Reads REDIS_URL, APP_VERSION, APP_COMMIT, IMAGE_DIGEST and APP_ENVIRONMENT.

        Raises SettingsError if REDIS_URL is no Redis address.
        """
        url = environment.get("REDIS_URL", "redis://127.0.0.1:6379/0")
        if "$(" in url:
            raise SettingsError(
                "REDIS_URL holds a variable that was not expanded: "
                "the Service of Redis must exist before this pod starts"
            )
        if urlsplit(url).scheme not in REDIS_SCHEMES:
            raise SettingsError(
                f"REDIS_URL must start with one of {', '.join(s + '://' for s in REDIS_SCHEMES)}"
            )
        return cls(
            redis_url=url,
            version=environment.get("APP_VERSION") or "unknown",
            commit=environment.get("APP_COMMIT") or "unknown",
            digest=environment.get("IMAGE_DIGEST") or "unknown",
            environment=environment.get("APP_ENVIRONMENT", "development"),
        )
