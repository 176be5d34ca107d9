from itertools import product


def expand(pattern):
    """Each level is a list of alternatives; each alternative a list of parts; each part a list of names."""
    def join(parts):
        return ["".join(choice) for choice in product(*parts)]

    levels = [[[]]]
    for char in pattern:
        if char == "{":
            levels.append([[]])
        elif char == "}":
            closed = levels.pop()
            levels[-1][-1].append([name for parts in closed for name in join(parts)])
        elif char == "," and len(levels) > 1:
            levels[-1].append([])
        else:
            levels[-1][-1].append([char])
    return join(levels[0][0])
