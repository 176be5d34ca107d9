"""The kinds of nodes and their fields as plain data: for help, for forms, and for the docs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from greenroom.simulator.design.fields import Curve, Field, Flag, Number, Word
from greenroom.simulator.design.kinds import KINDS


def kinds() -> list[dict[str, Any]]:
    """Each kind: what it says, and its fields with sort, default, bounds and usual range."""
    return [
        {
            "kind": kind.name,
            "says": kind.says,
            "time_in_flow": kind.ms_field if kind.name != "model_server" else "",
            "fields": [{"name": name, **_field(field)} for name, field in kind.fields.items()],
        }
        for kind in KINDS.values()
    ]


def _field(field: Field) -> dict[str, Any]:
    said: dict[str, Any] = {"sort": type(field).__name__.lower(), "says": field.says}
    if isinstance(field, Number):
        said |= {"default": field.default, "low": field.low, "high": field.high, "needed": field.needed}
        said["whole"] = field.whole
    if isinstance(field, Word | Flag | Curve):
        said["default"] = field.default
    if isinstance(field, Word):
        said["choices"] = list(field.choices)
    if isinstance(field, Number | Curve) and field.usual:
        said["usual"] = list(field.usual)
    return said


def field_text(field: dict[str, Any]) -> str:
    """A field in a few words: `hit` 0.9, `acks` all/leader/none."""
    default = field.get("default")
    if "choices" in field:
        shown = "/".join(f"**{one}**" if one == default else one for one in field["choices"])
    elif isinstance(default, bool):
        shown = str(default).lower()
    elif default is None:
        shown = "needed" if field.get("needed") else "-"
    else:
        shown = f"{default:g}" if isinstance(default, int | float) else str(default)
    usual = f" ({field['usual'][0]:g} to {field['usual'][1]:g})" if "usual" in field else ""
    return f"`{field['name']}` {shown}{usual}"


def table() -> Iterator[str]:
    """The kinds as the rows of a Markdown table: defaults, and usual ranges in brackets."""
    yield "| kind | what it is | fields |"
    yield "| --- | --- | --- |"
    for kind in kinds():
        fields = ", ".join(
            field_text(field) for field in kind["fields"] if field["name"] not in ("law", "spread", "usd")
        )
        yield f"| `{kind['kind']}` | {kind['says']} | {fields} |"
