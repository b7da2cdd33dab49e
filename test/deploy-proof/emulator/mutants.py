"""Handlers that forget: for every property that a template sets, a handler that drops it, and one that makes nothing at all.

Each is tried apart, on the first resource that sets the property; reading back must show it.
"""

import contextlib
import copy

from . import handlers
from .apart import apart
from .readback import unlike

# What is a document to CloudFormation is one property.
DOCUMENTS = {"PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy", "EventPattern", "RepositoryPolicyText", "Manifest", "Tags"}


@contextlib.contextmanager
def seeded():
    """A list that fills, while stacks are made, with [type, property path, how it was seen or None]."""
    found: list = []
    handlers.kinds()
    sound = dict(handlers._HANDLERS)
    handlers._HANDLERS.update({kind: Watched(kind, handler, found) for kind, handler in sound.items()})
    try:
        yield found
    finally:
        handlers._HANDLERS.update(sound)


class Watched:
    seen: set = set()

    def __init__(self, kind: str, inner, found: list):
        self.kind, self.inner, self.found = kind, inner, found

    def __getattr__(self, name: str):
        return getattr(self.inner, name)

    def create(self, c, p):
        new = {shown(path): path for path in (None, *paths(p)) if (self.kind, shown(path)) not in self.seen}
        self.seen.update((self.kind, text) for text in new)
        # Tags outlive what they were on in moto, so they come first.
        left = sorted(new.values(), key=lambda path: path is None or path[-1] != "Tags")
        while left:
            tried = apart(lambda: self._try(c, p, left))
            self.found.extend([self.kind, shown(path), seen] for path, seen in zip(left, tried))
            left = left[len(tried) :]
        return self.inner.create(c, p)

    def _try(self, c, p, mutants: list) -> list[str | None]:
        """How each was seen, up to one that could not be cleared away for the next."""
        seen = []
        for path in mutants:
            try:
                if path is None:
                    physical, made = apart(lambda: self.inner.create(c, p)[0]), None
                else:
                    made = without(p, path)
                    physical = self.inner.create(c, made)[0]
            except Exception as error:  # Nobody takes a deploy that broke for a success; a part of it may be there.
                return [*seen, f"refused: {error!r}"[:200]]
            seen.append(next(iter(unlike(self.inner, c, physical, p)), None))
            try:
                if made is not None:
                    self.inner.delete(c, physical, made)
            except Exception:
                return seen
        return seen


def paths(value, path: tuple = ()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            if key not in DOCUMENTS:
                yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))


def shown(path) -> str:
    return "" if path is None else ".".join(str(step) for step in path if not isinstance(step, int))


def without(p: dict, path: tuple) -> dict:
    changed = copy.deepcopy(p)
    *steps, last = path
    place = changed
    for step in steps:
        place = place[step]
    del place[last]
    return changed
