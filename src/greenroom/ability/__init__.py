"""Where the candidate stands, and what to practise: pure."""
