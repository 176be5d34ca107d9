"""What runs in the sandbox, with the script beside this folder.

It exits with 42 for an input that fits the script, with 43 for one that does not, with 1 for a script that is none.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .reader import MismatchError, ScriptError
from .script import check

SCRIPT = "script.ctd"

_DEEPEST = 20_000


def main() -> int:
    """Check what stdin has; the exit code says how it went, stderr why."""
    sys.setrecursionlimit(_DEEPEST)
    sys.set_int_max_str_digits(0)
    script = Path(__file__).parent.with_name(SCRIPT).read_bytes().decode("latin-1")
    try:
        check(script.removeprefix("\xef\xbb\xbf").replace("\r\n", "\n"), sys.stdin.buffer.read().decode("latin-1"))
    except MismatchError as error:
        print(error, file=sys.stderr)
        return 43
    except ScriptError as error:
        print(f"{SCRIPT}: {error}", file=sys.stderr)
        return 1
    return 42
