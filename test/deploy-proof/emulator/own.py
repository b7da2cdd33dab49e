"""Services, or parts of them, that moto lacks or whose requests it forgets: what was written is kept and read back whole.

Each operation takes a request that the service model has accepted and answers in the model's form.
"""

import json

from .strict import Refused


class Conflict(Refused):
    code = "ResourceAlreadyExistsException"


class NotFound(Refused):
    code = "ResourceNotFoundException"


_stores: dict = {}


def store(kind: str, account: str, region: str) -> dict:
    return _stores.setdefault((kind, account, region), {})


def reset() -> None:
    _stores.clear()


class Table:
    """Records of one kind, by name."""

    def __init__(self, kind: str):
        self.kind = kind

    def of(self, place) -> dict:
        return store(self.kind, *place)

    def add(self, place, name: str, record: dict) -> dict:
        if name in self.of(place):
            raise Conflict(f"{self.kind} {name} already exists")
        self.of(place)[name] = record
        return record

    def get(self, place, name: str) -> dict:
        if name not in self.of(place):
            raise NotFound(f"No {self.kind} found for name: {name}")
        return self.of(place)[name]

    def remove(self, place, name: str) -> dict:
        self.get(place, name)
        return self.of(place).pop(name)


CLUSTERS, ADDONS, ENTRIES = Table("cluster"), Table("addon"), Table("access entry")
PROJECTS, REPORT_GROUPS, COMPOSITES, REPOSITORIES = Table("project"), Table("report group"), Table("alarm"), Table("repository")
IDENTITIES, TAGS = Table("pod identity association"), Table("tags")
APPROVAL_RULES = Table("approval rule template")
SIGNING = Table("signing configuration")


def _arn(place, service: str, rest: str) -> str:
    return f"arn:aws:{service}:{place[1]}:{place[0]}:{rest}"


# -- EKS ------------------------------------------------------------------------------------------------------------


def create_cluster(place, request):
    name = request["name"]
    record = {
        **{key: value for key, value in request.items() if key != "clientRequestToken"},
        "arn": _arn(place, "eks", f"cluster/{name}"), "status": "ACTIVE", "certificateAuthority": {"data": "Q0E="},
        "endpoint": f"https://0123456789ABCDEF0123456789ABCDEF.gr7.{place[1]}.eks.amazonaws.com",
        "identity": {"oidc": {"issuer": f"https://oidc.eks.{place[1]}.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"}},
    }  # fmt: skip
    return {"cluster": CLUSTERS.add(place, name, record)}


def update_cluster(place, request):
    cluster = CLUSTERS.get(place, request["name"])
    cluster.update({key: value for key, value in request.items() if key not in ("name", "clientRequestToken")})
    return {"update": {"id": "1", "status": "Successful"}}


def create_addon(place, request):
    CLUSTERS.get(place, request["clusterName"])
    record = {key: value for key, value in request.items() if key != "clientRequestToken"}
    record["addonArn"] = _arn(place, "eks", f"addon/{request['clusterName']}/{request['addonName']}/1")
    record["podIdentityAssociations"] = _identify(place, request)
    return {"addon": ADDONS.add(place, (request["clusterName"], request["addonName"]), record | {"status": "ACTIVE"})}


def _identify(place, request) -> list[str]:
    """Keeps an add-on's pod identities; their ARNs."""
    cluster, addon = request["clusterName"], request["addonName"]
    made = [
        {**item, "clusterName": cluster, "associationId": f"a-{addon}-{index}", "associationArn": _arn(
            place, "eks", f"podidentityassociation/{cluster}/a-{addon}-{index}")}
        for index, item in enumerate(request.get("podIdentityAssociations", []))
    ]  # fmt: skip
    IDENTITIES.of(place)[cluster, addon] = made
    return [item["associationArn"] for item in made]


def describe_identity(place, request):
    for (cluster, _), items in IDENTITIES.of(place).items():
        for item in items:
            if (cluster, item["associationId"]) == (request["clusterName"], request["associationId"]):
                return {"association": item}
    raise NotFound(f"No pod identity association {request['associationId']}")


def update_access_entry(place, request):
    entry = ENTRIES.get(place, (request["clusterName"], request["principalArn"]))
    entry.update(request)
    return {"accessEntry": entry}


