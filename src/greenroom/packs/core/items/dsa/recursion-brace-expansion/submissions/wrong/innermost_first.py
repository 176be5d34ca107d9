import re


def expand(pattern: str) -> list[str]:
    # Replaces the first innermost group by each of its alternatives: what stands beside it comes out twice.
    match = re.search(r"\{([^{}]*)\}", pattern)
    if match is None:
        return [pattern]
    names = []
    for option in match.group(1).split(","):
        names += expand(pattern[: match.start()] + option + pattern[match.end() :])
    return sorted(names)
