"""What a candidate reads of an imported problem: its statement as Markdown, with the samples."""

from __future__ import annotations

import re
from collections.abc import Iterable

from greenroom.bank.kattis.cases import Case
from greenroom.bank.kattis.package import Package
from greenroom.bank.kattis.statements import statement_text
from greenroom.bank.source import PackError

_MOST_SHOWN = 4000

_COMMENT = re.compile(r"(?<!\\)%.*$", re.MULTILINE)
_ENVIRONMENT = re.compile(r"\\(begin|end)\{([a-z*]+)\}(?:\[[^\]]*\])?(?:\{[^}]*\})*")
_SECTION = re.compile(r"\\(?:sub)*section\*?\{([^{}]*)\}")
_ITEM = re.compile(r"^\s*\\item(?:\[([^\]]*)\])?\s*", re.MULTILINE)
_STYLED = re.compile(r"\\(textbf|textit|emph|texttt|textsc|underline|text|href|url)\{([^{}]*)\}(?:\{([^{}]*)\})?")
_GONE = re.compile(
    r"\\(?:problemname|label|vspace\*?|hspace\*?|illustration|includegraphics|centering|noindent|newpage|medskip|bigskip"
    r"|smallskip|setlength|nextsample|remainingsamples|caption|usepackage|defineproblem)\b\*?(?:\[[^\]]*\])?(?:\{[^{}]*\})*"
)
_MATHS = re.compile(r"(\$\$.*?\$\$|\$[^$]*\$|\\\[.*?\\\]|\\\(.*?\\\))", re.DOTALL)
_ESCAPED = re.compile(r"\\([%&#_{}$])")
_QUOTED = re.compile(r"(?<!`)``(?!`)")
_BLANKS = re.compile(r"\n{3,}")
_MARKS = {"textbf": "**", "textit": "*", "emph": "*", "texttt": "`"}
_SPECIAL = {
    "''": "”", "---": "—", "--": "–", "~": " ", "\\\\": "\n", "\\ldots": "…", "\\dots": "…", "\\ ": " ",
    "\\,": " ", "\\-": "",
}  # fmt: skip
_SYMBOLS = {
    "\\leq": "≤", "\\le": "≤", "\\geq": "≥", "\\ge": "≥", "\\neq": "≠", "\\ne": "≠", "\\times": "×", "\\cdot": "·",
    "\\ldots": "…", "\\dots": "…", "\\cdots": "…", "\\infty": "∞", "\\in": "∈", "\\rightarrow": "→", "\\to": "→",
    "\\sum": "∑", "\\pm": "±", "\\{": "{", "\\}": "}", "\\,": " ", "\\;": " ", "\\quad": " ", "\\left": "",
    "\\right": "",
    "\\mathrm": "", "\\text": "", "\\textit": "", "\\%": "%", "\\_": "_", "\\lfloor": "⌊", "\\rfloor": "⌋",
    "\\lceil": "⌈", "\\rceil": "⌉", "\\log": "log", "\\min": "min", "\\max": "max", "\\bmod": "mod", "\\approx": "≈",
}  # fmt: skip
_SUPERSCRIPT = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-ijkn", "₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₙ")


def prompt(package: Package) -> tuple[str, str | None]:
    """(Markdown, why the statement is not in it or None)."""
    text, why = _statement(package)
    parts = [text or f"The statement of “{package.title}” is not part of this pack.", *_samples(package)]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n", why


def _statement(package: Package) -> tuple[str, str | None]:
    for statement in package.statements:
        if statement.kind == "pdf":
            continue
        try:
            text = statement_text(package, statement)
        except PackError as error:
            return "", str(error)
        return (text if statement.kind == "md" else markdown_of_tex(text)), None
    return "", "the statement is a PDF, which is not shown" if package.statements else "there is no statement"


def _samples(package: Package) -> Iterable[str]:
    if package.sample is None:
        return
    for number, case in enumerate(package.sample.all_cases(), start=1):
        if case.interaction is not None and (package.interactive or package.multi_pass):
            yield f"### Sample interaction {number}\n\n{_fenced(case.interaction.read_bytes())}"
        if package.interactive or case.interaction is not None:
            continue
        yield f"### Sample input {number}\n\n{_fenced(case.shown_input.read_bytes())}"
        answer = _sample_answer(case)
        if answer:
            yield f"### Sample output {number}\n\n{_fenced(answer)}"
    for path in package.sample.interactions:
        yield f"### Sample interaction\n\n{_fenced(path.read_bytes())}"


def _sample_answer(case: Case) -> bytes:
    return case.shown_answer.read_bytes() if case.shown_answer is not None else b""


def _fenced(content: bytes) -> str:
    text = content[:_MOST_SHOWN].decode("utf-8", "replace").rstrip("\n")
    text += "\n…" if len(content) > _MOST_SHOWN else ""
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def markdown_of_tex(text: str) -> str:
    """The common markup of TeX statements as Markdown; what is not known stays as it is written."""
    text = _COMMENT.sub("", text.replace("\r\n", "\n"))
    pieces = _MATHS.split(text)
    done = "".join(_maths(piece) if place % 2 else _prose(piece) for place, piece in enumerate(pieces))
    # Four blanks at the beginning of a line would make it code.
    lines = "\n".join(line.strip() for line in done.split("\n"))
    return _BLANKS.sub("\n\n", lines).strip() + "\n"


def _prose(text: str) -> str:
    text = _SECTION.sub(r"\n\n## \1\n\n", _GONE.sub("", text))
    text = _ITEM.sub(lambda found: f"- {'**' + found[1] + '** ' if found[1] else ''}", text)
    text = _ENVIRONMENT.sub(lambda found: "\n```\n" if found[2].startswith("verbatim") else "\n\n", text)
    before = ""
    while before != text:
        before, text = text, _STYLED.sub(_styled, text)
    text = _QUOTED.sub("“", text)
    for written, meant in _SPECIAL.items():
        text = text.replace(written, meant)
    return _ESCAPED.sub(r"\1", text)


def _styled(found: re.Match[str]) -> str:
    name, inner, more = found[1], found[2], found[3]
    if name == "href":
        return f"{more or inner} ({inner})"
    mark = _MARKS.get(name, "")
    return f"{mark}{inner}{mark}" + (f"{{{more}}}" if more else "")


def _maths(text: str) -> str:
    """A formula in plain characters where it is a simple one, else as code, so that nothing of it is lost."""
    inner = text.strip("$").removeprefix("\\[").removesuffix("\\]").removeprefix("\\(").removesuffix("\\)").strip()
    for written in sorted(_SYMBOLS, key=len, reverse=True):
        inner = re.sub(re.escape(written) + r"(?![a-zA-Z])" if written[-1].isalpha() else re.escape(written),
                       _SYMBOLS[written], inner)  # fmt: skip
    inner = re.sub(r"\^\{?([0-9n+-]+)\}?", lambda found: found[1].translate(_SUPERSCRIPT), inner)
    inner = re.sub(r"_\{?([0-9ijkn+-]+)\}?", lambda found: found[1].translate(_SUBSCRIPT), inner)
    inner = " ".join(inner.split())
    if not inner:
        return ""
    plain = not re.search(r"[\\{}^_*`]", inner)
    return inner if plain and len(inner) < 80 else f"`{inner}`"
