def replay(events: list[tuple[int, str, str]], lifetime: int) -> list[str]:
    # takes the user for the family
    owner, issued, spent, ended = {}, {}, set(), set()
    answers = []
    for at, action, value in events:
        if action == "login":
            ended.discard(value)
            token = f"t{len(owner) + 1}"
            owner[token], issued[token] = value, at
            answers.append(token)
        elif value not in owner:
            answers.append("unknown")
        elif action == "logout":
            ended.add(owner[value])
            answers.append("bye")
        elif owner[value] in ended:
            answers.append("revoked")
        elif value in spent:
            ended.add(owner[value])
            answers.append("reuse")
        elif at > issued[value] + lifetime:
            answers.append("expired")
        else:
            spent.add(value)
            token = f"t{len(owner) + 1}"
            owner[token], issued[token] = owner[value], at
            answers.append(token)
    return answers
