"""The CloudFormation registry's schemas of resource types, as cfn-lint ships them: which properties there are and of what form."""

import json
from functools import lru_cache

import jsonschema
import regex
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from cfnlint.schema._exceptions import ResourceNotFoundError

from .intrinsics import is_call
from .strict import Refused


@lru_cache(maxsize=None)
def schema(kind: str, region: str) -> dict:
    try:
        return PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).schema
    except ResourceNotFoundError:
        raise Refused(f"Template format error: Unrecognized resource types: [{kind}]") from None


def attributes(kind: str, region: str) -> set[str] | None:
    """What Fn::GetAtt may name; None: anything (custom resources)."""
    if kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource":
        return None
    return {path.removeprefix("/properties/").replace("/", ".") for path in schema(kind, region).get("readOnlyProperties", [])}


def create_only(kind: str, region: str) -> set[str]:
    """Top-level properties whose change means a new resource."""
    if kind.startswith("Custom::"):
        return {"ServiceToken"}
    return {path.split("/")[2] for path in schema(kind, region).get("createOnlyProperties", []) if path.count("/") == 2}


def _pattern(validator, pattern, instance, _):
    if not isinstance(instance, str):
        return
    try:
        found = regex.search(pattern, instance)
    except regex.error:
        return
    if not found:
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


Validator = jsonschema.validators.extend(jsonschema.Draft7Validator, {"pattern": _pattern, "format": None})


@lru_cache(maxsize=None)
def _validator(kind: str, region: str):
    whole = schema(kind, region)
    # Read-only properties are attributes, not properties that a template may set, unless it may create them.
    return Validator(whole)


def _has_call(value) -> bool:
    if isinstance(value, dict):
        return is_call(value) or any(map(_has_call, value.values()))
    return isinstance(value, list) and any(map(_has_call, value))


def errors(kind: str, region: str, properties: dict, *, partial: bool) -> list[str]:
    """Violations; `partial`: values with functions in them are not judged yet."""
    return list(_errors(kind, region, json.dumps(properties), partial))


@lru_cache(maxsize=None)
def _errors(kind: str, region: str, text: str, partial: bool) -> tuple[str, ...]:
    """By the text of the properties: one resource is judged in each of many templates."""
    properties, found = json.loads(text), []
    for error in _validator(kind, region).iter_errors(coerce(schema(kind, region), schema(kind, region), properties)):
        structural = error.validator in ("required", "additionalProperties")
        if partial and (is_call(error.instance) or (not structural and _has_call(error.instance))):
            continue
        where = "/".join(map(str, error.absolute_path))
        found.append(f"#/{where}: {error.message[:300]}")
    return tuple(sorted(found))


def coerce(whole: dict, part: dict, value, depth: int = 0):
    """As CloudFormation does: "true" for a boolean, 5 for a string, "5" for a number."""
    part = _follow(whole, part)
    kinds = part.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(value, dict) and not is_call(value):
        known = dict(part.get("properties", {}))
        for option in part.get("oneOf", []) + part.get("anyOf", []) + part.get("allOf", []):
            known |= {key: item for key, item in _follow(whole, option).get("properties", {}).items() if key not in known}
        return {key: coerce(whole, known.get(key, {}), item) for key, item in value.items()}
    if isinstance(value, list):
        return [coerce(whole, part.get("items", {}), item) for item in value]
    if isinstance(value, str) and "string" not in kinds:
        if "boolean" in kinds and value in ("true", "false"):
            return value == "true"
        if {"integer", "number"} & set(kinds) and regex.fullmatch(r"-?\d+(\.\d+)?", value):
            return float(value) if "." in value else int(value)
    if kinds == ["string"] and isinstance(value, (bool, int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value


def coerced(kind: str, region: str, properties: dict) -> dict:
    return coerce(schema(kind, region), schema(kind, region), properties)


def _follow(whole: dict, part: dict) -> dict:
    while isinstance(part, dict) and "$ref" in part:
        target = whole
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part if isinstance(part, dict) else {}
