"""Scores whole short answers beside their references, where no rubric of points is there: evaluation and its model."""
