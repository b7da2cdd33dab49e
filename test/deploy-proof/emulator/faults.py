"""Deploys sound stacks, then each faulty template in place of its own, in one process; says as JSON how each ended.

    python -m emulator.faults FOLDER
    FOLDER: an assembly's templates (order.json: their names, in the order of deploys) and faults/<id>.json:
    {"stack": name, "template": …}
"""

import json
import pathlib
import sys

from . import aws
from .handlers import Context, handler
from .server import ACCOUNT, application
from .strict import Refused

REGION = "eu-west-1"
BUCKET = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"


def main(folder: str) -> None:
    root = pathlib.Path(folder)
    cloud = application().cloud(REGION)
    s3 = aws.client("s3", REGION)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    aws.call("ssm", "PutParameter", REGION, Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    for file in root.glob("*.assets.json"):
        for asset in json.loads(file.read_text())["files"].values():
            for destination in asset["destinations"].values():
                s3.put_object(Bucket=BUCKET, Key=destination["objectKey"], Body=b"")
    order = json.loads((root / "order.json").read_text())
    sound = {name: (root / f"{name}.template.json").read_text() for name in order}
    ends = {}
    faults = {file.stem: json.loads(file.read_text()) for file in sorted((root / "faults").glob("*.json"))}
    for name in order:
        mine = {fault: json.dumps(item["template"]) for fault, item in faults.items() if item["stack"] == name}
        ends[f"sound {name}"] = deploy(cloud, name, sound[name], s3, "CREATE")
        if ends[f"sound {name}"]["status"] != "CREATE_COMPLETE":
            break
        for fault, text in mine.items():
            ends[fault] = deploy(cloud, name, text, s3, "UPDATE")
            if ends[fault]["status"] == "UPDATE_COMPLETE":
                restored = deploy(cloud, name, sound[name], s3, "UPDATE")
                assert restored["status"] == "UPDATE_COMPLETE", restored
        # What an update does not show (nobody looks again at what did not change), a first deploy may.
        left = [fault for fault in mine if not caught(ends[fault])]
        if not left:
            continue
        cloud.stack(name).delete()
        forget(cloud, name)
        for fault in left:
            ends[fault] = deploy(cloud, name, mine[fault], s3, "CREATE")
            if ends[fault]["status"] == "CREATE_COMPLETE":
                cloud.stack(name).delete()
            if name in cloud.stacks:
                forget(cloud, name)
        deploy(cloud, name, sound[name], s3, "CREATE")
    json.dump(ends, sys.stdout)


def caught(end: dict) -> bool:
    return end["status"] in ("REFUSED", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE") and "not emulated" not in end["reason"]


def deploy(cloud, name: str, text: str, s3, kind: str) -> dict:
    """Status and reason; REFUSED: nothing was made."""
    try:
        s3.put_object(Bucket=BUCKET, Key=name, Body=text.encode())
        url = f"https://s3.{REGION}.amazonaws.com/{BUCKET}/{name}"
        cloud.create_change_set({"StackName": name, "ChangeSetName": "it", "ChangeSetType": kind, "TemplateURL": url})
    except Refused as error:
        return {"status": "REFUSED", "reason": str(error)}
    cloud.execute({"StackName": name, "ChangeSetName": "it"})
    stack = cloud.stack(name)
    return {"status": stack.status, "reason": stack.reason}


def forget(cloud, name: str) -> None:
    """The stack, and what it kept on purpose: the next one takes the same names."""
    stack = cloud.stacks.pop(name)
    for kind, physical, properties in stack.kept:
        handler(kind).delete(Context(cloud, name, stack.id, "kept"), physical, properties)


if __name__ == "__main__":
    main(*sys.argv[1:])
