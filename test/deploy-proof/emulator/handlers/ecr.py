import json

from ..strict import Refused
from . import Handler, handles
from .iam import retag


@handles("AWS::ECR::Repository")
class Repository(Handler):
    untold = {"EmptyOnDelete": "CloudFormation looks at it when it deletes the repository"}

    def create(self, c, p):
        encryption = p.get("EncryptionConfiguration", {})
        if "KmsKey" in encryption:
            c.key(encryption["KmsKey"])
        name = p.get("RepositoryName") or c.name(256).lower()
        made = c.send(
            "ecr", "CreateRepository", p, without=("LifecyclePolicy", "EmptyOnDelete", "RepositoryName", "RepositoryPolicyText",
            "ImageTagMutabilityExclusionFilters"), repositoryName=name, imageTagMutabilityExclusionFilters=_filters(p),
        )["repository"]  # fmt: skip
        self._policies(c, name, p)
        return name, {"Arn": made["repositoryArn"], "RepositoryUri": made["repositoryUri"]}

    def _policies(self, c, name, p):
        if "LifecyclePolicy" in p:
            text = p["LifecyclePolicy"]["LifecyclePolicyText"]
            try:
                json.loads(text)
            except ValueError:
                raise Refused(f"Lifecycle policy validation failure: {text}") from None
            c.call("ecr", "PutLifecyclePolicy", repositoryName=name, lifecyclePolicyText=text)
        if "RepositoryPolicyText" in p:
            c.call("ecr", "SetRepositoryPolicy", repositoryName=name, policyText=json.dumps(p["RepositoryPolicyText"]))

    def update(self, c, physical, old, new):
        c.call("ecr", "PutImageTagMutability", repositoryName=physical, imageTagMutability=new.get("ImageTagMutability", "MUTABLE"),
               imageTagMutabilityExclusionFilters=_filters(new))  # fmt: skip
        if "ImageScanningConfiguration" in new:
            c.call("ecr", "PutImageScanningConfiguration", repositoryName=physical,
                   imageScanningConfiguration={"scanOnPush": new["ImageScanningConfiguration"]["ScanOnPush"]})  # fmt: skip
        self._policies(c, physical, new)
        arn = c.arn("ecr", f"repository/{physical}")
        retag(c, "ecr", old, new, lambda tags: ("TagResource", {"resourceArn": arn, "tags": tags}),
              lambda keys: ("UntagResource", {"resourceArn": arn, "tagKeys": keys}))  # fmt: skip

    def delete(self, c, physical, p):
        c.call("ecr", "DeleteRepository", repositoryName=physical, force=p.get("EmptyOnDelete", False))

    def read(self, c, physical, p):
        made = c.call("ecr", "DescribeRepositories", repositoryNames=[physical])["repositories"][0]
        told = {"Tags": c.call("ecr", "ListTagsForResource", resourceArn=made["repositoryArn"])["tags"]}
        if "LifecyclePolicy" in p:
            told["LifecyclePolicy"] = c.call("ecr", "GetLifecyclePolicy", repositoryName=physical)
        if "RepositoryPolicyText" in p:
            told["RepositoryPolicyText"] = c.call("ecr", "GetRepositoryPolicy", repositoryName=physical)["policyText"]
        filters = [
            {"ImageTagMutabilityExclusionFilterType": item["filterType"], "ImageTagMutabilityExclusionFilterValue": item["filter"]}
            for item in made.get("imageTagMutabilityExclusionFilters", [])
        ]
        return made | told | {"ImageTagMutabilityExclusionFilters": filters}


def _filters(p):
    filters = p.get("ImageTagMutabilityExclusionFilters")
    return filters and [
        {"filterType": item["ImageTagMutabilityExclusionFilterType"], "filter": item["ImageTagMutabilityExclusionFilterValue"]}
        for item in filters
    ]
