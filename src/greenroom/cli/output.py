"""What every command shares: one JSON document on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]

console = Console(highlight=False)
log = Console(stderr=True, highlight=False)


def emit(document: Any) -> None:
    """Print *document* as JSON on stdout, in UTF-8 whatever the locale says."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
