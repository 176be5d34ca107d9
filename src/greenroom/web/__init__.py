"""Pages and their islands: server-rendered, with small swaps."""
