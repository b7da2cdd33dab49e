"""SNS and SQS, by moto."""

import json

from ..aws import document
from ..strict import Refused
from . import Handler, handles
from .iam import retag


# What stays where a policy was taken away.
NOBODY = '{"Version":"2012-10-17","Statement":[]}'


@handles("AWS::SNS::Topic")
class Topic(Handler):
    def _attributes(self, p):
        return {key: str(p[key]) for key in ("DisplayName", "KmsMasterKeyId") if key in p}

    def create(self, c, p):
        unknown = set(p) - {"DisplayName", "KmsMasterKeyId", "TopicName", "Tags", "Subscription"}
        if unknown:
            raise Refused(f"properties {sorted(unknown)} are not emulated")
        if "KmsMasterKeyId" in p:
            c.key(p["KmsMasterKeyId"])
        arn = c.call("sns", "CreateTopic", Name=p.get("TopicName") or c.name(256), Attributes=self._attributes(p), Tags=p.get("Tags", []))["TopicArn"]
        for subscription in p.get("Subscription", []):
            c.send("sns", "Subscribe", subscription, TopicArn=arn)
        return arn, {"TopicArn": arn, "TopicName": arn.split(":")[-1]}

    def update(self, c, physical, old, new):
        if old.get("Subscription") != new.get("Subscription"):
            super().update(c, physical, old, new)
        for key, value in self._attributes(new).items():
            c.call("sns", "SetTopicAttributes", TopicArn=physical, AttributeName=key, AttributeValue=value)
        retag(c, "sns", old, new, lambda tags: ("TagResource", {"ResourceArn": physical, "Tags": tags}),
              lambda keys: ("UntagResource", {"ResourceArn": physical, "TagKeys": keys}))  # fmt: skip

    def delete(self, c, physical, p):
        c.call("sns", "DeleteTopic", TopicArn=physical)

    def read(self, c, physical, p):
        attributes = c.call("sns", "GetTopicAttributes", TopicArn=physical)["Attributes"]
        subscriptions = c.call("sns", "ListSubscriptionsByTopic", TopicArn=physical)["Subscriptions"]
        return attributes | {"TopicName": physical.split(":")[-1], "Subscription": subscriptions,
                             "Tags": c.call("sns", "ListTagsForResource", ResourceArn=physical)["Tags"]}  # fmt: skip


@handles("AWS::SNS::TopicPolicy")
class TopicPolicy(Handler):
    def create(self, c, p):
        for topic in p["Topics"]:
            c.call("sns", "SetTopicAttributes", TopicArn=topic, AttributeName="Policy", AttributeValue=document(p["PolicyDocument"]))
        return c.name(128), {"Id": c.logical}

    def update(self, c, physical, old, new):
        self.create(c, new)

    def delete(self, c, physical, p):
        for topic in p["Topics"]:
            c.call("sns", "SetTopicAttributes", TopicArn=topic, AttributeName="Policy", AttributeValue=NOBODY)

    def read(self, c, physical, p):
        found = [c.call("sns", "GetTopicAttributes", TopicArn=topic)["Attributes"] for topic in p["Topics"]]
        return {"Topics": [item["TopicArn"] for item in found], "PolicyDocument": same([item["Policy"] for item in found])}


def same(texts: list[str]):
    """The one policy that all have."""
    documents = [json.loads(text) for text in texts]
    return documents[0] if all(item == documents[0] for item in documents) else documents


@handles("AWS::SNS::Subscription")
class Subscription(Handler):
    def create(self, c, p):
        c.call("sns", "GetTopicAttributes", TopicArn=p["TopicArn"])
        arn = c.send("sns", "Subscribe", p, without=("Region",), ReturnSubscriptionArn=True)["SubscriptionArn"]
        return arn, {"Arn": arn}

    def delete(self, c, physical, p):
        c.call("sns", "Unsubscribe", SubscriptionArn=physical)

    def read(self, c, physical, p):
        return c.call("sns", "GetSubscriptionAttributes", SubscriptionArn=physical)["Attributes"]


@handles("AWS::SQS::Queue")
class Queue(Handler):
    more = frozenset({"QueueName"})

    def _attributes(self, p):
        return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in p.items() if key not in ("QueueName", "Tags")}

    def create(self, c, p):
        url = c.call("sqs", "CreateQueue", QueueName=p.get("QueueName") or c.name(80), Attributes=self._attributes(p),
                     tags={item["Key"]: item["Value"] for item in p.get("Tags", [])})["QueueUrl"]  # fmt: skip
        arn = c.call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        return url, {"Arn": arn, "QueueName": arn.split(":")[-1], "QueueUrl": url}

    def update(self, c, physical, old, new):
        c.call("sqs", "SetQueueAttributes", QueueUrl=physical, Attributes=self._attributes(new))
        retag(c, "sqs", old, new, lambda tags: ("TagQueue", {"QueueUrl": physical, "Tags": {t["Key"]: t["Value"] for t in tags}}),
              lambda keys: ("UntagQueue", {"QueueUrl": physical, "TagKeys": keys}))  # fmt: skip

    def delete(self, c, physical, p):
        c.call("sqs", "DeleteQueue", QueueUrl=physical)

    def read(self, c, physical, p):
        attributes = c.call("sqs", "GetQueueAttributes", QueueUrl=physical, AttributeNames=["All"])["Attributes"]
        return attributes | {"QueueName": physical.split("/")[-1], "Tags": c.call("sqs", "ListQueueTags", QueueUrl=physical).get("Tags", {})}


@handles("AWS::SQS::QueuePolicy")
class QueuePolicy(Handler):
    def create(self, c, p):
        for statement in p["PolicyDocument"]["Statement"]:
            if not statement.get("Resource"):
                raise Refused("Invalid value for the parameter Policy: a statement has no Resource")
        for queue in p["Queues"]:
            c.call("sqs", "SetQueueAttributes", QueueUrl=queue, Attributes={"Policy": json.dumps(p["PolicyDocument"])})
        return c.name(128), {"Id": c.logical}

    def update(self, c, physical, old, new):
        self.create(c, new)

    def delete(self, c, physical, p):
        for queue in p["Queues"]:
            c.call("sqs", "SetQueueAttributes", QueueUrl=queue, Attributes={"Policy": NOBODY})

    def read(self, c, physical, p):
        found = {
            url: c.call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"] for url in p["Queues"]
        }
        return {"Queues": list(found), "PolicyDocument": same(list(found.values()))}
