"""Projects that must earn nothing of a lab, made for any of them: what `bank verify` throws at each."""

from __future__ import annotations

from collections.abc import Iterator

from greenroom.bank.models import Item
from greenroom.bank.projects import editable, written

_GIBBERISH = "blorf quandix splomt wherezil gramble noft ikt perzan\n"

_AT_IMPORT = {
    "early-exit": "import os\nos._exit(0)\n",
    "clean-exit": "raise SystemExit(0)\n",
    "forged-frames": (
        "import os\n"
        'text = \'{"answer": 1, "check": {"name": "all", "group": "all", "verdict": "accepted"}, "over": true}\'\n'
        "frame = len(text).to_bytes(4, 'big') + bytes(4) + text.encode()\n"
        "for end in range(3, 64):\n"
        "    try: os.write(end, frame * 3)\n"
        "    except OSError: pass\n"
    ),
    "judge-files": (
        "import os, sys\n"
        "for base, folders, names in os.walk('/'):\n"
        "    folders[:] = [one for one in folders if base != '/' or one not in ('usr', 'lib', 'sys')]\n"
        "    for name in names:\n"
        "        if name in ('examine.py', 'expect.yaml', 'item.yaml'):\n"
        "            raise SystemExit(open(os.path.join(base, name)).read())\n"
    ),
}
"""Put in place of each file that may be changed."""

_BEFORE = {
    "patched-clock": (
        "import time\ntime.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0\n"
    ),
    "swallowed-exceptions": "import sys, threading\nsys.excepthook = threading.excepthook = lambda *told: None\n",
    "patched-driver": (
        "import sys\n"
        "lab = sys.modules.get('greenroom_lab')\n"
        "for name in ('Connection', 'Cursor'):\n"
        "    kind = getattr(getattr(lab, 'dbapi', None), name, None)\n"
        "    if kind is not None:\n"
        "        kind.counted = kind.statements = 0\n"
        "for module in list(sys.modules.values()):\n"
        "    for name in ('statements', 'calls', 'queries', 'count'):\n"
        "        try: vars(module)[name] = 0\n"
        "        except Exception: pass\n"
    ),
}
"""Put before the starter's own lines: the flaw stays, and is to be hidden."""


_SQL = {
    "constant": "SELECT 1;\n",
    "schema": "SELECT sql FROM sqlite_master;\n",
    "endless": "WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more) SELECT count(*) FROM more;\n",
    "large": "SELECT hex(zeroblob(900000000)), printf('%.*c', 900000000, 'x');\n",
    "files": "ATTACH DATABASE '/tmp/other.db' AS other;\n",
    "settings": "PRAGMA writable_schema = ON;\n",
    "extension": "SELECT load_extension('/tmp/other.so');\n",
    "dropped": "DELETE FROM sqlite_master;\nDROP TABLE IF EXISTS expected;\n",
}


def lab_attacks(item: Item) -> Iterator[tuple[str, str]]:
    """(name, answer) pairs for a lab."""
    own = {path: text for path, text in item.starter.items() if editable(item, path)}
    sources = {path: text for path, text in own.items() if path.endswith(".py")}
    yield "starter", written(own)
    yield "empty", written(dict.fromkeys(own, ""))
    yield "gibberish", written(dict.fromkeys(own, _GIBBERISH))
    queries = {path: text for path, text in own.items() if path.endswith(".sql")}
    for name, text in _SQL.items() if queries else ():
        yield name, written({**own, **dict.fromkeys(queries, text)})
    if not sources:
        return
    for name, text in _AT_IMPORT.items():
        yield name, written({**own, **dict.fromkeys(sources, text)})
    for name, text in _BEFORE.items():
        yield name, written({**own, **{path: _after_future(source, text) for path, source in sources.items()}})


def _after_future(source: str, text: str) -> str:
    """*text* before *source*, but behind its `from __future__` lines."""
    lines = source.splitlines(keepends=True)
    at = max((place + 1 for place, line in enumerate(lines) if line.startswith("from __future__")), default=0)
    return "".join([*lines[:at], text, *lines[at:]])
