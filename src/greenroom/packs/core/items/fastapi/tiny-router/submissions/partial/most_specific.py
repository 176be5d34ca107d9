def resolve(routes, requests):
    # A tree in which fixed text is tried before integers, integers before text, text before the rest.
    root = {"kids": {}, "ends": {}}
    for method, pattern, name in routes:
        node, names = root, []
        for segment in pattern.split("/")[1:]:
            key = ("fixed", segment)
            if segment.startswith("{"):
                label, _, converter = segment[1:-1].partition(":")
                names.append(label)
                key = (converter or "text", "")
            node = node["kids"].setdefault(key, {"kids": {}, "ends": {}})
        node["ends"].setdefault(method, (name, names))

    def walk(node, parts, at, values):
        if at == len(parts):
            yield node["ends"], values
            return
        part, kids = parts[at], node["kids"]
        if ("fixed", part) in kids:
            yield from walk(kids["fixed", part], parts, at + 1, values)
        if ("int", "") in kids and part and all(letter in "0123456789" for letter in part):
            yield from walk(kids["int", ""], parts, at + 1, [*values, part])
        if ("text", "") in kids and part:
            yield from walk(kids["text", ""], parts, at + 1, [*values, part])
        if ("path", "") in kids:
            yield kids["path", ""]["ends"], [*values, "/".join(parts[at:])]

    answers = []
    for method, path in requests:
        allowed = set()
        for ends, values in walk(root, path.split("/")[1:], 0, []):
            if method in ends:
                name, names = ends[method]
                answers.append((200, name, dict(zip(names, values))))
                break
            allowed |= set(ends)
        else:
            answers.append((405, ", ".join(sorted(allowed)), {}) if allowed else (404, "", {}))
    return answers
