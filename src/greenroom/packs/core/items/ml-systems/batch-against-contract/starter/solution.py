Value = int | float | str | bool | None
Rule = dict[str, int | float | str | bool]


def violations(rows: list[dict[str, Value]], contract: dict[str, Rule]) -> list[tuple[int, str, str]]:
    """(row, column, problem) in the order of rows and of the contract's columns, unknown columns last and sorted.

    Problems, of which the first that applies counts: missing, type, range, duplicate; unknown for unnamed columns.
    """
    raise NotImplementedError
