def expand(pattern: str) -> list[str]:
    def sequence(at: int, depth: int) -> tuple[list[str], int]:
        names: list[str] = []
        while at < len(pattern) and not (depth and pattern[at] in ",}"):
            if pattern[at] == "{":
                options: list[str] = []
                while pattern[at] != "}":
                    found, at = sequence(at + 1, depth + 1)
                    options += found
                at += 1
            else:
                options, at = [pattern[at]], at + 1
            names = [a + b for a in names for b in options] if names else options
        return names, at

    return sequence(0, 0)[0]
