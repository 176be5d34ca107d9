"""Facts that the items under `packs/core/items/ml-core` state, computed with scikit-learn instead of remembered."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import BaggingRegressor
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    fbeta_score,
    mean_absolute_error,
    mean_squared_error,
    precision_score,
    recall_score,
    roc_auc_score,
    root_mean_squared_error,
)
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit, learning_curve, train_test_split
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import greenroom

ITEMS = Path(greenroom.__file__).parent / "packs" / "core" / "items" / "ml-core"

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


def _text(slug: str, file: str = "debrief.md") -> str:
    return " ".join((ITEMS / slug / file).read_text().split())


def _labels(tp: int, fp: int, fn: int, tn: int) -> tuple[Labels, Labels]:
    truth = np.repeat([1, 0, 1, 0], [tp, fp, fn, tn])
    flagged = np.repeat([1, 1, 0, 0], [tp, fp, fn, tn])
    return truth, flagged


# ninety-nine-and-a-half


def test_the_constant_answer_has_the_accuracy_of_the_slide() -> None:
    """`ninety-nine-and-a-half`: 99,500 of 100,000 are right without a single fraud found."""
    assert "99,500 of 100,000 payments: 99.5 %" in _text("ninety-nine-and-a-half")
    truth = np.repeat([1, 0], [500, 99_500])
    rows = np.zeros((100_000, 1))
    answers = DummyClassifier(strategy="most_frequent").fit(rows, truth).predict(rows)
    assert (answers == truth).sum() == 99_500
    assert accuracy_score(truth, answers) == 0.995
    assert recall_score(truth, answers) == 0
    assert balanced_accuracy_score(truth, answers) == 0.5


def test_the_worked_numbers_of_recall_and_precision() -> None:
    """`ninety-nine-and-a-half`: 600 flagged, 400 of them frauds."""
    truth, flagged = _labels(tp=400, fp=200, fn=100, tn=99_300)
    assert (len(truth), truth.sum(), flagged.sum()) == (100_000, 500, 600)
    recall, precision, accuracy = (score(truth, flagged) for score in (recall_score, precision_score, accuracy_score))
    assert recall == 400 / 500
    assert precision == 400 / 600
    stated = f"recall 400/500 = {recall:.2f}, precision 400/600 = {precision:.2f}, accuracy {100 * accuracy:.1f} %"
    assert stated in _text("ninety-nine-and-a-half")


def test_very_different_models_share_one_accuracy() -> None:
    """`ninety-nine-and-a-half`: 99.7 % with all frauds found, and with two fifths of them."""
    careful, eager = _labels(200, 0, 300, 99_500), _labels(500, 300, 0, 99_200)
    assert accuracy_score(*careful) == accuracy_score(*eager) == 0.997
    assert (recall_score(*careful), precision_score(*careful)) == (0.4, 1.0)
    assert (recall_score(*eager), precision_score(*eager)) == (1.0, 0.625)


def test_either_ratio_alone_can_be_driven_to_one() -> None:
    """`ninety-nine-and-a-half`: flag everything, or only the surest case."""
    assert recall_score(*_labels(500, 99_500, 0, 0)) == 1
    assert precision_score(*_labels(1, 0, 499, 99_500)) == 1


def test_the_roc_curve_looks_rosy_when_negatives_abound() -> None:
    """`ninety-nine-and-a-half`: its false-positive rate is divided by 99,500, precision is not."""
    assert "divided by 99,500" in _text("ninety-nine-and-a-half")
    truth = np.repeat([1, 0], [500, 99_500])
    rng = np.random.default_rng(1)
    scores = rng.normal(size=100_000) + 2 * truth
    assert roc_auc_score(truth, scores) > 0.9
    assert average_precision_score(truth, scores) < 0.3
    threshold = np.quantile(scores[:500], 0.2)  # finds four of five frauds
    false_alarms = int((scores[500:] >= threshold).sum())
    assert false_alarms / 99_500 < 0.15
    assert precision_score(truth, scores >= threshold) < 0.05


# alarm-or-miss


def _f1(truth: Labels, flagged: NDArray[np.bool_]) -> float:
    """The same number as scikit-learn's, for long searches."""
    hits = int((truth[flagged] == 1).sum())
    return 2 * hits / max(1, int(flagged.sum()) + int(truth.sum()))


