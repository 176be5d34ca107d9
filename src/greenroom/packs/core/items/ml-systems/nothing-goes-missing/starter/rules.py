"""A contract: what each field of a row must be.

A contract is a dictionary of fields, in order. Each field has a `type` (int, float, str, bool) and may have

    optional: True     the field may be left out
    nullable: True     the value may be None
    low, high          the least and the greatest number, both included
    choices            the list of values that are allowed
    unique: True       no two accepted rows have the same value; None is not compared
"""

from typing import Any

Row = dict[str, Any]
Contract = dict[str, dict[str, Any]]
Reason = tuple[str, str]

TYPES = {"int": int, "float": float, "str": str, "bool": bool}

CODES = (
    "missing",  # the field is not there, and not optional
    "null",  # the value is None, and the field not nullable
    "type",  # the value is of another type
    "range",  # the number is not finite, below low or above high
    "choice",  # the value is not among the choices
    "duplicate",  # all else is in order, and an accepted row has this value already
    "unknown",  # the contract has no such field
)
