"""The HTTP face of the operations that are answered here and not by moto: parsed and written by moto's own protocol code."""

import re
import traceback
import uuid
from functools import lru_cache
from urllib.parse import unquote

from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.wrappers import Request, Response

from .strict import Refused, check


@lru_cache(maxsize=None)
def _routes(service: str):
    model, routes = get_service_model(service), []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = re.sub(r"\\\{(\w+)\\?\+?\\\}", r"(?P<\1>[^/]+)", re.escape(http["requestUri"].split("?")[0]))
        routes.append((http["method"], re.compile(path + r"/?"), name))
    return sorted(routes, key=lambda route: -len(route[1].pattern))


def operation_of(service: str, request: Request) -> tuple[str, dict]:
    """Name of the operation, and the parameters in its path."""
    if "Action" in request.values:
        return request.values["Action"], {}
    if "X-Amz-Target" in request.headers:
        return request.headers["X-Amz-Target"].split(".")[-1], {}
    path = request.environ.get("RAW_URI", request.path).split("?")[0]
    for method, pattern, name in _routes(service):
        match = pattern.fullmatch(path)
        if match and method == request.method:
            return name, {key: unquote(value) for key, value in match.groupdict().items()}
    return "", {}


def answer(service: str, operation: str, parameters: dict, request: Request, act) -> Response:
    """`act(request) -> result`; what it refuses becomes the service's error."""
    model = get_service_model(service)
    described: OperationModel = model.operation_model(operation)
    protocol = {"cloudformation": "query", "cloudwatch": "query", "eks": "rest-json"}.get(service, "json")
    parsed = PROTOCOL_PARSERS[protocol](described).parse(
        {
            "method": request.method, "values": request.values, "headers": request.headers, "body": request.data,
            "url_path": request.path, "url_params": parameters,
        }
    )  # fmt: skip
    serializer = get_serializer_class(service, protocol)(described)
    try:
        if described.input_shape is not None:
            check(described.input_shape, dict(parsed), f"{service}:{operation}")
        written = serializer.serialize(act(dict(parsed)) or {})
    except Refused as error:
        return _error(protocol, str(error), getattr(error, "code", "ValidationError"))
    except Exception:  # The emulator broke: nobody may take that for a success.
        return _error(protocol, "The emulator broke: " + traceback.format_exc(), "InternalFailure", 501)
    return Response(written["body"], written["status_code"], dict(written["headers"]))


def _error(protocol: str, message: str, code: str, status: int = 400) -> Response:
    if protocol == "query":
        from xml.sax.saxutils import escape

        body = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
            f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
        )
        return Response(body, status, content_type="text/xml")
    import json

    return Response(
        json.dumps({"__type": code, "message": message}), status,
        content_type="application/x-amz-json-1.1", headers={"x-amzn-ErrorType": code},
    )  # fmt: skip
