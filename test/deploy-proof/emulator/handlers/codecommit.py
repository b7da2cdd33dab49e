from ..strict import Refused
from . import Handler, handles
from .iam import retag


@handles("AWS::CodeCommit::Repository")
class Repository(Handler):
    replaced_by = frozenset({"RepositoryName"})
    untold = {"Code": "read once, when the repository is made; the first branch is looked at"}

    def create(self, c, p):
        if "KmsKeyId" in p:
            c.key(p["KmsKeyId"])
        seed = p.get("Code")
        if seed is not None:
            c.call("s3", "HeadObject", Bucket=seed["S3"]["Bucket"], Key=seed["S3"]["Key"])
        made = c.send("codecommit", "CreateRepository", p, without=("Code", "Triggers"))["repositoryMetadata"]
        if p.get("Triggers"):
            raise Refused("triggers of a repository are not emulated")
        if seed is not None:
            c.call("codecommit", "CreateBranch", repositoryName=p["RepositoryName"], branchName=seed.get("BranchName", "main"), commitId="0" * 40)
        name = made["repositoryName"]
        return made["repositoryId"] + "/" + name, {
            "Arn": made["Arn"], "Name": name, "CloneUrlHttp": made["cloneUrlHttp"], "CloneUrlSsh": made["cloneUrlSsh"],
        }  # fmt: skip

    def update(self, c, physical, old, new):
        """Code is read when the repository is made and never again."""
        if old.get("KmsKeyId") != new.get("KmsKeyId"):
            super().update(c, physical, old, new)
        c.call("codecommit", "UpdateRepositoryDescription", repositoryName=new["RepositoryName"],
               repositoryDescription=new.get("RepositoryDescription"))  # fmt: skip

    def delete(self, c, physical, p):
        c.call("codecommit", "DeleteRepository", repositoryName=p["RepositoryName"])

    def read(self, c, physical, p):
        made = c.call("codecommit", "GetRepository", repositoryName=physical.split("/")[-1])["repositoryMetadata"]
        return made | {"Tags": c.call("codecommit", "ListTagsForResource", resourceArn=made["Arn"])["tags"]}
