"""Labs inside the sandboxes: the agent beside the candidate's project, and the examiner that drives it."""
