"""A stack: makes, changes, replaces and deletes resources in the order of their references, and rolls back what failed.

Source: AWS CloudFormation user guide, "Update behaviors of stack resources", "Stack status codes", DeletionPolicy.
"""

import datetime
import uuid

from . import schemas
from .handlers import Context, handler
from .strict import Refused
from .template import Template


class Resource:
    def __init__(self, name: str, kind: str, item: dict, properties: dict, physical: str, attributes: dict):
        self.name, self.kind, self.item, self.properties = name, kind, item, properties
        self.physical, self.attributes = physical, attributes
        self.retain_on_replace = item.get("UpdateReplacePolicy") == "Retain"


class Stack:
    def __init__(self, cloud, name: str):
        self.cloud, self.name = cloud, name
        self.id = f"arn:aws:cloudformation:{cloud.region}:{cloud.account}:stack/{name}/{uuid.uuid4()}"
        self.created = _now()
        self.status, self.reason = "REVIEW_IN_PROGRESS", ""
        self.template: Template | None = None
        self.parameters: dict = {}
        self.tags: list = []
        self.resources: dict[str, Resource] = {}
        self.events: list[dict] = []
        self.change_sets: dict = {}
        self.outputs: list[dict] = []
        self.protected = False
        self.checks: dict[str, list] = {}
        self.kept: list[tuple[str, str, dict]] = []

    # -- Values ---------------------------------------------------------------------------------------------------

    def pseudo(self) -> dict:
        return {
            "AWS::AccountId": self.cloud.account, "AWS::Partition": "aws", "AWS::Region": self.cloud.region,
            "AWS::StackId": self.id, "AWS::StackName": self.name, "AWS::URLSuffix": "amazonaws.com",
            "AWS::NotificationARNs": [],
        }  # fmt: skip

    def resolver(self, template: Template):
        return template.resolve_with(self._ref, self._att, self.cloud.export)

    def _ref(self, name: str):
        return self._resource(name).physical

    def _att(self, name: str, attribute: str):
        resource = self._resource(name)
        if attribute not in resource.attributes:
            raise Refused(f"{name} ({resource.kind}) has no attribute {attribute}: the handler gives {sorted(resource.attributes)}")
        return resource.attributes[attribute]

    def _resource(self, name: str) -> Resource:
        if name not in self.resources:
            raise Refused(f"Unresolved reference to {name}")
        return self.resources[name]

    def _resolved_outputs(self, template: Template) -> list[dict]:
        resolve, found = self.resolver(template), []
        for key, output in template.body.get("Outputs", {}).items():
            if "Condition" in output and not resolve.condition(output["Condition"]):
                continue
            entry = {"OutputKey": key, "OutputValue": str(resolve(output["Value"]))}
            if "Description" in output:
                entry["Description"] = output["Description"]
            if "Export" in output:
                entry["ExportName"] = resolve(output["Export"]["Name"])
            found.append(entry)
        return found

    def imports(self) -> set[str]:
        def walk(value):
            if isinstance(value, dict):
                if "Fn::ImportValue" in value:
                    yield self.resolver(self.template)(value["Fn::ImportValue"])
                for item in value.values():
                    yield from walk(item)
            elif isinstance(value, list):
                for item in value:
                    yield from walk(item)

        return set(walk(self.template.body["Resources"])) if self.template else set()

    # -- Changes --------------------------------------------------------------------------------------------------

    def changes(self, template: Template) -> list[dict]:
        """As far as texts and known values tell; what a replaced resource changes in others shows when it is executed."""
        found = []
        for name in template.order:
            if name not in self.resources:
                found.append(("Add", name, template.resources[name]["Type"]))
            elif self._differs(template, name):
                found.append(("Modify", name, template.resources[name]["Type"]))
        gone = [name for name in self.resources if name not in template.resources]
        found += [("Remove", name, self.resources[name].kind) for name in gone]
        return [
            {"Type": "Resource", "ResourceChange": {"Action": action, "LogicalResourceId": name, "ResourceType": kind}}
            for action, name, kind in found
        ]

    def _differs(self, template: Template, name: str) -> bool:
        old, new = self.resources[name].item, template.resources[name]
        relevant = lambda item: {key: value for key, value in item.items() if key != "Metadata"}  # noqa: E731
        if relevant(old) != relevant(new):
            return True
        return self.template is not None and self.template.parameters != template.parameters

    def execute(self, template: Template) -> None:
        first = self.template is None
        verb = "CREATE" if first else "UPDATE"
        self._stack_event(f"{verb}_IN_PROGRESS", "User Initiated")
        undo: list = []
        garbage: list = []
        try:
            for name in template.order:
                self._apply(template, name, undo, garbage)
            for name in [name for name in self.resources if name not in template.resources]:
                garbage.append(self.resources.pop(name))
            self._check_in_the_end()
            outputs = self._resolved_outputs(template)
            self.cloud.check_exports(self, {output["ExportName"] for output in outputs if "ExportName" in output})
            self.template, self.outputs = template, outputs
        except Refused as error:
            self._roll_back(first, verb, undo, str(error))
            return
        for resource in reversed(garbage):
            self._delete(resource, resource.item.get("DeletionPolicy"))
        self._stack_event(f"{verb}_COMPLETE")

    def _apply(self, template: Template, name: str, undo: list, garbage: list) -> None:
        item = template.resources[name]
        kind = item["Type"]
        old = self.resources.get(name)
        try:
            properties = self._properties(template, item)
            if old is None or old.kind != kind or self._replaces(kind, old.properties, properties):
                self._event(name, kind, "CREATE_IN_PROGRESS" if old is None else "UPDATE_IN_PROGRESS", properties=properties)
                made = self._make(name, kind, item, properties)
                self.resources[name] = made
                undo.append(lambda: self._undo_creation(made, old))
                if old is not None and not old.retain_on_replace:
                    garbage.append(old)
                self._event(name, kind, "CREATE_COMPLETE" if old is None else "UPDATE_COMPLETE", made.physical)
            elif old.properties != properties:
                self._event(name, kind, "UPDATE_IN_PROGRESS", old.physical)
                handler(kind).update(self._context(name), old.physical, old.properties, properties)
                previous = old.properties
                undo.append(lambda: handler(kind).update(self._context(name), old.physical, properties, previous))
                undo.append(lambda: setattr(old, "properties", previous))
                old.properties = properties
                old.item = item
                self._event(name, kind, "UPDATE_COMPLETE", old.physical)
            else:
                old.item = item
        except Refused as error:
            self._event(name, kind, "CREATE_FAILED" if old is None else "UPDATE_FAILED", reason=str(error))
            raise Refused(f"{name} ({kind}): {error}") from error

    def _properties(self, template: Template, item: dict) -> dict:
        properties = self.resolver(template)(item.get("Properties", {}))
        kind = item["Type"]
        if kind.startswith("Custom::"):
            return properties
        found = schemas.errors(kind, self.cloud.region, properties, partial=False)
        if found:
            raise Refused("Properties validation failed: " + "; ".join(found))
        return schemas.coerced(kind, self.cloud.region, properties)

    def _replaces(self, kind: str, old: dict, new: dict) -> bool:
        keys = schemas.create_only(kind, self.cloud.region) | handler(kind).replaced_by
        return any(old.get(key) != new.get(key) for key in keys)

    def _make(self, name: str, kind: str, item: dict, properties: dict) -> Resource:
        physical, attributes = handler(kind).create(self._context(name), properties)
        return Resource(name, kind, item, properties, physical, attributes)

    def _undo_creation(self, made: Resource, old: Resource | None) -> None:
        self._delete(made, None if made.item.get("DeletionPolicy") != "Retain" or old is None else "Retain")
        if old is None:
            self.resources.pop(made.name, None)
        else:
            self.resources[made.name] = old

    def _roll_back(self, first: bool, verb: str, undo: list, reason: str) -> None:
        prefix = "ROLLBACK" if first else "UPDATE_ROLLBACK"
        self._stack_event(f"{prefix}_IN_PROGRESS", reason)
        try:
            for step in reversed(undo):
                step()
        except Refused as error:
            self._stack_event(f"{prefix}_FAILED", str(error))
            return
        self._stack_event(f"{prefix}_COMPLETE", reason)

    def delete(self) -> None:
        used = self.cloud.importers({output["ExportName"] for output in self.outputs if "ExportName" in output}, self)
        if used:
            raise Refused(f"Delete canceled. Export cannot be deleted as it is in use by {', '.join(sorted(used))}")
        self._stack_event("DELETE_IN_PROGRESS", "User Initiated")
        order = self.template.order if self.template else []
        try:
            for name in reversed([name for name in order if name in self.resources]):
                resource = self.resources[name]
                self._delete(resource, resource.item.get("DeletionPolicy"))
                del self.resources[name]
        except Refused as error:
            self._stack_event("DELETE_FAILED", str(error))
            return
        self._stack_event("DELETE_COMPLETE")

    def _delete(self, resource: Resource, policy: str | None) -> None:
        if policy in ("Retain", "RetainExceptOnCreate"):
            self.kept.append((resource.kind, resource.physical, resource.properties))
            self._event(resource.name, resource.kind, "DELETE_SKIPPED", resource.physical)
            return
        self._event(resource.name, resource.kind, "DELETE_IN_PROGRESS", resource.physical)
        try:
            handler(resource.kind).delete(self._context(resource.name), resource.physical, resource.properties)
            self.checks.pop(resource.name, None)
        except Refused as error:
            self._event(resource.name, resource.kind, "DELETE_FAILED", resource.physical, str(error))
            raise
        self._event(resource.name, resource.kind, "DELETE_COMPLETE", resource.physical)

    def later_of(self, name: str) -> list:
        """The list that takes the checks of one resource; a resource that is changed gives its checks anew."""
        self.checks[name] = []
        return self.checks[name]

    def _check_in_the_end(self) -> None:
        for name, checks in self.checks.items():
            for check in checks:
                try:
                    check()
                except Refused as error:
                    kind = self.resources[name].kind
                    self._event(name, kind, "CREATE_FAILED", self.resources[name].physical, str(error))
                    raise Refused(f"{name} ({kind}): {error}") from error

    # -- Telling --------------------------------------------------------------------------------------------------

    def _context(self, name: str) -> Context:
        context = Context(self.cloud, self.name, self.id, name)
        context.later = self.later_of(name)
        return context

    def _stack_event(self, status: str, reason: str = "") -> None:
        self.status, self.reason = status, reason
        self._event(self.name, "AWS::CloudFormation::Stack", status, self.id, reason)

    def _event(self, name, kind, status, physical="", reason="", properties=None) -> None:
        event = {
            "StackId": self.id, "EventId": str(uuid.uuid4()), "StackName": self.name, "LogicalResourceId": name,
            "PhysicalResourceId": physical, "ResourceType": kind, "Timestamp": _now(), "ResourceStatus": status,
        }  # fmt: skip
        self.events.append(event | ({"ResourceStatusReason": reason} if reason else {}))


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
