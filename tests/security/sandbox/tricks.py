"""Further attacks, each of which goes round a wall rather than against it: by descriptors, by kernel memory that nobody
counts, by the machinery of the agent that shares the process."""

from __future__ import annotations

from tests.security.sandbox.attacks import SECRET, attack

from greenroom.judge.results import Verdict

WRONG, RUNTIME, TIME = Verdict.wrong_answer, Verdict.runtime_error, Verdict.time_limit
MEMORY, OUTPUT = Verdict.memory_limit, Verdict.output_limit

REACHING = [
    attack(
        "watching what others open",
        """
        import fcntl
        def watch():
            code = libc.inotify_add_watch(libc.inotify_init1(0), os.__file__.encode(), 0xFFF)
            if code < 0: raise OSError(ctypes.get_errno(), "")
            return code
        folder = os.open(os.path.dirname(os.__file__), os.O_RDONLY)
        return refused(watch, lambda: fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS),
                       lambda: fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK))
        """,
    ),
    attack(
        "signals that the kernel sends for one",
        """
        import fcntl, socket, time
        for number in (0, 9, 15, 19, 29):
            for target in (1, os.getppid()):
                one, two = socket.socketpair()
                try:
                    fcntl.fcntl(one, 10, number)  # F_SETSIG
                    fcntl.fcntl(one, fcntl.F_SETOWN, target)
                    fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
                except OSError:
                    continue
                two.send(b"x")
        time.sleep(0.05)
        return "contained"
        """,
    ),
    attack(
        "pages of the host's pool",
        """
        import mmap
        return refused(lambda: mmap.mmap(-1, 2 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000))
        """,
    ),
    attack(
        "kernel memory in buffers",
        """
        import fcntl, socket
        held, total = [], 0
        try:
            while total < 1 << 26:
                for _ in range(2):
                    one, two = socket.socketpair()
                    held.append((one, two))
                    one.setblocking(False)
                    try:
                        while True: total += one.send(bytes(1 << 16))
                    except BlockingIOError:
                        pass
                reader, writer = os.pipe()
                held.append((reader, writer))
                os.set_blocking(writer, False)
                try:
                    fcntl.fcntl(writer, 1031, 1 << 20)  # F_SETPIPE_SZ
                    while True: total += os.write(writer, bytes(1 << 16))
                except BlockingIOError:
                    pass
        except OSError:
            return "contained"
        return str(total)
        """,
        Verdict.accepted,
        MEMORY,
    ),
    attack(
        "descriptors sent to oneself",
        """
        import array, socket
        held = []
        try:
            while len(held) < 10_000:
                one, two = socket.socketpair()
                one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [two.fileno()] * 10))])
                held.append(one)
                two.close()
        except OSError:
            return "contained"
        return "no end"
        """,
    ),
    attack(
        "memory in attributes of files",
        """
        open("x", "w").close()
        try:
            for n in range(10_000): os.setxattr("x", f"user.a{n}", bytes(60_000))
        except OSError:
            return "contained"
        return "no end"
        """,
    ),
    attack(
        "locked or advised memory",
        """
        import mmap
        page = mmap.mmap(-1, 1 << 20)
        place = ctypes.addressof(ctypes.c_char.from_buffer(page))
        def lock(name, *words):
            if getattr(libc, name)(*words) < 0: raise OSError(ctypes.get_errno(), "")
            return name
        return refused(lambda: lock("mlock", ctypes.c_void_p(place), ctypes.c_size_t(1 << 20)),
                       lambda: lock("mlockall", 3),
                       lambda: lock("madvise", ctypes.c_void_p(place), ctypes.c_size_t(4096), 100))  # HWPOISON
        """,
    ),
    attack(
        "other processes by descriptor",
        """
        import signal
        def signal_by_descriptor(pid, number):
            signal.pidfd_send_signal(os.pidfd_open(pid), number)
        for pid in {1, os.getppid()}:
            for number in (9, 19):
                try:
                    signal_by_descriptor(pid, number)
                except OSError:
                    pass
        def take(pid):
            return call(438, os.pidfd_open(pid), 0, 0)
        return refused(lambda: take(1), lambda: take(os.getppid()), lambda: take(os.getpid()))
        """,
    ),
    attack(
        "prctl",
        """
        libc.prctl(4, 1, 0, 0, 0)  # dumpable again, a reaper, no death signal, another name
        libc.prctl(36, 1, 0, 0, 0); libc.prctl(1, 0, 0, 0, 0); libc.prctl(15, b"a) R 1 1 (", 0, 0, 0)
        def prctl(*words):
            if libc.prctl(*words) < 0: raise OSError(ctypes.get_errno(), "")
            return words
        return refused(lambda: prctl(38, 0, 0, 0, 0), lambda: prctl(47, 2, 21, 0, 0), lambda: prctl(28, 0, 0, 0, 0),
                       lambda: prctl(35, 1, 0, 0, 0), lambda: os.listdir("/proc/self"))
        """,
    ),
]

