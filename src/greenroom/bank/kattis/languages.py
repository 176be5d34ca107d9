"""The programming languages of the formats, and the language that a program's files are written in.

The names are the codes of the formats' languages table, but that Python 3 is called `python`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

PYTHON, PYTHON_2 = "python", "python2"

ANSWERS = "answers"
"""What a submission is in that is no program: the files that answer the cases of a submit-answer problem."""

# Suffixes that the table gives in parentheses decide nothing and are left out; `.mjs` and `.sc` are seen in archives.
_SUFFIXES: dict[str, str] = {
    "ada": ".adb .ads", "algol68": ".a68", "apl": ".apl", "bash": ".sh", "c": ".c", "cobol": ".cob",
    "cpp": ".cc .cpp .cxx .c++ .C", "crystal": ".cr", "csharp": ".cs", "d": ".d", "dart": ".dart", "elixir": ".ex",
    "erlang": ".erl", "forth": ".fth .4th .forth .frt", "fortran": ".f90", "fsharp": ".fs", "gerbil": ".ss",
    "go": ".go", "haskell": ".hs", "java": ".java", "javascript": ".js .mjs", "julia": ".jl", "kotlin": ".kt",
    "lisp": ".lisp .cl", "lua": ".lua", "modula2": ".mod .def", "nim": ".nim", "objectivec": ".m", "ocaml": ".ml",
    "odin": ".odin", "pascal": ".pas", "perl": ".pm", "php": ".php", "prolog": ".pl", PYTHON: ".py .py3",
    PYTHON_2: ".py2", "racket": ".rkt", "ruby": ".rb", "rust": ".rs", "scala": ".scala .sc", "simula": ".sim",
    "smalltalk": ".st", "snobol": ".sno", "swift": ".swift", "typescript": ".ts", "visualbasic": ".vb", "zig": ".zig",
}  # fmt: skip
_BY_SUFFIX = {suffix: name for name, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}

# Codes without suffixes of their own, and what the table calls Python 3.
_BY_CODE = {name: name for name in _SUFFIXES} | {
    "python3": PYTHON, "python3numpy": "python3numpy", "cgmp": "cgmp", "cppgmp": "cppgmp", "javaalgs4": "javaalgs4",
    "octave": "octave",
}  # fmt: skip

HEADERS = (".h", ".hh", ".hpp", ".hxx", ".h++", ".inc")

_SHEBANGS = ((PYTHON_2, re.compile(rb"^#!.*python2")), (PYTHON, re.compile(rb"^#!.*python")))
_SHELL = re.compile(rb"^#!.*\b(?:ba|da|z|k)?sh\b")


def by_code(code: str) -> str | None:
    """The language that the formats call *code*; None for one that is not in their table."""
    return _BY_CODE.get(code)


def by_suffix(name: str) -> str | None:
    """The language that a file's *name* tells of; None where it tells of none. `.C` is C++, `.CPP` is too."""
    suffix = Path(name).suffix
    return _BY_SUFFIX.get(suffix) or _BY_SUFFIX.get(suffix.lower())


def most_of(found: Counter[str]) -> set[str]:
    """The language that most files are in, by which the reference tool decides; all that share the first place.

    C beside C++ is C++, whose compiler takes both.
    """
    if "cpp" in found and "c" in found:
        found = Counter({name: count for name, count in found.items() if name != "c"}) + Counter(cpp=found["c"])
    return {name for name, count in found.items() if count == max(found.values())}


def languages_of(files: Sequence[Path], first_line: Callable[[Path], bytes], *, shebangs: bool) -> Counter[str]:
    """The languages that the files of one program are written in, exactly one where it is well formed, by file.

    With *shebangs* (the legacy format) the first line of a `.py` file tells Python 2 from 3. A file without a suffix
    is known by its first line in either format.
    """
    found: Counter[str] = Counter()
    undecided = 0
    for path in files:
        language = by_suffix(path.name)
        if language == PYTHON and shebangs and path.suffix.lower() == ".py":
            told = _told(first_line(path))
            language = told if told in {PYTHON, PYTHON_2} else None
            undecided += language is None
        elif language is None and not path.suffix and path.name not in {"build", "run"}:
            language = _told(first_line(path))
        if language is not None:
            found[language] += 1
    if undecided:
        found[PYTHON_2 if PYTHON_2 in found else PYTHON] += undecided
    return found


def _told(line: bytes) -> str | None:
    for language, pattern in _SHEBANGS:
        if pattern.search(line):
            return language
    return "bash" if _SHELL.search(line) else None
