"""Rules of the default event bus. What a rule sends to must be there and let EventBridge in."""

import json

from .. import policy
from ..strict import Refused
from . import Handler, handles
from .cloudwatch import publishable


@handles("AWS::Events::Rule")
class Rule(Handler):
    def create(self, c, p):
        name = p.get("Name") or c.name(64)
        arn = c.arn("events", f"rule/{name}")
        if not p.get("EventPattern") and not p.get("ScheduleExpression"):
            raise Refused("Parameter(s) EventPattern or ScheduleExpression must be specified.")
        targets = p.get("Targets", [])
        if len(targets) > 5 or len({target["Id"] for target in targets}) < len(targets):
            raise Refused("a rule has at most five targets, each with an Id of its own")
        for target in targets:
            # EventBridge itself looks at no target: a rule may come before what it starts.
            c.in_the_end(lambda target=target: self._target(c, arn, target))
        c.send("events", "PutRule", p, without=("Targets", "Name"), Name=name)
        if targets:
            failed = c.send("events", "PutTargets", {"Targets": targets}, Rule=name)
            if failed["FailedEntryCount"]:
                raise Refused(json.dumps(failed["FailedEntries"]))
        return name, {"Arn": arn}

    def _target(self, c, rule: str, target: dict) -> None:
        where, service = target["Arn"], target["Arn"].split(":")[2]
        if "RoleArn" in target:
            c.assumable(target["RoleArn"], "events.amazonaws.com", rule)
        needs = {"codepipeline": "codepipeline:StartPipelineExecution", "codebuild": "codebuild:StartBuild"}
        if service in needs:
            if "RoleArn" not in target or not c.role_allows(target["RoleArn"], needs[service]):
                raise Refused(f"RoleArn is required for target {where}, and must allow {needs[service]}")
            if service == "codepipeline":
                c.call("codepipeline", "GetPipeline", name=where.split(":")[-1])
            elif c.call("codebuild", "BatchGetProjects", names=[where.split("/")[-1]])["projectsNotFound"]:
                raise Refused(f"the project of target {where} is not there")
        elif service == "sns":
            publishable(c, where, "events.amazonaws.com", {"aws:SourceArn": rule})
        elif service == "sqs":
            self._queue(c, rule, where)
        else:
            raise Refused(f"target {where} is not emulated")
        transform = target.get("InputTransformer")
        if transform and any(f"<{name}>" not in transform["InputTemplate"] for name in transform.get("InputPathsMap", {})):
            raise Refused(f"input transformer of {where}: a path is mapped that its template does not use")
        if "DeadLetterConfig" in target:
            self._queue(c, rule, target["DeadLetterConfig"]["Arn"])

    def _queue(self, c, rule: str, queue: str) -> None:
        """Source: EventBridge user guide, rule-dlq: without the queue's policy undelivered events are lost."""
        url = c.call("sqs", "GetQueueUrl", QueueName=queue.split(":")[-1])["QueueUrl"]
        text = c.call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {}).get("Policy")
        context = {"aws:SourceArn": rule, "aws:SourceAccount": c.account, "aws:SecureTransport": True}
        if text is None or not policy.allows(text, {"Service": "events.amazonaws.com"}, "sqs:SendMessage", context):
            raise Refused(f"the policy of {queue} does not let events.amazonaws.com send for {rule}")

    def update(self, c, physical, old, new):
        gone = {target["Id"] for target in old.get("Targets", [])} - {target["Id"] for target in new.get("Targets", [])}
        self.create(c, {**new, "Name": physical})
        if gone:
            c.call("events", "RemoveTargets", Rule=physical, Ids=sorted(gone))

    def delete(self, c, physical, p):
        ids = [target["Id"] for target in p.get("Targets", [])]
        if ids:
            c.call("events", "RemoveTargets", Rule=physical, Ids=ids)
        c.call("events", "DeleteRule", Name=physical)

    def read(self, c, physical, p):
        rule = c.call("events", "DescribeRule", Name=physical)
        targets = c.call("events", "ListTargetsByRule", Rule=physical)["Targets"]
        return rule | {"Targets": targets, "Tags": c.call("events", "ListTagsForResource", ResourceARN=rule["Arn"])["Tags"]}
