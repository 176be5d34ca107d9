def folder_sizes(parent: list[int], own: list[int]) -> list[int]:
    total = [0] * len(parent)
    for folder, size in enumerate(own):
        while folder != -1:
            total[folder] += size
            folder = parent[folder]
    return total
