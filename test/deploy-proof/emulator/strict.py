"""Checks a request against the AWS service model: every member known, of its type, within its length, range, enum and pattern.

botocore's own ParamValidator knows neither enums nor patterns nor upper bounds, and warns of nothing that it skips.
"""

from functools import lru_cache

import regex

SCALARS = {
    "string": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
}


class Refused(Exception):
    """A request or a resource that AWS would not take, in AWS's words where they are known."""


def check(shape, value, path: str) -> None:
    """Raises Refused with every violation of a botocore Shape."""
    found = list(violations(shape, value, path))
    if found:
        raise Refused("; ".join(found))


def violations(shape, value, path: str):
    kind = shape.type_name
    if kind == "structure":
        yield from _structure(shape, value, path)
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{path}: expected a list, is {value!r}"
            return
        yield from _bounds(shape, len(value), path, "members")
        for index, item in enumerate(value):
            yield from violations(shape.member, item, f"{path}[{index}]")
    elif kind == "map":
        if not isinstance(value, dict):
            yield f"{path}: expected a map, is {value!r}"
            return
        yield from _bounds(shape, len(value), path, "entries")
        for key, item in value.items():
            yield from violations(shape.key, key, f"{path} key {key!r}")
            yield from violations(shape.value, item, f"{path}.{key}")
    else:
        yield from _scalar(shape, value, path)


def _structure(shape, value, path: str):
    if getattr(shape, "is_document_type", False):
        return
    if not isinstance(value, dict):
        yield f"{path}: expected a structure, is {value!r}"
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{path}: {name} is required"
    for name, item in value.items():
        if name not in shape.members:
            yield f"{path}: unknown member {name}; there are {', '.join(sorted(shape.members))}"
        elif item is not None:
            yield from violations(shape.members[name], item, f"{path}.{name}")


def _scalar(shape, value, path: str):
    wanted = SCALARS.get(shape.type_name)
    if wanted is None:
        return
    if not isinstance(value, wanted) or (isinstance(value, bool) and shape.type_name != "boolean"):
        yield f"{path}: expected {shape.type_name}, is {value!r}"
        return
    if shape.type_name == "string":
        yield from _bounds(shape, len(value), path, "characters")
        enum = shape.metadata.get("enum")
        if enum and value not in enum:
            yield f"{path}: {value!r} is none of {', '.join(enum)}"
        pattern = compiled(shape.metadata.get("pattern"))
        if pattern is not None and not pattern.fullmatch(value):
            yield f"{path}: {value!r} does not match {shape.metadata['pattern']}"
    elif shape.type_name != "boolean":
        yield from _bounds(shape, value, path, "")


def _bounds(shape, size, path: str, unit: str):
    for key, wrong in (("min", lambda bound: size < bound), ("max", lambda bound: size > bound)):
        bound = shape.metadata.get(key)
        if bound is not None and wrong(float(bound)):
            yield f"{path}: {size} {unit} where {key} is {bound}".replace("  ", " ")


@lru_cache(maxsize=None)
def compiled(pattern):
    """The pattern, or None where it is absent or written for another regular-expression dialect."""
    if not pattern:
        return None
    try:
        return regex.compile(pattern, regex.DOTALL)
    except regex.error:
        return None
