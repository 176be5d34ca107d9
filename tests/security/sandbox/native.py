"""Attacks in C: compiled code may make any system call, and it may run programs, where Python's sandbox may not.

Each prints `contained` when it got nothing, else what it got.
"""

from __future__ import annotations

from textwrap import dedent, indent

from tests.security.sandbox.attacks import Attack

from greenroom.judge.results import Verdict

_HEAD = """\
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int got_any = 0;
static void want_refused(const char *what, long code) {
    if (code >= 0) { printf("got %s\\n", what); got_any = 1; }
}
"""


def native(name: str, body: str, *verdicts: Verdict, message: str = "", wall_s: float = 20.0) -> Attack:
    """An attack whose `main` has *body*; by default it must print `contained`."""
    text = indent(dedent(body).strip(), "    ")
    tail = '    if (!got_any) puts("contained");\n    return 0;\n'
    source = f"{_HEAD}\nint main(int argc, char **argv) {{\n{text}\n{tail}}}\n"
    return Attack(name, source, verdicts or (Verdict.accepted,), message, False, wall_s)


CALLS = [
    native(
        "sockets of every family",
        """
        for (int family = 1; family < 46; family++)
            for (int kind = 1; kind <= 5; kind++) want_refused("a socket", socket(family, kind, 0));
        """,
    ),
    native(
        "namespaces and mounts",
        """
        want_refused("unshare user", unshare(CLONE_NEWUSER));
        want_refused("unshare net", unshare(CLONE_NEWNET));
        want_refused("mount", mount("none", "/tmp", "tmpfs", 0, ""));
        want_refused("umount", umount2("/tmp", MNT_DETACH));
        want_refused("chroot", chroot("/tmp"));
        want_refused("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
        want_refused("clone", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
        want_refused("clone3", syscall(435, 0, 0));
        want_refused("open_tree", syscall(428, -100, "/", 1));
        want_refused("fsopen", syscall(430, "tmpfs", 0));
        want_refused("setns", syscall(SYS_setns, 0, 0));
        """,
    ),
    native(
        "kernel subsystems",
        """
        want_refused("keyctl", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1));
        want_refused("add_key", syscall(SYS_add_key, "user", "x", "y", 1, KEY_SPEC_PROCESS_KEYRING));
        want_refused("bpf", syscall(SYS_bpf, 0, 0, 0));
        want_refused("io_uring", syscall(425, 8, 0));
        want_refused("userfaultfd", syscall(SYS_userfaultfd, 0));
        want_refused("perf", syscall(SYS_perf_event_open, 0, 0, -1, -1, 0));
        want_refused("memfd", syscall(SYS_memfd_create, "x", 0));
        want_refused("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
        want_refused("kexec", syscall(SYS_kexec_load, 0, 0, 0, 0));
        want_refused("module", syscall(SYS_init_module, 0, 0, ""));
        want_refused("shmget", syscall(SYS_shmget, 0, 4096, 0600 | 01000));
        want_refused("sethostname", syscall(SYS_sethostname, "x", 1));
        want_refused("handle", syscall(SYS_open_by_handle_at, 0, 0, 0));
        """,
    ),
    native(
        "becoming somebody else",
        """
        want_refused("root", setuid(0));
        want_refused("group", setgid(0));
        want_refused("uid 1", setresuid(1, 1, 1));
        want_refused("chown", chown("/tmp", 0, 0));
        want_refused("nice", syscall(SYS_setpriority, 0, 0, -20));
        """,
    ),
    native(
        "other processes",
        """
        for (int pid = 1; pid < 400; pid++)
            if (pid != getpid() && pid != getppid()) want_refused("a signal", kill(pid, SIGCONT));
        struct iovec here = {malloc(64), 64}, there = {(void *)0x400000, 64};
        want_refused("memory of init", syscall(SYS_process_vm_readv, getppid(), &here, 1, &there, 1, 0));
        want_refused("pidfd", syscall(438, getppid(), 0, 0));
        kill(getppid(), SIGSTOP);
        kill(getppid(), SIGKILL);
        """,
    ),
    native(
        "files of the host",
        """
        const char *paths[] = {"/etc/passwd", "/etc/shadow", "/home", "/root/.profile", "/var", "/proc", "/sys",
                               "/dev/kmsg", "/dev/mem", "/dev/shm", "/dev/tty", "/usr/bin/env",
                               "/bin/sh", "../../etc/passwd"};
        for (unsigned at = 0; at < sizeof paths / sizeof *paths; at++)
            want_refused(paths[at], open(paths[at], O_RDONLY));
        want_refused("a link", symlink("/etc/passwd", "/tmp/link") == 0 ? open("/tmp/link", O_RDONLY) : -1);
        """,
    ),
    native(
        "running other programs",
        """
        const char *programs[] = {"/bin/sh", "/usr/bin/env", "/usr/bin/python3", "/tmp/copy"};
        int from = open(argv[0], O_RDONLY), to = open("/tmp/copy", O_WRONLY | O_CREAT, 0755);
        char page[4096];
        for (long count; (count = read(from, page, sizeof page)) > 0;) if (write(to, page, count) < 0) break;
        close(to);
        for (int at = 0; at < 3; at++) {
            pid_t child = fork();
            if (child == 0) { execl(programs[at], programs[at], (char *)0); _exit(99); }
            int status;
            waitpid(child, &status, 0);
            want_refused(programs[at], WIFEXITED(status) && WEXITSTATUS(status) == 99 ? -1 : 0);
        }
        char *again[] = {"/tmp/copy", "again", 0};
        want_refused("a copy in /tmp", argc == 1 ? execv("/tmp/copy", again) : 0);
        """,
    ),
    native(
        "its own program",
        """
        char other[300];
        snprintf(other, sizeof other, "%s.x", argv[0]);
        want_refused("writing", open(argv[0], O_WRONLY));
        want_refused("truncating", truncate(argv[0], 0));
        want_refused("unlinking", unlink(argv[0]));
        want_refused("renaming", rename(argv[0], other));
        want_refused("a file beside it", open(other, O_WRONLY | O_CREAT, 0755));
        want_refused("a link beside it", symlink("/tmp", other));
        """,
    ),
]

