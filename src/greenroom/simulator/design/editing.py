"""Edits of a design's text, as a canvas or a table makes them: comments and all else stay as they were written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from greenroom.bank.source import Location, PackError
from greenroom.kernel.errors import InputError
from greenroom.simulator.design.errors import DesignError
from greenroom.simulator.design.fields import SCALING, Flag, Number, Scaling
from greenroom.simulator.design.flows import Beside, Flow, FlowError, Maybe, Part, parse, visits
from greenroom.simulator.design.kinds import ALIASES, KINDS
from greenroom.simulator.design.places import Text, rendered
from greenroom.simulator.design.reading import MOST_CHARACTERS

Does = Literal["add-node", "rename-node", "delete-node", "set-field", "extend-flow", "set-estimate", "name-bottleneck"]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_BY_HAND = "change it in the text"


@dataclass(frozen=True)
class Edit:
    """One edit. *name* is the node, the flow or the estimate it is about; *field* a field of the node, or a part of one
    (`scale.to`); *value* the new kind, name, node, number or word. An empty value takes a field, an estimate or the
    bottleneck away.
    """

    does: Does
    name: str = ""
    field: str = ""
    value: str = ""


def edited(text: str, edit: Edit) -> str:
    """*text* after *edit*. Raises DesignError for what is no YAML, and InputError where only a hand can change it.

    What comes out is read again: unless it says exactly what was wanted, it is refused.
    """
    if len(text) > MOST_CHARACTERS:
        raise InputError(
            f"the design has more than {MOST_CHARACTERS:,} characters", mend="take out what it does not need"
        )
    try:
        return _EDITS[edit.does](text, edit)
    except PackError as error:
        raise DesignError(error.problems) from None


@lru_cache(maxsize=8)
def _open(text: str) -> Text:
    """*text* with its marks. One edit looks at the same text several times."""
    found = Text(text, "your design")
    if found.value is not None and not isinstance(found.value, dict):
        raise InputError("the text is not a mapping", mend="write `name: value` lines")
    return found


def _is_there(found: Text, at: Location) -> bool:
    return found.node(at) is not None


def _set(text: str, at: Location, value: Any) -> str:
    """*text* with *value* at *at*, and nothing else changed."""
    changed = _open(text).replaced(at, rendered(value))
    before, after = _open(text).value, _open(changed).value
    if _with(before, at, value) != after:
        raise InputError("this part of the text is written in a way that is not changed from here", mend=_BY_HAND)
    return changed


def _with(value: Any, at: Location, new: Any) -> Any:
    if not at:
        return new
    whole = dict(value) if isinstance(value, dict) else {}
    return whole | {at[0]: _with(whole.get(str(at[0])), at[1:], new)}


def _cut(text: str, at: Location) -> str:
    """*text* without the part at *at*, if it is there, and nothing else changed."""
    found = _open(text)
    if not _is_there(found, at):
        return text
    changed = found.without(at)
    if _tidy(_without(found.value, at)) != _tidy(_open(changed).value):
        raise InputError("this part of the text is written in a way that is not taken out from here", mend=_BY_HAND)
    return changed


def _without(value: Any, at: Location) -> Any:
    if isinstance(value, list):
        return [_without(one, at[1:]) if number == at[0] else one for number, one in enumerate(value)
                if len(at) > 1 or number != at[0]]  # fmt: skip
    return {
        name: _without(one, at[1:]) if name == at[0] else one
        for name, one in value.items()
        if len(at) > 1 or name != at[0]
    }


def _tidy(value: Any) -> Any:
    """*value* without what is empty: `nodes:` and `nodes: {}` are the same."""
    if not isinstance(value, dict):
        return None if value == [] else value
    return {name: _tidy(one) for name, one in value.items() if _tidy(one) is not None} or None


def _node_at(text: str, name: str) -> Location:
    at: Location = ("nodes", name)
    if not _is_there(_open(text), at):
        raise InputError(f"there is no node `{name[:40]}`", mend="reload the page")
    return at


def _new_name(text: str, name: str) -> str:
    if not _NAME.fullmatch(name) or name in ("read", "write"):
        raise InputError(
            f"`{name[:40]}` cannot be the name of a node", mend="use letters, digits, `-` and `_`, a letter first"
        )
    if _is_there(_open(text), ("nodes", name)):
        raise InputError(f"there is a node `{name}` already", mend="take another name")
    return name


def _add_node(text: str, edit: Edit) -> str:
    if edit.value not in KINDS:
        raise InputError(f"`{edit.value[:40]}` is no kind of node", mend="choose one of the list")
    at: Location = ("nodes", _new_name(text, edit.name))
    changed = _open(text).replaced(at, f"{{kind: {edit.value}}}")
    if _open(changed).value != _with(_open(text).value, at, {"kind": edit.value}):
        raise InputError("the nodes are written in a way that none is added to from here", mend=_BY_HAND)
    return changed


def _set_field(text: str, edit: Edit) -> str:
    at = _node_at(text, edit.name)
    field, _, part = edit.field.partition(".")
    if part:
        return _set_part(text, (*at, field), part, edit)
    if not edit.value.strip():
        return _cut(text, (*at, field))
    return _set(text, (*at, field), _value(text, edit))


def _set_part(text: str, at: Location, part: str, edit: Edit) -> str:
    """The text with *part* of the autoscaler at *at* as the edit says; without the part that it needs, it goes."""
    needed = next(name for name, one in SCALING.items() if one.needed)
    if not edit.value.strip():
        return _cut(text, at if part == needed else (*at, part))
    value = _value(text, edit)
    if part != needed and not _is_there(_open(text), at):
        raise InputError(f"`{edit.name}` has no autoscaler yet", mend=f"say `{at[-1]}.{needed}` first")
    return _set(text, (*at, part), value)


def _value(text: str, edit: Edit) -> Any:
    """What was typed as the field's sort of value; the reader says what is wrong with it, if anything is."""
    kind = _open(text).value["nodes"][edit.name]
    said = kind.get("kind") if isinstance(kind, dict) else None
    known = KINDS.get(ALIASES.get(str(said), str(said)))
    fields = known.fields if known is not None else {}
    field = fields.get(edit.field)
    name, _, part = edit.field.partition(".")
    if isinstance(fields.get(name), Scaling):
        field = SCALING.get(part)
    if field is None and edit.field not in ("kind", "why"):
        raise InputError(f"a {said} has no `{edit.field[:40]}`", mend="reload the page")
    if isinstance(field, Flag):
        return edit.value == "true"
    number = _number(edit.value)
    return number if number is not None and (isinstance(field, Number) or edit.field == "ms") else edit.value


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e300 else None


