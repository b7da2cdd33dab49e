"""Calls with which a person prepares or clears an account, over HTTP; each prints JSON.

    python -m emulator.prepare PORT REGION unprotect STACK...
    python -m emulator.prepare PORT REGION repository NAME
"""

import json
import sys

from .aws import session


def main(port: str, region: str, what: str, *names: str) -> None:
    opened = session(region)
    if what == "unprotect":
        api = opened.client("cloudformation", endpoint_url=f"http://localhost:{port}")
        for name in names:
            api.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    elif what == "repository":
        api = opened.client("codecommit", endpoint_url=f"http://localhost:{port}")
        for name in names:
            api.create_repository(repositoryName=name)
    else:
        raise SystemExit(f"what is {what}?")
    json.dump({}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
