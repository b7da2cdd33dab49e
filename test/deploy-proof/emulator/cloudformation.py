"""The operations of CloudFormation that the CDK CLI calls, and those with which one looks at stacks."""

from .cloud import Cloud


def operations(cloud: Cloud) -> dict:
    return {
        "CreateChangeSet": cloud.create_change_set,
        "DescribeChangeSet": lambda request: _described(*cloud.change_set(request)),
        "ExecuteChangeSet": cloud.execute,
        "DeleteChangeSet": lambda request: _delete_change_set(cloud, request),
        "DescribeStacks": lambda request: {"Stacks": [_stack(stack) for stack in _stacks(cloud, request)]},
        "ListStacks": lambda request: {"StackSummaries": [_summary(stack) for stack in cloud.stacks.values()]},
        "DescribeStackEvents": lambda request: {"StackEvents": cloud.stack(request["StackName"]).events[::-1]},
        "DescribeEvents": lambda request: {"OperationEvents": []},
        "DescribeStackResources": lambda request: {"StackResources": _resources(cloud.stack(request["StackName"]))},
        "ListStackResources": lambda request: {
            "StackResourceSummaries": [
                {**item, "LastUpdatedTimestamp": item["Timestamp"]} for item in _resources(cloud.stack(request["StackName"]))
            ]
        },
        "GetTemplate": lambda request: _template(cloud.stack(request["StackName"])),
        "GetTemplateSummary": lambda request: _template_summary(cloud, request),
        "UpdateTerminationProtection": lambda request: _protect(cloud.stack(request["StackName"]), request),
        "DeleteStack": cloud.delete,
        "ListExports": lambda request: {"Exports": cloud.exports()},
        "ListImports": lambda request: {"Imports": sorted(cloud.importers({request["ExportName"]}, None))},
    }


def _stacks(cloud: Cloud, request: dict):
    return [cloud.stack(request["StackName"])] if "StackName" in request else list(cloud.stacks.values())


def _stack(stack) -> dict:
    return {
        "StackId": stack.id, "StackName": stack.name, "CreationTime": stack.created, "StackStatus": stack.status,
        "StackStatusReason": stack.reason, "EnableTerminationProtection": stack.protected, "Tags": stack.tags,
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in stack.parameters.items()],
        "Outputs": stack.outputs, "Description": stack.template.body.get("Description", "") if stack.template else "",
        "DisableRollback": False,
    }  # fmt: skip


def _summary(stack) -> dict:
    return {"StackId": stack.id, "StackName": stack.name, "CreationTime": stack.created, "StackStatus": stack.status}


def _resources(stack) -> list[dict]:
    return [
        {
            "StackId": stack.id, "StackName": stack.name, "LogicalResourceId": resource.name, "ResourceType": resource.kind,
            "PhysicalResourceId": resource.physical, "ResourceStatus": "CREATE_COMPLETE", "Timestamp": stack.created,
        }
        for resource in stack.resources.values()
    ]  # fmt: skip


def _template(stack) -> dict:
    text = stack.template.text if stack.template else "{}"
    return {"TemplateBody": text, "StagesAvailable": ["Original", "Processed"]}


def _template_summary(cloud: Cloud, request: dict) -> dict:
    template = cloud.stack(request["StackName"]).template
    declared = template.body.get("Parameters", {}) if template else {}
    return {"Parameters": [{"ParameterKey": key, "ParameterType": item["Type"]} for key, item in declared.items()]}


def _described(stack, change_set: dict) -> dict:
    failed = change_set["status"] == "FAILED"
    reason = "The submitted information didn't contain changes. Submit different information to create a change set."
    return {
        "ChangeSetId": change_set["id"], "ChangeSetName": change_set["name"], "StackId": stack.id, "StackName": stack.name,
        "CreationTime": change_set["created"], "Status": change_set["status"], "StatusReason": reason if failed else "",
        "ExecutionStatus": "UNAVAILABLE" if failed else change_set["execution"], "Changes": change_set["changes"],
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in change_set["given"].items()],
    }  # fmt: skip


def _delete_change_set(cloud: Cloud, request: dict) -> None:
    try:
        stack, change_set = cloud.change_set(request)
    except Exception:  # CloudFormation does not mind one that is gone.
        return
    stack.change_sets.pop(change_set["name"], None)


def _protect(stack, request: dict) -> dict:
    stack.protected = request["EnableTerminationProtection"]
    return {"StackId": stack.id}
