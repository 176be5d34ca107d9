"""The protocols, end to end through the command line on small made-up sets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.grading.scoring.made import rows, write
from threadpoolctl import threadpool_limits
from typer.testing import CliRunner, Result

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Kind
from greenroom.bank.verification import expected_findings
from greenroom.cli.main import app
from greenroom.grading.fitting import trees
from greenroom.grading.fitting.points import Example
from greenroom.grading.scoring import evaluation
from greenroom.grading.scoring.declared import evaluate_bank
from greenroom.grading.scoring.evaluation import Evaluator, Settings
from greenroom.grading.scoring.labelled import read_answers
from greenroom.grading.scoring.model import packaged_scorers
from greenroom.grading.scoring.prepared import prepare
from greenroom.grading.scoring.training import fingerprints
from greenroom.grading.service import Grader
from greenroom.kernel.errors import GreenroomError, InputError

WITHOUT_SKLEARN = (
    "import sys; sys.modules['sklearn'] = None; from greenroom.cli.main import main; sys.argv[0] = 'greenroom'; main()"
)


def run(*options: str | Path) -> Result:
    """The command in this process; what it raises is in the result."""
    return CliRunner().invoke(app, ["grader", *map(str, options)])


def report(*options: str | Path) -> dict[str, Any]:
    done = run("evaluate", *options, "--resamples", "50", "--json")
    assert done.exception is None, done.exception
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def alone(*options: str | Path, code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, "grader", *map(str, options)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=170, env=environment, check=False)


def value(found: dict[str, Any], level: str, name: str, who: str = "model") -> float:
    figure: float = found["classes"][level][who][name]["value"]
    return figure


def test_labels_are_cross_validated_by_question_beside_two_baselines(tmp_path: Path) -> None:
    found = report("--data", write(tmp_path / "a.jsonl", rows()), "--folds", "4")
    assert found["protocol"] == "cross-validation"
    assert found["files"][0]["answers"] == 96
    assert found["answered_beside_labelled_answers"] == 0
    assert set(found["classes"]) == {"3-way", "2-way"}
    assert value(found, "2-way", "macro_f1") > 0.8 > 0.5 > value(found, "2-way", "macro_f1", "majority")
    for name, figure in found["classes"]["2-way"]["model"].items():
        assert figure["low"] <= figure["value"] + 0.02, name
    assert found["scores"] is None
    assert found["versions"]["numpy"]


def test_scores_are_cross_validated_on_the_scale_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", rows(scored=True))
    found = report("--data", path, "--folds", "4")
    assert found["classes"] == {}
    assert found["scores"]["scale"] == [0.0, 5.0]
    assert found["scores"]["model"]["pearson_r"]["value"] > 0.7
    assert found["scores"]["model"]["rmse"]["value"] < found["scores"]["majority"]["rmse"]["value"]


def test_answers_to_a_question_that_was_trained_on_are_read_beside_its_labelled_ones(tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", rows()[::2])
    test = write(tmp_path / "test.jsonl", rows()[1::2])
    assert report("--train", train, "--test", test)["answered_beside_labelled_answers"] == 48
    moved = [{**one, "question_id": one["question_id"], "question": "What else?"} for one in rows()[1::2]]
    other = write(tmp_path / "other.jsonl", moved)
    assert report("--train", train, "--test", other)["answered_beside_labelled_answers"] == 0


def test_the_shipped_scorer_advises_on_questions_that_it_was_not_trained_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.jsonl", rows())
    answers = read_answers(path).answers
    scorer, baseline = packaged_scorers(lexical=True)
    seen = replace(scorer, trained_on=fingerprints([answers[0].key]))
    monkeypatch.setattr(evaluation, "packaged_scorers", lambda **_: (seen, baseline))
    evaluator = Evaluator(None, Settings(folds=2, resamples=0), lambda *_: None)
    assert evaluator.cross_validated(answers)["advised_by"] is None
    assert evaluator.transferred([answers[12:]], answers[:12])["advised_by"] is None
    assert evaluator.transferred([answers[12:48]], answers[48:])["advised_by"] == scorer.version


def test_what_the_shipped_scorer_says_is_used_where_little_is_taught(tmp_path: Path) -> None:
    answers = read_answers(write(tmp_path / "a.jsonl", rows())).answers
    ready = prepare(answers, None)
    scorer, _ = packaged_scorers(lexical=True)
    said = scorer.opinions(ready.features, ready.differences)
    assert said.shape == (96, 3)
    assert np.isfinite(said).all()
    correct = np.array([one.normal_label == "correct" for one in answers])
    assert said[correct, 0].mean() > said[~correct, 0].mean() + 1


def test_sets_with_labels_and_with_scores_on_another_scale_meet(tmp_path: Path) -> None:
    labelled, scored = write(tmp_path / "a.jsonl", rows()), write(tmp_path / "b.jsonl", rows(scored=True, top=20.0))
    found = report("--train", labelled, "--test", scored, "--scale", "20")
    assert found["classes"] == {}
    assert found["scores"]["scale"] == [0.0, 20.0]
    assert found["scores"]["model"]["pearson_r"]["value"] > 0.7
    done = run("evaluate", "--train", scored, "--test", labelled)
    assert isinstance(done.exception, InputError)
    assert "neither the classes nor the scores" in done.exception.message


def test_zero_shot_and_the_bank_need_no_scikit_learn_and_training_says_that_it_does(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", rows())
    done = alone("evaluate", "--zero-shot", "--test", path, "--json", code=WITHOUT_SKLEARN)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert value(found, "2-way", "macro_f1") > 0.7
    assert set(found["classes"]) == {"3-way", "2-way"}
    assert found["questions_trained_on"] == 0
    done = alone("evaluate", "--data", path, code=WITHOUT_SKLEARN)
    assert done.returncode == 2
    assert "greenroom[ml]" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_trained_file_says_the_same_when_it_is_loaded(tmp_path: Path) -> None:
    from greenroom.grading.encoder import MiniLM
    from greenroom.grading.scoring.labels import Level
    from greenroom.grading.scoring.model import as_json, scorer_from
    from greenroom.grading.scoring.prepared import prepare
    from greenroom.grading.scoring.training import Examples, fit

    path = write(tmp_path / "a.jsonl", rows())
    out = tmp_path / "scorer.json"
    done = run("train", "--data", path, "--out", out, "--json")
    assert done.exception is None, done.exception
    assert json.loads(done.stdout)["classes"] == ["correct", "incorrect", "contradictory"]
    answers = read_answers(path).answers
    encoder = MiniLM()
    ready = prepare(answers, encoder)
    examples = Examples(
        ready.features, ready.differences, [one.normal_label for one in answers],
        np.full(len(answers), np.nan), [one.question_id for one in answers], np.zeros(len(answers), dtype=bool),
    )  # fmt: skip
    fitted = fit(examples, Level.three_way, version="1", encoder=encoder.name)
    loaded = scorer_from(json.loads(json.dumps(as_json(fitted))))
    difference = loaded.probabilities(ready.features, ready.differences) - fitted.probabilities(
        ready.features, ready.differences
    )
    assert np.abs(difference).max() < 1e-3
    again = Evaluator(encoder, Settings(resamples=0), lambda *_: None).zero_shot(answers, loaded, loaded_baseline(out))
    assert again["classes"]["2-way"]["model"]["macro_f1"]["value"] > 0.8


def loaded_baseline(path: Path) -> Any:
    from greenroom.grading.scoring.model import scorer_from

    return scorer_from(json.loads(path.read_text(encoding="utf-8"))["baseline"])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--data", "a", "--test", "b"), "--data goes with no other file"),
        (("--train", "a"), "nothing to test on"),
        (("--test", "a"), "--test needs --train or --zero-shot"),
        (("--unseen", "--data", "a"), "--unseen is for the bank"),
        (("--zero-shot",), "nothing to test on"),
        (("--zero-shot", "--train", "a", "--test", "b"), "trains on nothing"),
        (("--data", "nowhere.jsonl"), "No such file"),
        (("--data", "a", "--group-by", "colour"), "cannot group by"),
        (("--data", "a", "--scale", "0"), "the scale ends"),
    ],
)
def test_what_does_not_go_together_is_refused_in_one_line(options: tuple[str, ...], told: str) -> None:
    done = run("evaluate", *options)
    assert isinstance(done.exception, GreenroomError)
    assert told in done.exception.message
    assert done.exception.mend


def test_a_row_of_no_use_is_named_on_stderr_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write(path, rows())
    path.write_text(path.read_text() + '{"question_id": "q9"}\n' + json.dumps({**rows()[0], "label": "odd"}) + "\n")
    done = run("evaluate", "--zero-shot", "--test", path, "--resamples", "0", "--json")
    found = json.loads(done.stdout)["files"][0]
    assert (found["answers"], found["rejected"], found["unknown_labels"]) == (97, 1, ["odd"])
    assert f"{path}, line 97: not used" in done.stderr
    assert "counted as not correct: odd" in done.stderr


def test_without_the_encoder_words_are_compared_and_the_report_says_so(tmp_path: Path) -> None:
    answers = read_answers(write(tmp_path / "a.jsonl", rows())).answers
    evaluator = Evaluator(None, Settings(resamples=0), lambda *_: None)
    found = evaluator.zero_shot(answers, *packaged_scorers(lexical=True))
    assert found["encoder"] == "lexical"
    assert found["classes"]["2-way"]["model"]["macro_f1"]["value"] > 0.7


def test_the_bank_is_measured_by_the_points_that_it_declares() -> None:
    items = [one for one in load_pack(core_pack_folder()).items if one.kind is Kind.concept][:2]
    found = evaluate_bank(items, Grader(), Settings(resamples=20), lambda *_: None)
    points = found["classes"]["points"]
    declared = [expected_findings(item, one) for item in items for one in item.submissions]
    assert 0 < sum(points["classes"].values()) <= sum(map(len, declared))
    assert points["model"]["accuracy"]["value"] > 0.85 > points["majority"]["macro_f1"]["value"]


def test_the_bank_is_measured_on_items_that_the_model_has_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No fit learns from the items that it is asked about, and every item is asked about."""
    items = [one for one in load_pack(core_pack_folder()).items if one.kind is Kind.concept][:4]
    learned: list[set[str]] = []
    fit = trees.fit

    def noted(chosen: Sequence[Example]) -> trees.Fitted:
        learned.append({one.item for one in chosen})
        with threadpool_limits(1):  # threads that wait for a core by turning cost most of the time on a busy machine
            return fit(chosen[::4], 1)

    monkeypatch.setattr(trees, "fit", noted)
    read: dict[str, str] = {}
    grade = Grader.grade
    monkeypatch.setattr(
        Grader, "grade", lambda self, item, text: read.update({item.slug: self.version}) or grade(self, item, text)
    )
    found = evaluate_bank(items, Grader(lexical=True), Settings(folds=2, resamples=0), lambda *_: None, unseen=True)
    assert set(read) == {item.slug for item in items}
    assert all(slug not in learned[int(version.removeprefix("unseen-"))] for slug, version in read.items())
    assert all(len(names) == 2 for names in learned)
    assert found["classes"]["points"]["model"]["accuracy"]["value"] > 0.6
    assert "not learned" in found["note"]