TAKING = [
    native("memory", "for (;;) { char *p = malloc(1 << 20); if (!p) abort(); memset(p, 1, 1 << 20); }",
           Verdict.memory_limit, Verdict.runtime_error),
    native("shared memory", """
           char *p = mmap(0, 1L << 30, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
           if (p == MAP_FAILED) abort();
           memset(p, 1, 1L << 30);
           """, Verdict.memory_limit, Verdict.runtime_error),
    # What the kernel keeps of dead processes for a moment counts as memory, where a cgroup counts it.
    native("a fork bomb", "for (;;) fork();",
           Verdict.time_limit, Verdict.runtime_error, Verdict.memory_limit, wall_s=2),
    native("itself, again and again", 'for (;;) { fork(); if (fork() == 0) execv(argv[0], argv); }',
           Verdict.time_limit, Verdict.runtime_error, Verdict.memory_limit, wall_s=2),
    native("output", 'for (;;) puts("more and more and more");', Verdict.output_limit),
    native("disk", """
           int fd = open("/tmp/big", O_WRONLY | O_CREAT, 0600); char page[65536] = {1};
           signal(SIGXFSZ, SIG_IGN);
           for (long total = 0;; total += sizeof page)
               if (write(fd, page, sizeof page) < 0) { want_refused("all the disk", total > 16 << 20 ? 0 : -1); break; }
           """),
    native("sleep", "for (;;) pause();", Verdict.time_limit, wall_s=1),
    native("deafness", "for (int s = 1; s < 65; s++) signal(s, SIG_IGN);\nfor (;;) pause();",
           Verdict.time_limit, wall_s=1),
    native("stopping itself", "kill(getpid(), SIGSTOP); for (;;) pause();", Verdict.time_limit, wall_s=1),
    native("daemons", """
           for (int at = 0; at < 4; at++)
               if (fork() == 0) { setsid(); if (fork() == 0) for (;;) pause(); _exit(0); }
           """),
    native("the stack", "char deep[1 << 20]; deep[0] = 1; return main(deep[0], argv) + deep[argc & 1];",
           Verdict.runtime_error, Verdict.memory_limit),
    native("early leave", "_exit(0);", Verdict.wrong_answer),
]  # fmt: skip

UNCOMPILED = {
    "including a secret": '#include "/etc/passwd"\nint main(void){return 0;}\n',
    "embedding a secret": '__asm__(".incbin \\"/etc/shadow\\"");\nint main(void){return 0;}\n',
    "including a device": '#include "/dev/zero"\nint main(void){return 0;}\n',
    "including itself": '#include "/tmp/solution.c"\nint main(void){return 0;}\n',
    "a program that is too large": "char big[1 << 28] = {1};\nint main(void){return big[5];}\n",
    "not C at all": "{{{{{{{{",
    "nothing": "",
}
"""Sources that do not come to be run."""
