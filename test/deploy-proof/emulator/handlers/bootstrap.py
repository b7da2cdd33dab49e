"""What only the CDK's bootstrap stack and marks of its apps have."""

from . import Handler, handles


@handles("AWS::SSM::Parameter")
class Parameter(Handler):
    more = frozenset({"Type", "Value"})

    def create(self, c, p):
        name = p.get("Name") or c.name(1000)
        c.send("ssm", "PutParameter", p, without=("Name", "Tags"), Name=name)
        return name, {"Type": p["Type"], "Value": p["Value"]}

    def update(self, c, physical, old, new):
        c.send("ssm", "PutParameter", new, without=("Name", "Tags"), Name=physical, Overwrite=True)

    def delete(self, c, physical, p):
        c.call("ssm", "DeleteParameter", Name=physical)

    def read(self, c, physical, p):
        return c.call("ssm", "GetParameter", Name=physical)["Parameter"]


@handles("AWS::CDK::Metadata")
class Metadata(Handler):
    untold = {"Analytics": "for the CDK's authors; no resource"}

    def create(self, c, p):
        return c.name(64), {}

    def update(self, c, physical, old, new):
        pass

    def delete(self, c, physical, p):
        pass

    def read(self, c, physical, p):
        return {}
