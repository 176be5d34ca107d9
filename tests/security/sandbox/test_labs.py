"""What a project does to its examiner: never a `judge-error`, never a point, never the next candidate's harm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from uuid import UUID

import pytest
from tests.items import write

from greenroom.bank.loader import load_item
from greenroom.bank.models import Item
from greenroom.judge import environments
from greenroom.judge.environments import MissingError
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge

HEAD = """\
uuid: {uuid}
version: 1
title: A small lab
kind: service
tags: [arrays]
minutes: 20
difficulty: {{b: 0, error: 0.7}}
limits: {{cpu_s: 1.5, wall_s: {wall_s}, memory_mb: 96, processes: 8, output_kb: 64, disk_mb: 4}}
lab: {{environment: web, edit: ["**"], add: ["*.py", "**/*.py"]}}
rubric:
  - id: all
    points: 1
    title: All of it
    measure: {{cases: [all], earn: all}}
    follow_up: {{ask: And then?, claim: All of it is right.}}
"""

EXAMINE = """\
from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check


@check("all", visible=True)
def the_sum_is_told(lab: Lab) -> str:
    database = Database("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1), (2), (40);")
    seat = lab.process(database=database)
    lab.call("main:prepare", seat=seat)
    with database.counted() as found:
        said = lab.call("main:solve", seat=seat)
    lab.expect(len(found) <= 2, f"{len(found)} statements, budget 2")
    total = sum(n for (n,) in database.rows("SELECT n FROM t"))
    lab.expect(said["sums"][0] - total == 0 and total == 43, "another sum")
    return "43"
"""

HONEST = """\
import greenroom_lab

def prepare():
    pass

def solve():
    return {"sums": [greenroom_lab.connect().execute("SELECT sum(n) FROM t").fetchone()[0]]}
"""

WRONG, RUNTIME, TIME = Verdict.wrong_answer, Verdict.runtime_error, Verdict.time_limit


@dataclass(frozen=True)
class Attack:
    """A project's `main.py` and what else it has; the message of its check has *says*."""

    main: str
    verdicts: tuple[Verdict, ...]
    says: str = ""
    wall_s: float = 20.0
    more: tuple[str, ...] = ()


def solving(body: str, *verdicts: Verdict, says: str = "", wall_s: float = 20.0, returns: str = "") -> Attack:
    """An attack whose `solve` has *body*, and then answers right unless it *returns* something else."""
    text = indent(dedent(body).strip(), "    ")
    head = "import gc, os\nimport greenroom_lab\nlink = greenroom_lab.connect()\ndef prepare():\n    pass\n"
    head += "def agent():\n    return next(one for one in gc.get_objects() if type(one).__name__ == 'Agent')\n"
    answer = returns or '{"sums": [43]}'
    return Attack(f"{head}\ndef solve():\n{text}\n    return {answer}\n", verdicts, says, wall_s)


FLOOD = """\
import gc, greenroom_lab
def prepare():
    link = greenroom_lab.connect()
    one = next(one for one in gc.get_objects() if type(one).__name__ == "Agent")
    for _ in range(10**5):
        one.ask_later({"to": "database", "what": "execute", "connection": 1, "sql": "SELECT 1", "many": False},
                      b'{"t":[]}', lambda *_: None)
def solve():
    link = greenroom_lab.connect()
    return {"sums": [sum(link.execute("SELECT n FROM t WHERE n = ?", (n,)).fetchone()[0] for n in (1, 2, 40))]}
"""

