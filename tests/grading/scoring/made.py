"""Made-up labelled answers: questions of which each has right, wrong and contradicting ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FACTS = (
    ("Why does ice float on water?", "Ice is less dense than water.", "Ice is denser than water."),
    ("What does a cache do?", "A cache keeps copies so that repeated reads are faster.", "A cache makes reads slower."),
    ("Why do leaves look green?", "Chlorophyll reflects green light.", "Chlorophyll absorbs green light."),
    ("What is an index for?", "An index lets the database find rows without a full scan.", "An index slows finding."),
    ("Why do we see lightning first?", "Light travels faster than sound.", "Sound travels faster than light."),
    ("What is a queue?", "The first element that goes in comes out first.", "The last element in comes out first."),
    ("What does TCP promise?", "TCP delivers bytes in order without loss.", "TCP delivers bytes out of order."),
    ("Why does a lamp go out?", "The circuit has a gap, so no current flows.", "The circuit has no gap at all."),
)
_OTHER = (
    "I do not know.", "Because of the weather on that day.", "My teacher said so in class.", "It has a nice colour.",
)  # fmt: skip


def rows(scored: bool = False, top: float = 5.0) -> list[dict[str, Any]]:
    """Twelve answers to each of eight questions, with labels, or with scores up to *top*."""
    found = []
    for number, (question, right, against) in enumerate(_FACTS):
        short = " ".join(right.rstrip(".").split()[:4])
        answers = [
            (right, "correct", 1.0),
            (right.lower(), "correct", 1.0),
            (f"I think {right.lower()}", "correct", 1.0),
        ]
        answers += [
            (f"Well, {right}", "correct", 0.9),
            (f"{right} That is why.", "correct", 0.9),
            (short, "incorrect", 0.5),
        ]
        answers += [(against, "contradictory", 0.1), (f"I think {against.lower()}", "contradictory", 0.1)]
        answers += [(one, "incorrect", 0.0) for one in _OTHER]
        for text, label, mark in answers:
            row = {"question_id": f"q{number}", "question": question, "references": [right], "answer": text}
            found.append(row | ({"score": mark * top} if scored else {"label": label}))
    return found


def write(path: Path, chosen: list[dict[str, Any]]) -> Path:
    """*chosen* as JSON lines."""
    path.write_text("".join(json.dumps(one) + "\n" for one in chosen), encoding="utf-8")
    return path
