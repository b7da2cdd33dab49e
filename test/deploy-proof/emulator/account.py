"""Emulated accounts in this process, bootstrapped as far as templates ask for it, and deploys into them without the CDK CLI."""

import json
import pathlib

from . import aws
from .aws import ACCOUNT
from .server import Application, application
from .strict import Refused

REGION = "eu-west-1"


def bucket_of(account: str) -> str:
    return f"cdk-hnb659fds-assets-{account}-{REGION}"


def bootstrapped(*others: str) -> Application:
    """The account of the proof, and others: each with a bucket of assets and the version of its bootstrap."""
    made = application()
    for account in (ACCOUNT, *others):
        place = {"LocationConstraint": REGION}
        aws.client("s3", REGION, account).create_bucket(Bucket=bucket_of(account), CreateBucketConfiguration=place)
        aws.call("ssm", "PutParameter", REGION, account, Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    return made


def publish(assembly: pathlib.Path, account: str = ACCOUNT) -> None:
    """Names of an assembly's assets, without their content."""
    for file in assembly.glob("*.assets.json"):
        for asset in json.loads(file.read_text())["files"].values():
            for destination in asset["destinations"].values():
                aws.client("s3", REGION, account).put_object(Bucket=bucket_of(account), Key=destination["objectKey"], Body=b"")


def deploy(cloud, name: str, text: str, kind: str) -> dict:
    """Status and reason; REFUSED: nothing was made; UNCHANGED: there was nothing to do. `kind`: CREATE or UPDATE."""
    change_set = {"StackName": name, "ChangeSetName": "it"}
    bucket = bucket_of(cloud.account)
    try:
        aws.client("s3", REGION, cloud.account).put_object(Bucket=bucket, Key=name, Body=text.encode())
        cloud.create_change_set(change_set | {"ChangeSetType": kind, "TemplateURL": f"https://s3.{REGION}.amazonaws.com/{bucket}/{name}"})
    except Refused as error:
        return {"status": "REFUSED", "reason": str(error)}
    if cloud.change_set(change_set)[1]["status"] == "FAILED":
        return {"status": "UNCHANGED", "reason": ""}
    cloud.execute(change_set)
    stack = cloud.stack(name)
    return {"status": stack.status, "reason": stack.reason}