def update_addon(place, request):
    addon = ADDONS.get(place, (request["clusterName"], request["addonName"]))
    addon.update(request | {"podIdentityAssociations": _identify(place, request)})
    return {"update": {"id": "1", "status": "Successful"}}


def create_access_entry(place, request):
    CLUSTERS.get(place, request["clusterName"])
    key = request["clusterName"], request["principalArn"]
    record = {name: value for name, value in request.items() if name != "clientRequestToken"}
    record |= {"accessEntryArn": _arn(place, "eks", f"access-entry/{key[0]}/role/{place[0]}/x/1"), "policies": []}
    return {"accessEntry": ENTRIES.add(place, key, record)}


def associate_access_policy(place, request):
    entry = ENTRIES.get(place, (request["clusterName"], request["principalArn"]))
    policy = {"policyArn": request["policyArn"], "accessScope": request["accessScope"]}
    entry["policies"] = [item for item in entry["policies"] if item["policyArn"] != policy["policyArn"]] + [policy]
    return {"clusterName": request["clusterName"], "principalArn": request["principalArn"], "associatedAccessPolicy": policy}


def disassociate_access_policy(place, request):
    entry = ENTRIES.get(place, (request["clusterName"], request["principalArn"]))
    entry["policies"] = [item for item in entry["policies"] if item["policyArn"] != request["policyArn"]]


def _entries(place, request):
    return [principal for cluster, principal in ENTRIES.of(place) if cluster == request["clusterName"]]


EKS = {
    "CreateCluster": create_cluster,
    "DescribeCluster": lambda place, request: {"cluster": CLUSTERS.get(place, request["name"])},
    "ListClusters": lambda place, request: {"clusters": list(CLUSTERS.of(place))},
    "UpdateClusterVersion": update_cluster,
    "UpdateClusterConfig": update_cluster,
    "DeleteCluster": lambda place, request: {"cluster": CLUSTERS.remove(place, request["name"])},
    "CreateAddon": create_addon,
    "UpdateAddon": update_addon,
    "DescribeAddon": lambda place, request: {"addon": ADDONS.get(place, (request["clusterName"], request["addonName"]))},
    "ListAddons": lambda place, request: {"addons": [name for cluster, name in ADDONS.of(place) if cluster == request["clusterName"]]},
    "DeleteAddon": lambda place, request: {"addon": ADDONS.remove(place, (request["clusterName"], request["addonName"]))},
    "DescribePodIdentityAssociation": describe_identity,
    "CreateAccessEntry": create_access_entry,
    "UpdateAccessEntry": update_access_entry,
    "DescribeAccessEntry": lambda place, request: {
        "accessEntry": ENTRIES.get(place, (request["clusterName"], request["principalArn"]))
    },
    "ListAccessEntries": lambda place, request: {"accessEntries": _entries(place, request)},
    "DeleteAccessEntry": lambda place, request: ENTRIES.remove(place, (request["clusterName"], request["principalArn"])) and {},
    "AssociateAccessPolicy": associate_access_policy,
    "DisassociateAccessPolicy": disassociate_access_policy,
    "ListAssociatedAccessPolicies": lambda place, request: {
        "clusterName": request["clusterName"], "principalArn": request["principalArn"],
        "associatedAccessPolicies": ENTRIES.get(place, (request["clusterName"], request["principalArn"]))["policies"],
    },
}  # fmt: skip


# -- CodeBuild --------------------------------------------------------------------------------------------------------


def _project(place, request):
    return {**request, "arn": _arn(place, "codebuild", f"project/{request['name']}")}


def update_project(place, request):
    PROJECTS.get(place, request["name"])
    PROJECTS.of(place)[request["name"]] = _project(place, request)
    return {"project": _project(place, request)}


def create_report_group(place, request):
    arn = _arn(place, "codebuild", f"report-group/{request['name']}")
    return {"reportGroup": REPORT_GROUPS.add(place, arn, {**request, "arn": arn, "status": "ACTIVE"})}


def update_report_group(place, request):
    group = REPORT_GROUPS.get(place, request["arn"])
    group.update(request)
    return {"reportGroup": group}


