"""CloudFormation's intrinsic functions, strictly: what is not known is an error, never an empty value.

Source: AWS CloudFormation Template Reference, intrinsic functions; rule-specific intrinsic functions.
"""

import base64
import json
import re

from .strict import Refused

PSEUDO = {
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
}
NOTHING = object()


class Pending(Exception):
    """A value that is known only when its resource has been made."""


def is_call(value) -> bool:
    return (
        isinstance(value, dict)
        and len(value) == 1
        and (next(iter(value)) in ("Ref", "Condition") or next(iter(value)).startswith("Fn::"))
    )


def references(value):
    """Every (logical id, attribute or None) that a value refers to."""
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(value.get("Ref"), str):
            yield value["Ref"], None
        elif len(value) == 1 and "Fn::GetAtt" in value:
            name, attribute = get_att(value["Fn::GetAtt"])
            yield name, attribute
        elif len(value) == 1 and "Fn::Sub" in value:
            text, own = value["Fn::Sub"] if isinstance(value["Fn::Sub"], list) else (value["Fn::Sub"], {})
            for name in re.findall(r"\$\{([^!}]+)\}", text):
                if name not in own:
                    yield tuple(name.split(".", 1)) if "." in name else (name, None)
            yield from references(own)
        else:
            for item in value.values():
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def get_att(argument) -> tuple[str, str]:
    name, _, attribute = argument.partition(".") if isinstance(argument, str) else (argument[0], "", argument[1])
    return name, attribute


class Resolver:
    """`values`: of parameters and pseudo parameters. `ref`, `att`, `imported` raise Pending or Refused."""

    def __init__(self, values, mappings, conditions, zones, ref, att, imported):
        self.values, self.mappings, self.conditions, self.zones = values, mappings, conditions, zones
        self.ref, self.att, self.imported = ref, att, imported
        self.met: dict[str, bool] = {}

    def condition(self, name: str) -> bool:
        if name not in self.conditions:
            raise Refused(f"Unresolved condition {name}")
        if name not in self.met:
            self.met[name] = bool(self(self.conditions[name]))
        return self.met[name]

    def __call__(self, value):
        if isinstance(value, list):
            return [item for item in map(self, value) if item is not NOTHING]
        if not isinstance(value, dict):
            return value
        if not is_call(value):
            resolved = {key: self(item) for key, item in value.items()}
            return {key: item for key, item in resolved.items() if item is not NOTHING}
        name, argument = next(iter(value.items()))
        function = getattr(self, "_" + name.replace("Fn::", "").lower(), None)
        if function is None:
            raise Refused(f"Template error: unknown function {name}")
        return function(argument)

    def _ref(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        return self.values[name] if name in self.values else self.ref(name)

    def _getatt(self, argument):
        return self.att(*get_att(self(argument) if isinstance(argument, list) else argument))

    def _condition(self, name):
        return self.condition(name)

    def _if(self, argument):
        name, then, otherwise = argument
        return self(then if self.condition(name) else otherwise)

    def _equals(self, argument):
        left, right = map(self, argument)
        return str(left) == str(right)

    def _not(self, argument):
        return not self(argument[0])

    def _and(self, argument):
        return all(map(self, argument))

    def _or(self, argument):
        return any(map(self, argument))

    def _contains(self, argument):
        items, item = map(self, argument)
        return item in items

    def _join(self, argument):
        delimiter, items = argument[0], self(argument[1])
        if not all(isinstance(item, (str, int, float)) for item in items):
            raise Refused(f"Template error: every Fn::Join object requires a list of strings, not {items!r}")
        return delimiter.join(map(str, items))

    def _split(self, argument):
        return self(argument[1]).split(argument[0])

    def _select(self, argument):
        index, items = int(self(argument[0])), self(argument[1])
        if not 0 <= index < len(items):
            raise Refused(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
        return items[index]

    def _sub(self, argument):
        text, own = argument if isinstance(argument, list) else (argument, {})

        def value(match):
            name = match.group(1)
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in own:
                return str(self(own[name]))
            return str(self._getatt(name) if "." in name else self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", value, text)

    def _findinmap(self, argument):
        name, top, second = (self(item) for item in argument[:3])
        try:
            return self.mappings[name][top][second]
        except KeyError:
            raise Refused(f"Template error: Unable to get mapping for {name}::{top}::{second}") from None

    def _importvalue(self, argument):
        return self.imported(self(argument))

    def _getazs(self, argument):
        region = self(argument) or self.values["AWS::Region"]
        return [region + letter for letter in self.zones]

    def _base64(self, argument):
        return base64.b64encode(self(argument).encode()).decode()

    def _tojsonstring(self, argument):
        return json.dumps(self(argument))
