"""A process that has everything loaded and forks sandboxes on request: none of them starts an interpreter of its own.

It is exec'd with an empty environment, keeps one thread, and never sees anything of a candidate's or of a pack's: a
request is one byte and the descriptor of the new sandbox's channel, over which the supervisor then speaks with the
child alone. The child goes behind its walls before it is given anything to run (`boot.become`).
"""

from __future__ import annotations

import array
import gc
import os
import signal
import socket
import sys

from . import boot, examinee, forking, init, libraries, pages, preloaded, template  # noqa: F401 (every sandbox finds it loaded)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

_FD = array.array("i").itemsize


def serve(control: int, environment: str, paths: Sequence[str]) -> NoReturn:
    """Fork a sandbox for each request on the SEQPACKET socket *control* until the supervisor is gone.

    Each has the libraries of *environment*, which lie at *paths*. The answer to a request is the child's PID in
    ASCII with a pidfd for it. An environment that is broken ends the zygote: a sandbox without one says why.
    """
    boot.empty_environment()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the supervisor, who ends us
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps; who wants to know of an end has a pidfd
    line = socket.socket(fileno=control)
    line.set_inheritable(False)
    forking.hold()
    preloaded.load()
    try:
        libraries.load(environment, paths)
    except libraries.BrokenError:
        os._exit(2)
    gc.collect()
    gc.freeze()
    sys._clear_type_cache()  # an entry that is replaced lets go of a name, which lies anywhere
    init.rehearse_case(0)
    if environment != "plain":
        pages.fill_holes()
        pages.collapse()
    here = os.getpid()
    while True:
        asked, ancillary, _, _ = line.recvmsg(1, socket.CMSG_SPACE(_FD))
        if not asked:
            os._exit(0)
        (channel,) = array.array("i", ancillary[0][2])
        pid = os.fork()
        if pid == 0:
            line.close()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            boot.become(channel, parent=here)
        os.close(channel)
        _answer(line, pid)


def _answer(line: socket.socket, pid: int) -> None:
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:  # it has ended already; the supervisor finds no descriptor
        line.send(b"0")
        return
    line.sendmsg([str(pid).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [pidfd]))])
    os.close(pidfd)
