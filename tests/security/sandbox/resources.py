"""Attacks that take too much: processes, memory, time, output, disk."""

from __future__ import annotations

from tests.security.sandbox.attacks import attack

from greenroom.judge.results import Verdict

TIME, MEMORY = Verdict.time_limit, Verdict.memory_limit
OUTPUT, RUNTIME = Verdict.output_limit, Verdict.runtime_error

RESOURCES = [
    attack("fork bomb", "while True: os.fork()", RUNTIME, message="Resource temporarily unavailable"),
    attack(
        "patient fork bomb",
        """
        while True:
            try:
                os.fork()
            except OSError:
                pass
        """,
        TIME,
        MEMORY,  # a cgroup counts what the kernel keeps of dead processes for a moment
    ),
    attack(
        "thread bomb",
        """
        import threading, time
        while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        """,
        RUNTIME,
        MEMORY,
        message="thread",
    ),
    attack("anonymous memory", "held = []\nwhile True: held.append(b'x' * (1 << 20))", MEMORY),
    attack("one huge allocation", "return len(bytes(1 << 40))", MEMORY),
    attack(
        "shared memory",
        """
        import mmap
        held = []
        while True:
            held.append(mmap.mmap(-1, 8 << 20))
            held[-1].write(b"x" * (8 << 20))
        """,
        MEMORY,
    ),
    attack(
        "memory in many processes",
        """
        import time
        for _ in range(5):
            if os.fork() == 0:
                held = b"x" * (40 << 20)
                time.sleep(60)
        time.sleep(60)
        """,
        MEMORY,
    ),
    attack(
        "memory until the kernel kills, MemoryError swallowed",
        """
        held = []
        while True:
            try:
                held.append(b"x" * (1 << 20))
            except MemoryError:
                pass
        """,
        TIME,
        MEMORY,
    ),
    attack("deep recursion", "import sys\nsys.setrecursionlimit(10**9)\nf = lambda: f()\nf()", MEMORY, RUNTIME, TIME),
    attack(
        "C stack",
        """
        import sys
        sys.setrecursionlimit(10**9)
        class Deep:
            def __repr__(self): return repr(self)
        repr(Deep())
        """,
        RUNTIME,
        MEMORY,
    ),
    attack("busy loop", "while True: pass", TIME, message="CPU"),
    attack("sleep", "import time\ntime.sleep(600)", TIME, message="not done", wall_s=1),
    attack("stopping itself", "import signal\nos.kill(os.getpid(), signal.SIGSTOP)", TIME, wall_s=1),
    attack(
        "signals ignored",
        """
        import signal
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True: pass
        """,
        TIME,
    ),
    attack(
        "CPU burnt by children",
        """
        for _ in range(3):
            if os.fork() == 0:
                while True: pass
        while True: os.wait()
        """,
        TIME,
        message="CPU",
    ),
    attack(
        "CPU burnt by orphans",
        """
        import time
        for _ in range(3):
            if os.fork() == 0:
                if os.fork() == 0:
                    os.setsid()
                    while True: pass
                os._exit(0)
        time.sleep(60)
        """,
        TIME,
    ),
    attack("stdout flood", "while True: os.write(1, b'x' * 65536)", OUTPUT),
    attack("stderr flood", "while True: os.write(2, b'x' * 65536)", OUTPUT),
    attack(
        "flood by a child",
        """
        import time
        if os.fork() == 0:
            while True: os.write(1, b"x" * 65536)
        time.sleep(60)
        """,
        OUTPUT,
    ),
    attack("flood of the answer", "while True: os.write(3, b'x' * 65536)", OUTPUT, message="value of more than"),
    attack("a huge answer", "return 'x' * (20 << 20)", OUTPUT),
    attack(
        "one big file",
        "with open('big', 'wb') as f:\n    while True: f.write(bytes(1 << 20))",
        RUNTIME,
        message="MB of disk",
    ),
    attack(
        "many files",
        "for number in range(10**6): open(f'{number}', 'w').close()",
        RUNTIME,
        message="MB of disk",
    ),
    attack(
        "many full files",
        "for number in range(1000): open(f'{number}', 'wb').write(bytes(1 << 20))",
        RUNTIME,
        message="MB of disk",
    ),
]
"""Tier 1 has a tmpfs of limited size; elsewhere the supervisor looks how much lies in the folder."""
