def folder_sizes(parent: list[int], own: list[int]) -> list[int]:
    children: list[list[int]] = [[] for _ in parent]
    stack: list[int] = []
    for folder, above in enumerate(parent):
        if above == -1:
            stack.append(folder)
        else:
            children[above].append(folder)
    order = []
    while stack:
        folder = stack.pop()
        order.append(folder)
        stack.extend(children[folder])
    total = list(own)
    for folder in reversed(order):
        if parent[folder] != -1:
            total[parent[folder]] += total[folder]
    return total
