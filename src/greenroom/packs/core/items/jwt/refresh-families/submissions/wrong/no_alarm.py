def replay(events: list[tuple[int, str, str]], lifetime: int) -> list[str]:
    # a spent token is merely forgotten; nobody notices the thief
    valid = {}
    count = 0
    answers = []
    for at, action, value in events:
        if action == "login":
            count += 1
            valid[f"t{count}"] = at
            answers.append(f"t{count}")
        elif value not in valid:
            answers.append("unknown")
        elif action == "logout":
            del valid[value]
            answers.append("bye")
        elif at >= valid[value] + lifetime:
            answers.append("expired")
        else:
            del valid[value]
            count += 1
            valid[f"t{count}"] = at
            answers.append(f"t{count}")
    return answers
