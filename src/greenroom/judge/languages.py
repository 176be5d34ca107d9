"""The languages that programs may be written in, as far as this host has their tools.

Python needs nothing but Greenroom. The others are compiled in a sandbox of their own, which sees the compiler; what
comes out is run in another one, which sees no more than the program needs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from greenroom.bank.specs import Limits

Name = Literal["python", "c", "cpp", "java", "javascript", "go"]

CALLER = "GreenroomMain"
"""The class that calls a candidate's function in Java. It answers over a descriptor that Java has no name for."""

_VERSION_S = 20.0
_BESIDE = {"go": "/usr/local/go/bin/go"}
_CHECK_PYTHON = "import sys\nfor name in sys.argv[1:]:\n    compile(open(name, 'rb').read(), name, 'exec')"
_TOOLS = ("/usr", "/bin", "/lib", "/lib64", "/etc/alternatives")
_ENVIRONMENT: dict[str, str] = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "{scratch}",
    "TMPDIR": "{scratch}",
    "LANG": "C.UTF-8",
}

_STDIN_JS = ".greenroom-stdin.cjs"
_BESIDE_JAVASCRIPT = {_STDIN_JS: (Path(__file__).parent / "inside" / "stdin.cjs").read_bytes()}

# io_uring is refused in the sandbox anyway; OpenSSL's settings lie outside it, and Node ends when it may not read them.
_NODE_ENVIRONMENT = _ENVIRONMENT | {"UV_USE_IO_URING": "0", "OPENSSL_CONF": "/dev/null"}


