def resolve(
    routes: list[tuple[str, str, str]], requests: list[tuple[str, str]]
) -> list[tuple[int, str, dict[str, str]]]:
    """Find the route for each request.

    routes: (method, pattern, name) in the order of declaration. Segments of a pattern are fixed text,
    {name} (non-empty, no slash), {name:int} (characters 0 to 9) or, at the end only, {name:path} (the rest).
    requests: (method, path).

    For each request: (200, name, parameters) for the first declared route that fits;
    (405, "GET, POST", {}) with the sorted methods when only the method does not fit; else (404, "", {}).
    """
    raise NotImplementedError
