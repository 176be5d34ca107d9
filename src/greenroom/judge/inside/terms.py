"""What both sides of the wall agree on."""

from __future__ import annotations

SOURCE_NAME = "solution.py"
"""The file name in the candidate's tracebacks."""

RESULT_FD = 3
"""Where a case's process answers; 0, 1 and 2 are its stdin, stdout and stderr, and it holds no other descriptor."""

STARTED = b"S"
"""The first byte of every answer; without it the sandbox has failed, not the candidate."""

MAX_RESULT = 16 * 1024 * 1024
"""Bytes of one returned value at most."""