@dataclass(frozen=True)
class Command:
    """A program with its arguments and environment; `{built}` and `{scratch}` in them are folders of the sandbox."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=lambda: _ENVIRONMENT)


@dataclass(frozen=True)
class Language:
    """A language that this host can compile and run.

    `tools` is what the compiler's sandbox sees of the host, `runtime` what the program's does; `tool` is the program
    that runs sources which are not compiled. `spread_mb` is the address space that a program takes without having used
    it, negative where it cannot be limited; `overhead_mb` what its runtime takes beside a heap as large as the limit;
    `threads` what it starts by itself. `exhausted` is what the
    runtime prints when memory has run out.
    """

    name: Name
    title: str
    suffixes: tuple[str, ...]
    tools: tuple[str, ...] = ()
    runtime: tuple[str, ...] = ()
    spread_mb: int = 64
    threads: int = 0
    open_files: int = 64
    exhausted: bytes = b""
    tool: str = ""
    overhead_mb: int = 0


SUFFIXES: dict[Name, tuple[str, ...]] = {
    "python": (".py", ".py3"),
    "c": (".c",),
    "cpp": (".cpp", ".cc", ".cxx", ".c++", ".C"),
    "java": (".java",),
    "javascript": (".js", ".mjs"),
    "go": (".go",),
}
TITLES: dict[Name, str] = {
    "python": "Python",
    "c": "C",
    "cpp": "C++",
    "java": "Java",
    "javascript": "JavaScript",
    "go": "Go",
}


def title_of(name: str | None) -> str:
    """What a language is called, also one that nothing here runs."""
    return {str(known): title for known, title in TITLES.items()}.get(str(name), name or "a language that is not known")


def named(name: str | None) -> Name:
    """The language that is called *name*; Python without one. Raises ValueError for a language that is not known."""
    found = next((known for known in SUFFIXES if known == (name or "python")), None)
    if found is None:
        raise ValueError(f"{name!r} is not a language that is known here")
    return found


def by_suffix(path: str) -> Name | None:
    """The language of a file by its name; None for one that is not known."""
    suffix = Path(path).suffix
    return next((name for name, suffixes in SUFFIXES.items() if suffix in suffixes), None)


@cache
def find(name: Name) -> Language | None:
    """The language as this host has it; None where its tools are missing."""
    return {"c": _c, "cpp": _cpp, "java": _java, "javascript": _javascript, "go": _go}.get(name, lambda: None)()


def has(name: str | None) -> bool:
    """Whether this host has the tools of the language called *name*, which is not Python."""
    known = next((one for one in TITLES if one == name), None)
    return known is not None and find(known) is not None


def available() -> list[Language]:
    """Every language but Python that this host has."""
    return [found for name in SUFFIXES if (found := find(name)) is not None]


def python(interpreter: str) -> Language:
    """Python as a program of its own, for sources of several files; a single one is run by a forked process instead."""
    seen = (interpreter,)
    return Language(
        "python", TITLES["python"], SUFFIXES["python"], seen, seen,
        spread_mb=128, exhausted=b"MemoryError", tool=interpreter,
    )  # fmt: skip


def scripts() -> Language | None:
    """A shell, for programs that come with scripts of their own. It passes for C, whose compiler it always sees."""
    shell = shutil.which("sh")
    return Language("c", "shell scripts", (), _TOOLS, _TOOLS, threads=16, tool=shell) if shell else None


def _c() -> Language | None:
    return _gcc("c", "gcc")


def _cpp() -> Language | None:
    return _gcc("cpp", "g++")


def _gcc(name: Name, tool: str) -> Language | None:
    if shutil.which(tool) is None:
        return None
    return Language(name, TITLES[name], SUFFIXES[name], _TOOLS, exhausted=b"std::bad_alloc")


def _java() -> Language | None:
    compiler = shutil.which("javac")
    if compiler is None:
        return None
    home = Path(os.path.realpath(compiler)).parent.parent
    if not (home / "bin" / "java").is_file():
        return None
    settings = sorted({str(path.resolve().parent) for path in (home / "conf").glob("*") if path.is_symlink()})
    settings += [str((home / "conf").resolve())] if (home / "conf").is_symlink() else []
    runtime = (str(home), *settings)
    return Language(
        "java", "Java", SUFFIXES["java"], (*_TOOLS, *runtime), runtime,
        spread_mb=-1, threads=64, open_files=256, exhausted=b"java.lang.OutOfMemoryError", overhead_mb=192,
    )  # fmt: skip


def _javascript() -> Language | None:
    node = shutil.which("node")
    if node is None:
        return None
    runtime = (os.path.realpath(node),)
    return Language(
        "javascript", "JavaScript", SUFFIXES["javascript"], runtime, runtime,
        spread_mb=-1, threads=32, open_files=256, exhausted=b"JavaScript heap out of memory", overhead_mb=128,
    )  # fmt: skip


def _go() -> Language | None:
    tool = _found("go")
    if tool is None:
        return None
    return Language(
        "go", "Go", SUFFIXES["go"], (*_TOOLS, _go_root(tool)), spread_mb=-1, threads=32, exhausted=b"out of memory"
    )


def _go_root(tool: str) -> str:
    """Where Go is, by where its *tool* is: it is asked, which takes a while, only where that is a wrapper."""
    root = Path(os.path.realpath(tool)).parent.parent
    return str(root) if (root / "pkg" / "tool").is_dir() else _said(tool, "env", "GOROOT")


def version(name: Name) -> str:
    """What the tools of a language say of their version: a process of the host is asked, which may take a second."""
    if name == "go":
        return _said(_found("go") or "go", "version").removeprefix("go version ")
    tool, *question = _QUESTIONS[name]
    said = _said(shutil.which(tool) or tool, *question)
    return said if name == "java" else f"{_CALLED.get(tool, tool)} {said}"


_CALLED = {"node": "Node"}
_QUESTIONS: dict[Name, tuple[str, str]] = {
    "c": ("gcc", "-dumpfullversion"),
    "cpp": ("g++", "-dumpfullversion"),
    "java": ("javac", "-version"),
    "javascript": ("node", "--version"),
}


def _said(*argv: str) -> str:
    """The first line that a tool of the host says of itself; empty when it does not answer."""
    try:
        done = subprocess.run(  # noqa: S603 (a tool of the host, asked for its version)
            argv, capture_output=True, timeout=_VERSION_S, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = (done.stdout or done.stderr).decode("utf-8", "replace").splitlines()
    return lines[0].strip() if lines else ""


OLDER: dict[str, tuple[str, ...]] = {"cpp": ("-std=gnu++14",)}
"""Standards that a language's sources may have been written for: `using namespace std` beside a `data` of their own,
say, is none of today's."""


def compilation(language: Language, names: Sequence[str], standard: str | None = None) -> Command:
    """What compiles the files *names*, which lie in `{scratch}`, into `{built}`; *standard* is one of `OLDER`."""
    files = tuple("{scratch}/" + name for name in names)
    if language.name in ("c", "cpp"):
        tool, today = ("gcc", "-std=gnu17") if language.name == "c" else ("g++", "-std=gnu++20")
        units = _sources(files, (*language.suffixes, ".c"))
        return Command((_tool(tool), "-O2", standard or today, "-pipe", "-o", "{built}/solution", *units, "-lm"))
    if language.name == "java":
        javac = os.path.realpath(_tool("javac"))
        limits = ("-J-Xmx512m", "-J-Xss64m", "-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1")
        argv = (javac, *limits, "-encoding", "UTF-8", "-nowarn", "-d", "{built}", *_sources(files, language.suffixes))
        return Command(argv, _java_environment(javac))
    if language.name == "javascript":
        return Command((os.path.realpath(_tool("node")), "--check", files[0]), _NODE_ENVIRONMENT)
    if language.name == "python":
        sources = tuple(one for one in files if one.endswith(language.suffixes) or "." not in Path(one).name)
        return Command((language.tool, "-I", "-S", "-B", "-c", _CHECK_PYTHON, *sources))
    environment = _ENVIRONMENT | {
        "GOCACHE": "{scratch}/cache", "GOPATH": "{scratch}/go", "GO111MODULE": "off", "CGO_ENABLED": "0",
        "GOMAXPROCS": "2", "GOROOT": _said(_tool("go"), "env", "GOROOT"),
    }  # fmt: skip
    argv = (_tool("go"), "build", "-o", "{built}/solution", *_sources(files, language.suffixes))
    return Command(argv, environment)


