def play(script):
    written, waiting, marks = [], [], []

    def run(callbacks):
        for callback in callbacks:
            name, *manner = callback.split()
            written.append(name + "!" if manner else name)
            if manner == ["fails"]:
                break

    for step in script:
        if step == "begin":
            marks.append(len(waiting))
        elif step == "rollback":
            del waiting[marks.pop() :]
        elif step == "commit":
            marks.pop()
        else:
            waiting.append(step[len("call ") :])
        if not marks:
            run(waiting)
            waiting = []
    return written
