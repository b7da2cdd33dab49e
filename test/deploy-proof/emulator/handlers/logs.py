from . import Handler, handles
from .iam import retag


@handles("AWS::Logs::LogGroup")
class LogGroup(Handler):
    def create(self, c, p):
        name = p.get("LogGroupName") or c.name(512)
        arn = c.arn("logs", f"log-group:{name}")
        if "KmsKeyId" in p:
            self._key(c, p["KmsKeyId"], arn)
        c.send("logs", "CreateLogGroup", p, without=("RetentionInDays", "LogGroupName"), logGroupName=name)
        if "RetentionInDays" in p:
            c.call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=p["RetentionInDays"])
        return name, {"Arn": arn + ":*"}

    def _key(self, c, key, arn):
        """Source: CloudWatch Logs user guide, encrypt-log-data-kms: the group is refused when its key does not let Logs use it."""
        c.key_allows(key, f"logs.{c.region}.amazonaws.com", ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"),
                     {"kms:EncryptionContext:aws:logs:arn": arn})  # fmt: skip

    def update(self, c, physical, old, new):
        if old.get("KmsKeyId") != new.get("KmsKeyId"):
            if new.get("KmsKeyId"):
                self._key(c, new["KmsKeyId"], c.arn("logs", f"log-group:{physical}"))
                c.call("logs", "AssociateKmsKey", logGroupName=physical, kmsKeyId=new["KmsKeyId"])
            else:
                c.call("logs", "DisassociateKmsKey", logGroupName=physical)
        if "RetentionInDays" in new:
            c.call("logs", "PutRetentionPolicy", logGroupName=physical, retentionInDays=new["RetentionInDays"])
        elif "RetentionInDays" in old:
            c.call("logs", "DeleteRetentionPolicy", logGroupName=physical)
        retag(c, "logs", old, new,
              lambda tags: ("TagLogGroup", {"logGroupName": physical, "tags": {t["Key"]: t["Value"] for t in tags}}),
              lambda keys: ("UntagLogGroup", {"logGroupName": physical, "tags": keys}))  # fmt: skip

    def delete(self, c, physical, p):
        c.call("logs", "DeleteLogGroup", logGroupName=physical)

    def read(self, c, physical, p):
        groups = c.call("logs", "DescribeLogGroups", logGroupNamePrefix=physical)["logGroups"]
        mine = next(group for group in groups if group["logGroupName"] == physical)
        return mine | {"Tags": c.call("logs", "ListTagsLogGroup", logGroupName=physical)["tags"]}
