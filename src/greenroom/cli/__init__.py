"""The terminal: every command prints for people, or the same facts with `--json`."""
