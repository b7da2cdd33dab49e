from ..aws import document
from ..strict import Refused
from . import Handler, handles
from .iam import retag


def _tags(tags):
    return [{"TagKey": item["Key"], "TagValue": item["Value"]} for item in tags or []]


@handles("AWS::KMS::Key")
class Key(Handler):
    untold = {"PendingWindowInDays": "CloudFormation looks at it when it deletes the key"}

    def create(self, c, p):
        text = document(p["KeyPolicy"])
        self._manageable(c, p["KeyPolicy"])
        key = c.send(
            "kms", "CreateKey", p, without=("EnableKeyRotation", "RotationPeriodInDays", "PendingWindowInDays", "KeyPolicy", "Tags"),
            Policy=text, Tags=_tags(p.get("Tags")),
        )["KeyMetadata"]  # fmt: skip
        if p.get("EnableKeyRotation"):
            c.call("kms", "EnableKeyRotation", KeyId=key["KeyId"])
        return key["KeyId"], {"Arn": key["Arn"], "KeyId": key["KeyId"]}

    def _manageable(self, c, policy):
        """KMS refuses a policy that would lock everybody out of changing it."""
        from ..policy import allows

        root = {"AWS": f"arn:aws:iam::{c.account}:root"}
        if not allows(policy, root, "kms:PutKeyPolicy", {}):
            raise Refused("The new key policy will not allow you to update the key policy in the future.")

    def update(self, c, physical, old, new):
        self._manageable(c, new["KeyPolicy"])
        c.call("kms", "PutKeyPolicy", KeyId=physical, PolicyName="default", Policy=document(new["KeyPolicy"]))
        c.call("kms", "UpdateKeyDescription", KeyId=physical, Description=new.get("Description", ""))
        # Keys that sign cannot be rotated, and KMS refuses to be told not to.
        if new.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT":
            rotation = "EnableKeyRotation" if new.get("EnableKeyRotation") else "DisableKeyRotation"
            c.call("kms", rotation, KeyId=physical)
        retag(c, "kms", old, new, lambda tags: ("TagResource", {"KeyId": physical, "Tags": _tags(tags)}),
              lambda keys: ("UntagResource", {"KeyId": physical, "TagKeys": keys}))  # fmt: skip

    def delete(self, c, physical, p):
        c.call("kms", "ScheduleKeyDeletion", KeyId=physical, PendingWindowInDays=p.get("PendingWindowInDays", 30))

    def read(self, c, physical, p):
        key = c.call("kms", "DescribeKey", KeyId=physical)["KeyMetadata"]
        if key["KeyState"] == "PendingDeletion":
            raise Refused(f"{physical} is pending deletion")
        symmetric = key["KeySpec"] == "SYMMETRIC_DEFAULT"
        rotates = symmetric and c.call("kms", "GetKeyRotationStatus", KeyId=physical)["KeyRotationEnabled"]
        tags = c.call("kms", "ListResourceTags", KeyId=physical)["Tags"]
        return key | {
            "EnableKeyRotation": rotates, "KeyPolicy": c.call("kms", "GetKeyPolicy", KeyId=physical, PolicyName="default")["Policy"],
            "Tags": [{"Key": tag["TagKey"], "Value": tag["TagValue"]} for tag in tags],
        }  # fmt: skip


@handles("AWS::KMS::Alias")
class Alias(Handler):
    def create(self, c, p):
        c.key(p["TargetKeyId"])
        c.send("kms", "CreateAlias", p)
        return p["AliasName"], {}

    def update(self, c, physical, old, new):
        c.call("kms", "UpdateAlias", AliasName=physical, TargetKeyId=new["TargetKeyId"])

    def delete(self, c, physical, p):
        c.call("kms", "DeleteAlias", AliasName=physical)

    def read(self, c, physical, p):
        alias = next(item for item in c.call("kms", "ListAliases")["Aliases"] if item["AliasName"] == physical)
        key = c.call("kms", "DescribeKey", KeyId=alias["TargetKeyId"])["KeyMetadata"]
        return alias | {"TargetKeyId": key["Arn" if p["TargetKeyId"].startswith("arn:") else "KeyId"]}
