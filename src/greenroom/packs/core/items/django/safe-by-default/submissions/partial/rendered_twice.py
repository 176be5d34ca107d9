import html
import re

FILTERS = {"upper": str.upper, "lower": str.lower, "trim": str.strip, "safe": str}
BLOCK = re.compile(r"{%\s*(.*?)\s*%}", re.DOTALL)


def render(template, context):
    text = expand(re.sub(r"{#.*?#}", "", template, flags=re.DOTALL), context)
    # Once more, so that values which contain variables are filled in as well.
    return fill(text, context)


def expand(text, context):
    start = BLOCK.search(text)
    if not start:
        return fill(text, context)
    words = start.group(1).split()
    depth, middle = 0, None
    for mark in BLOCK.finditer(text, start.start()):
        word = mark.group(1).split()[0]
        if word in ("if", "for"):
            depth += 1
        elif word in ("endif", "endfor"):
            depth -= 1
        elif depth == 1:
            middle = mark
        if depth == 0:
            break
    body = text[start.end() : (middle or mark).start()]
    other = text[middle.end() : mark.start()] if middle else ""
    if words[0] == "if":
        inner = expand(body if context.get(words[1]) else other, context)
    else:
        entries = context.get(words[3])
        entries = entries if isinstance(entries, list) else []
        inner = "".join(expand(body, {**context, words[1]: entry}) for entry in entries)
    return fill(text[: start.start()], context) + inner + expand(text[mark.end() :], context)


def fill(text, context):
    return re.sub(r"{{\s*(\w[^{}]*?)\s*}}", lambda match: value(match.group(1), context), text)


def value(expression, context):
    name, *filters = [part.strip() for part in expression.split("|")]
    found = context.get(name, "")
    for one in filters:
        if one == "length":
            found = str(len(found))
        elif isinstance(found, str):
            found = FILTERS[one](found)
    if isinstance(found, list):
        return ""
    return found if filters and filters[-1] == "safe" else html.escape(found)
