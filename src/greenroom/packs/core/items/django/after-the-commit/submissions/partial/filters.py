def play(script):
    written, waiting, open_blocks = [], [], []
    number = 0

    def run(callbacks):
        for words, _ in callbacks:
            written.append(words[1] + "!" if "fails" in words[2:] else words[1])
            if words[2:] == ["fails"]:
                break

    for step in script:
        if step == "begin":
            number += 1
            open_blocks.append(number)
        elif step == "rollback":
            gone = open_blocks.pop()
            waiting = [one for one in waiting if gone not in one[1]]
        elif step == "commit":
            open_blocks.pop()
            if not open_blocks:
                run(waiting)
                waiting = []
        elif open_blocks:
            waiting.append((step.split(" "), set(open_blocks)))
        else:
            run([(step.split(" "), ())])
    return written
