"""What the proof asks of the emulator beside AWS's own APIs, under /_proof/, as JSON."""

import json

from werkzeug.wrappers import Request, Response

from . import aws, observe, readback


def answer(application, request: Request) -> Response:
    """/_proof/seen, /_proof/unlike, /_proof/unprotected (and makes it so), /_proof/credentials; ?account and ?region."""
    account, region = request.args.get("account", aws.ACCOUNT), request.args["region"]
    what = request.path.removeprefix("/_proof/")
    if what == "seen":
        told = observe.everything(lambda service: aws.client(service, region, account))
    elif what == "unlike":
        stacks = application.cloud(region, account).stacks.values()
        told = [line for stack in stacks for line in readback.of_stack(stack)]
    elif what == "unprotected":
        api = aws.client("cloudformation", region, account)
        told = [name for name, stack in application.cloud(region, account).stacks.items() if stack.protected]
        for name in told:
            api.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    elif what == "credentials":
        told = aws.credentials(account)
    else:
        return Response(f"no {what}", 404)
    return Response(json.dumps(told, default=str), content_type="application/json")
