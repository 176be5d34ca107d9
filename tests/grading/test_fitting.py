"""The parts of a training: folds that share nobody, the fit, its curves, and where it comes from."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from greenroom.bank.loader import core_pack_folder, load_item, load_pack
from greenroom.bank.models import Kind
from greenroom.grading.features import NAMES
from greenroom.grading.fitting import curves, model
from greenroom.grading.fitting.curves import Place, judged
from greenroom.grading.fitting.examples import Example
from greenroom.grading.fitting.folds import crossed
from greenroom.grading.fitting.model import Bags, Setting
from greenroom.grading.fitting.points import fingerprint
from greenroom.grading.fitting.provenance import git_commit, installed, lock_hash


@pytest.mark.parametrize("name", ["model", "lexical"])
def test_what_reads_points_was_fitted_on_the_bank_as_it_is(name: str) -> None:
    """Nothing but the bank goes into the fit, so the command that a file names makes it again."""
    shipped = json.loads(files("greenroom.grading").joinpath(f"{name}.json").read_text(encoding="utf-8"))
    bank = [item for item in load_pack(core_pack_folder()).items if item.kind is Kind.concept]
    assert shipped["bank"] == fingerprint(bank), f"run `{shipped['command']}`, then `greenroom bank verify`"


def test_a_changed_phrasing_or_answer_asks_for_another_fit(tmp_path: Path) -> None:
    folder = core_pack_folder() / "items" / "jwt" / "inside-a-token"
    shutil.copytree(folder, tmp_path / "pack" / "items" / "jwt" / folder.name)
    shutil.copy(core_pack_folder() / "pack.yaml", tmp_path / "pack")
    copied = tmp_path / "pack" / "items" / "jwt" / folder.name
    before = fingerprint([load_item(copied, root=tmp_path / "pack")])
    assert before == fingerprint([load_item(folder, root=core_pack_folder())])
    answer = next(copied.glob("submissions/accepted/*.md"))
    answer.write_text(answer.read_text(encoding="utf-8") + "One more.\n", encoding="utf-8")
    after = fingerprint([load_item(copied, root=tmp_path / "pack")])
    head = copied / "item.yaml"
    head.write_text(
        head.read_text(encoding="utf-8").replace("accepts:", "accepts:\n      - One more.", 1), encoding="utf-8"
    )
    assert len({before, after, fingerprint([load_item(copied, root=tmp_path / "pack")])}) == 3


def test_no_question_and_no_candidate_is_on_both_sides_and_each_row_is_tested_once() -> None:
    rng = np.random.default_rng(0)
    questions = [f"q{one}" for one in rng.integers(8, size=200)]
    candidates = [f"c{one}" for one in rng.integers(15, size=200)]
    tested: list[int] = []
    for train, test in crossed(questions, candidates):
        for names in (questions, candidates):
            assert not {names[row] for row in train} & {names[row] for row in test}
        tested += list(map(int, test))
    assert sorted(tested) == list(range(200))


def test_with_one_question_alone_the_folds_are_by_candidate() -> None:
    names = ["ada", "ada", "bea", "cem", "cem", "dan"]
    for train, test in crossed(["q"] * 6, names):
        assert not {names[row] for row in train} & {names[row] for row in test}


def examples(count: int, noise: float, seed: int = 0) -> list[Example]:
    """Answers of three windows; one of a good answer's stands out by its first feature."""
    rng, made = np.random.default_rng(seed), []
    for number in range(count):
        present = number % 2 == 0
        windows = rng.normal(size=(3, len(NAMES)))
        windows[1, 0] += 4.0 * present
        flipped = present != (rng.random() < noise)
        made.append(Example(f"q{number % 7}", "p", "jwt", f"c{number}", f"a{number}", flipped, 1.0, 0.5, windows))
    return made


def test_a_good_answer_is_known_by_its_best_window() -> None:
    bags = Bags.of(examples(200, 0.0))
    fitted = model.fit(bags, Setting(0.3, 0.0), 0)
    assert model.macro_f1(bags.present, bags.best(fitted.log_odds(bags.rows)) > 0) > 0.9
    assert int(np.abs(fitted.weights).argmax()) == 0
    again = model.fit(bags, Setting(0.3, 0.0), 0)
    assert np.array_equal(fitted.weights, again.weights)


def test_the_l1_penalty_leaves_features_out() -> None:
    bags = Bags.of(examples(200, 0.0))
    used = [int((np.abs(model.fit(bags, Setting(0.03, one), 0).weights) > 0).sum()) for one in (0.0, 1.0)]
    assert used[0] == len(NAMES)
    assert used[1] < 8


def test_one_sort_alone_always_says_that_one() -> None:
    bags = Bags.of([one for one in examples(40, 0.0) if one.present])
    assert (model.fit(bags, Setting(0.3, 0.0), 0).log_odds(bags.rows) > 0).all()


@pytest.mark.parametrize(
    ("train", "valid", "verdict"), [(0.95, 0.80, "variance"), (0.70, 0.69, "bias"), (0.93, 0.92, "neither")]
)
def test_the_verdict_is_read_off_the_end_of_the_learning_curve(train: float, valid: float, verdict: str) -> None:
    found = judged([Place(50, 1.0, 0.5), Place(100, train, valid)], [])
    assert found.verdict == verdict
    assert f"{train:.3f}" in found.said
    assert "still rises" in found.said


def test_noise_that_is_learned_by_heart_is_variance() -> None:
    made = examples(80, 0.4)
    bags, groups = Bags.of(made), [one.item for one in made]
    places = curves.learning_curve(bags, groups, [one.candidate for one in made], Setting(3.0, 0.0), 0)
    assert [one.at for one in places] == sorted(one.at for one in places)
    assert judged(places, []).verdict == "variance"


def test_where_a_training_comes_from(tmp_path: Path) -> None:
    assert len(lock_hash()) == 64
    assert lock_hash(tmp_path) != lock_hash(), "without a lock file it is what is installed"
    assert any(one.startswith("numpy==") for one in installed())
    assert git_commit(tmp_path).startswith("greenroom-")
