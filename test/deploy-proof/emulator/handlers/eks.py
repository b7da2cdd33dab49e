"""Clusters, add-ons and access entries, kept whole (moto forgets most of what a cluster in Auto Mode says).

Source: EKS user guide, Kubernetes versions, network requirements, access entries, add-ons; API reference.
"""

import json

from ..strict import Refused
from . import Handler, handles

VERSIONS = ("1.32", "1.33", "1.34", "1.35", "1.36")
ADDONS = {
    "amazon-cloudwatch-observability", "aws-ebs-csi-driver", "aws-efs-csi-driver", "coredns", "eks-pod-identity-agent", "kube-proxy",
    "metrics-server", "vpc-cni",
}  # fmt: skip
ACCESS_POLICIES = {
    "AmazonEKSAdminPolicy", "AmazonEKSAdminViewPolicy", "AmazonEKSAutoNodePolicy", "AmazonEKSClusterAdminPolicy", "AmazonEKSEditPolicy",
    "AmazonEKSSecretReaderPolicy", "AmazonEKSViewPolicy",
}  # fmt: skip


@handles("AWS::EKS::Cluster")
class Cluster(Handler):
    def create(self, c, p):
        name = p.get("Name") or c.name(100)
        self._check(c, {**p, "Name": name})
        c.send("eks", "CreateCluster", _as_api(p), name=name)
        made = c.call("eks", "DescribeCluster", name=name)["cluster"]
        group = c.call("ec2", "CreateSecurityGroup", GroupName=f"eks-cluster-sg-{name}", Description="EKS created security group",
                       VpcId=self._vpc(c, p))["GroupId"]  # fmt: skip
        return name, {
            "Arn": made["arn"], "Endpoint": made["endpoint"], "ClusterSecurityGroupId": group, "Id": name,
            "CertificateAuthorityData": made["certificateAuthority"]["data"], "OpenIdConnectIssuerUrl": made["identity"]["oidc"]["issuer"],
            **({"EncryptionConfigKeyArn": p["EncryptionConfig"][0]["Provider"]["KeyArn"]} if p.get("EncryptionConfig") else {}),
        }  # fmt: skip

    def _vpc(self, c, p):
        return c.call("ec2", "DescribeSubnets", SubnetIds=p["ResourcesVpcConfig"]["SubnetIds"])["Subnets"][0]["VpcId"]

    def _check(self, c, p):
        if p.get("Version") not in VERSIONS:
            raise Refused(f"unsupported Kubernetes version {p.get('Version')}; there are {', '.join(VERSIONS)}")
        c.assumable(p["RoleArn"], "eks.amazonaws.com", c.arn("eks", f"cluster/{p['Name']}"))
        network = p["ResourcesVpcConfig"]
        subnets = c.call("ec2", "DescribeSubnets", SubnetIds=network["SubnetIds"])["Subnets"]
        if len({subnet["AvailabilityZone"] for subnet in subnets}) < 2:
            raise Refused("Subnets specified must be in at least two different AZs")
        if len({subnet["VpcId"] for subnet in subnets}) > 1:
            raise Refused("Subnets specified must be of one VPC")
        if network.get("SecurityGroupIds"):
            groups = c.call("ec2", "DescribeSecurityGroups", GroupIds=network["SecurityGroupIds"])["SecurityGroups"]
            if any(group["VpcId"] != subnets[0]["VpcId"] for group in groups):
                raise Refused("security groups must be of the VPC of the subnets")
        if not network.get("EndpointPublicAccess", True) and not network.get("EndpointPrivateAccess", False):
            raise Refused("Private and public endpoint access cannot be false")
        for encryption in p.get("EncryptionConfig", []):
            c.key(encryption["Provider"]["KeyArn"])
        self._auto_mode(c, p)

    def _auto_mode(self, c, p):
        """Compute, storage and load balancing are on together or not at all."""
        compute = p.get("ComputeConfig", {})
        switches = {
            compute.get("Enabled", False), p.get("StorageConfig", {}).get("BlockStorage", {}).get("Enabled", False),
            p.get("KubernetesNetworkConfig", {}).get("ElasticLoadBalancing", {}).get("Enabled", False),
        }  # fmt: skip
        if len(switches) > 1:
            raise Refused("For EKS Auto Mode, computeConfig, storageConfig and elasticLoadBalancing must all be enabled or disabled")
        if compute.get("Enabled"):
            if not set(compute.get("NodePools", [])) <= {"system", "general-purpose"}:
                raise Refused(f"node pools {compute['NodePools']} are not built in")
            if compute.get("NodePools"):
                c.assumable(compute["NodeRoleArn"], "ec2.amazonaws.com", "")
            if p.get("AccessConfig", {}).get("AuthenticationMode") not in ("API", "API_AND_CONFIG_MAP"):
                raise Refused("EKS Auto Mode needs authentication mode API or API_AND_CONFIG_MAP")

    def update(self, c, physical, old, new):
        self._check(c, {**new, "Name": physical})
        if old["Version"] != new["Version"]:
            if VERSIONS.index(new["Version"]) != VERSIONS.index(old["Version"]) + 1:
                raise Refused(f"Unsupported Kubernetes minor version update from {old['Version']} to {new['Version']}")
            c.call("eks", "UpdateClusterVersion", name=physical, version=new["Version"])
        changed = {key for key in new if old.get(key) != new[key]} - {"Version", "Tags"}
        if changed:
            c.send("eks", "UpdateClusterConfig", {key: value for key, value in _as_api(new).items() if key in changed}, name=physical)

    def delete(self, c, physical, p):
        if c.call("eks", "ListAddons", clusterName=physical)["addons"]:
            raise Refused("the cluster has add-ons")
        for group in c.call("ec2", "DescribeSecurityGroups", Filters=[{"Name": "group-name", "Values": [f"eks-cluster-sg-{physical}"]}])["SecurityGroups"]:
            c.call("ec2", "DeleteSecurityGroup", GroupId=group["GroupId"])
        c.call("eks", "DeleteCluster", name=physical)

    def read(self, c, physical, p):
        made = c.call("eks", "DescribeCluster", name=physical)["cluster"]
        kinds = [kind for item in made.get("logging", {}).get("clusterLogging", []) if item["enabled"] for kind in item["types"]]
        return made | {"logging": {"ClusterLogging": {"EnabledTypes": [{"Type": kind} for kind in kinds]}}}


