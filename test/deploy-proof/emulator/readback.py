"""Compares what a template asked for with what the service tells of it: whatever a handler or a service drops shows here."""

import json

from .strict import Refused


def differences(asked, told, where: str = "") -> list[str]:
    """Everything in `asked` that `told` has not, or has otherwise. Case of names, order of lists, JSON in strings do not matter."""
    if isinstance(asked, dict) and isinstance(told, str):
        told = _json(told)
    if isinstance(asked, dict):
        if not isinstance(told, dict):
            return [f"{where}: asked for {_short(asked)}, is {_short(told)}"]
        spelled = {str(key).lower(): value for key, value in told.items()}
        found = []
        for key, value in asked.items():
            if key.lower() not in spelled or spelled[key.lower()] is None:
                found.append(f"{where}/{key}: asked for {_short(value)}, is absent")
            else:
                found += differences(value, spelled[key.lower()], f"{where}/{key}")
        return found
    if isinstance(asked, list):
        return _list(asked, told, where)
    return [] if _scalar(asked) == _scalar(told) else [f"{where}: asked for {_short(asked)}, is {_short(told)}"]


def _list(asked: list, told, where: str) -> list[str]:
    if isinstance(told, dict) and all(set(item) == {"Key", "Value"} for item in asked):
        told = [{"Key": key, "Value": value} for key, value in told.items()]
    if isinstance(told, str):
        told = _json(told)
    if not isinstance(told, list):
        told = [told]
    left, found = list(told), []
    for index, item in enumerate(asked):
        match = next((other for other in left if not differences(item, other)), None)
        if match is None:
            # With as many on both sides the neighbour tells more than "not there".
            nearest = differences(item, told[index], f"{where}[{index}]") if index < len(told) else []
            found += nearest or [f"{where}[{index}]: asked for {_short(item)}, is absent"]
        else:
            left.remove(match)
    return found


def _scalar(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, list) and len(value) == 1:
        return _scalar(value[0])
    text = str(value)
    try:
        return float(text)
    except ValueError:
        pass
    parsed = _json(text) if text[:1] in "{[" else text
    return text if isinstance(parsed, str) else json.dumps(parsed, sort_keys=True)


def _json(text: str):
    try:
        return json.loads(text)
    except ValueError:
        return text


def _short(value) -> str:
    return json.dumps(value, default=str)[:160]


def unlike(handler, context, physical: str, asked: dict) -> list[str]:
    """What of one resource's properties the service does not tell, less what the handler says nobody tells."""
    try:
        told = handler.read(context, physical, asked)
    except (Refused, LookupError, StopIteration) as error:
        return [f"not there: {error!r}"[:300]]
    return differences({key: value for key, value in asked.items() if key not in handler.untold}, told)


def of_stack(stack) -> list[str]:
    """Of all resources of a stack, as `logical id (type): difference`."""
    from .handlers import Context, handler

    return [
        f"{stack.name}/{name} ({resource.kind}): {line}"
        for name, resource in stack.resources.items()
        for line in unlike(
            handler(resource.kind), Context(stack.cloud, stack.name, stack.id, name), resource.physical, resource.properties
        )
    ]
