def expand(pattern: str) -> list[str]:
    names, text, depth = [], "", 0
    for char in pattern:
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
        elif char == "," and depth:
            names.append(text)
            text = ""
        else:
            text += char
    return names + [text]