def _rename_node(text: str, edit: Edit) -> str:
    _node_at(text, edit.name)
    new = _new_name(text, edit.value)
    for at in [*_keys(text, edit.name)]:
        node = _key_span(_open(text), at)
        text = text[: node[0]] + new + text[node[1] :]
    for at in [*_mentions(text, edit.name)]:
        source = _open(text).source(at)
        text = _replace_source(text, at, re.sub(_word(edit.name), new, source))
    return text


def _keys(text: str, name: str) -> Iterator[Location]:
    for part in ("nodes", "calls"):
        if _is_there(_open(text), (part, name)):
            yield (part, name)


def _key_span(found: Text, at: Location) -> tuple[int, int]:
    parent = found.node(at[:-1])
    assert parent is not None
    key = next(key for key, _ in parent.value if key.value == at[-1])
    return key.start_mark.index, key.end_mark.index


def _mentions(text: str, name: str) -> Iterator[Location]:
    """Where a flow, a fault or the bottleneck names the node."""
    value = _open(text).value
    for part in ("flows", "after"):
        for flow, said in (value.get(part) or {}).items():
            if isinstance(said, str) and re.search(_word(name), said):
                yield (part, flow)
    faults = value.get("faults")
    for number, fault in enumerate(faults if isinstance(faults, list) else ()):
        for does, struck in fault.items() if isinstance(fault, dict) else ():
            if isinstance(struck, str) and struck.partition("/")[0] == name:
                yield ("faults", number, does)
    if value.get("bottleneck") == name:
        yield ("bottleneck",)


