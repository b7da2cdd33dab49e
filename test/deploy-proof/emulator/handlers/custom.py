"""Custom resources of the CDK. Their functions are not run: that they exist is checked, and what they would be given."""

import json

from ..strict import Refused
from . import Handler, handles


NOT_RUN = "its function is not run"


class Custom(Handler):
    untold = dict.fromkeys(("ServiceToken", "Manifest", "ClusterName", "DefaultSecurityGroupId", "Account"), NOT_RUN)

    def create(self, c, p):
        c.call("lambda", "GetFunction", FunctionName=p["ServiceToken"])
        self.check(c, p)
        return c.name(64), {}

    def update(self, c, physical, old, new):
        self.check(c, new)

    def delete(self, c, physical, p):
        c.call("lambda", "GetFunction", FunctionName=p["ServiceToken"])

    def check(self, c, p):
        raise NotImplementedError

    def read(self, c, physical, p):
        return {}


@handles("Custom::AWSCDK-EKS-KubernetesResource")
class Manifest(Custom):
    def check(self, c, p):
        c.call("eks", "DescribeCluster", name=p["ClusterName"])
        unknown = set(p) - {"ServiceToken", "Manifest", "ClusterName", "RoleArn", "PruneLabel", "Overwrite", "SkipValidation"}
        if unknown:
            raise Refused(f"unknown properties {sorted(unknown)}")
        for item in json.loads(p["Manifest"]):
            if not item.get("apiVersion") or not item.get("kind") or not item.get("metadata", {}).get("name"):
                raise Refused(f"no Kubernetes object: {json.dumps(item)[:200]}")


@handles("Custom::VpcRestrictDefaultSG")
class RestrictDefaultSecurityGroup(Custom):
    def check(self, c, p):
        c.call("ec2", "DescribeSecurityGroups", GroupIds=[p["DefaultSecurityGroupId"]])
        if p["Account"] != c.account:
            raise Refused(f"Account {p['Account']} is not {c.account}")


@handles("Custom::CodeCommitApprovalRuleTemplate", "Custom::CodeCommitApprovalRuleTemplateAssociation")
class SdkCall(Handler):
    """CDK's function for one call of an API when a resource is made, changed and deleted; here the call is made."""

    untold = dict.fromkeys(("ServiceToken", "InstallLatestAwsSdk", "Create", "Update", "Delete"), "a call of any API; its own checks judge it")

    def run(self, c, p, request_type, physical):
        unknown = set(p) - {"ServiceToken", "Create", "Update", "Delete", "InstallLatestAwsSdk"}
        if unknown:
            raise Refused(f"unknown properties {sorted(unknown)}")
        if p.get("InstallLatestAwsSdk") not in (False, "false"):
            raise Refused("InstallLatestAwsSdk: a deploy would run packages that nobody has looked at")
        function = c.call("lambda", "GetFunction", FunctionName=p["ServiceToken"])["Configuration"]
        if request_type not in p:
            return physical
        call = json.loads(p[request_type])
        service, operation = call["service"].lower(), call["action"][0].upper() + call["action"][1:]
        if not c.role_allows(function["Role"], f"{service}:{operation}"):
            raise Refused(f"{function['Role']} is not authorized to perform {service}:{operation}")
        parameters = {key: physical if value == "PHYSICAL:RESOURCEID:" else value for key, value in call["parameters"].items()}
        c.call(service, operation, **parameters)
        return call.get("physicalResourceId", {}).get("id", physical)

    def create(self, c, p):
        return self.run(c, p, "Create", c.logical), {}

    def update(self, c, physical, old, new):
        self.run(c, new, "Update", physical)

    def delete(self, c, physical, p):
        self.run(c, p, "Delete", physical)

    def read(self, c, physical, p):
        return {}
