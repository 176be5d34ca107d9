def folder_sizes(parent: list[int], own: list[int]) -> list[int]:
    # Right only if every parent stands before its children, and the top adds itself to the last folder.
    total = list(own)
    for folder in range(len(parent) - 1, -1, -1):
        if folder:
            total[parent[folder]] += total[folder]
    return total
