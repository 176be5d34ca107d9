def play(script):
    # One queue: any commit empties it, any rollback throws all of it away.
    written, queue = [], []
    for step in script:
        if step == "begin":
            continue
        if step == "rollback":
            queue = []
        elif step == "commit":
            for words in queue:
                written.append(words[1] + ("!" if len(words) > 2 else ""))
            queue = []
        else:
            queue.append(step.split(" "))
    return written
