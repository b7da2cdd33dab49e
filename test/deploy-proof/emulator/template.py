"""A template read and checked before anything is made: structure, known types, references, cycles, property names and forms."""

import json
import re

import yaml

from . import schemas
from .handlers import handler
from .intrinsics import PSEUDO, Resolver, references
from .strict import Refused

SECTIONS = {
    "AWSTemplateFormatVersion", "Conditions", "Description", "Mappings", "Metadata", "Outputs", "Parameters", "Resources", "Rules",
}  # fmt: skip
MEMBERS = {
    "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type", "UpdatePolicy",
    "UpdateReplacePolicy",
}  # fmt: skip
SIDE = re.compile("Policy$|Route$|Attachment$|Association$|Permission$|Ingress$|Egress$")
POLICIES = {"Delete", "Retain", "RetainExceptOnCreate", "Snapshot"}


def _construct(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


class _Loader(yaml.SafeLoader):
    """Dates stay strings, as CloudFormation reads them."""


_Loader.add_multi_constructor("!", _construct)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)


def parse(text: str) -> dict:
    if len(text.encode()) > 1_000_000:
        raise Refused("Template may not exceed 1000000 bytes in size.")
    try:
        template = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Loader)
    except (ValueError, yaml.YAMLError) as error:
        raise Refused(f"Template format error: {error}") from None
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise Refused("Template format error: At least one Resources member must be defined.")
    return template


class Template:
    """`parameters`: given values by name. `look_up`: an SSM parameter's value. Raises Refused with everything that is wrong."""

    def __init__(self, text: str, parameters: dict, pseudo: dict, look_up):
        self.text, self.body, self.pseudo = text, parse(text), pseudo
        self.region = pseudo["AWS::Region"]
        unknown = set(self.body) - SECTIONS
        if unknown:
            raise Refused(f"Invalid template property or properties {sorted(unknown)}")
        self.parameters = self._parameters(parameters, look_up)
        self.resolver = self.resolve_with(self._pending, self._pending, self._pending)
        self._rules()
        self.resources = {
            name: item for name, item in self.body["Resources"].items()
            if "Condition" not in item or self.resolver.condition(item["Condition"])
        }  # fmt: skip
        self.decided = {name: _decide(item.get("Properties", {}), self.resolver) for name, item in self.resources.items()}
        found = list(self._problems())
        if found:
            raise Refused("; ".join(found))
        self.order = self._order()

    def resolve_with(self, ref, att, imported) -> Resolver:
        body = self.body
        # Two regions' letters differ; three zones are what most regions have.
        return Resolver(
            {**self.parameters, **self.pseudo}, body.get("Mappings", {}), body.get("Conditions", {}), "abc", ref, att, imported
        )

    @staticmethod
    def _pending(*_):
        from .intrinsics import Pending

        raise Pending

    def _parameters(self, given: dict, look_up) -> dict:
        declared = self.body.get("Parameters", {})
        if set(given) - set(declared):
            raise Refused(f"Parameters: {sorted(set(given) - set(declared))} do not exist in the template")
        values = {}
        for name, parameter in declared.items():
            value = given.get(name, parameter.get("Default"))
            if value is None:
                raise Refused(f"Parameters: [{name}] must have values")
            if "AllowedValues" in parameter and str(value) not in map(str, parameter["AllowedValues"]):
                raise Refused(f"Parameter '{name}' must be one of AllowedValues")
            if parameter["Type"].startswith("AWS::SSM::Parameter::Value"):
                value = look_up(value)
            values[name] = value.split(",") if parameter["Type"] == "CommaDelimitedList" else value
        return values

    def _rules(self) -> None:
        for name, rule in self.body.get("Rules", {}).items():
            if "RuleCondition" in rule and not self.resolver(rule["RuleCondition"]):
                continue
            for assertion in rule["Assertions"]:
                if not self.resolver(assertion["Assert"]):
                    raise Refused(f"Template error: rule {name}: {assertion.get('AssertDescription', '')}")

    def _problems(self):
        if len(self.resources) > 500:
            yield "Template format error: Number of resources is greater than maximum allowed, 500"
        for name, item in self.resources.items():
            if set(item) - MEMBERS:
                yield f"{name}: Invalid template resource property {sorted(set(item) - MEMBERS)}"
            for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                if item.get(policy, "Delete") not in POLICIES:
                    yield f"{name}: unrecognized {policy} {item[policy]}"
            yield from self._resource_problems(name, item)
        for name, output in self.body.get("Outputs", {}).items():
            yield from self._reference_problems(f"Outputs/{name}", _decide(output, self.resolver))

    def _resource_problems(self, name: str, item: dict):
        try:
            handler(item["Type"])
            yield from self._reference_problems(name, self.decided[name])
            for other in _depends_on(item):
                if other not in self.body["Resources"]:
                    yield f"{name}: Unresolved resource dependencies [{other}] in DependsOn"
            if not item["Type"].startswith("Custom::"):
                for error in schemas.errors(item["Type"], self.region, self.decided[name], partial=True):
                    yield f"{name} ({item['Type']}): {error}"
        except Refused as error:
            yield f"{name}: {error}"

    def _reference_problems(self, where: str, value):
        """`value`: conditions decided (_decide)."""
        for name, attribute in references(value):
            if attribute is None and (name in self.parameters or name in PSEUDO):
                continue
            if name not in self.resources:
                yield f"{where}: Unresolved resource dependencies [{name}]"
                continue
            allowed = schemas.attributes(self.resources[name]["Type"], self.region) if attribute else None
            if attribute and allowed is not None and attribute not in allowed | handler(self.resources[name]["Type"]).more:
                yield f"{where}: Resource {name} ({self.resources[name]['Type']}) does not support attribute type {attribute} in Fn::GetAtt"

    def needs(self, name: str) -> set[str]:
        direct = {other for other, _ in references(self.decided[name])}
        return {other for other in direct | set(_depends_on(self.resources[name])) if other in self.resources}

    def _order(self) -> list[str]:
        """One after the other, what nobody waits for as late as possible: CloudFormation makes things side by side, so a
        resource that needs a route or a policy without saying so shall meet its absence."""
        needs = {name: self.needs(name) for name in self.resources}
        waited_for = set().union(*needs.values()) if needs else set()
        late = lambda name: (name not in waited_for, bool(SIDE.search(self.resources[name]["Type"])))  # noqa: E731
        done: set[str] = set()
        order: list[str] = []
        while len(order) < len(needs):
            ready = [name for name in needs if name not in done and needs[name] <= done]
            if not ready:
                raise Refused(f"Circular dependency between resources: {sorted(set(needs) - done)}")
            order.append(min(ready, key=late))
            done.add(order[-1])
        return order


def _depends_on(item: dict) -> list[str]:
    value = item.get("DependsOn", [])
    return [value] if isinstance(value, str) else value


def _decide(value, resolver: Resolver):
    """A value with conditions decided and NoValue gone; other functions stay."""
    from .intrinsics import NOTHING

    if isinstance(value, list):
        return [item for item in (_decide(each, resolver) for each in value) if item is not NOTHING]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::If"}:
        name, then, otherwise = value["Fn::If"]
        return _decide(then if resolver.condition(name) else otherwise, resolver)
    if value == {"Ref": "AWS::NoValue"}:
        return NOTHING
    decided = {key: _decide(item, resolver) for key, item in value.items()}
    return {key: item for key, item in decided.items() if item is not NOTHING}
