def folder_sizes(parent: list[int], own: list[int]) -> list[int]:
    total = list(own)
    for folder, above in enumerate(parent):
        if above != -1:
            total[above] += own[folder]
    return total
