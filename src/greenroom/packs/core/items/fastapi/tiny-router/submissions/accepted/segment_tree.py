class Node:
    def __init__(self):
        self.fixed = {}
        self.text = None
        self.number = None
        self.ends = []  # (declaration number, method, name, parameter names)
        self.rests = []


def resolve(routes, requests):
    root = Node()
    for number, (method, pattern, name) in enumerate(routes):
        node, names = root, []
        for segment in pattern.split("/")[1:]:
            if not segment.startswith("{"):
                node = node.fixed.setdefault(segment, Node())
                continue
            label, _, converter = segment[1:-1].partition(":")
            names.append(label)
            if converter == "path":
                node.rests.append((number, method, name, names))
                break
            if converter == "int":
                node.number = node = node.number or Node()
            else:
                node.text = node = node.text or Node()
        else:
            node.ends.append((number, method, name, names))
    return [answer(root, method, path.split("/")[1:]) for method, path in requests]


def answer(root, method, parts):
    found = []
    stack = [(root, 0, ())]
    while stack:
        node, at, values = stack.pop()
        if at == len(parts):
            found += [(end, values) for end in node.ends]
            continue
        part = parts[at]
        if node.rests:
            rest = (*values, "/".join(parts[at:]))
            found += [(end, rest) for end in node.rests]
        if part in node.fixed:
            stack.append((node.fixed[part], at + 1, values))
        if part and node.text:
            stack.append((node.text, at + 1, (*values, part)))
        if node.number and part.isascii() and part.isdigit():
            stack.append((node.number, at + 1, (*values, part)))
    fitting = [(end, values) for end, values in found if end[1] == method]
    if fitting:
        (_, _, name, names), values = min(fitting, key=lambda one: one[0][0])
        return (200, name, dict(zip(names, values)))
    if found:
        return (405, ", ".join(sorted({end[1] for end, _ in found})), {})
    return (404, "", {})
