def play(script):
    written = []
    blocks = []

    def run(callbacks):
        for name, fails, robust in callbacks:
            written.append(name + "!" if fails else name)
            if fails and not robust:
                return

    for step in script:
        words = step.split(" ")
        if words[0] == "begin" and len(words) == 1:
            blocks.append([])
        elif words[0] == "rollback" and len(words) == 1:
            blocks.pop()
        elif words[0] == "commit" and len(words) == 1:
            inner = blocks.pop()
            if blocks:
                # Copies everything once more for each level.
                blocks[-1] = [callback for callback in blocks[-1]] + [callback for callback in inner]
            else:
                run(inner)
        else:
            callback = (words[1], len(words) > 2, len(words) > 3)
            if blocks:
                blocks[-1].append(callback)
            else:
                run([callback])
    return written
