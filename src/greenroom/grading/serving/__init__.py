"""The model that answers: loaded, warmed, batched, compared with its challenger, and written down."""
