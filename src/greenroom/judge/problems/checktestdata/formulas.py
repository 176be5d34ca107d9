"""What the signs and the functions of a script's formulas mean."""

from __future__ import annotations

from decimal import Decimal

from .reader import Formula, Index, Reader, ScriptError, Value, number, whole


def combined(sign: str, left: Formula, right: Formula) -> Formula:
    """The formula of *left* and *right* with *sign* between."""
    if sign == "&&":
        return lambda reader: bool(left(reader)) and bool(right(reader))
    if sign == "||":
        return lambda reader: bool(left(reader)) or bool(right(reader))
    if sign in ("==", "!=", "<", ">", "<=", ">="):
        return lambda reader: _compared(sign, left(reader), right(reader))
    return lambda reader: _computed(sign, number(left(reader)), number(right(reader)))


def _compared(sign: str, left: Value, right: Value) -> bool:
    if isinstance(left, str) != isinstance(right, str):
        raise ScriptError("a text is compared with a number")
    order = (left > right) - (left < right)  # type: ignore[operator]
    return {
        "==": order == 0, "!=": order != 0, "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0,
    }[sign]  # fmt: skip


def _computed(sign: str, left: int | Decimal, right: int | Decimal) -> int | Decimal:
    if sign == "^":
        return left ** whole(right)
    if isinstance(left, int) and isinstance(right, int) and sign in "/%":  # both cut towards zero
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if sign == "/" else left - quotient * right
    if sign == "%":
        raise ScriptError("% is for integers")
    one, other = (left, right) if isinstance(left, int) and isinstance(right, int) else (Decimal(left), Decimal(right))
    return {"+": one + other, "-": one - other, "*": one * other}[sign] if sign != "/" else Decimal(one) / other


def unique(reader: Reader, names: list[str]) -> bool:
    """Whether the tuples of what the arrays *names* have at one index are all different."""
    arrays = [values_of(reader, name) for name in names]
    if any(array.keys() != arrays[0].keys() for array in arrays):
        reader.refuse(f"{', '.join(names)} have different indices")
    tuples = [tuple(array[place] for array in arrays) for place in arrays[0]]
    return len(set(tuples)) == len(tuples)


def values_of(reader: Reader, name: str) -> dict[Index, Value]:
    """All that the variable *name* has, by index. Raises ScriptError when it has nothing."""
    if name not in reader.values:
        raise ScriptError(f"{name} has no value")
    return reader.values[name]
