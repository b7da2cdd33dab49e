"""Buckets, by moto's S3. CloudFormation's configuration of a bucket and the API's differ in names; each is written out."""

from ..aws import client, document
from ..strict import Refused
from . import Handler, handles

BLOCK = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
KNOWN = {
    "AccessControl", "BucketEncryption", "BucketName", "LifecycleConfiguration", "LoggingConfiguration", "OwnershipControls",
    "PublicAccessBlockConfiguration", "Tags", "VersioningConfiguration",
}  # fmt: skip


@handles("AWS::S3::Bucket")
class Bucket(Handler):
    untold = {
        "LoggingConfiguration": "moto takes it by ACL grants only; that the target is there is checked",
        "AccessControl": "the bootstrap's log delivery; moto keeps grants, not their short name",
    }

    def create(self, c, p):
        name = p.get("BucketName") or c.name(63).lower()
        place = {} if c.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": c.region}}
        c.call("s3", "CreateBucket", Bucket=name, **place)
        self.update(c, name, {}, p)
        return name, {
            "Arn": f"arn:aws:s3:::{name}", "DomainName": f"{name}.s3.amazonaws.com",
            "RegionalDomainName": f"{name}.s3.{c.region}.amazonaws.com",
        }  # fmt: skip

    def update(self, c, physical, old, new):
        if set(new) - KNOWN:
            raise Refused(f"properties {sorted(set(new) - KNOWN)} are not emulated")
        bucket = {"Bucket": physical}
        if "BucketEncryption" in new:
            c.call("s3", "PutBucketEncryption", **bucket, ServerSideEncryptionConfiguration=_encryption(c, new["BucketEncryption"]))
        if "VersioningConfiguration" in new:
            c.call("s3", "PutBucketVersioning", **bucket, VersioningConfiguration=new["VersioningConfiguration"])
        if "PublicAccessBlockConfiguration" in new:
            c.call("s3", "PutPublicAccessBlock", **bucket, PublicAccessBlockConfiguration=new["PublicAccessBlockConfiguration"])
        if "OwnershipControls" in new:
            c.call("s3", "PutBucketOwnershipControls", **bucket, OwnershipControls=new["OwnershipControls"])
        if "LifecycleConfiguration" in new:
            rules = [_rule(rule) for rule in new["LifecycleConfiguration"]["Rules"]]
            c.call("s3", "PutBucketLifecycleConfiguration", **bucket, LifecycleConfiguration={"Rules": rules})
        if "LoggingConfiguration" in new:
            self._log(c, physical, new["LoggingConfiguration"])
        if new.get("Tags"):
            c.call("s3", "PutBucketTagging", **bucket, Tagging={"TagSet": new["Tags"]})

    def _log(self, c, name, logging):
        target = logging["DestinationBucketName"]
        c.call("s3", "HeadBucket", Bucket=target)
        status = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": logging.get("LogFilePrefix", "")}}
        # moto asks for ACL grants; with bucket-owner-enforced ownership S3 looks at the policy of the target.
        try:
            c.call("s3", "PutBucketLogging", Bucket=name, BucketLoggingStatus=status)
        except Refused as error:
            if "InvalidTargetBucketForLogging" not in str(error):
                raise

    def delete(self, c, physical, p):
        api = client("s3", c.region, c.account)
        versions = api.list_object_versions(Bucket=physical)
        if versions.get("Versions") or versions.get("DeleteMarkers"):
            raise Refused("The bucket you tried to delete is not empty")
        c.call("s3", "DeleteBucket", Bucket=physical)

    def read(self, c, physical, p):
        asked = {"BucketName": physical}
        for name, (operation, key, spelled) in READ.items():
            if name in p:
                asked[name] = spelled(c.call("s3", operation, Bucket=physical)[key] if key else c.call("s3", operation, Bucket=physical))
        return asked


