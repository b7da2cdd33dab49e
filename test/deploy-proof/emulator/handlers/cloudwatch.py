"""Alarms and dashboards. A topic that an alarm tells must exist and let CloudWatch publish to it, key included."""

import json
import re

from .. import policy
from ..strict import Refused
from . import Handler, handles
from .iam import retag


def notified(c, p) -> None:
    for arn in p.get("AlarmActions", []) + p.get("OKActions", []) + p.get("InsufficientDataActions", []):
        if not arn.startswith("arn:aws:sns:"):
            raise Refused(f"action {arn} is not emulated")
        source = {"aws:SourceArn": c.arn("cloudwatch", f"alarm:{p['AlarmName']}")}
        c.in_the_end(lambda arn=arn: publishable(c, arn, "cloudwatch.amazonaws.com", source))


def publishable(c, topic: str, service: str, context: dict) -> None:
    """Beyond what AWS looks at when an alarm or a rule is made: without it the message would be lost in silence."""
    attributes = c.call("sns", "GetTopicAttributes", TopicArn=topic)["Attributes"]
    context = {"aws:SourceAccount": c.account, **context}
    if not policy.allows(attributes["Policy"], {"Service": service}, "sns:Publish", context):
        raise Refused(f"the policy of {topic} does not let {service} publish with {context}")
    if attributes.get("KmsMasterKeyId"):
        c.key_allows(attributes["KmsMasterKeyId"], service, ("kms:Decrypt", "kms:GenerateDataKey"), context)


def retag_alarm(c, physical, old, new):
    arn = c.arn("cloudwatch", f"alarm:{physical}")
    retag(c, "cloudwatch", old, new, lambda tags: ("TagResource", {"ResourceARN": arn, "Tags": tags}),
          lambda keys: ("UntagResource", {"ResourceARN": arn, "TagKeys": keys}))  # fmt: skip


def told(c, name: str, kind: str) -> dict:
    """One alarm, with its tags."""
    found = c.call("cloudwatch", "DescribeAlarms", AlarmNames=[name], AlarmTypes=[kind])[f"{kind}s"]
    if not found:
        raise Refused(f"there is no alarm {name}")
    return found[0] | {"Tags": c.call("cloudwatch", "ListTagsForResource", ResourceARN=found[0]["AlarmArn"])["Tags"]}


@handles("AWS::CloudWatch::Alarm")
class Alarm(Handler):
    def create(self, c, p):
        name = p.get("AlarmName") or c.name(255)
        notified(c, {**p, "AlarmName": name})
        self._sound(p)
        c.send("cloudwatch", "PutMetricAlarm", p, AlarmName=name)
        return name, {"Arn": c.arn("cloudwatch", f"alarm:{name}")}

    def _sound(self, p):
        """Source: CloudWatch API reference, PutMetricAlarm."""
        if ("MetricName" in p) == ("Metrics" in p):
            raise Refused("an alarm has either MetricName or Metrics")
        if "Metrics" not in p and ("Period" not in p or ("Statistic" in p) == ("ExtendedStatistic" in p)):
            raise Refused("an alarm on a metric needs Period, and Statistic or ExtendedStatistic")
        if p.get("DatapointsToAlarm", 1) > p["EvaluationPeriods"]:
            raise Refused("DatapointsToAlarm must be at most EvaluationPeriods")
        returned = [metric for metric in p.get("Metrics", []) if metric.get("ReturnData", True)]
        if "Metrics" in p and len(returned) != 1:
            raise Refused("exactly one of Metrics must return data")
        ids = {metric["Id"] for metric in p.get("Metrics", [])}
        for metric in p.get("Metrics", []):
            for name in re.findall(r"\b[a-z]\w*\b", metric.get("Expression", "")):
                if name not in ids:
                    raise Refused(f"the expression {metric['Expression']} names {name}, which no metric is")

    def update(self, c, physical, old, new):
        notified(c, {**new, "AlarmName": physical})
        self._sound(new)
        c.send("cloudwatch", "PutMetricAlarm", new, without=("Tags",), AlarmName=physical)
        retag_alarm(c, physical, old, new)

    def delete(self, c, physical, p):
        c.call("cloudwatch", "DeleteAlarms", AlarmNames=[physical])

    def read(self, c, physical, p):
        return told(c, physical, "MetricAlarm")


@handles("AWS::CloudWatch::CompositeAlarm")
class CompositeAlarm(Handler):
    def create(self, c, p):
        name = p.get("AlarmName") or c.name(255)
        notified(c, {**p, "AlarmName": name})
        self._rule(c, p["AlarmRule"])
        c.send("cloudwatch", "PutCompositeAlarm", p, AlarmName=name)
        return name, {"Arn": c.arn("cloudwatch", f"alarm:{name}")}

    def _rule(self, c, rule: str):
        """Source: CloudWatch user guide, alarm rule expressions. Every alarm that it names must be there."""
        named = re.findall(r"""(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*["']?([^"')]+?)["']?\s*\)""", rule)
        rest = re.sub(r"""(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*["']?[^"')]+?["']?\s*\)""", "TRUE", rule)
        if not re.fullmatch(r"(?:\(|\)|\s|AND|OR|NOT|TRUE|FALSE)+", rest) or not named:
            raise Refused(f"AlarmRule cannot be read: {rule}")
        for name in {each.split(":alarm:")[-1] for each in named}:
            if not c.call("cloudwatch", "DescribeAlarms", AlarmNames=[name])["MetricAlarms"]:
                raise Refused(f"AlarmRule names the alarm {name}, which is not there")

    def update(self, c, physical, old, new):
        self.create(c, new)

    def delete(self, c, physical, p):
        c.call("cloudwatch", "DeleteAlarms", AlarmNames=[physical])

    def read(self, c, physical, p):
        return told(c, physical, "CompositeAlarm")


@handles("AWS::CloudWatch::Dashboard")
class Dashboard(Handler):
    def create(self, c, p):
        body = p["DashboardBody"]
        try:
            widgets = json.loads(body)["widgets"]
        except (ValueError, KeyError, TypeError):
            raise Refused("The field DashboardBody must be a valid JSON object with widgets") from None
        for widget in widgets:
            if widget["type"] == "alarm":
                for arn in widget["properties"]["alarms"]:
                    c.in_the_end(lambda arn=arn: self._alarm(c, arn))
        name = p.get("DashboardName") or c.name(255)
        c.call("cloudwatch", "PutDashboard", DashboardName=name, DashboardBody=body)
        return name, {}

    def _alarm(self, c, arn: str) -> None:
        name = arn.split(":alarm:")[-1]
        if not any(c.call("cloudwatch", "DescribeAlarms", AlarmNames=[name], AlarmTypes=[kind])[f"{kind}s"]
                   for kind in ("MetricAlarm", "CompositeAlarm")):  # fmt: skip
            raise Refused(f"the dashboard shows the alarm {arn}, which is not there")

    def update(self, c, physical, old, new):
        self.create(c, {**new, "DashboardName": physical})

    def delete(self, c, physical, p):
        c.call("cloudwatch", "DeleteDashboards", DashboardNames=[physical])

    def read(self, c, physical, p):
        return c.call("cloudwatch", "GetDashboard", DashboardName=physical)