def test_a_file_with_a_single_label_is_refused(tmp_path: Path) -> None:
    done = run("evaluate", "--data", write(tmp_path / "a.jsonl", [one | {"label": "correct"} for one in rows()]))
    assert isinstance(done.exception, InputError)
    assert "the same label" in str(done.exception)


def test_a_file_that_cannot_be_measured_is_refused_before_it_is_read_into_vectors(tmp_path: Path) -> None:
    one_class = write(tmp_path / "class.jsonl", [one | {"label": "correct"} for one in rows()])
    one_question = write(tmp_path / "question.jsonl", rows()[:12])
    no_domain = write(tmp_path / "domain.jsonl", rows())
    scored = write(tmp_path / "scored.jsonl", rows(scored=True))
    for options, said in (
        (("--data", one_class), "the same label"),
        (("--data", one_question), "only one question"),
        (("--data", no_domain, "--group-by", "domain"), "a domain"),
        (("--data", scored, "--scale", "2"), "above the scale"),
        (("--train", no_domain, "--test", scored, "--scale", "2"), "above the scale"),
        (("--train", scored, "--test", one_class), "neither the classes nor the scores"),
    ):
        done = run("evaluate", *options, "--json")
        assert isinstance(done.exception, InputError), options
        assert said in str(done.exception)
        assert "embedding" not in done.stderr


def test_the_recipe_is_measured_beside_the_scorer(tmp_path: Path) -> None:
    script = Path(__file__).parents[3] / "bench" / "grading" / "recipe.py"
    path = write(tmp_path / "rows.jsonl", rows()[:48])
    command = [sys.executable, str(script), str(path), "--folds", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    for level, line in zip(("2-way", "3-way"), done.stdout.splitlines(), strict=True):
        assert line.startswith(f"{level}: macro-F1 ")
        figures = [float(part) for part in line.replace(",", "").replace(";", "").split() if part[0] in "01"]
        assert all(0.3 < one <= 1 for one in figures), line
        assert len(figures) == 4