def test_f1_is_near_the_smaller_of_the_two() -> None:
    """`alarm-or-miss`: P = 1.00 and R = 0.02 average to 0.51, but F1 is 0.04."""
    truth, flagged = _labels(tp=2, fp=0, fn=98, tn=900)
    precision, recall = precision_score(truth, flagged), recall_score(truth, flagged)
    f1 = f1_score(truth, flagged)
    assert f1 == pytest.approx(2 * precision * recall / (precision + recall))
    assert f1 == pytest.approx(2 / (1 / precision + 1 / recall))
    plain = (precision + recall) / 2
    stated = f"P = {precision:.2f} and R = {recall:.2f} average to {plain:.2f}, but F1 is {f1:.2f}"
    assert stated in _text("alarm-or-miss")


@pytest.mark.parametrize(("tp", "fp", "fn"), [(5, 1, 9), (50, 50, 50), (1, 98, 3), (80, 5, 5)])
def test_f1_lies_between_the_smaller_one_and_its_double_and_ignores_true_negatives(tp: int, fp: int, fn: int) -> None:
    """`alarm-or-miss`: never above twice the smaller one, never above the plain mean; negatives do not matter."""
    few, many = _labels(tp, fp, fn, 10), _labels(tp, fp, fn, 100_000)
    precision, recall, f1 = precision_score(*few), recall_score(*few), f1_score(*few)
    assert min(precision, recall) <= f1 <= min(2 * min(precision, recall), (precision + recall) / 2)
    assert f1_score(*many) == f1
    assert accuracy_score(*many) > accuracy_score(*few)


def test_f1_weighs_both_alike_and_beta_two_weighs_recall() -> None:
    """`alarm-or-miss`: swapping false alarms and misses leaves F1 as it is, but not F2."""
    misses, alarms = _labels(60, 10, 40, 890), _labels(60, 40, 10, 890)
    assert f1_score(*misses) == f1_score(*alarms)
    assert fbeta_score(*alarms, beta=2) > fbeta_score(*misses, beta=2)


def _screening() -> tuple[Labels, Floats]:
    """Cases with a true probability each, and outcomes drawn from it: scores that are calibrated by construction."""
    rng = np.random.default_rng(5)
    probabilities = rng.beta(0.4, 2.0, 60_000)
    return (rng.random(60_000) < probabilities).astype(np.int64), probabilities


def test_a_higher_threshold_flags_fewer_and_surer_and_misses_more() -> None:
    """`alarm-or-miss`: precision rises along these thresholds, recall falls; at 0.99 and 0.01 they change places."""
    hints = _text("alarm-or-miss", "hints.md")
    assert "0.99" in hints
    assert "0.01" in hints
    truth, scores = _screening()
    cuts = [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]
    precision = [precision_score(truth, scores >= cut) for cut in cuts]
    recall = [recall_score(truth, scores >= cut) for cut in cuts]
    assert precision == sorted(precision)
    assert recall == sorted(recall, reverse=True)
    assert recall[0] > 0.99 > 0.4 > precision[0]
    assert precision[-1] > 0.95 > 0.05 > recall[-1]


def test_precision_may_fall_while_the_threshold_rises_and_recall_may_not_rise() -> None:
    """`alarm-or-miss`, probe: precision only *tends* to rise."""
    truth, scores = np.array([0, 1, 1, 0]), np.array([0.2, 0.5, 0.6, 0.9])
    precision = [float(precision_score(truth, scores >= cut)) for cut in (0.5, 0.6, 0.9)]
    assert precision == [pytest.approx(2 / 3), 0.5, 0.0]
    rng = np.random.default_rng(2)
    truth, scores = rng.integers(0, 2, 200), rng.random(200)
    recall = [recall_score(truth, scores >= cut) for cut in np.sort(scores)]
    assert recall == sorted(recall, reverse=True)


@pytest.mark.parametrize(("alarm", "miss"), [(1, 1), (1, 9), (50, 950), (5, 200)])
def test_the_cheapest_cut_of_calibrated_scores_follows_from_the_costs(alarm: float, miss: float) -> None:
    """`alarm-or-miss`: p ≥ C_alarm / (C_alarm + C_miss); the threshold with the best F1 is a dearer one."""
    assert "p ≥ C_alarm / (C_alarm + C_miss)" in _text("alarm-or-miss")
    truth, scores = _screening()
    observed, promised = calibration_curve(truth, scores, n_bins=10)
    assert np.abs(observed - promised).max() < 0.05

    def cost(cut: float) -> float:
        flagged = scores >= cut
        return float(miss * (truth[~flagged] == 1).sum() + alarm * (truth[flagged] == 0).sum())

    grid = np.linspace(0.01, 0.99, 99)
    best = min(cost(cut) for cut in grid)
    assert cost(alarm / (alarm + miss)) <= 1.02 * best
    if miss >= 9 * alarm:
        best_f1 = max(grid, key=lambda cut: _f1(truth, scores >= cut))
        assert _f1(truth, scores >= best_f1) == pytest.approx(f1_score(truth, scores >= best_f1))
        assert cost(float(best_f1)) > 1.2 * best


