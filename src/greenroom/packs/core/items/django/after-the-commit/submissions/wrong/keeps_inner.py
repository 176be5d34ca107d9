def play(script):
    written, safe, blocks = [], [], []

    def run(callbacks):
        for words in callbacks:
            written.append(words[1] + ("!" if len(words) > 2 else ""))
            if words[2:] == ["fails"]:
                break

    for step in script:
        if step == "begin":
            blocks.append([])
        elif step == "rollback":
            blocks.pop()
        elif step == "commit":
            # Once committed, an inner block's callbacks are taken for safe.
            safe += blocks.pop()
            if not blocks:
                run(safe)
                safe = []
        elif blocks:
            blocks[-1].append(step.split(" "))
        else:
            run([step.split(" ")])
    return written
