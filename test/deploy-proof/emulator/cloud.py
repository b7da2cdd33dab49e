"""CloudFormation of one account and region: stacks, change sets, exports."""

import datetime
import re
import uuid

from .aws import call, client
from .stack import Stack
from .strict import Refused
from .template import Template


class Missing(Refused):
    """A stack that is not there."""


class MissingChangeSet(Missing):
    code = "ChangeSetNotFound"


class Cloud:
    def __init__(self, account: str, region: str):
        self.account, self.region = account, region
        self.stacks: dict[str, Stack] = {}
        self.deleted: dict[str, Stack] = {}

    def stack(self, name: str) -> Stack:
        for stack in (*self.stacks.values(), *self.deleted.values()):
            if name == stack.id or (name == stack.name and stack.status != "DELETE_COMPLETE"):
                return stack
        raise Missing(f"Stack with id {name} does not exist")

    def export(self, name: str) -> str:
        for stack in self.stacks.values():
            for output in stack.outputs:
                if output.get("ExportName") == name:
                    return output["OutputValue"]
        raise Refused(f"No export named {name} found.")

    def exports(self) -> list[dict]:
        return [
            {"ExportingStackId": stack.id, "Name": output["ExportName"], "Value": output["OutputValue"]}
            for stack in self.stacks.values() for output in stack.outputs if "ExportName" in output
        ]  # fmt: skip

    def importers(self, names: set[str], besides: Stack | None) -> set[str]:
        return {stack.name for stack in self.stacks.values() if stack is not besides and stack.imports() & names}

    def check_exports(self, stack: Stack, own: set[str]) -> None:
        """What others import must stay, with its value; a name is exported once. `own`: the names that the stack will export."""
        gone = {output["ExportName"] for output in stack.outputs if "ExportName" in output} - own
        for other in self.stacks.values():
            if other is stack:
                continue
            theirs = {output["ExportName"] for output in other.outputs if "ExportName" in output}
            if theirs & own:
                raise Refused(f"Export with name {sorted(theirs & own)[0]} is already exported by stack {other.name}")
            if other.imports() & gone:
                raise Refused(f"Export {sorted(other.imports() & gone)[0]} cannot be deleted as it is in use by {other.name}")

    def template(self, stack: Stack, request: dict) -> Template:
        text = request.get("TemplateBody")
        if request.get("UsePreviousTemplate"):
            text = stack.template.text
        elif text is None:
            text = self._fetch(request["TemplateURL"])
        elif len(text) > 51_200:
            raise Refused("1 validation error detected: templateBody has more than 51200 bytes")
        given = {}
        for parameter in request.get("Parameters", []):
            name = parameter["ParameterKey"]
            previous = stack.parameters.get(name)
            given[name] = previous if parameter.get("UsePreviousValue") else parameter.get("ParameterValue")
        if stack.template is None:
            given = {key: value for key, value in given.items() if value is not None}
        return Template(text, {key: value for key, value in given.items() if value is not None}, stack.pseudo(), self._look_up), given

    def _fetch(self, url: str) -> str:
        match = re.fullmatch(r"https?://s3\.[^/]+/([^/]+)/(.+)", url) or re.fullmatch(
            r"https?://([^./]+)\.s3\.[^/]+/(.+)", url
        ) or re.fullmatch(r"https?://localhost:\d+/([^/]+)/(.+)", url)
        if match is None:
            raise Refused(f"TemplateURL must reference a valid S3 object to which you have access: {url}")
        return client("s3", self.region, self.account).get_object(Bucket=match[1], Key=match[2])["Body"].read().decode()

    def _look_up(self, name: str) -> str:
        return call("ssm", "GetParameter", self.region, self.account, Name=name)["Parameter"]["Value"]

    def create_change_set(self, request: dict) -> dict:
        name, kind = request["StackName"], request.get("ChangeSetType", "UPDATE")
        if kind == "CREATE" and name not in self.stacks:
            self.stacks[name] = Stack(self, name)
        stack = self.stack(name)
        if kind == "CREATE" and stack.status not in ("REVIEW_IN_PROGRESS",):
            raise Refused(f"Stack [{name}] already exists and cannot be created again with the changeSet")
        template, given = self.template(stack, request)
        changes = stack.changes(template)
        change_set = {
            "id": f"arn:aws:cloudformation:{self.region}:{self.account}:changeSet/{request['ChangeSetName']}/{uuid.uuid4()}",
            "name": request["ChangeSetName"], "template": template, "given": given, "changes": changes,
            "tags": request.get("Tags"), "status": "CREATE_COMPLETE" if changes or stack.template is None else "FAILED",
            "created": datetime.datetime.now(datetime.timezone.utc), "execution": "AVAILABLE", "request": request,
        }  # fmt: skip
        stack.change_sets[request["ChangeSetName"]] = change_set
        return {"Id": change_set["id"], "StackId": stack.id}

    def change_set(self, request: dict) -> tuple[Stack, dict]:
        wanted = request["ChangeSetName"]
        stacks = [self.stack(request["StackName"])] if "StackName" in request else list(self.stacks.values())
        for stack in stacks:
            for change_set in stack.change_sets.values():
                if wanted in (change_set["name"], change_set["id"]):
                    return stack, change_set
        raise MissingChangeSet(f"ChangeSet [{wanted}] does not exist")

    def execute(self, request: dict) -> None:
        stack, change_set = self.change_set(request)
        if change_set["status"] != "CREATE_COMPLETE":
            raise Refused(f"ChangeSet [{change_set['id']}] cannot be executed in its current status of [{change_set['status']}]")
        stack.change_sets.clear()
        stack.parameters = {**stack.parameters, **change_set["given"]}
        if change_set["tags"] is not None:
            stack.tags = change_set["tags"]
        stack.execute(change_set["template"])

    def delete(self, request: dict) -> None:
        try:
            stack = self.stack(request["StackName"])
        except Missing:
            return
        if stack.status == "DELETE_COMPLETE":
            return
        if stack.protected:
            raise Refused(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        stack.delete()
        if stack.status == "DELETE_COMPLETE":
            self.deleted[stack.id] = self.stacks.pop(stack.name)