def _rules_read(rules) -> dict:
    """Lifecycle rules as CloudFormation spells them."""
    return {"Rules": [
        {**rule, "Id": rule.get("ID"), "Prefix": rule.get("Filter", {}).get("Prefix"),
         "ExpirationInDays": rule.get("Expiration", {}).get("Days"),
         "ExpiredObjectDeleteMarker": rule.get("Expiration", {}).get("ExpiredObjectDeleteMarker")}
        for rule in rules
    ]}  # fmt: skip


def _encryption_read(p) -> dict:
    rules = [{**rule, "ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]} for rule in p["Rules"]]
    return {"ServerSideEncryptionConfiguration": rules}


def _as_is(told):
    return told


# Property: the operation that tells it, the member of its answer, and how CloudFormation spells that.
READ = {
    "BucketEncryption": ("GetBucketEncryption", "ServerSideEncryptionConfiguration", _encryption_read),
    "VersioningConfiguration": ("GetBucketVersioning", None, _as_is),
    "PublicAccessBlockConfiguration": ("GetPublicAccessBlock", "PublicAccessBlockConfiguration", _as_is),
    "OwnershipControls": ("GetBucketOwnershipControls", "OwnershipControls", _as_is),
    "LifecycleConfiguration": ("GetBucketLifecycleConfiguration", "Rules", _rules_read),
    "Tags": ("GetBucketTagging", "TagSet", _as_is),
}


def _encryption(c, p) -> dict:
    rules = []
    for rule in p["ServerSideEncryptionConfiguration"]:
        default = rule.get("ServerSideEncryptionByDefault", {})
        if "KMSMasterKeyID" in default:
            c.key(default["KMSMasterKeyID"])
        rules.append({
            "ApplyServerSideEncryptionByDefault": default,
            **({"BucketKeyEnabled": rule["BucketKeyEnabled"]} if "BucketKeyEnabled" in rule else {}),
        })  # fmt: skip
    return {"Rules": rules}


def _rule(p) -> dict:
    rule = {key: p[key] for key in ("Status", "AbortIncompleteMultipartUpload") if key in p}
    if "Id" in p:
        rule["ID"] = p["Id"]
    rule["Filter"] = {"Prefix": p.get("Prefix", "")}
    if "ExpirationInDays" in p or p.get("ExpiredObjectDeleteMarker"):
        rule["Expiration"] = (
            {"Days": p["ExpirationInDays"]} if "ExpirationInDays" in p else {"ExpiredObjectDeleteMarker": True}
        )
    if "NoncurrentVersionExpiration" in p:
        rule["NoncurrentVersionExpiration"] = p["NoncurrentVersionExpiration"]
    unknown = set(p) - {
        "Status", "AbortIncompleteMultipartUpload", "Id", "Prefix", "ExpirationInDays", "ExpiredObjectDeleteMarker", "NoncurrentVersionExpiration",
    }  # fmt: skip
    if unknown:
        raise Refused(f"lifecycle rule: {sorted(unknown)} are not emulated")
    return rule


@handles("AWS::S3::BucketPolicy")
class BucketPolicy(Handler):
    def create(self, c, p):
        arn = f"arn:aws:s3:::{p['Bucket']}"
        for statement in p["PolicyDocument"]["Statement"]:
            resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            for resource in resources:
                if resource != arn and not resource.startswith(arn + "/"):
                    raise Refused(f"Policy has invalid resource: {resource} is not of {arn}")
        c.call("s3", "PutBucketPolicy", Bucket=p["Bucket"], Policy=document(p["PolicyDocument"]))
        return p["Bucket"], {}

    def update(self, c, physical, old, new):
        self.create(c, new)

    def delete(self, c, physical, p):
        c.call("s3", "DeleteBucketPolicy", Bucket=physical)

    def read(self, c, physical, p):
        return {"Bucket": physical, "PolicyDocument": c.call("s3", "GetBucketPolicy", Bucket=physical)["Policy"]}
