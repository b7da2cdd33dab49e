from ..strict import Refused
from . import Handler, handles


@handles("AWS::Signer::SigningProfile")
class SigningProfile(Handler):
    replaced_by = frozenset({"PlatformId", "ProfileName", "SignatureValidityPeriod"})

    def create(self, c, p):
        # Signer takes letters, digits and _ in a name; CloudFormation makes one up of these.
        name = p.get("ProfileName") or c.name(64).replace("-", "_")
        made = c.send("signer", "PutSigningProfile", p, without=("ProfileName",), profileName=name)
        return made["arn"], {
            "Arn": made["arn"], "ProfileName": name, "ProfileVersion": made["profileVersion"],
            "ProfileVersionArn": made["profileVersionArn"],
        }  # fmt: skip

    def delete(self, c, physical, p):
        """A profile is only ever cancelled: its name stays taken for two years."""
        c.call("signer", "CancelSigningProfile", profileName=physical.split("/")[-1])

    def read(self, c, physical, p):
        return c.call("signer", "GetSigningProfile", profileName=physical.split("/")[-1])


@handles("AWS::ECR::SigningConfiguration")
class SigningConfiguration(Handler):
    """One a registry: that of the account in its Region."""

    def create(self, c, p):
        if c.call("ecr", "GetSigningConfiguration")["signingConfiguration"]["rules"]:
            raise Refused("the registry has a signing configuration already")
        self._put(c, p)
        return c.account, {"RegistryId": c.account}

    def _put(self, c, p):
        for rule in p["Rules"]:
            profile = c.call("signer", "GetSigningProfile", profileName=rule["SigningProfileArn"].split("/")[-1])
            if profile["arn"] != rule["SigningProfileArn"] or profile["status"] != "Active":
                raise Refused(f"signing profile {rule['SigningProfileArn']} is not an active one")
        c.send("ecr", "PutSigningConfiguration", {"SigningConfiguration": p})

    def update(self, c, physical, old, new):
        self._put(c, new)

    def delete(self, c, physical, p):
        c.call("ecr", "DeleteSigningConfiguration")

    def read(self, c, physical, p):
        return c.call("ecr", "GetSigningConfiguration")["signingConfiguration"]