def test_a_threshold_chosen_on_the_test_set_flatters_itself() -> None:
    """`alarm-or-miss`: on few rows the best F1 of the rows that chose it is above that of new rows, on average."""
    rng = np.random.default_rng(8)
    gains = []
    for _ in range(60):
        truth = (rng.random(120) < 0.2).astype(np.int64)
        scores = rng.normal(size=120) + truth
        chosen, fresh = slice(0, 60), slice(60, 120)
        _best, cut = max((_f1(truth[chosen], scores[chosen] >= at), at) for at in scores[chosen])
        own, new = (_f1(truth[part], scores[part] >= cut) for part in (chosen, fresh))
        gains.append(own - new)
    assert np.mean(gains) > 3 * np.std(gains) / math.sqrt(len(gains))


# how-wrong-is-late


def _three(errors: Floats | list[float]) -> tuple[float, float, float]:
    truth = np.zeros(len(errors))
    return (
        float(mean_absolute_error(truth, errors)),
        float(mean_squared_error(truth, errors)),
        float(root_mean_squared_error(truth, errors)),
    )


def test_nine_errors_of_one_and_one_of_sixty() -> None:
    """`how-wrong-is-late`: the worked numbers of the debrief, which the second hint asks for."""
    mae, mse, rmse = _three([1.0] * 9 + [60.0])
    stated = f"Nine errors of 1 and one of 60: MAE {mae:.1f}, MSE {mse:.1f}, RMSE {rmse:.1f}."
    assert stated in _text("how-wrong-is-late")
    assert "nine errors of 1 and one of 60" in _text("how-wrong-is-late", "hints.md")


def test_the_prompts_three_numbers_can_belong_to_one_model() -> None:
    """`how-wrong-is-late`: RMSE 19 = √361, and 1,000 errors exist with just these means: most fine, a few badly off."""
    assert "MAE 6.0, MSE 361, RMSE 19" in _text("how-wrong-is-late", "prompt.md")
    assert "19 minutes = √361" in _text("how-wrong-is-late")
    assert math.sqrt(361) == 19
    bad = 99  # so many large errors b among small errors a: solve for both means
    spread = math.sqrt((361 - 36) / (bad * (1_000 - bad))) * 1_000
    small, large = 6 - spread * bad / 1_000, 6 + spread * (1_000 - bad) / 1_000
    errors = np.repeat([small, large], [1_000 - bad, bad])
    assert _three(errors) == pytest.approx((6, 361, 19))
    assert 0 <= small < 1
    assert large > 60


def test_an_error_of_sixty_counts_like_six_or_like_thirty_six_errors_of_ten() -> None:
    """`how-wrong-is-late`: in proportion in MAE, by its square in MSE; RMSE ranks as MSE does."""
    assert "One miss of 60 counts like 36 misses of 10" in _text("how-wrong-is-late")
    quiet = [0.0] * 100
    for index, count in ((0, 6), (1, 36), (2, 36)):
        one, many = _three([60.0, *quiet[1:]]), _three([10.0] * count + quiet[count:])
        assert one[index] == pytest.approx(many[index])


def test_rmse_is_never_below_mae_and_equal_only_for_equal_errors() -> None:
    """`how-wrong-is-late`: and the root does not make it robust, one outlier moves it far more than MAE."""
    rng = np.random.default_rng(0)
    for scale in (0.1, 3, 40):
        errors = rng.standard_t(3, 200) * scale
        mae, _mse, rmse = _three(errors)
        assert rmse > mae
        worse = np.append(errors, 100 * scale)
        assert _three(worse)[2] / rmse > 2 * _three(worse)[0] / mae
    signs = rng.choice([-1.0, 1.0], 200)
    mae, _mse, rmse = _three(7 * signs)
    assert rmse == pytest.approx(mae)


