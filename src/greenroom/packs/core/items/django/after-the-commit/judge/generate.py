"""Long scripts: a random one for the oracle, and three that punish copying and filtering."""


def cases(rng):
    for number in range(3):
        script, depth = [], 0
        for step in range(400):
            dice = rng.random()
            if dice < 0.25:
                script.append("begin")
                depth += 1
            elif dice < 0.45 and depth:
                script.append(rng.choice(["commit", "commit", "rollback"]))
                depth -= 1
            else:
                script.append(f"call n{step}" + rng.choice([""] * 8 + [" fails robust", " fails"]))
        while depth:
            script.append("commit")
            depth -= 1
        yield {"name": f"a random script, {number + 1}", "group": ("commit", "rollback", "failing")[number], "args": [script]}

    deep = 100_000
    script = [step for level in range(deep) for step in ("begin", f"call c{level}")] + ["commit"] * deep
    yield {"name": "a deep nest", "group": "scale", "args": [script], "expect": [f"c{level}" for level in range(deep)]}

    waiting = 60_000
    script = ["begin", *(f"call w{index}" for index in range(waiting))]
    for index in range(60_000):
        script += ["begin", f"call lost{index}", "rollback"]
    script.append("commit")
    yield {"name": "many small rollbacks", "group": "scale", "args": [script], "expect": [f"w{index}" for index in range(waiting)]}

    script = ["begin"]
    for index in range(75_000):
        script += ["begin", f"call k{index}", "begin", "commit"]
    script += ["rollback"] * 75_000 + ["call end", "commit"]
    yield {"name": "deep, and all in vain", "group": "scale", "args": [script], "expect": ["end"]}
