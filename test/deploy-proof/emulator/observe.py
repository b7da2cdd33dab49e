"""What the emulated account holds, asked of the services' APIs as anybody would."""

import json


def everything(api) -> dict:
    """One JSON document. `api(service)`: a client of boto3."""
    return {
        **pipelines(api("codepipeline")), **builds(api("codebuild")), **source(api("codecommit")), **alarms(api("cloudwatch")),
        **images(api("ecr")), **identity(api("iam")), **keys(api("kms")), **logs(api("logs")), **buckets(api("s3")),
        **cluster(api("eks")), **events(api("events")), **messages(api("sns"), api("sqs")), **functions(api("lambda")),
        **network(api("ec2")), **stacks(api("cloudformation")),
    }  # fmt: skip


def pages(client, operation: str, key: str, **request) -> list:
    if client.can_paginate(operation):
        return [item for page in client.get_paginator(operation).paginate(**request) for item in page.get(key, [])]
    return getattr(client, operation)(**request)[key]


def stacks(api) -> dict:
    found = {}
    for stack in api.describe_stacks()["Stacks"]:
        name = stack["StackName"]
        found[name] = {
            "status": stack["StackStatus"], "protected": stack["EnableTerminationProtection"],
            "outputs": {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])},
            "resources": [
                [item["LogicalResourceId"], item["ResourceType"], item["PhysicalResourceId"]]
                for item in api.list_stack_resources(StackName=name)["StackResourceSummaries"]
            ],
            "events": [
                [item["LogicalResourceId"], item["ResourceType"], item["ResourceStatus"], item.get("ResourceStatusReason", "")]
                for item in reversed(api.describe_stack_events(StackName=name)["StackEvents"])
            ],
        }  # fmt: skip
    return {"stacks": found}


def pipelines(api) -> dict:
    names = [item["name"] for item in pages(api, "list_pipelines", "pipelines")]
    return {"pipelines": {name: api.get_pipeline(name=name)["pipeline"] for name in names}}


def builds(api) -> dict:
    names, groups = api.list_projects()["projects"], api.list_report_groups()["reportGroups"]
    return {
        "projects": {item["name"]: item for item in (api.batch_get_projects(names=names)["projects"] if names else [])},
        "reportGroups": [item["name"] for item in (api.batch_get_report_groups(reportGroupArns=groups)["reportGroups"] if groups else [])],
    }


def source(api) -> dict:
    names = [item["repositoryName"] for item in api.list_repositories()["repositories"]]
    return {
        "repositories": {name: api.get_repository(repositoryName=name)["repositoryMetadata"] for name in names},
        "approvalRules": {name: [_rule(api, rule) for rule in _rules(api, name)] for name in names},
    }


def _rules(api, repository: str) -> list:
    return api.list_associated_approval_rule_templates_for_repository(repositoryName=repository)["approvalRuleTemplateNames"]


def _rule(api, name: str) -> dict:
    return json.loads(api.get_approval_rule_template(approvalRuleTemplateName=name)["approvalRuleTemplate"]["approvalRuleTemplateContent"])


def alarms(api) -> dict:
    dashboards = [item["DashboardName"] for item in pages(api, "list_dashboards", "DashboardEntries")]
    return {
        "alarms": {item["AlarmName"]: item for item in pages(api, "describe_alarms", "MetricAlarms")},
        "composites": {item["AlarmName"]: item for item in api.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]},
        "dashboards": {name: json.loads(api.get_dashboard(DashboardName=name)["DashboardBody"]) for name in dashboards},
    }


def images(api) -> dict:
    return {
        "images": {item["repositoryName"]: item for item in pages(api, "describe_repositories", "repositories")},
        "signing": api.get_signing_configuration()["signingConfiguration"]["rules"],
    }