def test_the_median_minimises_mae_and_the_mean_minimises_mse() -> None:
    """`how-wrong-is-late`: the best constant guess of each, by trying a grid."""
    minutes = np.random.default_rng(3).lognormal(3, 0.8, 501)
    grid = np.arange(1, 120, 0.05)
    by_mae = grid[np.argmin([np.abs(minutes - guess).mean() for guess in grid])]
    by_mse = grid[np.argmin([((minutes - guess) ** 2).mean() for guess in grid])]
    assert by_mae == pytest.approx(np.median(minutes), abs=0.3)
    assert by_mse == pytest.approx(np.mean(minutes), abs=0.03)
    assert by_mse > by_mae + 3


def test_mae_and_rmse_can_choose_different_models_and_mse_and_rmse_cannot() -> None:
    """`how-wrong-is-late`: what a miss costs decides."""
    steady, wild = _three([8.0] * 10), _three([2.0] * 9 + [50.0])
    assert wild[0] < steady[0]
    assert wild[2] > steady[2]
    rng = np.random.default_rng(6)
    for first, second in itertools.pairwise(rng.standard_t(3, (50, 30))):
        assert (_three(first)[1] < _three(second)[1]) is (_three(first)[2] < _three(second)[2])


# two-learning-curves


def _waves(rows: int, seed: int, noise: float = 0.3) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, (rows, 2))
    return x, np.sin(2 * x[:, 0]) * np.cos(x[:, 1]) + rng.normal(0, noise, rows)


def _errors(model: Any, sizes: list[int]) -> tuple[Floats, Floats]:
    x, y = _waves(2_500, 1)
    splits = ShuffleSplit(3, test_size=500, random_state=0)
    _sizes, train, valid = learning_curve(model, x, y, train_sizes=sizes, cv=splits, scoring="neg_mean_squared_error")
    return -train.mean(axis=1), -valid.mean(axis=1)


def test_the_curves_of_a_too_simple_model_meet_high_and_more_rows_move_nothing() -> None:
    """`two-learning-curves`, model one: bad where it was trained; a richer model helps and rows do not."""
    train, valid = _errors(LinearRegression(), [100, 500, 2_000])
    noise = 0.3**2
    assert train[-1] > 3 * noise
    assert valid[-1] - train[-1] < 0.1 * train[-1]
    assert abs(valid[-1] - valid[1]) < 0.05 * valid[1]
    richer = make_pipeline(PolynomialFeatures(7), StandardScaler(), Ridge(1.0))
    assert _errors(richer, [2_000])[1][-1] < 0.6 * valid[-1]


def test_less_regularisation_helps_the_underfitting_model() -> None:
    """`two-learning-curves`: the same features, held too tightly and less tightly."""
    tight, loose = (make_pipeline(PolynomialFeatures(7), StandardScaler(), Ridge(a)) for a in (100_000.0, 1.0))
    assert _errors(loose, [2_000])[1][-1] < 0.6 * _errors(tight, [2_000])[1][-1]


def test_the_curves_of_a_too_free_model_stand_apart_and_rows_narrow_the_gap() -> None:
    """`two-learning-curves`, model two: zero on its own rows, bad on others; the validation line still falls."""
    train, valid = _errors(DecisionTreeRegressor(random_state=0), [100, 500, 2_000])
    assert train.max() == pytest.approx(0)
    assert valid[0] > 1.3 * valid[1]
    assert valid[1] > 1.05 * valid[2] > 0.1
    gap = valid[-1] - train[-1]
    for milder in (
        DecisionTreeRegressor(min_samples_leaf=10, random_state=0),  # regularised
        DecisionTreeRegressor(max_depth=7, random_state=0),  # simpler
        BaggingRegressor(DecisionTreeRegressor(), 30, random_state=0),  # averaged
    ):
        own, other = _errors(milder, [2_000])
        assert other[-1] - own[-1] < 0.85 * gap
        assert other[-1] < valid[-1]


def _decomposed(model: Any, noise: float) -> tuple[float, float, float]:
    """Squared bias, variance and expected squared error at fixed points, over many training sets."""
    points = np.random.default_rng(99).uniform(-2.5, 2.5, (150, 2))
    truth = np.sin(2 * points[:, 0]) * np.cos(points[:, 1])
    guesses = np.array([model.fit(*_waves(150, seed, noise)).predict(points) for seed in range(100, 130)])
    fresh = truth + np.random.default_rng(98).normal(0, noise, guesses.shape)
    bias = float(((guesses.mean(axis=0) - truth) ** 2).mean())
    return bias, float(guesses.var(axis=0).mean()), float(((guesses - fresh) ** 2).mean())


