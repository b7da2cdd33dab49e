"""One handler a CloudFormation type: turns properties into the calls of the service that CloudFormation would make.

A type without a handler fails the deploy, and so does a property that no call carries.
"""

import importlib
import json

from .. import aws, policy
from ..strict import Refused

_HANDLERS: dict = {}
_read: dict = {}
MODULES = (
    "bootstrap", "cloudwatch", "codebuild", "codecommit", "codepipeline", "custom", "ec2", "ecr", "eks", "events", "iam", "kms",
    "lambda_", "logs", "messaging", "s3", "signing",
)  # fmt: skip


class Context:
    """What a handler may use: the resource's place and names, and calls of the services."""

    def __init__(self, cloud, stack: str, stack_id: str, logical: str):
        self.cloud, self.stack, self.stack_id, self.logical = cloud, stack, stack_id, logical
        self.account, self.region = cloud.account, cloud.region
        self.later: list = []

    def in_the_end(self, check) -> None:
        """`check()` when all resources of the stack are there; what it refuses fails the stack."""
        self.later.append(check)

    def call(self, service: str, operation: str, _account: str = "", **request):
        """In the account of the stack, or in another."""
        account = _account or self.account
        if service not in ("iam", "kms"):
            return aws.call(service, operation, self.region, account, **request)
        if not operation.startswith(("Get", "List", "Describe")):
            _read.clear()
            return aws.call(service, operation, self.region, account, **request)
        # Asked over and over by the checks; what writes in between goes through here too.
        key = self.region, account, service, operation, json.dumps(request)
        if key not in _read:
            _read[key] = aws.call(service, operation, self.region, account, **request)
        return _read[key]

    def send(self, service: str, operation: str, properties: dict, without=(), **more):
        """A call whose members are the properties themselves, spelled as the API spells them; each must have its member."""
        shape = aws.client(service, self.region, self.account).meta.service_model.operation_model(operation).input_shape
        kept = {key: value for key, value in properties.items() if key not in without}
        return self.call(service, operation, **(to_shape(shape, kept, f"{service}:{operation}") | more))

    def name(self, length: int) -> str:
        """As CloudFormation names what a template leaves nameless: stack, logical id, twelve characters."""
        from moto.moto_api._internal import mock_random

        suffix = mock_random.get_random_hex(12).upper()
        room = length - len(suffix) - 2
        logical = self.logical[: max(room - len(self.stack), room // 2)]
        return f"{self.stack[: room - len(logical)]}-{logical}-{suffix}"

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"

    def owner(self, arn: str) -> str:
        """The account that an ARN is of; of a name, the account of the stack."""
        return arn.split(":")[4] if arn.startswith("arn:") else self.account

    # -- What services look at when a resource is made --------------------------------------------------------------

    def assumable(self, role: str, service: str, source_arn: str) -> dict:
        """The role, if `service` may assume it on behalf of `source_arn`; as services check when they are given a role."""
        found = self.call("iam", "GetRole", self.owner(role), RoleName=role.split("/")[-1])["Role"]
        if found["Arn"] != role:
            raise Refused(f"role {role} does not exist; there is {found['Arn']}")
        context = {"aws:SourceAccount": self.account, "aws:SourceArn": source_arn}
        if not policy.allows(found["AssumeRolePolicyDocument"], {"Service": service}, "sts:AssumeRole", context):
            raise Refused(f"{service} is not authorized to perform AssumeRole on role {role} for {source_arn}")
        return found

    def role_allows(self, role: str, action: str) -> bool:
        """Some statement of the role's policies allows the action, on whatever and under whatever condition; none denies it always."""
        name, owner = role.split("/")[-1], self.owner(role)
        documents = [
            self.call("iam", "GetRolePolicy", owner, RoleName=name, PolicyName=each)["PolicyDocument"]
            for each in self.call("iam", "ListRolePolicies", owner, RoleName=name)["PolicyNames"]
        ]
        for attached in self.call("iam", "ListAttachedRolePolicies", owner, RoleName=name)["AttachedPolicies"]:
            policy_arn = attached["PolicyArn"]
            version = self.call("iam", "GetPolicy", owner, PolicyArn=policy_arn)["Policy"]["DefaultVersionId"]
            documents.append(
                self.call("iam", "GetPolicyVersion", owner, PolicyArn=policy_arn, VersionId=version)["PolicyVersion"]["Document"]
            )
        anyone = [
            {**statement, "Principal": "*", "Condition": {} if statement["Effect"] == "Allow" else statement.get("Condition", {})}
            for document in documents for statement in _list(document["Statement"])
        ]
        return policy.allows({"Statement": anyone}, {}, action, {})

    def key(self, key: str) -> dict:
        """A KMS key that exists, is enabled, and is named by its ARN, id or alias."""
        found = self.call("kms", "DescribeKey", self.owner(key), KeyId=key)["KeyMetadata"]
        if not found["Enabled"]:
            raise Refused(f"KMS key {key} is {found['KeyState']}")
        return found

    def key_allows(self, key: str, service: str, actions, context: dict) -> None:
        """Refused unless the key's policy lets the service do each of the actions."""
        found = self.key(key)
        text = self.call("kms", "GetKeyPolicy", self.owner(key), KeyId=found["KeyId"], PolicyName="default")["Policy"]
        context = {"kms:CallerAccount": self.account, "aws:SourceAccount": self.account, **context}
        for action in actions:
            if not policy.allows(text, {"Service": service}, action, context):
                raise Refused(f"the policy of KMS key {found['Arn']} does not let {service} {action} with {json.dumps(context)}")


class Handler:
    """`create` gives (physical id, attributes by name); `more`: attributes beside the schema's read-only ones.

    `read` asks the service what it holds, by names of properties (case does not matter, more than they is fine); `p` is for
    addressing only.
    """

    replaced_by: frozenset = frozenset()
    more: frozenset = frozenset()
    # Properties that no call of the service tells again, with the reason.
    untold: dict[str, str] = {}

    def create(self, c: Context, p: dict) -> tuple[str, dict]:
        raise NotImplementedError

    def update(self, c: Context, physical: str, old: dict, new: dict) -> None:
        changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        raise Refused(f"an update of {changed} is not emulated for {type(self).__name__}")

    def delete(self, c: Context, physical: str, p: dict) -> None:
        raise NotImplementedError

    def read(self, c: Context, physical: str, p: dict) -> dict:
        raise NotImplementedError(f"{type(self).__name__} reads nothing back")


def handles(*kinds: str):
    def register(cls):
        for kind in kinds:
            _HANDLERS[kind] = cls()
        return cls

    return register


def handler(kind: str) -> Handler:
    if not _HANDLERS:
        for module in MODULES:
            importlib.import_module(f"{__name__}.{module}")
    if kind not in _HANDLERS:
        raise Refused(f"Template format error: Unrecognized resource types: [{kind}] (no handler in the deploy proof)")
    return _HANDLERS[kind]


def kinds() -> list[str]:
    handler("AWS::SSM::Parameter")
    return sorted(_HANDLERS)


def to_shape(shape, value, path: str):
    """A property's value with the API's spelling of its members (CloudFormation writes them in Pascal case)."""
    if shape.type_name == "structure" and isinstance(value, dict):
        spelled = {name.lower(): name for name in shape.members}
        unknown = [key for key in value if key.lower() not in spelled]
        if unknown:
            raise Refused(f"{path}: the API has no member for {', '.join(unknown)}")
        return {
            spelled[key.lower()]: to_shape(shape.members[spelled[key.lower()]], item, f"{path}.{key}") for key, item in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [to_shape(shape.member, item, f"{path}[{index}]") for index, item in enumerate(value)]
    if shape.type_name == "map" and isinstance(value, list):
        return {item["Key"]: item["Value"] for item in value}
    if shape.type_name == "string" and isinstance(value, dict):
        return json.dumps(value)
    return value


def _list(value) -> list:
    return value if isinstance(value, list) else [value]
