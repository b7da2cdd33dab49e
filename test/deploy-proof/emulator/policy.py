"""Whether a policy document allows a call: enough of IAM's evaluation for trusts and resource policies.

Source: IAM user guide, policy evaluation logic; reference of condition operators. An operator that is not known is an
error: nobody may take it for satisfied.
"""

import json
import re

from .strict import Refused


def allows(policy, principal: dict, action: str, context: dict, resource: str = "*") -> bool:
    """`principal`: {"Service": "…"} or {"AWS": account}. `context`: condition keys (any case) with their value."""
    policy = json.loads(policy) if isinstance(policy, str) else policy
    keys = {key.lower(): value for key, value in context.items()}
    matching = [
        statement["Effect"] for statement in _list(policy["Statement"])
        if _principal(statement, principal) and _action(statement, action) and _conditions(statement, keys)
    ]  # fmt: skip
    return "Allow" in matching and "Deny" not in matching


def _principal(statement: dict, principal: dict) -> bool:
    if "NotPrincipal" in statement:
        raise Refused("NotPrincipal is not judged")
    allowed = statement["Principal"]
    if allowed == "*":
        return True
    for kind, value in principal.items():
        if value in _list(allowed.get(kind, [])) or (kind == "AWS" and "*" in _list(allowed.get("AWS", []))):
            return True
        # Anybody includes the services that act for somebody, as far as conditions let them.
        if kind == "Service" and "*" in _list(allowed.get("AWS", [])):
            return True
    return False


def _action(statement: dict, action: str) -> bool:
    if "NotAction" in statement:
        return not any(_like(pattern, action) for pattern in _list(statement["NotAction"]))
    return any(_like(pattern.lower(), action.lower()) for pattern in _list(statement["Action"]))


def _conditions(statement: dict, context: dict) -> bool:
    return all(
        _condition(operator, _text(context.get(key.lower())), [_text(item) for item in _list(values)])
        for operator, entries in statement.get("Condition", {}).items() for key, values in entries.items()
    )  # fmt: skip


def _condition(operator: str, actual, wanted: list) -> bool:
    if operator == "Null":
        return (actual is None) == (wanted == ["true"])
    if operator.endswith("IfExists"):
        return actual is None or _condition(operator.removesuffix("IfExists"), actual, wanted)
    negative = "Not" in operator
    if actual is None:
        return negative
    base = operator.replace("Not", "")
    if base in ("StringEquals", "ArnEquals", "Bool"):
        found = actual in wanted if base != "ArnEquals" else any(_like(item, actual) for item in wanted)
    elif base in ("StringLike", "ArnLike"):
        found = any(_like(item, actual) for item in wanted)
    elif base in ("NumericLessThan", "NumericGreaterThanEquals"):
        found = any((float(actual) < float(item)) == (base == "NumericLessThan") for item in wanted)
    else:
        raise Refused(f"condition operator {operator} is not judged")
    return found != negative


def _like(pattern: str, value: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), value, re.DOTALL) is not None


def _text(value):
    return str(value).lower() if isinstance(value, bool) else value if value is None else str(value)


def _list(value) -> list:
    return value if isinstance(value, list) else [value]
