"""Pipelines, by moto's CodePipeline, after the checks that CodePipeline makes and, stricter than it, of everything they refer to.

Source: CodePipeline user guide, pipeline structure reference, action structure reference, quotas; API reference, CreatePipeline.
"""

import json
import re

from .. import policy
from ..strict import Refused
from . import Handler, handles, to_shape
from .iam import retag

# Provider: (category, inputs from, to, outputs from, to, configuration that must be there)
PROVIDERS = {
    "CodeCommit": ("Source", 0, 0, 1, 1, {"RepositoryName", "BranchName"}),
    "CodeStarSourceConnection": ("Source", 0, 0, 1, 1, {"ConnectionArn", "FullRepositoryId", "BranchName"}),
    "S3": ("Source", 0, 0, 1, 1, {"S3Bucket", "S3ObjectKey"}),
    "CodeBuild": (("Build", "Test"), 1, 5, 0, 5, {"ProjectName"}),
    "Manual": ("Approval", 0, 0, 0, 0, set()),
    "Lambda": ("Invoke", 0, 5, 0, 5, {"FunctionName"}),
}
RULES = {"VariableCheck", "CodeBuild", "LambdaInvoke", "CloudWatchAlarm", "DeploymentWindow", "Commands"}
NEEDS = {
    "CodeCommit": ("codecommit:GetBranch", "codecommit:UploadArchive"),
    "CodeBuild": ("codebuild:StartBuild", "codebuild:BatchGetBuilds"),
    "Lambda": ("lambda:InvokeFunction",),
}


@handles("AWS::CodePipeline::Pipeline")
class Pipeline(Handler):
    more = frozenset({"Version"})
    untold = {"RestartExecutionOnUpdate": "CloudFormation looks at it when it updates the pipeline"}

    def create(self, c, p):
        name = p.get("Name") or c.name(100)
        pipeline = self._pipeline(c, {**p, "Name": name})
        tags = [{"key": tag["Key"], "value": tag["Value"]} for tag in p.get("Tags", [])]
        c.call("codepipeline", "CreatePipeline", pipeline=pipeline, tags=tags)
        return name, {"Version": "1"}

    def update(self, c, physical, old, new):
        pipeline = self._pipeline(c, {**new, "Name": physical})
        c.call("codepipeline", "UpdatePipeline", pipeline=pipeline)
        arn = c.arn("codepipeline", physical)
        retag(c, "codepipeline", old, new,
              lambda tags: ("TagResource", {"resourceArn": arn, "tags": [{"key": t["Key"], "value": t["Value"]} for t in tags]}),
              lambda keys: ("UntagResource", {"resourceArn": arn, "tagKeys": keys}))  # fmt: skip

    def delete(self, c, physical, p):
        c.call("codepipeline", "DeletePipeline", name=physical)

    def read(self, c, physical, p):
        tags = c.call("codepipeline", "ListTagsForResource", resourceArn=c.arn("codepipeline", physical))["tags"]
        return c.call("codepipeline", "GetPipeline", name=physical)["pipeline"] | {"Tags": tags}

    def _pipeline(self, c, p) -> dict:
        from .. import aws

        pipeline = {key: value for key, value in p.items() if key not in ("Tags", "RestartExecutionOnUpdate")}
        shape = aws.client("codepipeline", c.region).meta.service_model.operation_model("CreatePipeline").input_shape
        problems = list(_structure(pipeline)) or list(_references(c, pipeline))
        if problems:
            raise Refused("; ".join(problems))
        return to_shape(shape.members["pipeline"], _as_api(pipeline), "codepipeline:CreatePipeline")


def _as_api(pipeline: dict) -> dict:
    """CloudFormation says ActionTypeId and RuleTypeId as the API does; blockers are schedules."""
    return {key: value for key, value in pipeline.items()}


def _structure(p):
    names = [stage["Name"] for stage in p["Stages"]]
    if len(names) < 2 or len(names) > 50 or len(set(names)) < len(names):
        yield f"a pipeline has 2 to 50 stages with names of their own, not {names}"
    made: set[str] = set()
    spaces: set[str] = set()
    for index, stage in enumerate(p["Stages"]):
        yield from _stage(p, index, stage, made, spaces)


