def affected(calls: list[tuple[str, str]], failed: list[str], hops: int) -> list[str]:
    return [caller for caller, callee in calls if callee in failed]
