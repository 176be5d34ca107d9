"""The interview itself: plan, clock, rounds, follow-ups, report."""
