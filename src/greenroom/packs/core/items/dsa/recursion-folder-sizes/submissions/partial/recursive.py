def folder_sizes(parent: list[int], own: list[int]) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder, above in enumerate(parent):
        children.setdefault(above, []).append(folder)
    total = [0] * len(parent)

    def weigh(folder: int) -> int:
        total[folder] = own[folder] + sum(weigh(child) for child in children.get(folder, []))
        return total[folder]

    for top in children.get(-1, []):
        weigh(top)
    return total