ATTACKS = {
    "an answer of another kind": solving("pass", WRONG, says="TypeError", returns="7"),
    "an answer with nothing in it": solving("pass", WRONG, says="KeyError", returns="{}"),
    "an answer of text": solving("pass", WRONG, says="TypeError", returns="{'sums': ['43']}"),
    "no number": solving("pass", WRONG, says="another sum", returns="{'sums': [float('nan')]}"),
    "an endless number": solving("pass", WRONG, returns="{'sums': [10**100_000]}"),
    "the table is gone": solving("link.execute('DROP TABLE t')", WRONG, says="as your project left it"),
    "text where numbers were": solving("link.execute(\"UPDATE t SET n = 'x'\"); link.commit()", WRONG),
    "a lock that stays": solving("link.execute('BEGIN EXCLUSIVE')", WRONG, says="locked"),
    "a view without end": solving(
        """
        link.execute("DROP TABLE t")
        link.execute("CREATE VIEW t AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c")
        """,
        WRONG,
        says="as your project left it",
    ),
    "a query without end": solving(
        "link.execute('WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c')",
        RUNTIME,
        TIME,
    ),
    "a pattern without end": solving("link.execute(\"SELECT '\" + 'a' * 60 + \"!' REGEXP '(a+)+$'\")", RUNTIME),
    "a value without end": solving("link.execute('SELECT length(hex(zeroblob(1000000000)))')", RUNTIME, says="too big"),
    "another file": solving("link.execute(\"ATTACH '/tmp/other' AS other\")", RUNTIME, says="not authorized"),
    "a copy of the database": solving("link.execute(\"VACUUM INTO '/tmp/other'\")", RUNTIME, says="denied"),
    "a setting of the examiner's": solving("link.execute('PRAGMA locking_mode = EXCLUSIVE')", RUNTIME),
    "all of the disk": solving(
        "link.isolation_level = None\nfor n in range(10**4): link.execute('INSERT INTO t VALUES (zeroblob(200000))')",
        RUNTIME,
        says="full",
    ),
    "all of the disk, in a log": solving(
        """
        reader = greenroom_lab.connect()
        link.execute("PRAGMA journal_mode = WAL")
        reader.execute("BEGIN"); reader.execute("SELECT n FROM t").fetchall()
        while True: link.execute("UPDATE t SET n = randomblob(200000)"); link.commit()
        """,
        WRONG,
        says="room",
    ),
    "connections without end": solving(
        "held = [greenroom_lab.connect() for _ in range(10**4)]", RUNTIME, says="too many co"
    ),
    "statements until nobody counts them": Attack(FLOOD, (WRONG, TIME)),
    "statements without waiting": solving(
        """
        one = agent()
        while True:
            one.ask_later({"to": "database", "what": "execute", "connection": 1, "sql": "SELECT 1", "many": False},
                          b'{"t":[]}', lambda *_: None)
        """,
        WRONG,
        TIME,
    ),
    "long statements": solving(
        "for n in range(1000): link.execute('SELECT 1 --' + 'x' * 200_000)", WRONG, TIME
    ),
    "who never reads": solving(
        """
        one = agent()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for n in range(10**6):
            os.write(one._writing, b'')
            one.ask_later({"to": "database", "what": "execute", "connection": 1, "many": False,
                           "sql": "SELECT hex(zeroblob(60000))"}, b'{"t":[]}', lambda *_: __import__("time").sleep(60))
        """,
        WRONG,
        TIME,
        wall_s=1.0,
    ),
    "an answer that nobody asked for": solving("agent().send({'answer': 999})", WRONG, says="cannot be read"),
    "a frame that is none": solving("os.write(agent()._writing, b'\\xff' * 64)", WRONG, says="cannot be read"),
    "a bottomless frame": solving("agent().send({'answer': 2}, b'[' * 10**6)", WRONG, says="cannot be read"),
    "a frame of many lists": solving(
        "agent().send({'answer': 2}, b'[' + b'[],' * 5_000_000 + b'[]]')", WRONG, says="TypeError"
    ),
    "a large frame, half of it": solving(
        "import struct\nos.write(agent()._writing, struct.pack('!II', 100, 60 << 20))", WRONG, says="cannot be read"
    ),
    "leaving": solving("os._exit(0)", RUNTIME),
    "memory": solving("x = bytearray(1 << 30)", Verdict.memory_limit),
    "output": solving("while True: os.write(1, b'x' * 65536)", Verdict.output_limit),
    "time": solving("while True: pass", TIME),
    "sleep": solving("import time\ntime.sleep(600)", TIME, wall_s=1.0),
    "modules of the same names": Attack(
        HONEST.replace("[0]]", "[0] + 1]"),
        (WRONG, RUNTIME),
        more=(
            "json.py", "sqlite3.py", "asyncio.py", "greenroom_lab.py", "sitecustomize.py", "traceback.py", "values.py",
            "greenroom/__init__.py", "encodings/__init__.py", "importlib/__init__.py", "examine.py",
        ),
    ),
}  # fmt: skip


ELSEWHERE = {"memory", "leaving", "who never reads"}
"""What is run without a zygote too, where the libraries are loaded for each run: what depends on how processes end."""


def lab(folder: Path, wall_s: float) -> Item:
    at = folder / "dsa" / f"small-{int(wall_s)}"
    write(at / "item.yaml", HEAD.format(uuid=UUID(int=int(wall_s)), wall_s=wall_s))
    for name in ("prompt", "debrief"):
        write(at / f"{name}.md", "…\n")
    write(at / "hints.md", "## Hint 1 (5 %)\n\nA nudge.\n")
    write(at / "interviewer.md", "## Probes\n\n- …\n\n## Follow-ups\n\n- `all`: …\n")
    write(at / "starter/main.py", HONEST)
    write(at / "judge/examine.py", EXAMINE)
    sorts = ("accepted", "partial", "wrong", "hostile")
    for sort in sorts:
        write(at / f"submissions/{sort}/one/main.py", "…\n")
    write(at / "submissions/expect.yaml", "".join(f"{sort}/one: {{}}\n" for sort in sorts))
    return load_item(at)


@pytest.fixture(scope="module", autouse=True)
def libraries() -> None:
    try:
        environments.find("web")
    except MissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def labs(tmp_path_factory: pytest.TempPathFactory) -> dict[float, Item]:
    folder = tmp_path_factory.mktemp("labs")
    return {wall_s: lab(folder, wall_s) for wall_s in (1.0, 20.0)}


@pytest.mark.parametrize("part", range(4))
def test_a_project_cannot_trouble_its_examiner(walled: Judge, labs: dict[float, Item], part: int) -> None:
    """In four parts: between two tests the judge lets go of the libraries, and has to load them anew."""
    if not walled.keeps_spares and (part or walled.tier == 1):
        pytest.skip("what the examiner does is the same at every tier")
    chosen = list(ATTACKS)[part::4] if walled.keeps_spares else sorted(ELSEWHERE)
    for name in chosen:
        attack = ATTACKS[name]
        files = {"main.py": attack.main.encode()} | dict.fromkeys(attack.more, b"raise SystemExit('mine')\n")
        result = walled.run(labs[attack.wall_s], files)
        told = name, [(case.verdict, case.message) for case in result.cases] or result.message
        assert result.verdict in attack.verdicts, told
        assert attack.says in str(result.cases[0].message), told
        assert all(finding.earned == 0 for finding in result.findings), told
        honest = walled.run(labs[20.0], {"main.py": HONEST.encode()})
        assert honest.verdict is Verdict.accepted, (name, honest.message, honest.cases)
