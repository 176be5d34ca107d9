"""Nodes: each field by what its kind says of it, with what is usual taken for what is not."""

from __future__ import annotations

from typing import Any

from greenroom.bank.source import Location
from greenroom.simulator.design.expressions import ExpressionError, parse
from greenroom.simulator.design.fields import SCALING, Curve, Field, Flag, Number, Scaling, Word
from greenroom.simulator.design.kinds import ALIASES, KINDS
from greenroom.simulator.design.model import Clamped, Node, Scale
from greenroom.simulator.design.notes import Notes
from greenroom.simulator.design.prices import usual as usual_price

_BATCHES = 1024
"""A time of a batch is looked at for so many sizes, which is the largest that a batch can be."""


class NodeReader:
    """Reads one node after the other; `clamped` says what was declared beyond what is usual."""

    def __init__(self, notes: Notes, justified: bool = True) -> None:
        self.notes, self.justified = notes, justified
        self.clamped: list[Clamped] = []

    def node(self, name: str, value: Any) -> Node | None:
        """The node *name*; None, and noted, where its kind is not known."""
        at: Location = ("nodes", name)
        declared = self.notes.mapping(value, at, f"node `{name}`")
        if "kind" not in declared:
            self.notes.wrong(at, f"node `{name}` has no kind", f"add `kind:`, one of {', '.join(KINDS)}")
            return None
        said = declared["kind"]
        kind = ALIASES.get(said, said) if isinstance(said, str) else said
        if not isinstance(kind, str) or kind not in KINDS:
            self.notes.word(kind, (*at, "kind"), f"the kind of node `{name}`", KINDS)
            return None
        fields = KINDS[kind].fields
        self.notes.known(declared, ["kind", "why", *fields], at, f"node `{name}` ({kind})")
        why = self.notes.text(declared["why"], (*at, "why"), f"`why` of node `{name}`") if "why" in declared else ""
        values = {
            field: self._value(name, field, says, declared.get(field), bool(why.strip()), field in declared)
            for field, says in fields.items()
        }
        found = Node(name, kind, values, self.notes.document.line_of(at), why)
        if found.scale is not None and found.scale.to < found.count("copies"):
            message = f"node `{name}`: `scale.to` is {found.scale.to}, less than its {found.count('copies')} copies"
            self.notes.wrong((*at, "scale", "to"), message, "`copies` is how many there are at least")
        if values.get("usd") is not None:
            values["usd"] = self.usual(name, "usd", values["usd"], usual_price(found), bool(why.strip()))
        return found

    def _value(self, node: str, name: str, field: Field, value: Any, why: bool, there: bool) -> Any:
        at, what = ("nodes", node, name), f"node `{node}`: `{name}`"
        if isinstance(field, Number):
            return self._number(node, name, field, value, why)
        if isinstance(field, Word):
            return self.notes.word(value, at, what, field.choices) if there else field.default
        if isinstance(field, Flag):
            if there and not isinstance(value, bool):
                self.notes.wrong(at, f"{what} is neither true nor false", "write true or false")
            return bool(value) if there else field.default
        if isinstance(field, Scaling):
            return self._scale(node, value) if there else None
        return self._curve(node, name, field, value if there else field.default, why)

    def _number(self, node: str, name: str, field: Number, value: Any, why: bool) -> float | None:
        at, what = ("nodes", node, name), f"node `{node}`: `{name}`"
        if value is None:
            if field.needed:
                self.notes.wrong(at, f"{what} is missing", f"say it: {field.says}")
            return field.default
        low = 1.0 if field.low == 0 and name in ("copies", "cores") else field.low
        found = self.notes.number(value, at, what, low, field.high, whole=field.whole)
        return self.usual(node, name, found, field.usual, why)

    def usual(self, node: str, name: str, value: float, usual: tuple[float, float] | None, why: bool) -> float:
        """*value*, taken to the nearer end of what is *usual*, unless it says why."""
        if usual is None or (why and self.justified) or usual[0] <= value <= usual[1]:
            return value
        used = min(max(value, usual[0]), usual[1])
        self.clamped.append(Clamped(node, name, value, used, *usual))
        return used

    def _scale(self, node: str, value: Any) -> Scale | None:
        at: Location = ("nodes", node, "scale")
        declared = self.notes.mapping(value, at, f"node `{node}`: `scale`")
        self.notes.known(declared, SCALING, at, f"`scale` of node `{node}`")
        found: dict[str, float] = {}
        for name, field in SCALING.items():
            what = f"node `{node}`: `scale.{name}`"
            if name not in declared and field.needed:
                self.notes.wrong(at, f"{what} is missing", f"say it: {field.says}")
                return None
            value = declared.get(name, field.default)
            number = self.notes.number(value, (*at, name), what, field.low, field.high, whole=field.whole)
            found[name] = self.usual(node, f"scale.{name}", number, field.usual, False)
        return Scale(int(found["to"]), found["aim"], found["every_s"], found["delay_s"])

    def _curve(self, node: str, name: str, field: Curve, value: Any, why: bool) -> Any:
        at, what = ("nodes", node, name), f"node `{node}`: `{name}`"
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = repr(self.notes.number(value, at, what, 0, 600_000))
        if not isinstance(value, str):
            self.notes.wrong(at, f"{what} is no number and no expression", 'write it like "4 + 0.5*n"')
            value = field.default
        try:
            curve = parse(value)
        except ExpressionError as error:
            self.notes.wrong(at, f"{what} cannot be read: {error}", 'write it like "4 + 0.5*n"')
            return parse(field.default)
        for n in range(1, _BATCHES + 1):
            if not 0 <= curve(n) <= 600_000:
                self.notes.wrong(at, f"{what} is {curve(n):g} for n = {n}", "it is a time in ms, 0 to 600000")
                return parse(field.default)
        low, high = field.usual
        if (why and self.justified) or low <= curve(1) <= high:
            return curve
        used = self.usual(node, name, curve(1), field.usual, False)
        return parse(f"{used!r} * ({value}) / {curve(1)!r}" if curve(1) > 0 else repr(used))
