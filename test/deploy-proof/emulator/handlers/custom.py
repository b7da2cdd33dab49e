"""Custom resources of the CDK. Their functions are not run: that they exist is checked, and what they would be given."""

import json

from ..strict import Refused
from . import Handler, handles


class Custom(Handler):
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
