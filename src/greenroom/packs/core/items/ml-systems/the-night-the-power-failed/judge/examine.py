"""A registry whose power fails at every step of every call, and a model of what it must be then."""

import hashlib
import random

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import FailedError, RaisedError, Seat
from greenroom.judge.probes.storage import Crashes, Storage


KINDS = {
    "LookupError": ("LookupError", "KeyError", "IndexError"),
    "ValueError": ("ValueError", "JSONDecodeError", "UnicodeDecodeError"),
}


def model_of(number: int) -> bytes:
    return random.Random(number).randbytes(600 + number)


def sum_of(model: bytes) -> str:
    return hashlib.sha256(model).hexdigest()


class Registry:
    """The project's registry, and beside it what must be true of it: `models`, `parents` and what was `served`."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.storage = Storage()
        self.seat: Seat = lab.process(storage=self.storage)
        self.models: dict[int, bytes] = {}
        self.parents: dict[int, int | None] = {}
        self.served: list[int] = []
        self._made = 0

    def restart(self) -> None:
        """A new process finds the files."""
        self.lab.end(self.seat)
        self.seat = self.lab.process(storage=self.storage)

    def call(self, name: str, *arguments: object) -> object:
        return self.lab.call(f"registry:{name}", *arguments, seat=self.seat)

    def expect_raised(self, kind: str, name: str, *arguments: object, what: str) -> None:
        try:
            returned = self.call(name, *arguments)
        except RaisedError as error:
            is_right = error.what.type in KINDS[kind]
            self.lab.expect(is_right, f"{what}: {name}() raised {error_of(error)}, expected {kind}")
        else:
            raise FailedError(f"{what}: {name}() returned {short(returned)}, expected {kind}")

    # The calls, and what they change

    def new(self) -> bytes:
        self._made += 1
        return model_of(self._made)

    def publish(self, parent: int | None = None) -> int:
        model = self.new()
        number = self.call("publish", model, sum_of(model), parent)
        self.published(number, model, parent)
        return self.newest

    def published(self, number: object, model: bytes, parent: int | None) -> None:
        fresh = type(number) is int and number > max(self.models, default=0)
        self.lab.expect(fresh, f"publish() returned {short(number)} after {sorted(self.models)}")
        self.models[number], self.parents[number] = model, parent

    @property
    def newest(self) -> int:
        return max(self.models)

    def promote(self, number: int) -> None:
        self.call("promote", number)
        self.promoted(number)

    def promoted(self, number: int) -> None:
        if self.served[-1:] != [number]:
            self.served.append(number)

    def rollback(self) -> None:
        number = self.call("rollback")
        self.served.pop()
        self.lab.expect(number == self.served[-1], f"rollback() returned {short(number)}, expected {self.served[-1]}")

    # What is there

    def serving(self, when: str) -> object:
        """The number that is served. Fails for one whose bytes are not the published ones."""
        found = self.asked("serving", when=when)
        if found is None:
            return None
        self.lab.expect(isinstance(found, tuple) and len(found) == 2, f"{when}: serving() returned {short(found)}")
        number, model = found
        if model != self.models.get(number):
            have = f"{len(model)} bytes" if isinstance(model, bytes) else type(model).__name__
            of = f" of {len(self.models[number])}" if number in self.models else ""
            raise FailedError(f"{when}: serving() gives version {short(number)} with wrong content ({have}{of})")
        return number

    def asked(self, name: str, *arguments: object, when: str) -> object:
        try:
            return self.call(name, *arguments)
        except RaisedError as error:
            raise FailedError(f"{when}: {name}() raised {error_of(error)}") from None

    def expect_there(self, when: str) -> None:
        """Everything is as it must be."""
        found = self.asked("versions", when=when)
        self.lab.expect(found == sorted(self.models), f"{when}: versions() is {short(found)}, expected {sorted(self.models)}")
        now = self.serving(when)
        wanted = self.served[-1] if self.served else None
        self.lab.expect(now == wanted, f"{when}: version {now} is served, expected {wanted}")
        for number in self.models:
            line: list[int] = [number]
            while (parent := self.parents[line[-1]]) is not None:
                line.append(parent)
            found = self.asked("lineage", number, when=when)
            self.lab.expect(found == line, f"{when}: lineage({number}) is {short(found)}, expected {line}")

    def expect_history(self, when: str) -> None:
        """Every rollback goes where it must, to the last."""
        while len(self.served) > 1:
            number = self.asked("rollback", when=when)
            self.served.pop()
            self.lab.expect(
                number == self.served[-1] == self.serving(when),
                f"{when}: rollback() went to {short(number)}, expected {self.served[-1]}",
            )
        self.expect_raised("LookupError", "rollback", what=f"{when}, at the end of the history")


def error_of(error: RaisedError) -> str:
    return f"{error.what.type}: {error.what.text}"[:160]


def short(value: object) -> str:
    return repr(value)[:80]


@check("contract", visible=True)
def models_are_published_promoted_and_taken_back(lab: Lab) -> str:
    registry = Registry(lab)
    lab.expect(registry.call("serving") is None, "something is served before the first promote()")
    first = registry.publish()
    second = registry.publish(parent=first)
    registry.promote(first)
    registry.promote(second)
    registry.expect_there("two versions, the second is served")
    registry.rollback()
    registry.expect_there("after a rollback")
    model = registry.new()
    registry.expect_raised("ValueError", "publish", model, sum_of(model + b"!"), what="a wrong checksum")
    registry.expect_there("after a wrong checksum")
    return "2 versions, 2 promotions, 1 rollback, 1 refusal"


@check("promote", visible=True)
def the_power_fails_while_a_version_is_promoted(lab: Lab) -> str:
    registry = Registry(lab)
    first = registry.publish()
    second = registry.publish(first)
    registry.promote(first)
    failed = fails_in(registry, Crashes(registry.storage), "promote", second)
    lab.expect(failed, "promote() changes nothing in the storage")
    return "version 1 or 2 is served"


@check("contract")
def the_history_is_a_stack(lab: Lab) -> str:
    registry = Registry(lab)
    registry.expect_raised("LookupError", "rollback", what="nothing was served")
    for parent in (None, 1, 1, 3):
        registry.publish(parent)
    one, two, three, four = sorted(registry.models)
    for number in (one, two, two, three):
        registry.promote(number)
    registry.rollback()
    registry.promote(four)
    registry.promote(one)
    registry.expect_raised("LookupError", "promote", 99, what="an unknown version")
    registry.expect_raised("LookupError", "lineage", 99, what="an unknown version")
    model = registry.new()
    registry.expect_raised("LookupError", "publish", model, sum_of(model), 99, what="an unknown parent")
    registry.restart()
    registry.expect_there("after a restart")
    registry.expect_history("after a restart")
    return "4 versions, 5 promotions, 4 rollbacks"


def fails_in(registry: Registry, crashes: Crashes, name: str, *arguments: object) -> bool:
    """One call in which the power fails at the next point, or none; afterwards the state is old or new, and then new.

    True when it failed.
    """
    old = registry.serving(f"before {name}()")
    step = len(registry.storage.steps)
    failed = crashes.call(registry.seat, f"registry:{name}", *arguments)
    new = arguments[0] if name == "promote" else registry.served[-2]
    if failed:
        done = registry.storage.steps[-1]
        when = f"the power fails in {name}(), at its step {len(registry.storage.steps) - step} ({done.what} {done.name})"
        registry.restart()
        now = registry.serving(when)
        registry.lab.expect(now in (old, new), f"{when}: version {now} is served, expected {old} or {new}")
        if now == old:
            registry.asked(name, *arguments, when=f"{when}, and it is repeated")
    else:
        when = f"after {name}()"
    if name == "promote":
        registry.promoted(int(new))
    else:
        registry.served.pop()
    registry.expect_there(when)
    return failed


@check("promote")
def and_at_every_other_step_of_it(lab: Lab) -> str:
    registry = Registry(lab)
    numbers = [registry.publish(), registry.publish(1), registry.publish(1)]
    crashes = Crashes(registry.storage)
    turn = 0
    while fails_in(registry, crashes, "promote", numbers[turn % 3]):
        turn += 1
    lab.expect(crashes.count > 0, "promote() changes nothing in the storage")
    registry.expect_history("after failures in promote()")
    lab.measure("promote_crashes", crashes.count)
    return f"0 failures at {crashes.count} crash points"


@check("rollback")
def the_power_fails_while_one_is_taken_back(lab: Lab) -> str:
    registry = Registry(lab)
    numbers = [registry.publish(), registry.publish(1), registry.publish(2)]
    crashes = Crashes(registry.storage)
    going = True
    while going:
        while len(registry.served) < 5:
            registry.promote(next(number for number in numbers if number not in registry.served[-2:]))
        going = fails_in(registry, crashes, "rollback")
    lab.expect(crashes.count > 0, "rollback() changes nothing in the storage")
    registry.expect_history("after failures in rollback()")
    return f"0 failures at {crashes.count} crash points"


@check("publish")
def the_power_fails_while_a_version_is_published(lab: Lab) -> str:
    registry = Registry(lab)
    first = registry.publish()
    registry.promote(first)
    crashes = Crashes(registry.storage)
    failed = True
    while failed:
        model, parent = registry.new(), random.Random(crashes.count).choice(sorted(registry.models))
        step = len(registry.storage.steps)
        failed = crashes.call(registry.seat, "registry:publish", model, sum_of(model), parent)
        if not failed:
            registry.published(crashes.returned, model, parent)
            registry.expect_there("after publish()")
            break
        done = registry.storage.steps[-1]
        when = f"the power fails in publish(), at its step {len(registry.storage.steps) - step} ({done.what} {done.name})"
        registry.restart()
        found = registry.asked("versions", when=when)
        lab.expect(isinstance(found, list), f"{when}: versions() is {short(found)}")
        fresh = [number for number in found if number not in registry.models]
        if fresh:
            registry.published(fresh[-1], model, parent)
            registry.expect_there(when)
        else:
            registry.expect_there(when)
            again = registry.asked("publish", model, sum_of(model), parent, when=f"{when}, and it is repeated")
            registry.published(again, model, parent)
            registry.expect_there(f"{when}, and it is repeated")
        registry.asked("promote", registry.newest, when=when)
        registry.promoted(registry.newest)
        registry.expect_there(f"{when}, and the version is promoted")
    lab.expect(crashes.count > 0, "publish() changes nothing in the storage")
    lab.measure("publish_crashes", crashes.count)
    return f"0 failures at {crashes.count} crash points, {len(registry.models)} versions"


def rot(registry: Registry, number: int) -> str:
    """Another byte in the version's file; returns the file's name."""
    model = registry.models[number]
    names = [name for name, content in registry.storage.files.items() if content == model]
    registry.lab.expect(names, f"no file has the bytes of version {number}, unchanged")
    for name in names:
        registry.storage.files[name] = model[:200] + bytes([model[200] ^ 1]) + model[201:]
    return names[0]


@check("checksum")
def a_model_rots(lab: Lab) -> str:
    registry = Registry(lab)
    first, second, third = registry.publish(), registry.publish(1), registry.publish(1)
    registry.promote(first)
    rot(registry, second)
    registry.restart()
    registry.expect_raised("ValueError", "promote", second, what=f"a changed byte in version {second}")
    lab.expect(registry.serving("a promotion was refused") == first, "a refused promotion changes what is served")
    registry.promote(third)
    name = rot(registry, third)
    registry.restart()
    registry.expect_raised("ValueError", "serving", what=f"a changed byte in version {third}, which is served")
    registry.storage.files[name] = registry.models[third][:100]
    registry.restart()
    registry.expect_raised("ValueError", "serving", what=f"version {third}, which is served, was cut short")
    registry.rollback()
    lab.expect(registry.serving("after a rollback") == first, "after a rollback another version is served")
    return "1 promotion and 2 starts refused"
