import re


def expand(pattern: str) -> list[str]:
    names = [""]
    for text, group in re.findall(r"([^{}]+)|\{([^{}]*)\}", pattern):
        options = [text] if text else group.split(",")
        names = [left + right for left in names for right in options]
    return names
