"""Deploys small templates, one after the other under one name, each list apart; says as JSON how each ended, and what was there.

    python -m emulator.strictness FILE
    FILE: {id: [template, …]}; a template `null` deletes the stack, one with "StackName" takes another name
"""

import json
import pathlib
import sys
import traceback

from . import aws
from .account import REGION, bootstrapped, deploy
from .apart import apart
from .strict import Refused


def main(file: str) -> None:
    cases = json.loads(pathlib.Path(file).read_text())
    cloud = bootstrapped().cloud(REGION)
    json.dump({name: apart(lambda steps=steps: run(cloud, steps)) for name, steps in cases.items()}, sys.stdout, default=str)


def run(cloud, steps: list) -> list[dict]:
    return [broken_or(lambda item=item: step(cloud, item)) for item in steps]


def broken_or(work) -> dict:
    try:
        return work()
    except Exception:  # A defect of the emulator, which no case expects.
        return {"status": "BROKEN", "reason": traceback.format_exc()}


def step(cloud, item) -> dict:
    name = item.pop("StackName", "Small") if item else "Small"
    if item is None:
        try:
            cloud.delete({"StackName": name})
        except Refused as error:
            return {"status": "REFUSED", "reason": str(error), **there()}
        return {"status": "GONE" if name not in cloud.stacks else cloud.stacks[name].status, "reason": "", **there()}
    kind = "UPDATE" if name in cloud.stacks and cloud.stacks[name].template else "CREATE"
    end = deploy(cloud, name, json.dumps(item), kind)
    events = [
        f"{event['LogicalResourceId']} {event['ResourceStatus']}" for event in cloud.stacks[name].events
        if event["ResourceType"] != "AWS::CloudFormation::Stack"
    ] if name in cloud.stacks else []  # fmt: skip
    outputs = {output["OutputKey"]: output["OutputValue"] for output in cloud.stacks[name].outputs} if name in cloud.stacks else {}
    return end | {"events": events, "outputs": outputs, **there()}


def there() -> dict:
    """The queues and parameters that small templates are made of."""
    api = aws.client("sqs", REGION)
    queues = {
        url.split("/")[-1]: api.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        for url in api.list_queues().get("QueueUrls", [])
    }
    parameters = aws.client("ssm", REGION).describe_parameters()["Parameters"]
    return {
        "queues": {name: attributes["VisibilityTimeout"] for name, attributes in queues.items()},
        "parameters": [item["Name"] for item in parameters if not item["Name"].startswith("/cdk-")],
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
