"""Calls of the emulated services by the handlers: validated against the service model, then handed to them in this process."""

import io
import json

import boto3
import botocore.session
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from werkzeug.test import EnvironBuilder, run_wsgi_app

from .strict import Refused, check

# A stand-in pair, as AWS's documentation spells it; moto takes any.
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


ENDPOINT = "http://localhost:1"


class JsonLoader(Loader):
    """moto speaks JSON and query; where a service prefers CBOR by now, botocore takes the older protocol that it still has."""

    def load_service_model(self, *args, **kwargs):
        model = super().load_service_model(*args, **kwargs)
        metadata = model.get("metadata", {})
        if metadata.get("protocol") == "smithy-rpc-v2-cbor":
            protocol = "query" if "query" in metadata["protocols"] else "json"
            metadata.update(protocol=protocol, protocols=[protocol])
        return model


_session = botocore.session.get_session({"data_path": (None, None, "", None)})
_session.register_component("data_loader", JsonLoader(extra_search_paths=_session.get_component("data_loader").search_paths))
_clients_of = boto3.Session(region_name="us-east-1", botocore_session=_session)
_clients: dict = {}
_application = None


def connect(application) -> None:
    """Which WSGI application answers."""
    global _application
    _application = application


def _answer(request, **_):
    """In place of botocore's HTTP: half the time of a connection over the loopback."""
    body = request.body or b""
    body = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else bytes(body)
    environ = EnvironBuilder(
        method=request.method, path=request.url.removeprefix(ENDPOINT).split("?")[0] or "/", base_url=ENDPOINT,
        query_string=request.url.partition("?")[2], data=body,
        headers=[(key, value.decode() if isinstance(value, bytes) else value) for key, value in request.headers.items()],
    ).get_environ()  # fmt: skip
    environ["RAW_URI"] = request.url.removeprefix(ENDPOINT)
    chunks, status, headers = run_wsgi_app(_application, environ)
    raw = io.BytesIO(b"".join(chunks))
    raw.stream = lambda amount=None, **_: iter([raw.read()])
    return AWSResponse(request.url, int(status.split()[0]), HeadersDict(headers.items()), raw)


# Whose account is meant where nothing else is said; the others are reached by assumed roles.
ACCOUNT = "123456789012"


def credentials(account: str) -> dict:
    """An access key of any account, as STS gives it to who assumes a role there."""
    role = f"arn:aws:iam::{account}:role/administrator"
    return client("sts", "us-east-1").assume_role(RoleArn=role, RoleSessionName="deploy-proof")["Credentials"]


def client(service: str, region: str, account: str = ACCOUNT):
    if (service, region, account) not in _clients:
        key = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
        if account != ACCOUNT:
            given = credentials(account)
            key = {
                "aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }  # fmt: skip
        made = _clients[service, region, account] = _clients_of.client(
            service,
            region_name=region,
            **key,
            endpoint_url=ENDPOINT,
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, parameter_validation=False),
        )
        made.meta.events.register(f"before-send.{service}", _answer)
    return _clients[service, region, account]


def call(service: str, operation: str, region: str, _account: str = ACCOUNT, **request):
    """`operation` as the API names it (CreateProject). Raises Refused with the model's violations or the service's error."""
    api = client(service, region, _account)
    request = {key: value for key, value in request.items() if value is not None}
    shape = api.meta.service_model.operation_model(operation).input_shape
    if shape is not None:
        check(shape, request, f"{service}:{operation}")
    try:
        return getattr(api, _snake(api, operation))(**request)
    except ClientError as error:
        raise Refused(f"{service}:{operation}: {error}") from error


def _snake(api, operation: str) -> str:
    return next(name for name, full in api.meta.method_to_api_mapping.items() if full == operation)


def document(policy) -> str:
    return policy if isinstance(policy, str) else json.dumps(policy)