def test_expected_error_is_bias_and_variance_and_noise() -> None:
    """`two-learning-curves`: two reducible parts and a floor; bagging changes the variance and not the bias."""
    noise = 0.5
    line = _decomposed(LinearRegression(), noise)
    tree = _decomposed(DecisionTreeRegressor(random_state=0), noise)
    bagged = _decomposed(BaggingRegressor(DecisionTreeRegressor(), 10, random_state=0), noise)
    for bias, variance, error in (line, tree, bagged):
        assert bias + variance + noise**2 == pytest.approx(error, rel=0.05)
        assert error > noise**2
    assert line[0] > 5 * line[1]
    assert tree[1] > 5 * tree[0]
    assert bagged[1] < 0.7 * tree[1]
    assert abs(bagged[0] - tree[0]) < 0.1 * tree[1]


def test_the_same_customer_on_both_sides_hides_the_variance() -> None:
    """`two-learning-curves`, traps: a split by rows shows no gap, one by customer does."""
    rng = np.random.default_rng(4)
    customer = np.repeat(np.arange(150), 8)
    x = rng.normal(size=(150, 4))[customer] + rng.normal(0, 0.01, (1_200, 4))
    y = rng.normal(size=150)[customer]  # nothing to learn but the customer
    model = KNeighborsRegressor(1)

    def error(train: NDArray[np.intp], test: NDArray[np.intp]) -> float:
        return float(mean_squared_error(y[test], model.fit(x[train], y[train]).predict(x[test])))

    by_row = error(*next(ShuffleSplit(1, test_size=0.2, random_state=0).split(x)))
    by_customer = error(*next(GroupShuffleSplit(1, test_size=0.2, random_state=0).split(x, y, customer)))
    assert by_row < 0.05
    assert by_customer > 1


def test_a_target_below_the_noise_is_out_of_reach_for_the_true_rule_too() -> None:
    """`two-learning-curves`: nobody gets below the noise, so ask how well people do."""
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 2, 20_000)
    seen = np.where(rng.random(20_000) < 0.15, 1 - truth, truth)  # 15 % of the labels are wrong
    assert 1 - accuracy_score(seen, truth) > 0.10
    model = DecisionTreeClassifier(max_depth=3, random_state=0)
    x = (truth + rng.normal(0, 0.01, 20_000)).reshape(-1, 1)
    split = train_test_split(x, seen, random_state=0)
    own, other = (
        1 - model.fit(split[0], split[2]).score(*part) for part in ((split[0], split[2]), (split[1], split[3]))
    )
    assert own == pytest.approx(0.15, abs=0.02)
    assert other == pytest.approx(0.15, abs=0.02)


def test_accuracy_stays_flat_while_recall_moves() -> None:
    """`two-learning-curves`, traps: on an imbalanced task."""
    few, many = _labels(5, 0, 45, 9_950), _labels(30, 20, 20, 9_930)
    assert abs(accuracy_score(*few) - accuracy_score(*many)) < 0.001
    assert (recall_score(*few), recall_score(*many)) == (0.1, 0.6)


# which-penalty


def _orthonormal() -> tuple[Floats, Floats, Floats]:
    """Columns without correlation and of equal scale: there each penalty acts on each weight by itself."""
    columns = np.linalg.qr(np.random.default_rng(2).normal(size=(400, 6)))[0] * math.sqrt(400)
    weights = np.array([8.0, 4.0, 2.0, 0.6, 0.2, 0.0])
    return columns, columns @ weights, weights


def test_the_pull_of_l1_is_constant_and_that_of_l2_fades() -> None:
    """`which-penalty`: L1 takes the same from each weight, down to zero; L2 takes a share, most from the largest."""
    x, y, weights = _orthonormal()
    lasso = Lasso(alpha=0.5, fit_intercept=False).fit(x, y).coef_
    assert lasso == pytest.approx(np.maximum(weights - 0.5, 0), abs=1e-6)
    assert (lasso == 0).tolist() == [False, False, False, False, True, True]
    ridge = Ridge(alpha=400, fit_intercept=False).fit(x, y).coef_
    assert ridge == pytest.approx(weights / 2)
    taken = weights - ridge
    assert taken.tolist() == sorted(taken, reverse=True)
    assert (ridge[:5] != 0).all()


