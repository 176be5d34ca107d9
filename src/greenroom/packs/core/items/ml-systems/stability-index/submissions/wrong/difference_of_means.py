def stability_index(reference, live, edges):
    a = [v for v in reference if v is not None]
    b = [v for v in live if v is not None]
    mean_a = sum(a) / len(a) if a else 0.0
    mean_b = sum(b) / len(b) if b else 0.0
    return abs(mean_b - mean_a) / (edges[-1] - edges[0] + 1.0)
