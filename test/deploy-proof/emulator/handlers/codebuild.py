"""Projects and report groups. Source: CodeBuild API reference, CreateProject; user guide, build environment and buildspec references."""

import re

import yaml

from ..strict import Refused
from . import Handler, handles

IMAGES = re.compile(r"aws/codebuild/(amazonlinux-x86_64-standard:(4\.0|5\.0|6\.0)|standard:[567]\.0|amazonlinux-aarch64-standard:3\.0)")
PHASES = {"install", "pre_build", "build", "post_build"}


@handles("AWS::CodeBuild::Project")
class Project(Handler):
    def _request(self, c, p) -> dict:
        name = p.get("Name") or c.name(150)
        arn = c.arn("codebuild", f"project/{name}")
        c.assumable(p["ServiceRole"], "codebuild.amazonaws.com", arn)
        if "EncryptionKey" in p:
            c.key(p["EncryptionKey"])
        self._network(c, p)
        self._buildspec(p["Source"])
        if not IMAGES.fullmatch(p["Environment"]["Image"]):
            raise Refused(f"the build image {p['Environment']['Image']} is none of CodeBuild's curated ones for Linux")
        logs = p.get("LogsConfig", {}).get("CloudWatchLogs", {})
        if logs.get("GroupName"):
            groups = c.call("logs", "DescribeLogGroups", logGroupNamePrefix=logs["GroupName"])["logGroups"]
            if not any(group["logGroupName"] == logs["GroupName"] for group in groups):
                raise Refused(f"the log group {logs['GroupName']} is not there")
        return {"name": name} | _spelled(c, {key: value for key, value in p.items() if key != "Name"})

    def _network(self, c, p):
        network = p.get("VpcConfig")
        if not network:
            return
        for subnet in c.call("ec2", "DescribeSubnets", SubnetIds=network["Subnets"])["Subnets"]:
            if subnet["VpcId"] != network["VpcId"]:
                raise Refused(f"Invalid vpc config: subnet {subnet['SubnetId']} is not of {network['VpcId']}")
        for group in c.call("ec2", "DescribeSecurityGroups", GroupIds=network["SecurityGroupIds"])["SecurityGroups"]:
            if group["VpcId"] != network["VpcId"]:
                raise Refused(f"Invalid vpc config: security group {group['GroupId']} is not of {network['VpcId']}")
        for action in ("ec2:CreateNetworkInterface", "ec2:DescribeSubnets", "ec2:CreateNetworkInterfacePermission"):
            if not c.role_allows(p["ServiceRole"], action):
                raise Refused(f"Not authorized to perform {action}: the role of a project in a VPC needs it")

    def _buildspec(self, source):
        """An inline buildspec must be YAML of the form that CodeBuild reads; a build would fail at once otherwise."""
        text = source.get("BuildSpec")
        if text is None or "\n" not in text:
            raise Refused("the buildspec is not inline")
        try:
            spec = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise Refused(f"YAML_FILE_ERROR: {error}") from None
        if str(spec.get("version")) not in ("0.1", "0.2") or not set(spec.get("phases", {"": 0})) <= PHASES:
            raise Refused(f"YAML_FILE_ERROR: version {spec.get('version')}, phases {list(spec.get('phases', {}))}")

    def create(self, c, p):
        project = c.call("codebuild", "CreateProject", **self._request(c, p))["project"]
        return project["name"], {"Arn": project["arn"], "Id": project["name"]}

    def update(self, c, physical, old, new):
        c.call("codebuild", "UpdateProject", **self._request(c, {**new, "Name": physical}))

    def delete(self, c, physical, p):
        c.call("codebuild", "DeleteProject", name=physical)

    def read(self, c, physical, p):
        return c.call("codebuild", "BatchGetProjects", names=[physical])["projects"][0]


def _spelled(c, p) -> dict:
    from .. import aws
    from . import to_shape

    shape = aws.client("codebuild", c.region).meta.service_model.operation_model("CreateProject").input_shape
    return to_shape(shape, p, "codebuild:CreateProject")


@handles("AWS::CodeBuild::ReportGroup")
class ReportGroup(Handler):
    untold = {"DeleteReports": "CloudFormation looks at it when it deletes the group"}

    def create(self, c, p):
        target = p["ExportConfig"].get("S3Destination")
        if target:
            c.call("s3", "HeadBucket", Bucket=target["Bucket"])
            if "EncryptionKey" in target:
                c.key(target["EncryptionKey"])
        made = c.send("codebuild", "CreateReportGroup", p, without=("DeleteReports",))["reportGroup"]
        return made["arn"], {"Arn": made["arn"]}

    def update(self, c, physical, old, new):
        c.send("codebuild", "UpdateReportGroup", new, without=("DeleteReports", "Name", "Type"), arn=physical)

    def delete(self, c, physical, p):
        c.call("codebuild", "DeleteReportGroup", arn=physical, deleteReports=p.get("DeleteReports", False))

    def read(self, c, physical, p):
        return c.call("codebuild", "BatchGetReportGroups", reportGroupArns=[physical])["reportGroups"][0]
