"""The child that runs one case: the candidate's code and this thin agent, and nothing else.

The agent speaks once, over the result descriptor: one letter and its content.

    V value             the function returned; the content is the encoded value
    U text              it returned something that is not plain data
    E {type, text, line, memory}    the candidate's code raised
    C {type, text, line}            the source cannot be compiled, or lacks the entry (asked for before any case)

Nothing that is said here is believed: the candidate's code shares the process and can say the same. A program says
nothing unless it fails; its stdout is the answer.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import sys
from types import ModuleType

from . import forking, frames, values
from .terms import SOURCE_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, NoReturn

_TEXT = 2000
_STREAMS = (
    ("stdin", 0, "rb", "surrogateescape"),
    ("stdout", 1, "wb", "surrogateescape"),
    ("stderr", 2, "wb", "backslashreplace"),
)
_ballast = [bytearray(1 << 20)]  # given back when memory has run out, so that there is enough left to say so


_own_pid = 0


REHEARSAL = {"op": "case", "form": "function", "entry": "solve"}
"""The head of a case that is nobody's."""

_SOURCE, _ARGUMENTS = b"def solve(number):\n    return number\n", b"[1]"


def rehearse(given: int, giver: int, result: int) -> None:
    """Do what every case does, once, while none is there: the memory that it touches is then this process's own.

    After a fork the first touch of a page costs more than all the work that is done there. *giver* leads to *given*.
    """
    global _own_pid  # noqa: PLW0603 (as in `run`)
    _own_pid = os.getpid()
    deepest = sys.getrecursionlimit()
    os.write(giver, frames.pair(_SOURCE, _ARGUMENTS))
    try:
        _examine(REHEARSAL, given, result)
    finally:
        sys.setrecursionlimit(deepest)
        sys.modules.pop("solution", None)


def run(job: dict[str, Any], given: int, result: int) -> NoReturn:
    """Run the case and end the process. *given* is where source and arguments come from, *result* where to answer."""
    global _own_pid  # noqa: PLW0603 (set once, in the one process that runs this)
    _own_pid = os.getpid()
    code = 1
    try:
        if job["form"] == "lab":
            from .labs import agent  # loaded with the libraries, where a lab can be

            agent.run(job, given)
        forking.release()
        code = _examine(job, given, result)
    finally:
        os._exit(code)


def _examine(job: dict[str, Any], given: int, result: int) -> int:
    """Run the source that *given* brings on the arguments behind it; the exit code."""
    written, body = frames.read_pair(given)
    os.close(given)
    source = written.decode("utf-8", "surrogatepass")
    builtins.exit = builtins.quit = sys.exit  # type: ignore[assignment]  # what `site` would have made
    sys.argv = [SOURCE_NAME, *job.get("args", ())]
    if job["form"] == "check":
        return _check(job["entry"], source, result)
    if job["form"] == "function":
        return _function(job["entry"], source, body, result)
    return _program(source, result)


def have_streams() -> None:
    """Make Python's streams, in UTF-8 whatever the locale, for the examinees that are forked from this process.

    They stand on descriptors 0 to 2, which are pipes in each case: so they must be when a stream asks what it is.
    """
    for target, end in enumerate(os.pipe()):
        os.dup2(end, target)
        os.close(end)
    for name, fd, mode, errors in _STREAMS:
        binary = open(fd, mode, closefd=False)  # noqa: SIM115 (open as long as the process lives)
        stream = io.TextIOWrapper(binary, encoding="utf-8", errors=errors, line_buffering=name == "stderr")
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _check(entry: str | None, source: str, result: int) -> int:
    """Whether there is anything to run: a function needs its *entry*, a program (None) only compiles.

    There is no argument of any case in this process, so what is said here may be shown.
    """
    try:
        if entry is None:
            _compiled(source)
        else:
            _loaded(entry, source)
    except _SourceError as error:
        _say(result, b"C", error.detail)
        return 1
    return 0


def _loaded(entry: str, source: str) -> Any:
    module = ModuleType("solution")
    sys.modules["solution"] = module
    exec(_compiled(source), module.__dict__)
    function = module.__dict__.get(entry)
    if not callable(function):
        raise _SourceError({"type": "NameError", "text": f"there is no function {entry}", "line": None})
    return function


def _function(entry: str, source: str, body: bytes, result: int) -> int:
    arguments = values.decode(body)
    try:
        value = _loaded(entry, source)(*arguments)
        sys.stdout.flush()
    except _SourceError as error:
        _say(result, b"C", error.detail)
        return 1
    except BaseException as error:
        _say(result, b"E", _detail(error))
        return 1
    return _answer(value, result)


def _answer(value: object, result: int) -> int:
    sys.setrecursionlimit(5000)
    try:
        data = values.encode(value)
    except values.NotPlainError as error:
        _send(result, b"U", str(error).encode("utf-8", "backslashreplace"))
        return 1
    except BaseException as error:
        _say(result, b"E", _detail(error))
        return 1
    _send(result, b"V", data)
    return 0


def _program(source: str, result: int) -> int:
    module = ModuleType("__main__")
    module.__dict__["__file__"] = SOURCE_NAME
    sys.modules["__main__"] = module
    code = 0
    try:
        exec(_compiled(source), module.__dict__)
    except _SourceError as error:
        _say(result, b"C", error.detail)
        return 1
    except SystemExit as leaving:
        code = _exit_code(leaving)
    except BaseException as error:
        _say(result, b"E", _detail(error))
        code = 1
    return _wind_up(result) or code


def _wind_up(result: int) -> int:
    """What the interpreter does at its end: wait for threads, call what was registered, write what is buffered."""
    try:
        threading = sys.modules.get("threading")
        if threading is not None:
            threading._shutdown()
        atexit = sys.modules.get("atexit")
        if atexit is not None:
            atexit._run_exitfuncs()
        sys.stdout.flush()
    except BaseException as error:
        _say(result, b"E", _detail(error))
        return 1
    return 0


def _exit_code(leaving: SystemExit) -> int:
    code = leaving.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


class _SourceError(Exception):
    def __init__(self, detail: dict[str, Any]) -> None:
        super().__init__()
        self.detail = detail


def _compiled(source: str) -> Any:
    try:
        return compile(source, SOURCE_NAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise _SourceError({"type": type(error).__name__, "text": str(error.msg), "line": error.lineno}) from None
    except (ValueError, RecursionError) as error:  # a null byte; an expression that is nested too deeply
        raise _SourceError({"type": type(error).__name__, "text": str(error), "line": None}) from None
    except (MemoryError, SystemError):  # the parser says so too when its own stack is full, with memory left
        _ballast.clear()
        text = "nested too deeply, or too long, to be compiled"
        raise _SourceError({"type": "SyntaxError", "text": text, "line": None}) from None


def _detail(error: BaseException) -> dict[str, Any]:
    """The exception as plain data, with the last line of the candidate's own code that it passed."""
    _ballast.clear()
    try:
        text = str(error)[:_TEXT]
    except BaseException:
        text = ""
    return {
        "type": values.type_name(error),
        "text": text,
        "line": _own_line(error.__traceback__),
        "memory": isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM),
    }


def _own_line(traceback: TracebackType | None) -> int | None:
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == SOURCE_NAME:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def _say(result: int, letter: bytes, detail: dict[str, Any]) -> None:
    _send(result, letter, json.dumps(detail).encode("ascii"))


def _send(result: int, letter: bytes, content: bytes) -> None:
    view = memoryview(letter + content)
    while view and os.getpid() == _own_pid:  # a process that the candidate has forked does not answer for this one
        view = view[os.write(result, view) :]
