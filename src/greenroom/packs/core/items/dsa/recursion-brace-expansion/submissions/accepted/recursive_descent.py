def expand(pattern: str) -> list[str]:
    at = 0

    def sequence(inside: bool) -> list[str]:
        nonlocal at
        names = [""]
        while at < len(pattern):
            char = pattern[at]
            if inside and char in ",}":
                break
            if char == "{":
                right_parts = group()
            else:
                start = at
                while at < len(pattern) and pattern[at] not in ("{,}" if inside else "{"):
                    at += 1
                right_parts = [pattern[start:at]]
            names = [left + right for left in names for right in right_parts]
        return names

    def group() -> list[str]:
        nonlocal at
        alternatives: list[str] = []
        while pattern[at] != "}":
            at += 1  # the opening brace, or a comma
            alternatives += sequence(inside=True)
        at += 1
        return alternatives

    return sequence(inside=False)
