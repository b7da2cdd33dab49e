"""Functions and layers, by moto's Lambda (their code is stored, not run)."""

import json
from importlib import resources

from ..strict import Refused
from . import Handler, handles

LIFECYCLE = json.loads((resources.files("cfnlint.data.AdditionalSpecs") / "LmbdRuntimeLifecycle.json").read_text())
# A date of its own, so that nothing turns red overnight: what can still be created on it.
TODAY = "2026-11-21"
RUNTIMES = {name for name, dates in LIFECYCLE.items() if dates["create-block"] is None or dates["create-block"] > TODAY}
NETWORK = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")


@handles("AWS::Lambda::Function")
class Function(Handler):
    untold = {
        "Code": "Lambda tells a hash and an address of its own; that the object is there is checked",
        "LoggingConfig": "moto forgets it; that the log group is there is checked",
    }

    def _check(self, c, p, name):
        if p.get("Runtime") not in RUNTIMES:
            raise Refused(f"runtime {p.get('Runtime')} is none of {sorted(RUNTIMES)}")
        c.assumable(p["Role"], "lambda.amazonaws.com", c.arn("lambda", f"function:{name}"))
        self._code(c, p["Code"])
        network = p.get("VpcConfig")
        if network:
            subnets = c.call("ec2", "DescribeSubnets", SubnetIds=network["SubnetIds"])["Subnets"]
            groups = c.call("ec2", "DescribeSecurityGroups", GroupIds=network["SecurityGroupIds"])["SecurityGroups"]
            if len({item["VpcId"] for item in subnets + groups}) > 1:
                raise Refused("subnets and security groups are of several VPCs")
            for action in NETWORK:
                if not c.role_allows(p["Role"], action):
                    raise Refused(f"The provided execution role does not have permissions to call {action.split(':')[1]} on EC2")
        for layer in p.get("Layers", []):
            layer_version(c, layer)
        group = p.get("LoggingConfig", {}).get("LogGroup")
        if group and not c.call("logs", "DescribeLogGroups", logGroupNamePrefix=group)["logGroups"]:
            raise Refused(f"the log group {group} is not there")

    def _code(self, c, code):
        if "S3Bucket" in code:
            c.call("s3", "HeadObject", Bucket=code["S3Bucket"], Key=code["S3Key"])

    def create(self, c, p):
        name = p.get("FunctionName") or c.name(64)
        self._check(c, p, name)
        code = {"ZipFile": _zip(p["Code"]["ZipFile"])} if "ZipFile" in p["Code"] else p["Code"]
        made = c.send("lambda", "CreateFunction", p, without=("Code", "FunctionName"), FunctionName=name, Code=code)
        return name, {"Arn": made["FunctionArn"]}

    def update(self, c, physical, old, new):
        self._check(c, new, physical)
        if old["Code"] != new["Code"]:
            c.call("lambda", "UpdateFunctionCode", FunctionName=physical, **new["Code"])
        c.send("lambda", "UpdateFunctionConfiguration", new, without=("Code", "FunctionName", "Tags", "Architectures"), FunctionName=physical)

    def delete(self, c, physical, p):
        c.call("lambda", "DeleteFunction", FunctionName=physical)

    def read(self, c, physical, p):
        made = c.call("lambda", "GetFunction", FunctionName=physical)
        layers = [layer["Arn"] for layer in made["Configuration"].get("Layers", [])]
        return made["Configuration"] | {"Layers": layers, "Tags": made.get("Tags", {})}


def layer_version(c, arn: str) -> dict:
    """By name and number: moto answers with nothing to the ARN of any."""
    layer, version = arn.rsplit(":", 1)
    return c.call("lambda", "GetLayerVersion", LayerName=layer.split(":")[-1], VersionNumber=int(version))


def _zip(text: str) -> bytes:
    import io
    import zipfile

    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("index.js", text)
    return data.getvalue()


@handles("AWS::Lambda::LayerVersion")
class LayerVersion(Handler):
    untold = {"Content": "as of a function's code"}

    def create(self, c, p):
        content = p["Content"]
        c.call("s3", "HeadObject", Bucket=content["S3Bucket"], Key=content["S3Key"])
        made = c.send("lambda", "PublishLayerVersion", p, without=("LayerName",), LayerName=p.get("LayerName") or c.name(140))
        return made["LayerVersionArn"], {"LayerVersionArn": made["LayerVersionArn"]}

    def delete(self, c, physical, p):
        layer, version = physical.rsplit(":", 1)
        c.call("lambda", "DeleteLayerVersion", LayerName=layer, VersionNumber=int(version))

    def read(self, c, physical, p):
        return layer_version(c, physical)


@handles("AWS::Lambda::Permission")
class Permission(Handler):
    def create(self, c, p):
        name = c.name(100)
        c.send("lambda", "AddPermission", p, StatementId=name)
        return name, {"Id": name}

    def delete(self, c, physical, p):
        c.call("lambda", "RemovePermission", FunctionName=p["FunctionName"], StatementId=physical)

    def read(self, c, physical, p):
        text = c.call("lambda", "GetPolicy", FunctionName=p["FunctionName"])["Policy"]
        mine = next(item for item in json.loads(text)["Statement"] if item["Sid"] == physical)
        condition = {key: value for entries in mine.get("Condition", {}).values() for key, value in entries.items()}
        return mine | {
            "FunctionName": p["FunctionName"], "Principal": next(iter(mine["Principal"].values())),
            "SourceArn": condition.get("AWS:SourceArn"), "SourceAccount": condition.get("AWS:SourceAccount"),
        }  # fmt: skip
