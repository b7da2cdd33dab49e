"""Deploys and destroys assemblies, each apart from the others: alone in its accounts, or beside a first service that is there
already; says as JSON how it ended, what was there, and what was left.

    python -m emulator.variants FOLDER
    FOLDER/variants.json: {"first": assembly, "variants": [{"id": …, **assembly, "beside": whether the first service is there,
    "repositories": [made by somebody else], "outputs": {text in the templates: [stack of the first service, regular expression of
    an output's name]}}, …]}; an assembly is {"assembly": folder, "order": [[stack, account], …]}
"""

import json
import pathlib
import re
import sys

from . import aws, observe, readback
from .account import REGION, bootstrapped, deploy, publish
from .apart import apart
from .aws import ACCOUNT


def main(folder: str) -> None:
    plan = json.loads((pathlib.Path(folder) / "variants.json").read_text())
    accounts = {account for item in plan["variants"] for _, account in item["order"]} - {ACCOUNT}
    world = bootstrapped(*sorted(accounts))
    ends = {item["id"]: apart(lambda item=item: live(world, item)) for item in plan["variants"] if not item["beside"]}
    bring_up(world, plan["first"])
    ends |= {item["id"]: apart(lambda item=item: live(world, item)) for item in plan["variants"] if item["beside"]}
    json.dump(ends, sys.stdout, default=str)


def live(world, item: dict) -> dict:
    for name in item["repositories"]:
        aws.call("codecommit", "CreateRepository", REGION, repositoryName=name)
    accounts = {account for _, account in item["order"]}
    before = {account: seen(account) for account in accounts}
    ends = bring_up(world, item)
    stacks = [world.cloud(REGION, account).stacks.get(name) for name, account in item["order"]]
    told = {
        "before": before, "ends": ends, "seen": {account: seen(account) for account in accounts},
        "unlike": [line for stack in stacks if stack for line in readback.of_stack(stack)],
    }  # fmt: skip
    for stack in filter(None, reversed(stacks)):
        stack.protected = False
        stack.cloud.delete({"StackName": stack.name})
    return told | {"left": {account: seen(account) for account in accounts}}


def bring_up(world, item: dict) -> dict:
    assembly = pathlib.Path(item["assembly"])
    for account in {account for _, account in item["order"]}:
        publish(assembly, account)
    ends = {}
    for name, account in item["order"]:
        text = (assembly / f"{name}.template.json").read_text()
        for stand_in, (stack, output) in item.get("outputs", {}).items():
            text = text.replace(stand_in, output_of(world.cloud(REGION).stack(stack), output))
        ends[name] = deploy(world.cloud(REGION, account), name, text, "CREATE")
    return ends


def output_of(stack, pattern: str) -> str:
    (found,) = [item["OutputValue"] for item in stack.outputs if re.search(pattern, item["OutputKey"])]
    return found


def seen(account: str) -> dict:
    return json.loads(json.dumps(observe.everything(lambda service: aws.client(service, REGION, account)), default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