def _energy(seed: int = 0) -> tuple[Floats, Floats]:
    """500 rows, 300 columns, twenty that matter, of which ten have a near copy further back."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 300))
    x[:, 290:] = x[:, :10] + rng.normal(0, 0.001, (500, 10))
    return x, x[:, :20].sum(axis=1) * 2 + rng.normal(0, 2, 500)


def test_the_prompts_fit_is_wild_and_either_penalty_tames_it() -> None:
    """`which-penalty`: huge weights of opposite signs on the copies; L1 keeps few columns, L2 keeps all 300."""
    assert "300 columns" in _text("which-penalty", "prompt.md")
    x, y = _energy()
    plain = LinearRegression().fit(x, y).coef_
    pairs = list(zip(plain[:10], plain[290:], strict=True))
    assert max(abs(one) for one, _other in pairs) > 50
    assert sum(one * other < 0 for one, other in pairs) >= 9
    lasso, ridge = Lasso(alpha=0.2).fit(x, y).coef_, Ridge(alpha=10).fit(x, y).coef_
    assert max(np.abs(lasso).max(), np.abs(ridge).max()) < 4
    assert (ridge != 0).all()
    assert (lasso == 0).sum() > 200
    kept = {at - 290 if at >= 290 else at for at in np.flatnonzero(lasso)}
    assert set(range(20)) <= kept


def test_of_two_near_copies_l1_picks_one_and_another_in_the_next_sample() -> None:
    """`which-penalty`: L2 shares the weight and the elastic net keeps both."""
    picked, alone = set(), 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        base = rng.normal(size=200)
        x = np.column_stack([base + rng.normal(0, 0.005, 200) for _ in range(2)])
        y = 3 * base + rng.normal(0, 1, 200)
        lasso = Lasso(alpha=0.5, max_iter=1_000_000).fit(x, y).coef_
        ridge = Ridge(alpha=10).fit(x, y).coef_
        net = ElasticNet(alpha=0.5, l1_ratio=0.5).fit(x, y).coef_
        picked.add(int(np.argmax(lasso)))
        alone += min(lasso) < 0.05 * max(lasso)
        assert min(ridge) > 0.8 * max(ridge)
        assert min(net) > 0.8 * max(net)
    assert picked == {0, 1}
    assert alone >= 9


def test_the_elastic_net_is_sparse_and_shares() -> None:
    """`which-penalty`: few columns, and both of each pair of near copies."""
    x, y = _energy()
    net = ElasticNet(alpha=0.4, l1_ratio=0.5).fit(x, y).coef_
    lasso = Lasso(alpha=0.2).fit(x, y).coef_
    assert (net == 0).sum() > 150
    assert np.abs(net[:10] - net[290:]).max() < 0.1
    assert np.abs(lasso[:10] - lasso[290:]).max() > 1


def test_the_penalty_depends_on_the_unit_unless_the_columns_are_scaled() -> None:
    """`which-penalty`: the same column in millimetres and in kilometres."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(300, 2))
    y = x.sum(axis=1) + rng.normal(0, 0.1, 300)
    units = np.array([1_000.0, 0.1])
    for penalised in (Lasso(alpha=0.1), Ridge(alpha=30)):
        plain = penalised.fit(x * units, y).coef_ * units
        assert plain[0] > 0.9
        assert plain[1] < 0.15
        scaled = make_pipeline(StandardScaler(), penalised)
        assert scaled.fit(x * units, y).predict(x * units) == pytest.approx(scaled.fit(x, y).predict(x))
    free = LinearRegression()
    assert free.fit(x * units, y).coef_ * units == pytest.approx(free.fit(x, y).coef_)


def test_the_intercept_is_not_penalised() -> None:
    """`which-penalty`: moving the target moves the intercept alone, at any strength."""
    x, y, _weights = _orthonormal()
    for model in (Ridge(alpha=10_000), Lasso(alpha=1)):
        before = model.fit(x, y)
        weights, intercept = before.coef_.copy(), before.intercept_
        after = model.fit(x, y + 1_000)
        assert after.coef_ == pytest.approx(weights)
        assert after.intercept_ == pytest.approx(intercept + 1_000)


def test_larger_alpha_is_stronger_and_larger_c_is_weaker() -> None:
    """`which-penalty`: scikit-learn's two directions."""
    x, y, _weights = _orthonormal()
    sizes = [np.abs(Ridge(alpha=alpha).fit(x, y).coef_).sum() for alpha in (1, 100, 10_000)]
    assert sizes == sorted(sizes, reverse=True)
    sizes = [np.abs(LogisticRegression(C=c).fit(x, y > 0).coef_).sum() for c in (0.001, 0.1, 10)]
    assert sizes == sorted(sizes)
