"""Roles and policies, by moto's IAM, which reads policy documents as IAM does."""

import json
from functools import lru_cache

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends

from ..aws import document
from ..strict import Refused
from . import Handler, handles


@handles("AWS::IAM::Role")
class Role(Handler):
    def create(self, c, p):
        name = p.get("RoleName") or c.name(64)
        role = c.send(
            "iam", "CreateRole", p, without=("Policies", "ManagedPolicyArns", "RoleName"),
            RoleName=name, AssumeRolePolicyDocument=document(p["AssumeRolePolicyDocument"]),
        )["Role"]  # fmt: skip
        self._policies(c, name, {}, p)
        return name, {"Arn": role["Arn"], "RoleId": role["RoleId"]}

    def _policies(self, c, name, old, new):
        names = {policy["PolicyName"] for policy in new.get("Policies", [])}
        if len(names) != len(new.get("Policies", [])):
            raise Refused("Policies: two have the same PolicyName")
        for policy in new.get("Policies", []):
            c.call("iam", "PutRolePolicy", RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document(policy["PolicyDocument"]))
        for policy in old.get("Policies", []):
            if policy["PolicyName"] not in names:
                c.call("iam", "DeleteRolePolicy", RoleName=name, PolicyName=policy["PolicyName"])
        for arn in new.get("ManagedPolicyArns", []):
            if arn not in old.get("ManagedPolicyArns", []):
                known(c, arn)
                c.call("iam", "AttachRolePolicy", RoleName=name, PolicyArn=arn)
        for arn in old.get("ManagedPolicyArns", []):
            if arn not in new.get("ManagedPolicyArns", []):
                c.call("iam", "DetachRolePolicy", RoleName=name, PolicyArn=arn)

    def update(self, c, physical, old, new):
        if old["AssumeRolePolicyDocument"] != new["AssumeRolePolicyDocument"]:
            c.call("iam", "UpdateAssumeRolePolicy", RoleName=physical, PolicyDocument=document(new["AssumeRolePolicyDocument"]))
        if old.get("Description") != new.get("Description"):
            c.call("iam", "UpdateRole", RoleName=physical, Description=new.get("Description", ""))
        retag(c, "iam", old, new, lambda tags: ("TagRole", {"RoleName": physical, "Tags": tags}),
              lambda keys: ("UntagRole", {"RoleName": physical, "TagKeys": keys}))  # fmt: skip
        self._policies(c, physical, old, new)

    def delete(self, c, physical, p):
        for name in c.call("iam", "ListRolePolicies", RoleName=physical)["PolicyNames"]:
            c.call("iam", "DeleteRolePolicy", RoleName=physical, PolicyName=name)
        for arn in p.get("ManagedPolicyArns", []):
            c.call("iam", "DetachRolePolicy", RoleName=physical, PolicyArn=arn)
        c.call("iam", "DeleteRole", RoleName=physical)

    def read(self, c, physical, p):
        inline = [
            c.call("iam", "GetRolePolicy", RoleName=physical, PolicyName=name)
            for name in c.call("iam", "ListRolePolicies", RoleName=physical)["PolicyNames"]
        ]
        attached = c.call("iam", "ListAttachedRolePolicies", RoleName=physical)["AttachedPolicies"]
        return c.call("iam", "GetRole", RoleName=physical)["Role"] | {
            "Policies": inline, "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
        }  # fmt: skip


def known(c, arn: str) -> None:
    """Puts a policy of AWS's own into moto at its first use, of all that there are (to load them all takes ten seconds)."""
    if not arn.startswith("arn:aws:iam::aws:policy/"):
        c.call("iam", "GetPolicy", PolicyArn=arn)
        return
    name = arn.split("/")[-1]
    policy = AWSManagedPolicy.from_data(name, c.account, "us-east-1", managed()[name]) if name in managed() else None
    if policy is None or policy.arn != arn:
        raise Refused(f"Policy {arn} does not exist or is not attachable.")
    iam_backends[c.account]["aws"].managed_policies.setdefault(arn, policy)


@lru_cache(maxsize=None)
def managed() -> dict:
    return json.loads(aws_managed_policies_data)


