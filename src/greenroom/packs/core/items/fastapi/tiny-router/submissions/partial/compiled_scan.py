import re

PARTS = {"": "[^/]+", "int": "[0-9]+", "path": ".*"}


def compile_pattern(pattern):
    out = []
    for segment in pattern.split("/")[1:]:
        if segment.startswith("{"):
            name, _, converter = segment[1:-1].partition(":")
            out.append(f"(?P<{name}>{PARTS[converter]})")
        else:
            out.append(re.escape(segment))
    return re.compile("/" + "/".join(out), re.DOTALL)


def resolve(routes, requests):
    compiled = [(method, compile_pattern(pattern), name) for method, pattern, name in routes]
    answers = []
    for method, path in requests:
        allowed = set()
        for route_method, pattern, name in compiled:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if route_method == method:
                answers.append((200, name, match.groupdict()))
                break
            allowed.add(route_method)
        else:
            answers.append((405, ", ".join(sorted(allowed)), {}) if allowed else (404, "", {}))
    return answers
