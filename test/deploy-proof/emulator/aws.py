"""Calls of the emulated services by the handlers: validated against the service model, then sent over the loopback."""

import json
import os

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from .strict import Refused, check

# A stand-in pair, as AWS's documentation spells it; moto takes any.
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


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
_clients: dict = {}


def endpoint() -> str:
    return os.environ["AWS_ENDPOINT_URL"]


def client(service: str, region: str):
    if (service, region) not in _clients:
        session = boto3.Session(KEY, SECRET, region_name=region, botocore_session=_session)
        _clients[service, region] = session.client(
            service,
            endpoint_url=endpoint(),
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, parameter_validation=False),
        )
    return _clients[service, region]


def call(service: str, operation: str, region: str, **request):
    """`operation` as the API names it (CreateProject). Raises Refused with the model's violations or the service's error."""
    api = client(service, region)
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
