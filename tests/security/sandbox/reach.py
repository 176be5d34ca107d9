"""Attacks that reach for what is not theirs: files, processes, the network, the kernel. Each must get nothing."""

from __future__ import annotations

from tests.security.sandbox.attacks import attack

from greenroom.judge.results import Verdict

REACH = [
    attack(
        "network of every family",
        """
        import socket
        kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET)
        return refused(*(lambda f=f, k=k: socket.socket(f, k) for f in range(1, 46) for k in kinds))
        """,
    ),
    attack(
        "socket pairs of other families",
        """
        import socket
        one, two = socket.socketpair()  # a UNIX pair leads nowhere else, and asyncio needs it
        number = 53 if os.uname().machine == "x86_64" else 199
        for family in range(2, 46):  # most of them have no pairs, so it matters who says no
            try:
                return f"got {call(number, family, 1, 0, 0)}"
            except OSError as error:
                if error.errno != 1: return f"{family} was let through: {error}"
        return "contained"
        """,
    ),
    attack(
        "files of the host",
        """
        paths = "/etc/passwd /etc/shadow /etc/hostname /home /var /srv /run /boot /opt /root/.profile /root/.bashrc"
        paths += " /usr/bin/env /bin/sh /proc /sys /dev/mem /dev/kmsg /dev/sda /dev/vda /dev/tty /dev/shm /dev/ptmx"
        paths = (paths + " /dev/fuse /dev/kvm /dev/net/tun").split()
        return refused(*(lambda p=p: os.open(p, os.O_RDONLY) for p in paths))
        """,
    ),
    attack(
        "the way up",
        """
        up = "../" * 40
        os.symlink("/etc/passwd", "link")
        return refused(lambda: open(up + "etc/passwd"), lambda: open("link"), lambda: os.listdir(up + "home"),
                       lambda: os.link("/etc/passwd", "hard"), lambda: open("/proc/self/root/etc/passwd"))
        """,
    ),
    attack(
        "writing outside /tmp",
        """
        import itertools
        found = []
        for base, folders, files in os.walk("/"):
            if len(found) > 400: break
            if not base.startswith(("/tmp", "/dev")): found += [base] + [os.path.join(base, f) for f in files[:3]]
        return refused(*(lambda p=p: os.open(os.path.join(p, "x") if os.path.isdir(p) else p, os.O_WRONLY | os.O_CREAT)
                         for p in found if not os.path.islink(p)))
        """,
    ),
    attack(
        "processes of the host",
        """
        import signal
        mine = {0, 1, os.getpid()}
        return refused(lambda: open("/proc/1/environ").read(), lambda: open(f"/proc/{os.getppid()}/maps").read(),
                       lambda: os.getpriority(os.PRIO_PROCESS, 2 if 2 not in mine else 3),
                       *(lambda p=p: os.kill(p, 0) for p in range(2, 5000) if p not in mine))
        """,
    ),
    attack(
        "its own init",
        """
        import signal, time
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGSTOP, signal.SIGKILL, signal.SIGSEGV):
            for target in (1, os.getppid()):
                try:
                    os.kill(target, number)
                except OSError:
                    pass
        time.sleep(0.05)
        return "contained"
        """,
    ),
    attack(
        "all processes at once",
        """
        import signal
        for target in (-1, 0):
            try:
                os.kill(target, signal.SIGURG)
            except OSError:
                pass
        return "contained"
        """,
    ),
    attack(
        "tracing and foreign memory",
        """
        buffer = ctypes.create_string_buffer(64)
        vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 64)
        def read_init():
            code = libc.process_vm_readv(1, vector, 1, vector, 1, 0)
            if code < 0: raise OSError(ctypes.get_errno(), "")
            return code
        def ptrace(request, pid):
            if libc.ptrace(request, pid, 0, 0) < 0: raise OSError(ctypes.get_errno(), "")
            return "traced"
        return refused(read_init, lambda: ptrace(16, 1), lambda: ptrace(0x4206, 1), lambda: ptrace(0, 0),
                       lambda: open("/proc/self/mem", "rb"), lambda: open("/proc/1/mem", "rb"))
        """,
    ),
    attack(
        "mounts and roots",
        """
        def mount(source, target, kind, flags):
            if libc.mount(source, target, kind, flags, None) < 0: raise OSError(ctypes.get_errno(), "")
            return "mounted"
        return refused(lambda: mount(b"none", b"/tmp", b"tmpfs", 0), lambda: mount(b"proc", b"/tmp", b"proc", 0),
                       lambda: mount(b"/", b"/tmp", None, 4096), lambda: mount(None, b"/", None, 32 | 4096),
                       lambda: os.chroot("/tmp"), lambda: call(428, -100, 0, 0), lambda: call(430, 0, 0),
                       lambda: call(429, 0, 0))
        """,
    ),
    attack(
        "new namespaces",
        """
        fork_into = 56 if os.uname().machine == "x86_64" else 220
        def clone(flags):
            pid = call(fork_into, flags | 17, 0, 0, 0, 0)
            if pid == 0: os._exit(0)
            return pid
        def unshare(flags):
            if libc.unshare(flags) < 0: raise OSError(ctypes.get_errno(), "")
            return "unshared"
        flags = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
        return refused(*(lambda f=f: unshare(f) for f in flags), *(lambda f=f: clone(f) for f in flags),
                       lambda: call(435, 0, 0))
        """,
    ),
    attack(
        "other users",
        """
        return refused(*(lambda u=u: os.setuid(u) for u in (0, 1, 1000, 65534)),
                       *(lambda g=g: os.setgid(g) for g in (0, 1, 65534)), lambda: os.setgroups([0]),
                       lambda: os.chown("/tmp", 0, 0), lambda: os.setresuid(0, 0, 0))
        """,
    ),
    attack(
        "kernel subsystems",
        """
        x86 = os.uname().machine == "x86_64"
        numbers = {
            "keyctl": 250, "add_key": 248, "request_key": 249, "bpf": 321, "perf_event_open": 298,
            "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
            "memfd_create": 319, "memfd_secret": 447, "shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240,
            "kcmp": 312, "pidfd_getfd": 438, "fanotify_init": 300, "name_to_handle_at": 303, "setns": 308,
            "open_by_handle_at": 304, "seccomp": 317, "kexec_load": 246, "init_module": 175, "reboot": 169,
            "swapon": 167, "syslog": 103, "personality": 135, "modify_ldt": 154, "iopl": 172, "ioperm": 173,
            "vmsplice": 278, "quotactl": 179, "acct": 163, "lookup_dcookie": 212, "uselib": 134,
        }
        if not x86:
            numbers = {"keyctl": 219, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "memfd_create": 279,
                       "io_uring_setup": 425, "shmget": 194, "setns": 268, "personality": 92}
        for name, number in numbers.items():
            try:
                code = call(number, 0, 0, 0, 0, 0)
            except OSError as error:
                if error.errno not in (1, 38): return f"{name} was let through: {error}"
                continue
            return f"{name} gave {code}"
        return "contained"
        """,
    ),
    attack(
        "clocks and host names",
        """
        import socket, time
        return refused(lambda: time.clock_settime(time.CLOCK_REALTIME, 0), lambda: socket.sethostname("x"),
                       lambda: call(159 if os.uname().machine == "x86_64" else 171, 0))
        """,
    ),
    attack(
        "device nodes",
        """
        import stat
        return refused(lambda: os.mknod("/tmp/sda", stat.S_IFBLK | 0o600, os.makedev(8, 0)),
                       lambda: os.mknod("/tmp/mem", stat.S_IFCHR | 0o600, os.makedev(1, 1)))
        """,
    ),
    attack(
        "other programs",
        """
        import subprocess, sys
        open("run", "w").write("#!/bin/sh\\nexit 0\\n")
        os.chmod("run", 0o755)
        return refused(lambda: subprocess.run(["/bin/sh", "-c", "id"]), lambda: os.execv("./run", ["run"]),
                       lambda: os.execv("/lib64/ld-linux-x86-64.so.2", ["ld"]),
                       lambda: os.posix_spawn("./run", ["run"], {}))
        """,
    ),
    attack(
        "limits raised again",
        """
        import resource
        names = ("AS", "CPU", "FSIZE", "NPROC", "NOFILE", "CORE", "MEMLOCK", "MSGQUEUE")
        for name in names:
            which = getattr(resource, "RLIMIT_" + name)
            try:
                resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            except (ValueError, OSError):
                continue
            return f"raised {name}"
        return "contained"
        """,
    ),
    attack(
        "inherited descriptors and environment",
        """
        held = []
        for fd in range(4, 65536):
            try:
                os.fstat(fd)
            except OSError:
                continue
            held.append(fd)
        import sys
        got = (held, dict(os.environ), sys.argv)
        return "contained" if got == ([], {}, ["solution.py"]) else repr(got)
        """,
    ),
    attack(
        "32-bit calls",
        """
        import mmap
        code = bytes.fromhex("b814000000cd80c3")  # mov eax, 20 (getpid of the i386 table); int 0x80; ret
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(code)
        run = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
        return f"called {run()}"
        """,
        Verdict.runtime_error,
        message="SIGSYS",
        x86_only=True,
    ),
    attack("x32 calls", "return refused(lambda: call(0x40000000 + 39), lambda: call(0x40000000 + 321))", x86_only=True),
    attack(
        "terminal input",
        "import fcntl\nreturn refused(lambda: fcntl.ioctl(0, 0x5412, b'x'), lambda: fcntl.ioctl(1, 0x541C, b'x'))",
    ),
]
