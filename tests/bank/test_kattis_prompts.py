"""Statements as a candidate reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.bank.kattis.prompts import markdown_of_tex


@pytest.mark.parametrize(
    ("tex", "markdown"),
    [
        ("\\problemname{Sums}\nAdd.", "Add.\n"),
        ("One.\n\n\\section*{Input}\nA line.", "One.\n\n## Input\n\nA line.\n"),
        ("\\begin{itemize}\n  \\item one\n\\item two\n\\end{itemize}", "- one\n- two\n"),
        ("a \\textbf{bold} and \\emph{soft} \\texttt{word}", "a **bold** and *soft* `word`\n"),
        ("``quoted'' -- well~done", "“quoted” – well done\n"),
        ("$1 \\leq n \\le 10^5$", "1 ≤ n ≤ 10⁵\n"),
        ("$a_1, a_2, \\ldots, a_n$", "a₁, a₂, …, aₙ\n"),
        ("$\\frac{a}{b}$", "`\\frac{a}{b}`\n"),
        ("5 \\% % a comment\nof it", "5 %\nof it\n"),
        ("costs \\$5", "costs $5\n"),
        ("\\begin{verbatim}\nx\n\\end{verbatim}", "```\n\nx\n\n```\n"),
        ("\\includegraphics[width=3cm]{image.png}Text", "Text\n"),
        ("\\href{https://example.org}{here}", "here (https://example.org)\n"),
    ],
)
def test_common_markup(tex: str, markdown: str) -> None:
    assert markdown_of_tex(tex) == markdown


@given(st.text(alphabet="ab \\{}$%_^[]()~`'-\n", max_size=200))
def test_anything_is_taken(text: str) -> None:
    assert markdown_of_tex(text).endswith("\n")