CODEBUILD = {
    "CreateProject": lambda place, request: {"project": PROJECTS.add(place, request["name"], _project(place, request))},
    "UpdateProject": update_project,
    "BatchGetProjects": lambda place, request: {
        "projects": [PROJECTS.of(place)[name] for name in request["names"] if name in PROJECTS.of(place)],
        "projectsNotFound": [name for name in request["names"] if name not in PROJECTS.of(place)],
    },
    "ListProjects": lambda place, request: {"projects": sorted(PROJECTS.of(place))},
    "DeleteProject": lambda place, request: PROJECTS.of(place).pop(request["name"], None) and {},
    "CreateReportGroup": create_report_group,
    "UpdateReportGroup": update_report_group,
    "BatchGetReportGroups": lambda place, request: {
        "reportGroups": [REPORT_GROUPS.of(place)[arn] for arn in request["reportGroupArns"] if arn in REPORT_GROUPS.of(place)]
    },
    "ListReportGroups": lambda place, request: {"reportGroups": sorted(REPORT_GROUPS.of(place))},
    "DeleteReportGroup": lambda place, request: REPORT_GROUPS.of(place).pop(request["arn"], None) and {},
}  # fmt: skip


# -- CodeCommit -------------------------------------------------------------------------------------------------------


def create_repository(place, request):
    name = request["repositoryName"]
    record = {
        **{key: value for key, value in request.items() if key != "tags"}, "accountId": place[0],
        "Arn": _arn(place, "codecommit", name), "repositoryId": "00000000-0000-4000-8000-000000000000",
        "cloneUrlHttp": f"https://git-codecommit.{place[1]}.amazonaws.com/v1/repos/{name}",
        "cloneUrlSsh": f"ssh://git-codecommit.{place[1]}.amazonaws.com/v1/repos/{name}",
    }  # fmt: skip
    TAGS.of(place)[record["Arn"]] = request.get("tags", {})
    return {"repositoryMetadata": REPOSITORIES.add(place, name, record)}


def create_approval_rule_template(place, request):
    name = request["approvalRuleTemplateName"]
    record = request | {"approvalRuleTemplateId": "00000000-0000-4000-8000-000000000001", "repositories": []}
    if json.loads(request["approvalRuleTemplateContent"])["Statements"][0]["NumberOfApprovalsNeeded"] < 1:
        raise Refused("InvalidApprovalRuleTemplateContentException: at least one approval")
    return {"approvalRuleTemplate": APPROVAL_RULES.add(place, name, record)}


def update_approval_rule_template_content(place, request):
    record = APPROVAL_RULES.get(place, request["approvalRuleTemplateName"])
    record["approvalRuleTemplateContent"] = request["newRuleContent"]
    return {"approvalRuleTemplate": record}


def delete_approval_rule_template(place, request):
    name = request["approvalRuleTemplateName"]
    if APPROVAL_RULES.of(place).get(name, {}).get("repositories"):
        raise Refused(f"ApprovalRuleTemplateInUseException: {name} is associated with a repository")
    APPROVAL_RULES.of(place).pop(name, None)
    return {"approvalRuleTemplateId": "00000000-0000-4000-8000-000000000001"}


def associate_approval_rule_template(place, request):
    REPOSITORIES.get(place, request["repositoryName"])
    repositories = APPROVAL_RULES.get(place, request["approvalRuleTemplateName"])["repositories"]
    if request["repositoryName"] not in repositories:
        repositories.append(request["repositoryName"])


def disassociate_approval_rule_template(place, request):
    record = APPROVAL_RULES.get(place, request["approvalRuleTemplateName"])
    record["repositories"] = [name for name in record["repositories"] if name != request["repositoryName"]]


