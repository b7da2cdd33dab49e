"""The emulated AWS on one loopback port: CloudFormation and what moto lacks from here, everything else from moto.

    python -m emulator.server [PORT]    prints the port, and serves until its standard input ends
"""

import sys
import threading
from functools import lru_cache

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Request

from moto.iam.access_control import PermissionResult
from moto.iam.models import get_account_id_from
from moto.s3.models import FakeBucket

from . import aws, own, proof
from .aws import ACCOUNT
from .cloud import Cloud
from .cloudformation import operations
from .front import answer, operation_of



class Application:
    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)
        # Which service a host means is looked up in moto's folder, by a hundred calls of stat each time.
        self.moto.get_backend_for_host = lru_cache(maxsize=None)(self.moto.get_backend_for_host)
        self.clouds: dict[tuple[str, str], Cloud] = {}
        self.lock = threading.Lock()

    def cloud(self, region: str, account: str = ACCOUNT) -> Cloud:
        with self.lock:
            return self.clouds.setdefault((account, region), Cloud(account, region))

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"].startswith("/_proof/"):
            return proof.answer(self, Request(environ))(environ, start_response)
        key, service, region = _scope(environ.get("HTTP_AUTHORIZATION", ""))
        if service == "monitoring":
            service = "cloudwatch"
        if service == "cloudformation" or service in own.SERVICES:
            request = Request(environ)
            request.get_data(cache=True, parse_form_data=False)
            operation, parameters = operation_of(service, request)
            act = self._operation(service, operation, (get_account_id_from(key), region), request.values)
            if act is not None:
                return answer(service, operation, parameters, request, act)(environ, start_response)
            if service == "cloudformation":
                raise NotImplementedError(f"cloudformation:{operation}")
            import io

            environ["wsgi.input"] = io.BytesIO(request.get_data())
        return self.moto(environ, start_response)

    def _operation(self, service: str, operation: str, place: tuple[str, str], values):
        """`place`: account and region."""
        if service == "cloudformation":
            return operations(self.cloud(place[1], place[0])).get(operation)
        return own.operation(service, operation, *place, values)


def _scope(authorization: str) -> tuple[str, str, str]:
    """Access key, service and region of a signed request."""
    try:
        credential, _, region, service, _ = authorization.split(",")[0].split()[1].split("/")
        return credential.removeprefix("Credential="), service, region
    except (IndexError, ValueError):
        return "", "", ""


def application() -> Application:
    """The whole, and the handlers connected to it. One a process: moto's backends are global."""
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