def _sources(files: Sequence[str], suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """Those of *files* that are compiled; what else lies beside them is there to be included or read."""
    return tuple(one for one in files if one.endswith(suffixes)) or tuple(files)


def start(
    language: Language, limits: Limits, names: Sequence[str], sources: Mapping[str, str], entry: str | None = None
) -> Command:
    """What runs the compiled program within *limits*. *entry* is the file or the class to begin with, where it is told.

    Raises LookupError for an *entry* that is not there, or a tool that is not any more.
    """
    if language.name == "java":
        java = str(Path(_tool("javac")).resolve().with_name("java"))
        memory = (f"-Xmx{limits.memory_mb}m", "-Xss64m", "-XX:+UseSerialGC", "-Xshare:auto", "-XX:-UsePerfData")
        opened = ("--add-opens=java.base/java.io=ALL-UNNAMED",) if entry == CALLER else ()
        argv = (java, *memory, *opened, "-Dfile.encoding=UTF-8", "-cp", "{built}", entry or main_class(names, sources))
        return Command(argv, _java_environment(java))
    if language.name == "javascript":
        node = os.path.realpath(_tool("node"))
        flags = (f"--max-old-space-size={limits.memory_mb}", "--stack-size=60000", "--require", "{built}/" + _STDIN_JS)
        return Command((node, *flags, "{built}/" + _first_file(language, names, entry)), _NODE_ENVIRONMENT)
    if language.name == "python":
        return Command((language.tool, "-E", "-s", "-B", "{built}/" + _first_file(language, names, entry)))
    return Command(("{built}/solution",))


def beside(language: Language) -> Mapping[str, bytes]:
    """Files of our own that lie beside a program's, for `start`."""
    return _BESIDE_JAVASCRIPT if language.name == "javascript" else {}


def _first_file(language: Language, names: Sequence[str], entry: str | None) -> str:
    """The file to begin with: *entry*, or the one called main, or the first source."""
    if entry is not None:
        found = [name for name in names if entry in (name, Path(name).stem)]
        if not found:
            raise LookupError(f"there is no {entry!r} to begin with")
        return found[0]
    sources = [name for name in names if name.endswith(language.suffixes)] or list(names)
    return next((name for name in sources if Path(name).stem.lower() in ("__main__", "main", "index")), sources[0])


def _java_environment(tool: str) -> dict[str, str]:
    """Java finds its libraries by /proc/self/exe; there is no /proc in the sandbox, so they are named."""
    home = Path(tool).parent.parent
    return _ENVIRONMENT | {"LD_LIBRARY_PATH": f"{home}/lib:{home}/lib/server", "JAVA_HOME": str(home)}


def _found(name: str) -> str | None:
    """Where the tool lies. Go's own instructions put it beside the path, for the shell's profile to add."""
    beside = _BESIDE.get(name)
    return shutil.which(name) or (beside if beside and os.access(beside, os.X_OK) else None)


def _tool(name: str) -> str:
    path = _found(name)
    if path is None:
        raise LookupError(f"{name} is not on this host any more")
    return path


_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.MULTILINE)
_CLASS = re.compile(r"^\s*(public\s+)?(?:(?:final|abstract|strictfp)\s+)*(?:class|enum|record|interface)\s+(\w+)", re.M)
_MAIN = re.compile(r"\bstatic\b[^;{]*\bvoid\s+main\s*\(")


def main_class(names: Sequence[str], sources: Mapping[str, str]) -> str:
    """The class to start: the one around the first `static void main`; `Main` when none is found."""
    for name in names:
        text = sources.get(name, "")
        main = _MAIN.search(text)
        if main is None:
            continue
        package = _PACKAGE.search(text)
        before = [found.group(2) for found in _CLASS.finditer(text, 0, main.start())]
        if before:
            return f"{package.group(1)}.{before[-1]}" if package else before[-1]
    return "Main"


def java_file(source: str) -> str:
    """The name that a Java source must have: that of its public class, else of the class with `main`, or the first."""
    public = next((found.group(2) for found in _CLASS.finditer(source) if found.group(1)), None)
    first = _CLASS.search(source)
    if public is None and first is not None and _MAIN.search(source) is None:
        public = first.group(2)
    return f"{public or main_class(['x'], {'x': source}).rpartition('.')[2]}.java"


def file_name(language: Name, source: str) -> str:
    """What a single source is called in the sandbox."""
    return java_file(source) if language == "java" else f"solution{SUFFIXES[language][0]}"
