"""Statements of the problem: which files they are, and their text."""

from __future__ import annotations

import re
from pathlib import Path

from greenroom.bank.kattis.constants import substitute
from greenroom.bank.kattis.files import Files
from greenroom.bank.kattis.package import Format, Package, Statement, StatementKind
from greenroom.bank.source import PackError, Problem

FOLDERS: dict[Format, tuple[str, str]] = {
    "legacy": ("problem_statement", "statement"),
    "2025-09": ("statement", "problem_statement"),
}
_NAME = re.compile(r"problem(?:\.([a-z]{2,3}(?:-[A-Z]{2})?))?\.(md|tex|pdf)")
_KINDS: dict[str, StatementKind] = {"md": "md", "tex": "tex", "pdf": "pdf"}


def read_statements(files: Files, format_: Format) -> tuple[tuple[Statement, ...], tuple[Path, ...]]:
    """The statements, the one to show first, and the other files of their folder: images and parts of them.

    English comes first, then other languages by their codes; Markdown before TeX before PDF. A package that keeps its
    statements in the other format's folder is read from there; DOMjudge's `problem.pdf` beside `problem.yaml` counts.
    """
    own, other = FOLDERS[format_]
    folder = files.root / own
    if not files.entries(folder) and files.entries(files.root / other):
        folder = files.root / other
        files.leave_out(folder, f"is read in place of {own}/, which this format calls for", f"rename it to {own}")
    statements: list[Statement] = []
    others: list[Path] = []
    for path in files.below(folder):
        statement = _statement(path) if path.parent == folder else None
        if statement is None:
            others.append(path)
        else:
            statements.append(statement)
    if not statements and files.is_file(files.root / "problem.pdf"):
        statements.append(Statement(files.root / "problem.pdf", "en", "pdf"))
    if not statements:
        files.leave_out(folder, "there is no statement", f"add {own}/problem.en.tex")
    for path in others:
        if path.parent == folder and re.fullmatch(r"problem\..*(md|tex|pdf|html|txt)", path.name):
            files.leave_out(path, "is no statement that can be read", "call it problem.<language>.<md, tex or pdf>")
    return tuple(sorted(statements, key=_rank)), tuple(others)


def statement_text(package: Package, statement: Statement) -> str:
    """The text of a Markdown or TeX statement, constants put into Markdown; raises PackError for PDF and above 1 MB.

    Newlines are `\\n`; bytes that are not UTF-8 are replaced.
    """
    files = Files(package.folder)
    if statement.kind == "pdf":
        raise PackError([Problem(files.shown(statement.path), "a PDF has no text to read", "read its file")])
    try:
        too_large = len(files.head(statement.path)) < statement.path.stat().st_size
    except OSError:
        too_large = False
    if files.problems or too_large:
        large = Problem(files.shown(statement.path), "is too large to show", "shorten it")
        raise PackError(files.problems or [large])
    text = files.text(statement.path)
    return substitute(text, package.constants) if statement.kind == "md" else text


def _statement(path: Path) -> Statement | None:
    found = _NAME.fullmatch(path.name)
    return Statement(path, found[1] or "en", _KINDS[found[2]]) if found else None


def _rank(statement: Statement) -> tuple[bool, str, int, str]:
    base = statement.language.split("-")[0]
    return base != "en", statement.language, list(_KINDS).index(statement.kind), statement.path.name
