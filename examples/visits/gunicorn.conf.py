"""How gunicorn serves the application; what depends on the place comes from the environment."""

import os

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8080')}"

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 8

# A request that takes longer is stuck: Redis answers within a second or not at all.
timeout = 30

# On SIGTERM the workers finish what they have begun; the pod's grace period is longer.
graceful_timeout = 20

# Seconds that an idle connection of the load balancer is kept.
keepalive = 5

# The root file system is read-only: the heartbeat file goes to the temporary folder (in a pod a
# volume in memory), and there is no control socket.
worker_tmp_dir = os.environ.get("TMPDIR", "/tmp")
control_socket_disable = True

# One JSON object a line. Requests are logged by the application.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "visits.logs.JsonFormatter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"level": os.environ.get("LOG_LEVEL", "INFO"), "handlers": ["stdout"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["stdout"], "propagate": False}},
}
