import html
import re

TAG = re.compile(r"({{.*?}}|{%.*?%}|{#.*?#})", re.DOTALL)


def render(template, context):
    pieces = TAG.split(template)
    nodes, _, _ = parse(pieces, 0)
    return "".join(write(nodes, context))


def parse(pieces, at):
    """Nodes from `at` to the next tag that ends or divides a block: (nodes, that word, where to go on)."""
    nodes = []
    while at < len(pieces):
        piece = pieces[at]
        at += 1
        if at % 2:  # even places hold text, odd ones tags
            nodes.append(("text", piece))
        elif piece.startswith("{{"):
            name, *filters = [part.strip() for part in piece[2:-2].split("|")]
            nodes.append(("value", name, filters))
        elif piece.startswith("{%"):
            word, *rest = piece[2:-2].split()
            if word == "if":
                first, ended, at = parse(pieces, at)
                second = []
                if ended == "else":
                    second, _, at = parse(pieces, at)
                nodes.append(("if", rest[0], first, second))
            elif word == "for":
                body, _, at = parse(pieces, at)
                nodes.append(("for", rest[0], rest[2], body))
            else:
                return nodes, word, at
    return nodes, None, at


def write(nodes, context):
    for kind, *parts in nodes:
        if kind == "text":
            yield parts[0]
        elif kind == "value":
            yield printed(context.get(parts[0]), parts[1])
        elif kind == "if":
            name, first, second = parts
            yield from write(first if context.get(name) else second, context)
        else:
            item, name, body = parts
            entries = context.get(name)
            for entry in entries if isinstance(entries, list) else ():
                yield from write(body, {**context, item: entry})


def printed(value, filters):
    for name in filters:
        if name == "length":
            value = str(len(value or ""))
        elif isinstance(value, str) and name != "safe":
            value = {"upper": str.upper, "lower": str.lower, "trim": str.strip}[name](value)
    if not isinstance(value, str):
        return ""
    return value if filters and filters[-1] == "safe" else html.escape(value)