def _stage(p, index: int, stage: dict, made: set, spaces: set):
    where = f"stage {stage['Name']}"
    names = [action["Name"] for action in stage["Actions"]]
    if not 1 <= len(names) <= 50 or len(set(names)) < len(names):
        yield f"{where}: 1 to 50 actions with names of their own, not {names}"
    if p.get("PipelineType") != "V2" and any(key in stage for key in ("BeforeEntry", "OnFailure", "OnSuccess")):
        yield f"{where}: conditions need pipeline type V2"
    yield from _conditions(where, stage.get("BeforeEntry"), {"FAIL", "SKIP"}, made, spaces)
    orders = sorted({action.get("RunOrder", 1) for action in stage["Actions"]})
    for order in orders:
        actions = [action for action in stage["Actions"] if action.get("RunOrder", 1) == order]
        before = set(made), set(spaces)
        for action in actions:
            yield from _action(f"{where}, action {action['Name']}", index == 0, action, *before, made, spaces)
    yield from _conditions(where, stage.get("OnSuccess"), {"ROLLBACK", "FAIL"}, made, spaces)
    if index == 0 and _results(stage.get("OnFailure")) & {"ROLLBACK"}:
        yield f"{where}: the first stage cannot be rolled back"
    yield from _conditions(where, stage.get("OnFailure"), {"ROLLBACK", "FAIL", "RETRY", "SKIP"}, made, spaces)


def _results(conditions) -> set[str]:
    return {condition.get("Result") for condition in (conditions or {}).get("Conditions", [])} | {(conditions or {}).get("Result")}


def _action(where: str, first: bool, action: dict, inputs: set, readable: set, made: set, spaces: set):
    kind = action["ActionTypeId"]
    provider = PROVIDERS.get(kind["Provider"])
    if provider is None or kind["Owner"] != "AWS" or str(kind["Version"]) != "1":
        yield f"{where}: ActionType ({json.dumps(kind)}) is not available in this region"
        return
    categories, low, high, least, most, wanted = provider
    if kind["Category"] not in categories if isinstance(categories, tuple) else kind["Category"] != categories:
        yield f"{where}: {kind['Provider']} is no provider of {kind['Category']}"
    if first != (kind["Category"] == "Source"):
        yield f"{where}: source actions belong in the first stage, and no others"
    taken = [item["Name"] for item in action.get("InputArtifacts", [])]
    given = [item["Name"] for item in action.get("OutputArtifacts", [])]
    if not low <= len(taken) <= high or not least <= len(given) <= most:
        yield f"{where}: {kind['Provider']} takes {low} to {high} input artifacts and gives {least} to {most}"
    for name in taken:
        if name not in inputs:
            yield f"{where}: input artifact {name} is not declared as the output of an earlier action"
    for name in given:
        if name in made:
            yield f"{where}: output artifact {name} is given twice"
        made.add(name)
    configuration = action.get("Configuration", {})
    if not wanted <= configuration.keys():
        yield f"{where}: configuration lacks {sorted(wanted - configuration.keys())}"
    if len(taken) > 1 and configuration.get("PrimarySource") not in taken and kind["Provider"] == "CodeBuild":
        yield f"{where}: with several inputs PrimarySource names one of them"
    yield from _values(where, configuration, readable)
    space = action.get("Namespace")
    if space is not None and space in spaces:
        yield f"{where}: namespace {space} is taken"
    if space is not None:
        spaces.add(space)


def _values(where: str, configuration: dict, readable: set):
    for key, value in configuration.items():
        if not isinstance(value, str) or len(value) > 1000:
            yield f"{where}: {key} must be a string of at most 1000 characters, has {len(str(value))}"
        for space in re.findall(r"#\{(\w[\w@-]*)\.", str(value)):
            if space not in readable | {"variables", "codepipeline"}:
                yield f"{where}: {key} reads the variable namespace {space}, which no earlier action has"


