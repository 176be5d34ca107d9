def mix(clients: list[str], width: int) -> list[float]:
    """The entropy in bits of the clients in each window of `width` consecutive requests; [] if the list is shorter."""
    raise NotImplementedError
