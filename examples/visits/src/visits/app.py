"""The application factory and its routes."""

import logging
import os

from flask import Flask, Response, jsonify, render_template

from visits.counter import Counter, CounterUnavailable, RedisCounter
from visits.logs import log_requests
from visits.settings import Settings

LOG = logging.getLogger("visits")

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create_app(settings: Settings | None = None, counter: Counter | None = None) -> Flask:
    """Makes the application; what is not given is read from the environment."""
    settings = settings or Settings.from_environment(os.environ)
    counter = counter or RedisCounter(settings.redis_url)
    app = Flask(__name__)
    log_requests(app)

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.get("/")
    def index() -> tuple[str, int]:
        try:
            visits = counter.increment()
        except CounterUnavailable as error:
            LOG.warning("visit not counted: %s", error)
            return render_template("index.html", visits=None, release=settings), 503
        return render_template("index.html", visits=visits, release=settings), 200

    @app.get("/healthz")
    def healthz() -> Response:
        """The process is alive: says nothing of Redis, so that an outage there restarts nobody."""
        return jsonify(status="ok")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """The service can do its work now."""
        try:
            counter.check()
        except CounterUnavailable as error:
            return jsonify(status="unavailable", reason=str(error)), 503
        return jsonify(status="ok"), 200

    @app.get("/version")
    def version() -> Response:
        """The release that answers."""
        return jsonify(version=settings.version, digest=settings.digest, commit=settings.commit)

    return app
