"""A web page that counts its visits in Redis."""

from visits.app import create_app

__all__ = ["create_app"]