def _as_api(p: dict) -> dict:
    """Logging is spelled differently, and so is the name."""
    p = {key: value for key, value in p.items() if key != "Name"}
    if "Logging" in p:
        kinds = [item["Type"] for item in p["Logging"]["ClusterLogging"]["EnabledTypes"]]
        p["Logging"] = {"ClusterLogging": [{"Types": kinds, "Enabled": True}]}
    return p


@handles("AWS::EKS::Addon")
class Addon(Handler):
    untold = {"ResolveConflicts": "of the request alone"}

    def create(self, c, p):
        if p["AddonName"] not in ADDONS:
            raise Refused(f"Addon {p['AddonName']} is not supported")
        try:
            json.loads(p.get("ConfigurationValues", "{}"))
        except ValueError:
            raise Refused("ConfigurationValues is not in JSON format") from None
        for item in p.get("PodIdentityAssociations", []):
            c.assumable(item["RoleArn"], "pods.eks.amazonaws.com", c.arn("eks", f"cluster/{p['ClusterName']}"))
        made = c.send("eks", "CreateAddon", p)["addon"]
        return f"{p['ClusterName']}|{p['AddonName']}", {"Arn": made["addonArn"]}

    def update(self, c, physical, old, new):
        c.send("eks", "UpdateAddon", new, without=("Tags",))

    def delete(self, c, physical, p):
        c.call("eks", "DeleteAddon", clusterName=p["ClusterName"], addonName=p["AddonName"])

    def read(self, c, physical, p):
        cluster, _, name = physical.partition("|")
        addon = c.call("eks", "DescribeAddon", clusterName=cluster, addonName=name)["addon"]
        identities = [
            c.call("eks", "DescribePodIdentityAssociation", clusterName=cluster, associationId=arn.split("/")[-1])["association"]
            for arn in addon.get("podIdentityAssociations", [])
        ]
        return addon | {"podIdentityAssociations": identities}


@handles("AWS::EKS::AccessEntry")
class AccessEntry(Handler):
    def create(self, c, p):
        c.call("iam", "GetRole", c.owner(p["PrincipalArn"]), RoleName=p["PrincipalArn"].split("/")[-1])
        for group in p.get("KubernetesGroups", []):
            if group.startswith("system:"):
                raise Refused(f"The kubernetes group name {group} is invalid, it cannot start with system:")
        made = c.send("eks", "CreateAccessEntry", p, without=("AccessPolicies",))["accessEntry"]
        self._policies(c, p, [], p.get("AccessPolicies", []))
        return f"{p['PrincipalArn']}|{p['ClusterName']}", {"AccessEntryArn": made["accessEntryArn"]}

    def _policies(self, c, p, old, new):
        place = {"clusterName": p["ClusterName"], "principalArn": p["PrincipalArn"]}
        for policy in new:
            name = policy["PolicyArn"].split("/")[-1]
            if policy["PolicyArn"] != f"arn:aws:eks::aws:cluster-access-policy/{name}" or name not in ACCESS_POLICIES:
                raise Refused(f"The policyArn parameter format is not valid: {policy['PolicyArn']}")
            if (policy["AccessScope"]["Type"] == "namespace") != bool(policy["AccessScope"].get("Namespaces")):
                raise Refused("an access scope of type namespace names namespaces, and no other does")
            c.send("eks", "AssociateAccessPolicy", policy, **place)
        for arn in {item["PolicyArn"] for item in old} - {item["PolicyArn"] for item in new}:
            c.call("eks", "DisassociateAccessPolicy", policyArn=arn, **place)

    def update(self, c, physical, old, new):
        if old.get("KubernetesGroups") != new.get("KubernetesGroups") or old.get("Username") != new.get("Username"):
            c.send("eks", "UpdateAccessEntry", new, without=("AccessPolicies", "Tags", "Type"))
        self._policies(c, new, old.get("AccessPolicies", []), new.get("AccessPolicies", []))

    def delete(self, c, physical, p):
        c.call("eks", "DeleteAccessEntry", clusterName=p["ClusterName"], principalArn=p["PrincipalArn"])

    def read(self, c, physical, p):
        role, _, cluster = physical.partition("|")
        place = {"clusterName": cluster, "principalArn": role}
        policies = c.call("eks", "ListAssociatedAccessPolicies", **place)["associatedAccessPolicies"]
        return c.call("eks", "DescribeAccessEntry", **place)["accessEntry"] | {"AccessPolicies": policies}
