"""What a lab's `judge/examine.py` measures with: it runs in the examiner's sandbox, out of the candidate's reach."""
