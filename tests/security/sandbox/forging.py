"""Attacks on the verdict: the item expects SECRET, which the candidate cannot know. None may be accepted."""

from __future__ import annotations

from tests.security.sandbox.attacks import attack

from greenroom.judge.results import Verdict

WRONG, RUNTIME = Verdict.wrong_answer, Verdict.runtime_error

FORGING = [
    attack("early exit", "os._exit(0)", RUNTIME, message="exit code 0"),
    attack("clean exit", "raise SystemExit(0)", RUNTIME),
    attack(
        "exit from a thread",
        "import threading\nthreading.Thread(target=os._exit, args=(0,)).start()\nwhile True: pass",
        RUNTIME,
    ),
    attack("exit at the end", "import atexit\natexit.register(os._exit, 0)\nreturn 0", WRONG),
    attack(
        "equal to everything",
        """
        class Always(int):
            __hash__ = int.__hash__
            def __eq__(self, other): return True
            def __ne__(self, other): return False
        return Always()
        """,
        WRONG,
    ),
    attack(
        "any class it is asked for",
        """
        class Any:
            __class__ = property(lambda self: int)
            def __index__(self): return 1
            def __eq__(self, other): return True
        return Any()
        """,
        WRONG,
    ),
    attack(
        "builtins replaced",
        """
        import builtins, json, sys, time
        time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0
        for name in ("len", "isinstance", "type", "all", "any", "sorted", "sum", "min", "max", "map", "str", "repr"):
            setattr(builtins, name, lambda *a, **k: True)
        json.dumps = lambda *a, **k: "true"
        return 0
        """,
        WRONG,
        RUNTIME,
    ),
    attack(
        "comparison replaced",
        """
        import operator, math, sys
        operator.eq = math.isclose = lambda *a, **k: True
        for module in list(sys.modules.values()):
            for name in dir(module):
                if name in ("same_values", "check", "compare", "decode", "judge"):
                    setattr(module, name, lambda *a, **k: True)
        return 0
        """,
        WRONG,
    ),
    attack(
        "frames on every descriptor",
        """
        import json, struct
        for head in ({"ok": True}, {"verdict": "accepted"}, {"killed": None, "exit": 0, "sizes": [0, 0, 0]}):
            text = json.dumps(head).encode()
            frame = struct.pack("!II", len(text), 0) + text
            for fd in range(1, 64):
                try:
                    os.write(fd, frame)
                except OSError:
                    pass
        os._exit(0)
        """,
        WRONG,
        RUNTIME,
    ),
    attack("an answer, then another", "os.write(3, b'V1')\nreturn 2", WRONG, RUNTIME),
    attack("the start mark again", "os.write(3, b'SV1')\nos._exit(0)", RUNTIME),
    attack("a value that is not one", "os.write(3, b'V{\"t\": 5}')\nos._exit(0)", WRONG),
    attack("a bottomless value", "os.write(3, b'V' + b'[' * 1_000_000)\nos._exit(0)", WRONG),
    attack("an answer without its end", "os.close(3)\nreturn 1", RUNTIME),
    attack(
        "another process answers", "if os.fork():\n    os._exit(0)\nos.write(3, b'V1')\nos._exit(0)", WRONG, RUNTIME
    ),
    attack(
        "verdict lines on stdout",
        "print('{\"verdict\": \"accepted\"}')\nprint('ACCEPTED', flush=True)\nreturn 0",
        WRONG,
    ),
    attack(
        "colliding keys",
        """
        pairs = b",".join(b"[%d,0]" % (n * (2**61 - 1)) for n in range(1, 4))
        os.write(3, b'V{"d": [' + pairs + b"]}")
        os._exit(0)
        """,
        WRONG,
    ),
    attack("the ground removed", "import sys\nsys.modules.clear()\nglobals().clear()\nreturn 0", WRONG, RUNTIME),
    attack("a bomb of references", "b = [0] * 9\nfor _ in range(64): b = [b, b]\nreturn b", WRONG, Verdict.time_limit),
]
