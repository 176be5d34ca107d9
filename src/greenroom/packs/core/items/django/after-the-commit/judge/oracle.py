"""The plain way: every callback remembers the blocks that were open when it was registered."""


def oracle(script):
    written, waiting, blocks, dead, opened = [], [], [], set(), 0
    for step in script:
        if step == "begin":
            opened += 1
            blocks.append(opened)
        elif step == "rollback":
            dead.add(blocks.pop())
        elif step == "commit":
            blocks.pop()
        else:
            name, _, manner = step.removeprefix("call ").partition(" ")
            waiting.append((name, manner, tuple(blocks)))
        if not blocks:
            for name, manner, inside in waiting:
                if dead.isdisjoint(inside):
                    written.append(name + ("!" if manner else ""))
                    if manner == "fails":
                        break
            waiting = []
    return written
