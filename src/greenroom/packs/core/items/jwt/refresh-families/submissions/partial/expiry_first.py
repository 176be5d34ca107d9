def replay(events: list[tuple[int, str, str]], lifetime: int) -> list[str]:
    # an old token is never an alarm here
    family_of, issued, newest, ended = {}, {}, {}, set()
    answers = []
    for at, action, value in events:
        if action == "login":
            token = f"t{len(issued) + 1}"
            family_of[token], issued[token], newest[token] = token, at, token
            answers.append(token)
        elif value not in issued:
            answers.append("unknown")
        elif action == "logout":
            ended.add(family_of[value])
            answers.append("bye")
        elif family_of[value] in ended:
            answers.append("revoked")
        elif at >= issued[value] + lifetime:
            answers.append("expired")
        elif newest[family_of[value]] != value:
            ended.add(family_of[value])
            answers.append("reuse")
        else:
            token = f"t{len(issued) + 1}"
            family_of[token], issued[token] = family_of[value], at
            newest[family_of[value]] = token
            answers.append(token)
    return answers
