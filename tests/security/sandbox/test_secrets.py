"""The candidate's process holds the current case's arguments, and nothing else of the item."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judge.small_items import function, small_item

from greenroom.bank.specs import Limits
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge

SCAN = """\
import ctypes, os

def near(address, reach):
    \"\"\"The memory around *address*: write(2) refuses a page that is not mapped, so nothing crashes.\"\"\"
    libc = ctypes.CDLL(None, use_errno=True)
    reader, writer = os.pipe()
    page = address & ~4095
    for at in range(page - reach, page + reach, 4096):
        if libc.write(writer, ctypes.c_void_p(at), 4096) == 4096:
            yield os.read(reader, 4096)

def solve(mark):
    places = [id(mark), id(solve), id(os), id(object()), ctypes.addressof(ctypes.create_string_buffer(1 << 20))]
    wanted = ("NEDDIH", "DETCEPXE", "EMAN", "ELCARO", "ENIM")  # never spelt forwards in this process
    found = set()
    for place in places:
        for memory in near(place, 24 << 20):
            at = memory.find(mark.encode())
            while at >= 0:
                after = memory[at + len(mark) + 1:][:8].decode("latin-1")[::-1]
                found.update(word for word in wanted if after.endswith(word))
                at = memory.find(mark.encode(), at + 1)
    return sorted(found)
"""

MARK = "4f1c-secret"
ORACLE = f"""\
def oracle(mark):
    return ["{MARK}-ORACLE"] if mark != "{MARK}" else ["ENIM"]
"""


@pytest.mark.parametrize("own", [True, False], ids=["scanner works", "nothing to find"])
def test_memory_holds_nothing_of_the_item(walled: Judge, tmp_path: Path, own: bool) -> None:
    cases: list[dict[str, object]] = [
        {"name": f"{MARK}-NAME", "group": "basic", "visible": True, "args": [MARK]},
        {"name": "hidden", "group": "basic", "args": [f"{MARK}-HIDDEN"], "expect": [f"{MARK}-EXPECTED"]},
    ]
    item = small_item(
        tmp_path / "item",
        code=function(returns="list[str]", mark="str"),
        cases=cases,
        files={"oracle.py": ORACLE},
        limits=Limits(cpu_s=20, wall_s=60, memory_mb=256),
    )
    source = SCAN + (f"\nkept = '{MARK}-MINE'\n" if own else "")
    found = walled.run(item, source, visible_only=True).cases[0]
    assert found.actual == ("['ENIM']" if own else "[]"), found
    assert found.verdict is (Verdict.accepted if own else Verdict.wrong_answer)