def _word(name: str) -> str:
    return rf"(?<![\w-]){re.escape(name)}(?![\w-])"


def _replace_source(text: str, at: Location, source: str) -> str:
    node = _open(text).node(at)
    assert node is not None
    return text[: node.start_mark.index] + source + text[node.end_mark.index :]


def _delete_node(text: str, edit: Edit) -> str:
    name = edit.name
    _node_at(text, name)
    for at in reversed([*_mentions(text, name)]):
        text = _out_of_flow(text, at, name) if at[0] in ("flows", "after") else _cut(text, at[:2])
    for key in [*_keys(text, name)]:
        text = _cut(text, key)
    return text


def _out_of_flow(text: str, at: Location, name: str) -> str:
    """The flow at *at* without its steps at *name*; one that has no other step goes."""
    said = str(_open(text).value[at[0]][at[1]])
    try:
        wanted = _less(parse(said), name)
    except FlowError:
        raise InputError(f"flow `{at[1]}` cannot be read", mend="mend it in the text first") from None
    if not wanted:
        return _cut(text, at)
    source = _open(text).source(at)
    step = rf"{_word(name)}(?: (?:read|write))?(?:\s+[\d.]+(?:us|ms|s)\b)?(?:\s+x\d+)?"
    # A detour by which a node is left, first; then a step with the arrow on one of its sides.
    for pattern in (rf"\s*\?(?:miss|[\d.]+%)\s*{step}(?=\s*(?:[>|)\"']|$))", rf"\s*>\s*{step}", rf"{step}\s*>\s*"):
        source = re.sub(pattern, "", source)
    try:
        changed = _replace_source(text, at, source)
        now = _open(changed).value[at[0]][at[1]]
        right = parse(str(now)) == wanted
    except (PackError, FlowError):
        right = False
    if not right:
        raise InputError(
            f"flow `{at[1]}` goes through `{name}` in a branch of its own", mend="take it out of the flow first"
        )
    return changed


def _less(flow: Flow, name: str) -> Flow:
    found: list[Part] = []
    for part in flow:
        if isinstance(part, Maybe):
            body = _less(part.body, name)
            found += [Maybe(part.chance, body)] if body else []
        elif isinstance(part, Beside):
            found.append(Beside(tuple(_less(branch, name) for branch in part.branches)))
        elif part.node != name:
            found.append(type(part)(part.node, part.verb, part.ms, part.times, _less(part.miss, name)))
    return tuple(found)


def _extend_flow(text: str, edit: Edit) -> str:
    _node_at(text, edit.value)
    at: Location = ("flows", edit.name)
    said = (_open(text).value.get("flows") or {}).get(edit.name)
    if said is None:
        if not _NAME.fullmatch(edit.name):
            raise InputError(f"`{edit.name[:40]}` cannot be the name of a flow", mend="use letters and digits")
        return _set(text, at, edit.value)
    try:
        last = [*visits(parse(str(said)))][-1:]
    except FlowError:
        raise InputError(f"flow `{edit.name}` cannot be read", mend="mend it in the text first") from None
    return _set(text, at, f"{said} > {edit.value}" if last else edit.value)


def _set_estimate(text: str, edit: Edit) -> str:
    at: Location = ("estimate", edit.name)
    if not edit.value.strip():
        return _cut(text, at)
    number = _number(edit.value)
    if number is None or number < 0:
        raise InputError(f"`{edit.value[:40]}` is no estimate", mend="write a number that is not below 0")
    return _set(text, at, number)


def _name_bottleneck(text: str, edit: Edit) -> str:
    if not edit.value:
        return _cut(text, ("bottleneck",))
    _node_at(text, edit.value)
    return _set(text, ("bottleneck",), edit.value)


_EDITS = {
    "add-node": _add_node,
    "rename-node": _rename_node,
    "delete-node": _delete_node,
    "set-field": _set_field,
    "extend-flow": _extend_flow,
    "set-estimate": _set_estimate,
    "name-bottleneck": _name_bottleneck,
}
