"""Networks, by moto's EC2."""

import ipaddress

from ..strict import Refused
from ..readback import differences
from . import Handler, handles


def tagged(kind: str, p: dict):
    return [{"ResourceType": kind, "Tags": p["Tags"]}] if p.get("Tags") else None


def retag(c, physical, old, new):
    """For resources of which nothing else may change in place."""
    rest = lambda p: {key: value for key, value in p.items() if key != "Tags"}  # noqa: E731
    if rest(old) != rest(new):
        changed = sorted(key for key in rest(old).keys() | rest(new).keys() if old.get(key) != new.get(key))
        raise Refused(f"an update of {changed} is not emulated")
    if old.get("Tags"):
        c.call("ec2", "DeleteTags", Resources=[physical], Tags=old["Tags"])
    if new.get("Tags"):
        c.call("ec2", "CreateTags", Resources=[physical], Tags=new["Tags"])


class Tagged(Handler):
    def update(self, c, physical, old, new):
        retag(c, physical, old, new)


@handles("AWS::EC2::VPC")
class Vpc(Tagged):
    def create(self, c, p):
        vpc = c.send("ec2", "CreateVpc", p, without=("EnableDnsHostnames", "EnableDnsSupport", "Tags"),
                     TagSpecifications=tagged("vpc", p))["Vpc"]["VpcId"]  # fmt: skip
        for key in ("EnableDnsHostnames", "EnableDnsSupport"):
            if key in p:
                c.call("ec2", "ModifyVpcAttribute", VpcId=vpc, **{key: {"Value": p[key]}})
        groups = c.call("ec2", "DescribeSecurityGroups", Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
        return vpc, {"VpcId": vpc, "CidrBlock": p["CidrBlock"], "DefaultSecurityGroup": groups[0]["GroupId"]}

    def delete(self, c, physical, p):
        c.call("ec2", "DeleteVpc", VpcId=physical)

    def read(self, c, physical, p):
        switches = {"EnableDnsHostnames": "enableDnsHostnames", "EnableDnsSupport": "enableDnsSupport"}
        return c.call("ec2", "DescribeVpcs", VpcIds=[physical])["Vpcs"][0] | {
            name: c.call("ec2", "DescribeVpcAttribute", VpcId=physical, Attribute=attribute)[name]["Value"]
            for name, attribute in switches.items()
        }


@handles("AWS::EC2::Subnet")
class Subnet(Tagged):
    def create(self, c, p):
        made = c.send("ec2", "CreateSubnet", p, without=("MapPublicIpOnLaunch", "Tags"), TagSpecifications=tagged("subnet", p))["Subnet"]
        if "MapPublicIpOnLaunch" in p:
            c.call("ec2", "ModifySubnetAttribute", SubnetId=made["SubnetId"], MapPublicIpOnLaunch={"Value": p["MapPublicIpOnLaunch"]})
        return made["SubnetId"], {
            "SubnetId": made["SubnetId"], "AvailabilityZone": made["AvailabilityZone"], "VpcId": made["VpcId"],
            "CidrBlock": made["CidrBlock"],
        }  # fmt: skip

    def delete(self, c, physical, p):
        c.call("ec2", "DeleteSubnet", SubnetId=physical)

    def read(self, c, physical, p):
        return c.call("ec2", "DescribeSubnets", SubnetIds=[physical])["Subnets"][0]


@handles("AWS::EC2::InternetGateway")
class InternetGateway(Tagged):
    def create(self, c, p):
        made = c.call("ec2", "CreateInternetGateway", TagSpecifications=tagged("internet-gateway", p))["InternetGateway"]
        return made["InternetGatewayId"], {"InternetGatewayId": made["InternetGatewayId"]}

    def delete(self, c, physical, p):
        c.call("ec2", "DeleteInternetGateway", InternetGatewayId=physical)

    def read(self, c, physical, p):
        return c.call("ec2", "DescribeInternetGateways", InternetGatewayIds=[physical])["InternetGateways"][0]


@handles("AWS::EC2::VPCGatewayAttachment")
class GatewayAttachment(Handler):
    def create(self, c, p):
        c.send("ec2", "AttachInternetGateway", p)
        return f"IGW|{p['VpcId']}", {"AttachmentType": "IGW"}

    def delete(self, c, physical, p):
        c.send("ec2", "DetachInternetGateway", p)

    def read(self, c, physical, p):
        attached = [{"Name": "attachment.vpc-id", "Values": [physical.split("|")[1]]}]
        gateway = c.call("ec2", "DescribeInternetGateways", Filters=attached)["InternetGateways"][0]
        return gateway | gateway["Attachments"][0]


@handles("AWS::EC2::EIP")
class Address(Tagged):
    def create(self, c, p):
        made = c.send("ec2", "AllocateAddress", p, without=("Tags",), TagSpecifications=tagged("elastic-ip", p))
        return made["PublicIp"], {"AllocationId": made["AllocationId"], "PublicIp": made["PublicIp"]}

    def delete(self, c, physical, p):
        found = c.call("ec2", "DescribeAddresses", PublicIps=[physical])["Addresses"][0]
        c.call("ec2", "ReleaseAddress", AllocationId=found["AllocationId"])

    def read(self, c, physical, p):
        return c.call("ec2", "DescribeAddresses", PublicIps=[physical])["Addresses"][0]


@handles("AWS::EC2::NatGateway")
class NatGateway(Tagged):
    def create(self, c, p):
        routes = c.call("ec2", "DescribeRouteTables", Filters=[{"Name": "association.subnet-id", "Values": [p["SubnetId"]]}])["RouteTables"]
        if not any(route.get("GatewayId", "").startswith("igw-") for table in routes for route in table["Routes"]):
            raise Refused(f"Network {p['SubnetId']} has no Internet gateway attached: its route table sends nothing to one yet")
        made = c.send("ec2", "CreateNatGateway", p, without=("Tags",), TagSpecifications=tagged("natgateway", p))["NatGateway"]
        return made["NatGatewayId"], {"NatGatewayId": made["NatGatewayId"]}

    def delete(self, c, physical, p):
        c.call("ec2", "DeleteNatGateway", NatGatewayId=physical)

    def read(self, c, physical, p):
        made = c.call("ec2", "DescribeNatGateways", NatGatewayIds=[physical])["NatGateways"][0]
        if made["State"] == "deleted":
            raise Refused(f"{physical} is deleted")
        return made | made["NatGatewayAddresses"][0]


@handles("AWS::EC2::RouteTable")
class RouteTable(Tagged):
    def create(self, c, p):
        made = c.send("ec2", "CreateRouteTable", p, without=("Tags",), TagSpecifications=tagged("route-table", p))["RouteTable"]
        return made["RouteTableId"], {"RouteTableId": made["RouteTableId"]}

    def delete(self, c, physical, p):
        c.call("ec2", "DeleteRouteTable", RouteTableId=physical)

    def read(self, c, physical, p):
        return c.call("ec2", "DescribeRouteTables", RouteTableIds=[physical])["RouteTables"][0]


@handles("AWS::EC2::Route")
class Route(Handler):
    def create(self, c, p):
        if "NatGatewayId" in p and not c.call("ec2", "DescribeNatGateways", NatGatewayIds=[p["NatGatewayId"]])["NatGateways"]:
            raise Refused(f"the NAT gateway {p['NatGatewayId']} is not there")
        c.send("ec2", "CreateRoute", p)
        return f"{p['RouteTableId']}|{p['DestinationCidrBlock']}", {"CidrBlock": p["DestinationCidrBlock"]}

    def delete(self, c, physical, p):
        c.call("ec2", "DeleteRoute", RouteTableId=p["RouteTableId"], DestinationCidrBlock=p["DestinationCidrBlock"])

    def read(self, c, physical, p):
        table, _, destination = physical.partition("|")
        found = c.call("ec2", "DescribeRouteTables", RouteTableIds=[table])["RouteTables"][0]
        return found | next(route for route in found["Routes"] if route.get("DestinationCidrBlock") == destination)


@handles("AWS::EC2::SubnetRouteTableAssociation")
class RouteTableAssociation(Handler):
    def create(self, c, p):
        made = c.send("ec2", "AssociateRouteTable", p)["AssociationId"]
        return made, {"Id": made}

    def delete(self, c, physical, p):
        c.call("ec2", "DisassociateRouteTable", AssociationId=physical)

    def read(self, c, physical, p):
        filters = [{"Name": "association.route-table-association-id", "Values": [physical]}]
        associations = c.call("ec2", "DescribeRouteTables", Filters=filters)["RouteTables"][0]["Associations"]
        return next(item for item in associations if item["RouteTableAssociationId"] == physical)


def permission(c, p) -> dict:
    rule = {"IpProtocol": str(p["IpProtocol"])} | {key: p[key] for key in ("FromPort", "ToPort") if key in p}
    text = {"Description": p["Description"]} if "Description" in p else {}
    if "CidrIp" in p:
        ipaddress.ip_network(p["CidrIp"])
        return rule | {"IpRanges": [{"CidrIp": p["CidrIp"]} | text]}
    other = p.get("SourceSecurityGroupId") or p.get("DestinationSecurityGroupId")
    if not other:
        raise Refused(f"a rule needs CidrIp or a security group: {p}")
    c.call("ec2", "DescribeSecurityGroups", GroupIds=[other])
    return rule | {"UserIdGroupPairs": [{"GroupId": other} | text]}


@handles("AWS::EC2::SecurityGroup")
class SecurityGroup(Handler):
    def create(self, c, p):
        group = c.call("ec2", "CreateSecurityGroup", GroupName=p.get("GroupName") or c.name(255), Description=p["GroupDescription"],
                       VpcId=p.get("VpcId"), TagSpecifications=tagged("security-group", p))["GroupId"]  # fmt: skip
        if p.get("SecurityGroupEgress"):
            everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            c.call("ec2", "RevokeSecurityGroupEgress", GroupId=group, IpPermissions=[everything])
        self._rules(c, group, p)
        return group, {"GroupId": group, "Id": group, "VpcId": p.get("VpcId", "")}

    def _rules(self, c, group, p):
        for key, operation in (("SecurityGroupEgress", "AuthorizeSecurityGroupEgress"), ("SecurityGroupIngress", "AuthorizeSecurityGroupIngress")):
            for rule in p.get(key, []):
                c.call("ec2", operation, GroupId=group, IpPermissions=[permission(c, rule)])

    def update(self, c, physical, old, new):
        retag(c, physical, old, new)

    def delete(self, c, physical, p):
        c.call("ec2", "DeleteSecurityGroup", GroupId=physical)

    def read(self, c, physical, p):
        group = c.call("ec2", "DescribeSecurityGroups", GroupIds=[physical])["SecurityGroups"][0]
        return group | {"GroupDescription": group["Description"], "SecurityGroupEgress": _rules(group, "Egress", "Destination"),
                        "SecurityGroupIngress": _rules(group, "", "Source")}  # fmt: skip


@handles("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
class SecurityGroupRule(Handler):
    def _operation(self, p, verb):
        return f"{verb}SecurityGroup{'Egress' if 'DestinationSecurityGroupId' in p else 'Ingress'}"

    def create(self, c, p):
        c.call("ec2", self._operation(p, "Authorize"), GroupId=p["GroupId"], IpPermissions=[permission(c, p)])
        return c.name(64), {"Id": c.logical}

    def delete(self, c, physical, p):
        c.call("ec2", self._operation(p, "Revoke"), GroupId=p["GroupId"], IpPermissions=[permission(c, p)])

    def read(self, c, physical, p):
        group = c.call("ec2", "DescribeSecurityGroups", GroupIds=[p["GroupId"]])["SecurityGroups"][0]
        way = ("Egress", "Destination") if "DestinationSecurityGroupId" in p else ("", "Source")
        mine = {key: value for key, value in p.items() if key != "GroupId"}
        found = [rule for rule in _rules(group, *way) if differences(mine, rule) == []]
        if not found:
            raise Refused(f"{p['GroupId']} has no rule {mine}, but {_rules(group, *way)}")
        return found[0] | {"GroupId": group["GroupId"]}


def _rules(group, way: str, other: str) -> list[dict]:
    """A group's permissions as CloudFormation writes rules: one for each peer."""
    return [
        {**{key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule}, **peer,
         **({f"{other}SecurityGroupId": peer["GroupId"]} if "GroupId" in peer else {})}
        for rule in group[f"IpPermissions{way}"] for peer in rule["IpRanges"] + rule["UserIdGroupPairs"]
    ]  # fmt: skip


@handles("AWS::EC2::FlowLog")
class FlowLog(Tagged):
    untold = {"ResourceType": "DescribeFlowLogs tells it by the id of the resource"}

    def create(self, c, p):
        made_by = c.arn("ec2", "vpc-flow-log/fl-0123456789abcdef0")
        if "DeliverLogsPermissionArn" in p:
            c.assumable(p["DeliverLogsPermissionArn"], "vpc-flow-logs.amazonaws.com", made_by)
        groups = c.call("logs", "DescribeLogGroups", logGroupNamePrefix=p["LogGroupName"])["logGroups"]
        if not any(group["logGroupName"] == p["LogGroupName"] for group in groups):
            raise Refused(f"the log group {p['LogGroupName']} is not there")
        made = c.send("ec2", "CreateFlowLogs", p, without=("ResourceId", "Tags"), ResourceIds=[p["ResourceId"]],
                      TagSpecifications=tagged("vpc-flow-log", p))  # fmt: skip
        if made.get("Unsuccessful"):
            raise Refused(str(made["Unsuccessful"]))
        return made["FlowLogIds"][0], {"Id": made["FlowLogIds"][0]}

    def delete(self, c, physical, p):
        c.call("ec2", "DeleteFlowLogs", FlowLogIds=[physical])

    def read(self, c, physical, p):
        return c.call("ec2", "DescribeFlowLogs", FlowLogIds=[physical])["FlowLogs"][0]
