"""Labelled answers from files: JSON lines or CSV, one row an answer, each checked on its own.

Columns: `question_id` (text), `question` (text), `references` (at least one text), `answer` (text, may be empty), and
`label` (text) or `score` (number) or both. Optional: `domain` (text), what questions are about. In CSV, `references` is
one text or a JSON list of texts. Other columns are not read and are named in the report.
"""

from __future__ import annotations

import ast
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
    model_validator,
)

from greenroom.grading.scoring import labels
from greenroom.kernel.errors import InputError

LONGEST = 100_000
"""Characters; longer texts are no short answers."""
LARGEST = 1_000_000
"""Scores lie between this and its negative: a larger one is a slip, and would be the whole file's scale."""
_COLUMNS = "question_id, question, references, answer, and label or score"


def _text(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return str(value)


def _references(value: Any) -> Any:
    if isinstance(value, str):
        value = _listed(value)
    return [one for one in value if not isinstance(one, str) or one.strip()] if isinstance(value, list) else value


def _listed(text: str) -> list[Any]:
    """A list that stands in one cell, as JSON or as Python writes it; else the text itself is the only one."""
    if text.lstrip().startswith("["):
        for read in (json.loads, ast.literal_eval):
            try:
                found = read(text)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            if isinstance(found, list):
                return found
    return [text]


def _optional(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _encodable(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair, which is no character") from None
    return value


_Text = Annotated[str, BeforeValidator(_text), Field(max_length=LONGEST), AfterValidator(_encodable)]
_Score = Annotated[FiniteFloat, Field(ge=-LARGEST, le=LARGEST)]


class LabelledAnswer(BaseModel):
    """One answer beside its question and references, with its label, its score, or both.

    `label` is kept as `labels.normal` writes it; `score` is finite, and at most a million either way.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    question_id: Annotated[_Text, Field(min_length=1)]
    question: _Text
    references: Annotated[tuple[_Text, ...], BeforeValidator(_references), Field(min_length=1, max_length=200)]
    answer: _Text
    label: Annotated[_Text | None, BeforeValidator(_optional)] = None
    score: Annotated[_Score | None, BeforeValidator(_optional)] = None
    domain: Annotated[_Text | None, BeforeValidator(_optional)] = None

    @model_validator(mode="before")
    @classmethod
    def _no_truth_values(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("score"), bool):
            raise ValueError("score is no number")
        return data

    @model_validator(mode="after")
    def _is_marked(self) -> LabelledAnswer:
        if self.label is None and self.score is None:
            raise ValueError("neither label nor score")
        return self

    @property
    def normal_label(self) -> str | None:
        """The label in lower case with `_` between its words; None when there is only a score."""
        return labels.normal(self.label) if self.label is not None else None

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same question as another row's: its id and its words, since ids of sets overlap."""
        return self.question_id, " ".join(self.question.lower().split())


@dataclass(frozen=True)
class Rejected:
    """A row that is not used, by its line in the file, and why."""

    line: int
    reason: str

    def as_json(self) -> dict[str, Any]:
        """`{line, reason}`."""
        return {"line": self.line, "reason": self.reason}


@dataclass
class AnswerFile:
    """What a file holds: usable rows in order, and what was rejected, duplicated or not read."""

    path: str
    answers: list[LabelledAnswer] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    ignored_columns: set[str] = field(default_factory=set)

    def as_json(self) -> dict[str, Any]:
        """Sizes and problems as plain JSON; at most 20 rejected rows are spelt out."""
        marked = Counter((one.key, one.answer) for one in self.answers)
        return {
            "path": self.path,
            "answers": len(self.answers),
            "questions": len({one.question_id for one in self.answers}),
            "labels": dict(Counter(one.label for one in self.answers if one.label is not None)),
            "unknown_labels": sorted(
                {one.label for one in self.answers if one.label and not labels.is_known(labels.normal(one.label))}
            ),
            "scores": sum(one.score is not None for one in self.answers),
            "repeated": sum(count - 1 for count in marked.values()),
            "rejected": len(self.rejected),
            "rejected_rows": [one.as_json() for one in self.rejected[:20]],
            "ignored_columns": sorted(self.ignored_columns),
        }


def read_answers(path: Path) -> AnswerFile:
    """The labelled answers in *path* (`.csv`, else JSON lines).

    Raises InputError when the file cannot be read or has no usable row.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", mend="name a file of labelled answers") from None
    found = AnswerFile(str(path))
    for line, row in _csv_rows(content, found) if path.suffix.lower() == ".csv" else _json_rows(content, found):
        found.ignored_columns.update(map(str, row.keys() - LabelledAnswer.model_fields.keys()))
        try:
            found.answers.append(LabelledAnswer.model_validate(row))
        except ValidationError as error:
            found.rejected.append(Rejected(line, _reason(error)))
    if not found.answers:
        first = f"line {found.rejected[0].line}: {found.rejected[0].reason}" if found.rejected else "it is empty"
        raise InputError(f"{path} holds no usable answer; {first}", mend=f"write one row an answer with {_COLUMNS}")
    return found


def _json_rows(content: bytes, found: AnswerFile) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw.decode("utf-8"))
        except UnicodeDecodeError:
            found.rejected.append(Rejected(number, "not UTF-8"))
            continue
        except (ValueError, RecursionError) as error:
            found.rejected.append(Rejected(number, f"no JSON: {str(error)[:80]}"))
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            found.rejected.append(Rejected(number, "no JSON object"))


def _csv_rows(content: bytes, found: AnswerFile) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{found.path}, line {line}: not UTF-8", mend="save the file as UTF-8") from None
    csv.field_size_limit(max(csv.field_size_limit(), 2 * LONGEST))
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = {"question_id", "question", "references", "answer"} - set(reader.fieldnames or ())
    if missing:
        names = ", ".join(sorted(missing))
        raise InputError(f"{found.path}, line 1: no column {names}", mend=f"name the columns {_COLUMNS}")
    twice = sorted(name for name, count in Counter(reader.fieldnames or ()).items() if count > 1)
    if twice:
        raise InputError(f"{found.path}, line 1: twice there is a column {', '.join(twice)}", mend="keep one of each")
    try:
        for row in reader:
            if None in row or None in row.values():
                found.rejected.append(Rejected(reader.line_num, "another number of cells than the first line"))
            else:
                yield reader.line_num, row
    except csv.Error as error:
        raise InputError(f"{found.path}, line {reader.line_num}: {error}", mend="write plain CSV") from None


def _reason(error: ValidationError) -> str:
    """The first two faults of a row, in one line."""
    faults = []
    for fault in error.errors(include_url=False, include_input=False)[:2]:
        where = ".".join(map(str, fault["loc"]))
        said = str(fault["msg"]).removeprefix("Value error, ")
        faults.append(f"{where}: {said}" if where else said)
    return "; ".join(faults)


def named(answers: Sequence[LabelledAnswer]) -> list[str]:
    """Each answer's question by its id: what figures and folds are grouped by."""
    return [one.question_id for one in answers]