def identity(api) -> dict:
    found = {}
    for role in pages(api, "list_roles", "Roles"):
        name = role["RoleName"]
        inline = [api.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"] for each in api.list_role_policies(RoleName=name)["PolicyNames"]]
        attached = [item["PolicyArn"] for item in api.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
        found[role["Arn"]] = {"trust": role["AssumeRolePolicyDocument"], "inline": inline, "attached": attached}
    return {"roles": found}


def keys(api) -> dict:
    found = {}
    for item in pages(api, "list_keys", "Keys"):
        key = api.describe_key(KeyId=item["KeyId"])["KeyMetadata"]
        found[key["Arn"]] = {
            "state": key["KeyState"], "description": key["Description"],
            "rotation": key["KeyState"] == "Enabled" and api.get_key_rotation_status(KeyId=item["KeyId"])["KeyRotationEnabled"],
            "policy": json.loads(api.get_key_policy(KeyId=item["KeyId"], PolicyName="default")["Policy"]),
        }  # fmt: skip
    return {"keys": found}


def logs(api) -> dict:
    return {"logGroups": {item["logGroupName"]: item for item in pages(api, "describe_log_groups", "logGroups")}}


def buckets(api) -> dict:
    found = {}
    for item in api.list_buckets()["Buckets"]:
        name = item["Name"]
        found[name] = {
            "encryption": _get(api.get_bucket_encryption, Bucket=name), "versioning": api.get_bucket_versioning(Bucket=name).get("Status"),
            "block": _get(api.get_public_access_block, Bucket=name), "policy": _get(api.get_bucket_policy, Bucket=name),
        }  # fmt: skip
    return {"buckets": found}


def _get(operation, **request):
    try:
        found = operation(**request)
    except Exception as error:  # The services' ways to say that there is none.
        return {"error": str(error)}
    return {key: value for key, value in found.items() if key != "ResponseMetadata"}


def cluster(api) -> dict:
    found = {}
    for name in api.list_clusters()["clusters"]:
        entries = {}
        for principal in api.list_access_entries(clusterName=name)["accessEntries"]:
            entry = api.describe_access_entry(clusterName=name, principalArn=principal)["accessEntry"]
            policies = api.list_associated_access_policies(clusterName=name, principalArn=principal)["associatedAccessPolicies"]
            entries[principal] = {"groups": entry.get("kubernetesGroups", []), "policies": policies}
        found[name] = {
            "cluster": api.describe_cluster(name=name)["cluster"], "entries": entries, "addons": api.list_addons(clusterName=name)["addons"]
        }
    return {"clusters": found}


def events(api) -> dict:
    rules = {}
    for rule in api.list_rules()["Rules"]:
        rules[rule["Name"]] = {"pattern": json.loads(rule["EventPattern"]), "state": rule["State"],
                               "targets": api.list_targets_by_rule(Rule=rule["Name"])["Targets"]}  # fmt: skip
    return {"rules": rules}


def messages(sns, sqs) -> dict:
    topics = {item["TopicArn"]: sns.get_topic_attributes(TopicArn=item["TopicArn"])["Attributes"] for item in sns.list_topics()["Topics"]}
    subscriptions = [[item["TopicArn"], item["Protocol"], item["Endpoint"]] for item in sns.list_subscriptions()["Subscriptions"]]
    queues = {url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"] for url in sqs.list_queues().get("QueueUrls", [])}
    return {"topics": topics, "subscriptions": subscriptions, "queues": queues}


def functions(api) -> dict:
    return {"functions": {item["FunctionName"]: item for item in pages(api, "list_functions", "Functions")}}


def network(api) -> dict:
    return {
        "vpcs": [item["VpcId"] for item in api.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]],
        "subnets": {item["SubnetId"]: item for item in api.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["false"]}])["Subnets"]},
        "natGateways": [item["NatGatewayId"] for item in api.describe_nat_gateways()["NatGateways"] if item["State"] == "available"],
        "routeTables": api.describe_route_tables()["RouteTables"],
    }
