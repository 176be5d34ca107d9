"""With a stack of what is open instead of recursion: per level the finished alternatives and the current names."""


def oracle(pattern):
    levels = [([], [""])]
    for char in pattern:
        done, names = levels[-1]
        if char == "{":
            levels.append(([], [""]))
        elif char == "," and len(levels) > 1:
            levels[-1] = (done + names, [""])
        elif char == "}":
            levels.pop()
            outer_done, outer = levels[-1]
            levels[-1] = (outer_done, [left + right for left in outer for right in done + names])
        else:
            levels[-1] = (done, [name + char for name in names])
    return levels[0][1]