TAKING = [
    attack(
        "stopped while a child floods",
        "if os.fork() == 0:\n    while True: os.write(1, b'x' * 4096)\nos.kill(os.getpid(), 19)",
        OUTPUT,
    ),
    attack(
        "stopped while a child burns",
        "import signal\nif os.fork() == 0:\n    while True: pass\nos.kill(os.getpid(), signal.SIGSTOP)",
        TIME,
        message="CPU",
    ),
    attack(
        "a letter at a time",
        "import fcntl\nfcntl.fcntl(1, fcntl.F_SETFL, os.O_DIRECT)\nwhile True: os.write(1, b'x')",
        OUTPUT,
        TIME,
        wall_s=1,
    ),
    attack(
        "shared memory that nobody has mapped in",
        """
        import mmap
        held = []
        while True:
            held.append(mmap.mmap(-1, 4 << 20))
            held[-1].write(b"x" * (4 << 20))
            held[-1].madvise(mmap.MADV_DONTNEED)
        """,
        MEMORY,
    ),
    attack(
        "many small mappings",
        "import mmap\nheld = []\nwhile True:\n    held.append(mmap.mmap(-1, 4096))\n    held[-1].write(b'x')",
        MEMORY,
        TIME,
        RUNTIME,
    ),
    attack(
        "children of children that end at once",
        """
        import time
        if os.fork() == 0:
            libc.prctl(36, 1, 0, 0, 0)
            import signal
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            while True:
                try:
                    if os.fork(): os._exit(0)
                except OSError:
                    pass
        time.sleep(60)
        """,
        TIME,
        wall_s=1,
    ),
    attack("a text without end", "class E(Exception):\n    def __str__(self):\n        while 1: pass\nraise E", TIME),
    attack("a dict of collisions", "return {n * (2**61 - 1): 0 for n in range(1, 30_000)}", TIME, WRONG),
    attack("output sent by the kernel", """
        open("x", "wb").write(bytes(1 << 20))
        source = os.open("x", os.O_RDONLY)
        while True:
            os.lseek(source, 0, 0)
            os.sendfile(1, source, None, 1 << 20)
        """, OUTPUT),
    attack("output spliced", """
        open("x", "wb").write(bytes(1 << 20))
        source = os.open("x", os.O_RDONLY)
        while True:
            os.splice(source, 1, 1 << 16, offset_src=0)
        """, OUTPUT),
]  # fmt: skip

CLAIMS = [
    attack("a child that answers on", "if os.fork() == 0:\n    while 1: os.write(3, b'V1')\nreturn 1", WRONG, OUTPUT),
    attack("answer for output", "os.dup2(3, 9); os.dup2(1, 3); os.dup2(9, 1); print('V1', flush=True)", WRONG, RUNTIME),
    attack("nothing left open", "os.closerange(0, 100)\nreturn 1", RUNTIME),
    attack("a tracer", "import sys\nsys.setprofile(lambda *_: 1 / 0)\nreturn 1", RUNTIME),
    attack("a fault that is handled", "import faulthandler\nfaulthandler.enable()\nfaulthandler._sigsegv()", RUNTIME),
    attack("an alarm", "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\nwhile True: pass", RUNTIME),
    attack("a thread's last word", "import threading\nthreading.excepthook = lambda _: os._exit(0)\n"
           "threading.Thread(target=lambda: 1 / 0).start()\nwhile True: pass", RUNTIME),
    attack("the last word of an object", "class X:\n    def __del__(self): os._exit(0)\nX()\nreturn 1", RUNTIME),
    attack("a generator", "return (n for n in iter(int, 1))", WRONG),
    attack("a list without end", "class X(list):\n    def __iter__(self): return iter(int, 1)\nreturn X([1])", WRONG),
    attack("a class that is all classes", "class M(type):\n    __eq__ = lambda *_: True\n"
           "    __hash__ = lambda _: hash(int)\n    __name__ = 'int'\nclass X(metaclass=M): pass\nreturn X()", WRONG),
    attack("a pickle", "class X:\n    def __reduce__(self): return os.system, ('id',)\nreturn X()", WRONG),
    attack("a number of a million digits", "return 1 << 4_000_000", WRONG),
    attack("not a number", "return float('nan')", WRONG),
    attack("half letters", "return '\\ud800' * 9", WRONG),
    attack("as deep as it goes", "x = []\nfor _ in range(199): x = [x]\nreturn x", WRONG),
    attack("the encoder replaced", """
        import sys
        for module in list(sys.modules.values()):
            if hasattr(module, "MAX_PARTS"): module.encode = lambda _: b"true"
        return 0
        """, WRONG),
    attack("a write that writes nothing", "os.write = lambda *_: 1\nreturn 1", RUNTIME),
    attack("what is expected, in every frame", f"""
        import gc, sys
        held = [one for one in gc.get_objects() if type(one) in (dict, list, tuple)]
        frame = sys._getframe()
        while frame is not None:
            held += [frame.f_locals, frame.f_globals]
            frame = frame.f_back
        numbers = {{n for one in held for n in (one.values() if type(one) is dict else one) if type(n) is int}}
        return next((n for n in numbers if n % 1_000_003 == {SECRET % 1_000_003} and n > 10**8), 0)
        """, WRONG),
]  # fmt: skip
"""None of them may be accepted; those that claim something claim it in vain."""
