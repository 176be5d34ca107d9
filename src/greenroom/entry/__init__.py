"""The app factory: where all rooms meet."""
