def replay(events: list[tuple[int, str, str]], lifetime: int) -> list[str]:
    # right, but ending a family goes over every token that there is
    tokens = {}
    logins = 0
    answers = []

    def end(family):
        for record in tokens.values():
            if record["family"] == family:
                record["state"] = "revoked"

    for at, action, value in events:
        if action == "login":
            logins += 1
            name = f"t{len(tokens) + 1}"
            tokens[name] = {"family": logins, "issued": at, "state": "current"}
            answers.append(name)
            continue
        record = tokens.get(value)
        if record is None:
            answers.append("unknown")
        elif action == "logout":
            end(record["family"])
            answers.append("bye")
        elif record["state"] == "revoked":
            answers.append("revoked")
        elif record["state"] == "spent":
            end(record["family"])
            answers.append("reuse")
        elif at >= record["issued"] + lifetime:
            answers.append("expired")
        else:
            record["state"] = "spent"
            name = f"t{len(tokens) + 1}"
            tokens[name] = {"family": record["family"], "issued": at, "state": "current"}
            answers.append(name)
    return answers
