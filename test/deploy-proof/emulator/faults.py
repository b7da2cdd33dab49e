"""Deploys sound stacks, and before and after each the faulty templates that would take its place, each apart; says as JSON how
each ended, and which dropped properties the services' answers do not show.

    python -m emulator.faults FOLDER
    FOLDER: an assembly's templates (order.json: their names, in the order of deploys) and faults/<id>.json:
    {"stack": name, "template": …}
"""

import json
import pathlib
import sys

from . import mutants, readback
from .account import REGION, bootstrapped, deploy, publish
from .apart import apart


def main(folder: str) -> None:
    root = pathlib.Path(folder)
    cloud = bootstrapped().cloud(REGION)
    publish(root)
    order = json.loads((root / "order.json").read_text())
    sound = {name: (root / f"{name}.template.json").read_text() for name in order}
    faults = {name: {} for name in order}
    for file in sorted((root / "faults").glob("*.json")):
        item = json.loads(file.read_text())
        faults[item["stack"]][file.stem] = json.dumps(item["template"])
    json.dump(_from(cloud, order, sound, faults), sys.stdout)


def _from(cloud, order: list[str], sound: dict, faults: dict) -> dict:
    """Ends by id, from the first stack of `order` on: first of updates, then of the first deploys that they let pass (nobody looks
    again at what did not change)."""
    if not order:
        return {}
    ends = apart(lambda: _with(cloud, order, sound, faults))
    name = order[0]
    for fault, text in faults[name].items():
        if fault in ends and not caught(ends[fault]):
            ends[fault] = apart(lambda text=text: deploy(cloud, name, text, "CREATE"))
    return ends


def _with(cloud, order: list[str], sound: dict, faults: dict) -> dict:
    name, *rest = order
    with mutants.seeded() as dropped:
        end = deploy(cloud, name, sound[name], "CREATE")
    ends = {f"sound {name}": end, f"dropped {name}": dropped}
    if end["status"] != "CREATE_COMPLETE":
        return ends
    ends[f"unlike {name}"] = readback.of_stack(cloud.stack(name))
    for fault, text in faults[name].items():
        ends[fault] = deploy(cloud, name, text, "UPDATE")
        if ends[fault]["status"] == "UPDATE_COMPLETE":
            ends[fault]["restored"] = deploy(cloud, name, sound[name], "UPDATE")
    ends[f"unlike {name} afterwards"] = readback.of_stack(cloud.stack(name))
    return ends | _from(cloud, rest, sound, faults)


def caught(end: dict) -> bool:
    return end["status"] in ("REFUSED", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE") and "not emulated" not in end["reason"]


if __name__ == "__main__":
    main(*sys.argv[1:])