@handles("AWS::IAM::Policy")
class Policy(Handler):
    def create(self, c, p):
        for role in p.get("Roles", []):
            c.call("iam", "PutRolePolicy", RoleName=role, PolicyName=p["PolicyName"], PolicyDocument=document(p["PolicyDocument"]))
        return c.name(64), {"Id": p["PolicyName"]}

    def update(self, c, physical, old, new):
        self.create(c, new)
        for role in old.get("Roles", []):
            if role not in new.get("Roles", []) or old["PolicyName"] != new["PolicyName"]:
                c.call("iam", "DeleteRolePolicy", RoleName=role, PolicyName=old["PolicyName"])

    def delete(self, c, physical, p):
        for role in p.get("Roles", []):
            c.call("iam", "DeleteRolePolicy", RoleName=role, PolicyName=p["PolicyName"])

    def read(self, c, physical, p):
        held = [c.call("iam", "GetRolePolicy", RoleName=role, PolicyName=p["PolicyName"]) for role in p["Roles"]]
        documents = [policy["PolicyDocument"] for policy in held]
        return {"PolicyName": held[0]["PolicyName"], "Roles": [policy["RoleName"] for policy in held],
                "PolicyDocument": documents[0] if all(item == documents[0] for item in documents) else documents}  # fmt: skip


@handles("AWS::IAM::ManagedPolicy")
class ManagedPolicy(Handler):
    def create(self, c, p):
        policy = c.send(
            "iam", "CreatePolicy", p, without=("ManagedPolicyName", "Roles"),
            PolicyName=p.get("ManagedPolicyName") or c.name(128), PolicyDocument=document(p["PolicyDocument"]),
        )["Policy"]  # fmt: skip
        for role in p.get("Roles", []):
            c.call("iam", "AttachRolePolicy", RoleName=role, PolicyArn=policy["Arn"])
        return policy["Arn"], {"PolicyArn": policy["Arn"], "PolicyId": policy["PolicyId"]}

    def update(self, c, physical, old, new):
        if {key: value for key, value in old.items() if key != "PolicyDocument"} != {
            key: value for key, value in new.items() if key != "PolicyDocument"
        }:
            super().update(c, physical, old, new)
        for version in c.call("iam", "ListPolicyVersions", PolicyArn=physical)["Versions"]:
            if not version["IsDefaultVersion"]:
                c.call("iam", "DeletePolicyVersion", PolicyArn=physical, VersionId=version["VersionId"])
        c.call("iam", "CreatePolicyVersion", PolicyArn=physical, PolicyDocument=document(new["PolicyDocument"]), SetAsDefault=True)

    def delete(self, c, physical, p):
        for role in p.get("Roles", []):
            c.call("iam", "DetachRolePolicy", RoleName=role, PolicyArn=physical)
        for version in c.call("iam", "ListPolicyVersions", PolicyArn=physical)["Versions"]:
            if not version["IsDefaultVersion"]:
                c.call("iam", "DeletePolicyVersion", PolicyArn=physical, VersionId=version["VersionId"])
        c.call("iam", "DeletePolicy", PolicyArn=physical)

    def read(self, c, physical, p):
        policy = c.call("iam", "GetPolicy", PolicyArn=physical)["Policy"]
        version = c.call("iam", "GetPolicyVersion", PolicyArn=physical, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        roles = c.call("iam", "ListEntitiesForPolicy", PolicyArn=physical)["PolicyRoles"]
        return policy | {"ManagedPolicyName": policy["PolicyName"], "PolicyDocument": version["Document"],
                         "Roles": [role["RoleName"] for role in roles]}  # fmt: skip


def retag(c, service, old, new, tag, untag) -> None:
    """Tags as they are now: `tag(list)`, `untag(keys)` give operation and request."""
    if old.get("Tags") == new.get("Tags"):
        return
    gone = {item["Key"] for item in old.get("Tags", [])} - {item["Key"] for item in new.get("Tags", [])}
    if gone:
        operation, request = untag(sorted(gone))
        c.call(service, operation, **request)
    if new.get("Tags"):
        operation, request = tag(new["Tags"])
        c.call(service, operation, **request)
