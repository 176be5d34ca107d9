from collections.abc import Iterator

FITS = {
    "int": lambda value: type(value) is int,
    "float": lambda value: type(value) in (int, float) and value == value,
    "str": lambda value: type(value) is str,
    "bool": lambda value: type(value) is bool,
}


def violations(rows, contract):
    seen = {column: set() for column in contract}
    return [(at, column, problem) for at, row in enumerate(rows) for column, problem in row_problems(row, contract, seen)]


def row_problems(row, contract, seen) -> Iterator[tuple[str, str]]:
    for column, rule in contract.items():
        problem = value_problem(row.get(column), rule, seen[column])
        if problem:
            yield column, problem
    for column in sorted(row.keys() - contract.keys()):
        yield column, "unknown"


def value_problem(value, rule, seen):
    if value is None:
        return None if rule.get("optional") else "missing"
    if not FITS[rule["type"]](value):
        return "type"
    repeated = value in seen
    if rule.get("unique"):
        seen.add(value)
    if value < rule.get("low", value) or value > rule.get("high", value):
        return "range"
    return "duplicate" if repeated else None
