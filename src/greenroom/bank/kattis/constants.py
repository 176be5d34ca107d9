"""The constants of a 2025-09 package: `{{name}}` in its texts and sources stands for a value."""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_SEQUENCE = re.compile(r"\{\{([a-zA-Z_][a-zA-Z0-9_]*)\}\}")


def substitute(text: str, constants: Mapping[str, str]) -> str:
    """*text* with the value of each constant in place of its `{{name}}`; names that are none stay as they are.

    For Markdown statements, validators, included files, submissions and `test_group.yaml`: never for test data.
    """
    return _SEQUENCE.sub(lambda found: constants.get(found[1], found[0]), text)
