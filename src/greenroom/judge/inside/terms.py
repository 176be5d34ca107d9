"""What both sides of the wall agree on."""

from __future__ import annotations

SOURCE_NAME = "solution.py"
"""The file name in the candidate's tracebacks."""

RESULT_FD = 3
"""Where a case's process answers; 0, 1 and 2 are its stdin, stdout and stderr. The candidate's code finds no other."""

JOB_FD = 4
"""Where a Python case reads its source and its arguments; it is shut before anything of the candidate's runs."""

STARTED = b"S"
"""The first byte of every answer; without it the sandbox has failed, not the candidate."""

HEADER = len(STARTED) + 4
"""Bytes before the answer: `STARTED`, and in 32 bits what the process held of memory before it began, in KiB."""

MOST_ON_SHEET = 8 * 1024 * 1024
"""Bytes of questions and answers that are handed to the supervisor at most; items with more are judged case by case."""

MAX_RESULT = 16 * 1024 * 1024
"""Bytes of one returned value at most."""
