def folder_sizes(parent: list[int], own: list[int]) -> list[int]:
    """For each folder the size of all files in it and below; parent[i] is -1 for a folder at the top."""
    raise NotImplementedError
