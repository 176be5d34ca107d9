"""From a `Design` to the `Plan` that the engine runs."""
