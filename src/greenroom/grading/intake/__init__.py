"""What the grader may learn from: rows that are read, validated, scrubbed, kept in snapshots, and forgotten."""
