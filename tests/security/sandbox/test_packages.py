"""Problem packages come from strangers, and their validators read what candidates write: neither gets anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bank.kattis_packages import legacy
from tests.judge.problems.samples import GUESS_VALIDATOR_PY

from greenroom.bank.kattis.importing import slugs, write_item
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.loader import load_item
from greenroom.bank.models import Item
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge

RIGHT = "print(sum(map(int, input().split())))\n"
VALIDATOR = "import sys\nsys.exit(42 if sys.stdin.read().split() == open(sys.argv[2]).read().split() else 43)\n"


def item_of(root: Path, files: dict[str, str | bytes | None], head: str = "validation: custom\n") -> Item:
    """An imported problem with *files*, a second of CPU time for submissions and validators alike."""
    limits = "limits: {time_limit: 1, validation_time: 1, validation_memory: 128, validation_output: 1}\n"
    package = read_package(legacy(root / "in", {"output_validators/v.py": VALIDATOR, **files}, head=head + limits))
    made = write_item(root / "pack", slugs([package])[0], package)
    item = load_item(made.folder, root=root / "pack")
    limits_ = item.head.limits.model_copy(update={"disk_mb": 4})  # a sort of sandbox that stands ready before the count
    return item.model_copy(update={"head": item.head.model_copy(update={"limits": limits_})})


HOSTILE_VALIDATORS = {
    "forks without end": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n",
    "eats memory": "x = [bytearray(1 << 20) for _ in range(10**6)]\n",
    "loops": "while True:\n    pass\n",
    "sleeps": "import time\ntime.sleep(10**6)\n",
    "floods": "import sys\nwhile True:\n    sys.stdout.write('x' * 65536)\n",
    "links out of its feedback": (
        "import os, sys\nos.symlink('/etc/passwd', sys.argv[3] + 'judgemessage.txt')\nsys.exit(43)\n"
    ),
    "puts a link in place of its feedback": (
        "import os, sys\nos.rmdir(sys.argv[3].rstrip('/'))\nos.symlink('/etc', sys.argv[3].rstrip('/'))\nsys.exit(43)\n"
    ),
    "a pipe for a message": "import os, sys\ntry:\n    os.mkfifo(sys.argv[3] + 'judgemessage.txt')\nexcept OSError:\n"
    "    pass\nsys.exit(43)\n",
    "locks its feedback": "import os, sys\nos.chmod(sys.argv[3], 0)\nsys.exit(43)\n",
    "a message without end": (
        "import sys\nopen(sys.argv[3] + 'judgemessage.txt', 'w').write('x' * 10**7)\nsys.exit(43)\n"
    ),
    "rewrites itself": "import sys\nopen(__file__, 'w').write('import sys; sys.exit(42)')\nsys.exit(42)\n",
    "reads the host": "open('/etc/shadow').read()\n",
    "speaks with the network": "import socket\nsocket.create_connection(('127.0.0.1', 80))\n",
    "starts a shell": "import os, sys\nos.execv('/bin/sh', ['sh', '-c', 'exit 42'])\n",
}


@pytest.mark.parametrize("name", HOSTILE_VALIDATORS)
def test_a_hostile_validator_costs_nobody_a_point(name: str, walled: Judge, tmp_path: Path) -> None:
    item = item_of(tmp_path, {"output_validators/v.py": HOSTILE_VALIDATORS[name]})

    result = walled.run(item, RIGHT)

    rejects = "exit(43)" in HOSTILE_VALIDATORS[name]
    assert result.verdict is (Verdict.wrong_answer if rejects else Verdict.judge_error), result.message
    assert "root:" not in "".join(result.judge_messages.values())
    assert all(len(message) <= 2000 for message in result.judge_messages.values())


def test_a_score_that_is_no_number_costs_nobody_a_point(walled: Judge, tmp_path: Path) -> None:
    source = "import sys\nopen(sys.argv[3] + 'score.txt', 'w').write('nan')\nsys.exit(42)\n"
    item = item_of(tmp_path, {"output_validators/v.py": source}, "type: scoring\nvalidation: custom score\n")
    assert walled.run(item, RIGHT).verdict is Verdict.judge_error


ATTACKS = {
    "writes a verdict": "print('42')\nimport os\nos._exit(42)\n",
    "writes a score": "open('score.txt', 'w').write('100')\nopen('feedback/score.txt', 'w').write('100')\n",
    "looks for the answers": (
        "import os\nfound = [os.path.join(at, name) for at, _, names in os.walk('/') for name in names]\n"
        "print([one for one in found if one.endswith(('.ans', '.in', 'v.py', 'problem.yaml'))] or 7)\n"
    ),
    "closes its output": "import os\nos.close(1)\n",
    "sends bytes that are no text": "import sys\nsys.stdout.buffer.write(bytes(range(256)) * 100)\n",
    "leaves a daemon that prints": (
        "import os\nif os.fork() == 0:\n    os.setsid()\n    while True:\n        print(7)\n"
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_candidate_earns_nothing_by_tricks(name: str, walled: Judge, tmp_path: Path) -> None:
    result = walled.run(item_of(tmp_path, {}), ATTACKS[name])

    assert result.verdict in (Verdict.wrong_answer, Verdict.runtime_error, Verdict.output_limit, Verdict.time_limit)
    assert [finding.earned for finding in result.findings] == [0.0]


TALK_ATTACKS = {
    "waits for ever": ("input()\nimport time\ntime.sleep(10**6)\n", Verdict.time_limit),
    "floods": ("while True:\n    print(5)\n", Verdict.wrong_answer),
    "leaves at once": ("", Verdict.wrong_answer),
    "hands its pipe to a daemon": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(10**6)\nos._exit(0)\n",
        Verdict.wrong_answer,
    ),
    "makes its pipe huge": (
        "import fcntl\nfcntl.fcntl(1, 1031, 1 << 20)\nprint('x' * (1 << 20), flush=True)\n",
        Verdict.wrong_answer,
    ),
    "says half a line": ("print('12', end='', flush=True)\nwhile True: pass\n", Verdict.time_limit),
}


@pytest.mark.parametrize("name", TALK_ATTACKS)
def test_an_interactor_is_not_held_up(name: str, walled: Judge, tmp_path: Path) -> None:
    source, verdict = TALK_ATTACKS[name]
    files: dict[str, str | bytes | None] = {
        "output_validators/v.py": GUESS_VALIDATOR_PY,
        "data/sample/1.in": "3\n",
        "data/secret/01.in": "3\n",
    }
    item = item_of(tmp_path, files, head="validation: custom interactive\n")

    result = walled.run(item, source)

    assert result.verdict is verdict, (result.message, result.cases)
