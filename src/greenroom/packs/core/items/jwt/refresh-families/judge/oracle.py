"""The answers, with everything that is known written down per token; families are shared sets of one's tokens."""


def oracle(events, lifetime):
    born, spent, family, over = {}, set(), {}, set()
    answers = []

    def issue(at, number):
        name = f"t{len(born) + 1}"
        born[name] = at
        family[name] = number
        return name

    for place, (at, action, value) in enumerate(events):
        if action == "login":
            answers.append(issue(at, place))
        elif value not in born:
            answers.append("unknown")
        elif action == "logout":
            over.add(family[value])
            answers.append("bye")
        elif family[value] in over:
            answers.append("revoked")
        elif value in spent:
            over.add(family[value])
            answers.append("reuse")
        elif at - born[value] >= lifetime:
            answers.append("expired")
        else:
            spent.add(value)
            answers.append(issue(at, family[value]))
    return answers
