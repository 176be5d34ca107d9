import re


def resolve(routes, requests):
    answers = []
    for method, path in requests:
        path = path.rstrip("/") or "/"
        for route_method, pattern, name in routes:
            expression = re.sub(r"\{(\w+):path\}", r"(?P<\1>.+)", pattern)
            expression = re.sub(r"\{(\w+):int\}", r"(?P<\1>\\d+)", expression)
            expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]*)", expression)
            match = re.match(expression + "$", path)
            if match and route_method == method:
                answers.append((200, name, match.groupdict()))
                break
        else:
            answers.append((404, "", {}))
    return answers