def _conditions(where: str, conditions, results: set, made: set, spaces: set):
    for condition in (conditions or {}).get("Conditions", []):
        if condition.get("Result") not in results:
            yield f"{where}: condition result {condition.get('Result')} is none of {sorted(results)}"
        for rule in condition.get("Rules", []):
            if rule["RuleTypeId"]["Provider"] not in RULES or rule["RuleTypeId"]["Category"] != "Rule":
                yield f"{where}: rule type {rule['RuleTypeId']} does not exist"
            for artifact in rule.get("InputArtifacts", []):
                if artifact["Name"] not in made:
                    yield f"{where}: rule {rule['Name']} takes {artifact['Name']}, which nothing gives"
            yield from _values(f"{where}, rule {rule['Name']}", rule.get("Configuration", {}), spaces)


def _references(c, p):
    """What only shows when it runs on AWS: here it must be there already, so the stack makes it before."""
    arn = c.arn("codepipeline", p["Name"])
    c.assumable(p["RoleArn"], "codepipeline.amazonaws.com", arn)
    store = p["ArtifactStore"]
    c.call("s3", "HeadBucket", Bucket=store["Location"])
    if "EncryptionKey" in store:
        c.key(store["EncryptionKey"]["Id"])
    for action in ("s3:GetObject", "s3:PutObject"):
        if not c.role_allows(p["RoleArn"], action):
            yield f"the role of the pipeline may not {action}, so it reaches no artifact"
    for stage in p["Stages"]:
        rules = [
            rule for key in ("BeforeEntry", "OnFailure", "OnSuccess")
            for condition in stage.get(key, {}).get("Conditions", []) for rule in condition.get("Rules", [])
        ]  # fmt: skip
        for action in stage["Actions"]:
            where = f"stage {stage['Name']}, action {action['Name']}"
            # What an action with a role of another account works on is there.
            owner = c.owner(action.get("RoleArn", ""))
            yield from _target(c, where, action["ActionTypeId"]["Provider"], action.get("Configuration", {}), owner)
            role = action.get("RoleArn", p["RoleArn"])
            yield from _permitted(c, where, role, action["ActionTypeId"]["Provider"], action.get("Configuration", {}))
            if role != p["RoleArn"]:
                yield from _assumes(c, where, p["RoleArn"], role)
        for rule in rules:
            owner = c.owner(rule.get("RoleArn", ""))
            where = f"stage {stage['Name']}, rule {rule['Name']}"
            yield from _target(c, where, rule["RuleTypeId"]["Provider"], rule.get("Configuration", {}), owner)


def _assumes(c, where: str, pipeline: str, role: str):
    """A pipeline works with an action's role by assuming it: both sides must say so."""
    trust = c.call("iam", "GetRole", c.owner(role), RoleName=role.split("/")[-1])["Role"]["AssumeRolePolicyDocument"]
    named = (pipeline, f"arn:aws:iam::{c.account}:root")
    context = {"aws:PrincipalArn": pipeline, "aws:PrincipalAccount": c.account}
    if not any(policy.allows(trust, {"AWS": who}, "sts:AssumeRole", context) for who in named):
        yield f"{where}: the role {role} does not trust the role of the pipeline"
    if not c.role_allows(pipeline, "sts:AssumeRole"):
        yield f"{where}: the role of the pipeline may not sts:AssumeRole"


def _permitted(c, where: str, role: str, provider: str, configuration: dict):
    needs = NEEDS.get(provider, ())
    if provider == "CodeStarSourceConnection":
        # The service was renamed; IAM goes by the prefix of the connection's ARN.
        needs = (f"{configuration['ConnectionArn'].split(':')[2]}:UseConnection",)
    for action in needs:
        if not c.role_allows(role, action):
            yield f"{where}: the role of the pipeline may not {action}"


def _target(c, where: str, provider: str, configuration: dict, owner: str):
    if provider == "CodeBuild" and c.call("codebuild", "BatchGetProjects", owner, names=[configuration["ProjectName"]])["projectsNotFound"]:
        yield f"{where}: the project {configuration['ProjectName']} is not there"
    if provider == "CodeCommit":
        c.call("codecommit", "GetRepository", owner, repositoryName=configuration["RepositoryName"])
    if provider in ("Lambda", "LambdaInvoke"):
        c.call("lambda", "GetFunction", owner, FunctionName=configuration["FunctionName"])
    if provider == "Manual" and "NotificationArn" in configuration:
        c.call("sns", "GetTopicAttributes", TopicArn=configuration["NotificationArn"])