CODECOMMIT = {
    "CreateApprovalRuleTemplate": create_approval_rule_template,
    "UpdateApprovalRuleTemplateContent": update_approval_rule_template_content,
    "DeleteApprovalRuleTemplate": delete_approval_rule_template,
    "AssociateApprovalRuleTemplateWithRepository": associate_approval_rule_template,
    "DisassociateApprovalRuleTemplateFromRepository": disassociate_approval_rule_template,
    "GetApprovalRuleTemplate": lambda place, request: {
        "approvalRuleTemplate": APPROVAL_RULES.get(place, request["approvalRuleTemplateName"])
    },
    "ListAssociatedApprovalRuleTemplatesForRepository": lambda place, request: {
        "approvalRuleTemplateNames": [
            name for name, record in APPROVAL_RULES.of(place).items() if request["repositoryName"] in record["repositories"]
        ]
    },
    "CreateRepository": create_repository,
    "GetRepository": lambda place, request: {"repositoryMetadata": REPOSITORIES.get(place, request["repositoryName"])},
    "ListRepositories": lambda place, request: {
        "repositories": [{"repositoryName": name} for name in REPOSITORIES.of(place)]
    },
    "CreateBranch": lambda place, request: REPOSITORIES.get(place, request["repositoryName"]).update(
        defaultBranch=request["branchName"]
    ),
    "UpdateRepositoryDescription": lambda place, request: REPOSITORIES.get(place, request["repositoryName"]).update(request),
    "ListTagsForResource": lambda place, request: {"tags": TAGS.of(place)[request["resourceArn"]]},
    "DeleteRepository": lambda place, request: REPOSITORIES.of(place).pop(request["repositoryName"], None) and {},
}


# -- CloudWatch: composite alarms (the metric alarms are moto's) --------------------------------------------------------


def put_composite_alarm(place, request):
    arn = _arn(place, "cloudwatch", f"alarm:{request['AlarmName']}")
    COMPOSITES.of(place)[request["AlarmName"]] = {key: value for key, value in request.items() if key != "Tags"} | {"AlarmArn": arn}
    TAGS.of(place)[arn] = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}


def delete_alarms(place, request):
    for name in request["AlarmNames"]:
        COMPOSITES.of(place).pop(name, None)


def describe_alarms(place, request):
    names = request.get("AlarmNames", list(COMPOSITES.of(place)))
    return {"CompositeAlarms": [COMPOSITES.of(place)[name] for name in names if name in COMPOSITES.of(place)], "MetricAlarms": []}


CLOUDWATCH = {
    "PutCompositeAlarm": put_composite_alarm, "DescribeAlarms": describe_alarms, "DeleteAlarms": delete_alarms,
    "ListTagsForResource": lambda place, request: {
        "Tags": [{"Key": key, "Value": value} for key, value in TAGS.of(place)[request["ResourceARN"]].items()]
    },
    "TagResource": lambda place, request: TAGS.of(place)[request["ResourceARN"]].update(
        {tag["Key"]: tag["Value"] for tag in request["Tags"]}
    ),
    "UntagResource": lambda place, request: [TAGS.of(place)[request["ResourceARN"]].pop(key, None) for key in request["TagKeys"]] and {},
}  # fmt: skip


# -- ECR: signing of what is pushed (the rest is moto's) --------------------------------------------------------------


def _signing(place, record) -> dict:
    return {"registryId": place[0], "signingConfiguration": record or {"rules": []}}


ECR = {
    "PutSigningConfiguration": lambda place, request: SIGNING.of(place).update(registry=request["signingConfiguration"])
    or {"signingConfiguration": request["signingConfiguration"]},
    "GetSigningConfiguration": lambda place, request: _signing(place, SIGNING.of(place).get("registry")),
    "DeleteSigningConfiguration": lambda place, request: _signing(place, SIGNING.of(place).pop("registry", None)),
}

# The CDK CLI asks CloudTrail why a deploy has failed.
CLOUDTRAIL = {"LookupEvents": lambda place, request: {"Events": []}}

SERVICES = {
    "eks": EKS, "codebuild": CODEBUILD, "codecommit": CODECOMMIT, "cloudwatch": CLOUDWATCH, "cloudtrail": CLOUDTRAIL, "ecr": ECR,
}  # fmt: skip


def operation(service: str, name: str, account: str, region: str, values):
    """The function of one request, or None where moto answers. `values`: its form fields."""
    function = SERVICES.get(service, {}).get(name)
    if name == "DescribeAlarms" and values.get("AlarmTypes.member.1") != "CompositeAlarm":
        return None
    if name == "DeleteAlarms" and values.get("AlarmNames.member.1") not in COMPOSITES.of((account, region)):
        return None
    if service == "cloudwatch" and name.endswith(("TagResource", "TagsForResource")) and (
        values.get("ResourceARN", "").split(":alarm:")[-1] not in COMPOSITES.of((account, region))
    ):
        return None
    return None if function is None else lambda request: function((account, region), request)
