"""What a snapshot gives to a fit: short answers as the scorer takes them. Points are taken as they are."""

from __future__ import annotations

from greenroom.grading.intake.manifests import Content
from greenroom.grading.intake.schemas import AnswerRow, PointRow
from greenroom.grading.scoring.labelled import LabelledAnswer


def labelled_answers(content: Content) -> list[LabelledAnswer]:
    """The short answers of a snapshot that can still be read."""
    return [
        LabelledAnswer.model_validate(one.row.model_dump()) for one in content.rows if isinstance(one.row, AnswerRow)
    ]


def points(content: Content) -> list[tuple[PointRow, str | None]]:
    """The points beside answers, each with what stands for its candidate: folds must not part one's rows."""
    return [(one.row, one.subject) for one in content.rows if isinstance(one.row, PointRow)]
