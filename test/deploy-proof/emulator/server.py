"""The emulated AWS on one loopback port: CloudFormation and what moto lacks from here, everything else from moto.

    python -m emulator.server [PORT]    prints the port, and serves until its standard input ends
"""

import os
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Request

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from . import aws, own
from .cloud import Cloud
from .cloudformation import operations
from .front import answer, operation_of

ACCOUNT = "123456789012"


class Application:
    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.clouds: dict[str, Cloud] = {}
        self.lock = threading.Lock()
        self.calls: list[str] = []

    def cloud(self, region: str) -> Cloud:
        with self.lock:
            return self.clouds.setdefault(region, Cloud(ACCOUNT, region))

    def __call__(self, environ, start_response):
        service, region = _scope(environ.get("HTTP_AUTHORIZATION", ""))
        if service == "monitoring":
            service = "cloudwatch"
        if service == "cloudformation" or service in own.SERVICES:
            request = Request(environ)
            request.get_data(cache=True, parse_form_data=False)
            operation, parameters = operation_of(service, request)
            act = self._operation(service, operation, region, request.values)
            if act is not None:
                return answer(service, operation, parameters, request, act)(environ, start_response)
            if service == "cloudformation":
                raise NotImplementedError(f"cloudformation:{operation}")
            import io

            environ["wsgi.input"] = io.BytesIO(request.get_data())
        return self.moto(environ, start_response)

    def _operation(self, service: str, operation: str, region: str, values):
        if service == "cloudformation":
            return operations(self.cloud(region)).get(operation)
        return own.operation(service, operation, ACCOUNT, region, values)


def _scope(authorization: str) -> tuple[str, str]:
    try:
        _, _, region, service, _ = authorization.split(",")[0].split()[1].split("/")
        return service, region
    except (IndexError, ValueError):
        return "", ""


def application() -> Application:
    """The whole, and the handlers connected to it. One a process: moto's backends are global."""
    os.environ.setdefault("MOTO_ACCOUNT_ID", ACCOUNT)
    # moto would deny all that a policy denies under a condition (plain HTTP), for it reads no conditions. Kept, not enforced.
    FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL
    made = Application()
    aws.connect(made)
    return made


def main() -> None:
    server = make_server("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0, application(), threaded=True)
    print(server.port, flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    import logging

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    main()
