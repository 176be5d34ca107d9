"""Facts that the items under `packs/core/items/ml-systems` state, run with the real libraries or simulated."""

from __future__ import annotations

import cProfile
import hashlib
import inspect
import itertools
import json
import math
import pickle
import pstats
import runpy
import sqlite3
import threading
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import joblib  # type: ignore[import-untyped]
import numpy as np
import pytest
import sklearn.base
from fastapi import FastAPI, HTTPException, Request
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.stats import binom, ks_2samp
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, TargetEncoder
from sklearn.tree import DecisionTreeClassifier

import greenroom

ITEMS = Path(greenroom.__file__).parent / "packs" / "core" / "items" / "ml-systems"

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


def _text(slug: str, file: str = "debrief.md") -> str:
    return " ".join((ITEMS / slug / file).read_text().split())


def _solution(slug: str, file: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = runpy.run_path(str(ITEMS / slug / file))[name]
    return found


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-values)), dtype=np.float64)


def _rows(count: int, seed: int, columns: int = 4) -> tuple[Floats, Labels]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, columns))
    return x, (rng.random(count) < _sigmoid(1.5 * x[:, 0] - x[:, 1])).astype(np.int64)


# a-model-behind-an-endpoint, review-before-launch


class Model:
    """Counts how often it is loaded and weighs its two columns very differently."""

    loaded = 0

    def __init__(self) -> None:
        type(self).loaded += 1

    def predict(self, rows: list[list[Any]]) -> list[float]:
        return [1_000 * float(age) + float(income) for age, income in rows]


class Applicant(BaseModel):
    model_config = ConfigDict(extra="forbid")
    age: int = Field(ge=0, le=130)
    income: float = Field(ge=0)


def _service() -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.model = Model()
        yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/reviewed")
    async def reviewed(body: dict[str, Any]) -> dict[str, float]:
        return {"y": float(Model().predict([list(body.values())])[0])}

    @app.post("/score")
    def score(body: Applicant, request: Request) -> dict[str, float | str]:
        row = [getattr(body, name) for name in ("age", "income")]
        return {"y": request.app.state.model.predict([row])[0], "version": "18"}

    @app.get("/ready")
    async def ready(request: Request) -> str:
        if not hasattr(request.app.state, "model"):
            raise HTTPException(503)
        return "ready"

    @app.get("/health")
    async def health() -> str:
        return "ok"

    return app


def test_loading_in_the_request_loads_every_time_and_the_lifespan_once() -> None:
    """`a-model-behind-an-endpoint`, `review-before-launch`: counted loads for five requests each."""
    body = {"age": 40, "income": 5.0}
    Model.loaded = 0
    with TestClient(_service()) as client:
        assert Model.loaded == 1
        for _ in range(5):
            assert client.post("/score", json=body).status_code == 200
        assert Model.loaded == 1
        for _ in range(5):
            client.post("/reviewed", json=body)
        assert Model.loaded == 6


def test_the_order_of_the_clients_keys_is_the_order_of_the_columns() -> None:
    """`review-before-launch`: nothing fails, the score is another; a row built by name does not care."""
    one, other = '{"age": 40, "income": 5.0}', '{"income": 5.0, "age": 40}'
    with TestClient(_service()) as client:
        client.headers["content-type"] = "application/json"
        answers = {path: [client.post(path, content=body).json()["y"] for body in (one, other)] for path in PATHS}
    assert answers == {"/reviewed": [40_005, 5_040], "/score": [40_005, 40_005]}


PATHS = ("/reviewed", "/score")


@pytest.mark.parametrize(
    ("body", "place", "unchecked"),
    [
        ({"age": -5, "income": 1.0}, "age", 200),
        ({"age": "forty", "income": 1.0}, "age", 500),
        ({"age": 40}, "income", 500),
        ({"age": 40, "income": 1.0, "zip": 1}, "zip", 500),
        ({"age": 40, "incme": 1.0}, "income", 200),
    ],
)
def test_a_declared_body_refuses_nonsense_with_422_and_says_where(
    body: dict[str, Any], place: str, unchecked: int
) -> None:
    """`review-before-launch`: the alternative is a 500, or worse, a score."""
    with TestClient(_service(), raise_server_exceptions=False) as client:
        assert client.post("/reviewed", json=body).status_code == unchecked
        answer = client.post("/score", json=body)
    assert answer.status_code == 422
    assert place in [error["loc"][-1] for error in answer.json()["detail"]]


def test_health_says_ok_without_a_model_and_readiness_does_not() -> None:
    """`review-before-launch`: liveness does not depend on the model; readiness waits for the lifespan."""
    app = _service()
    early = TestClient(app)  # no lifespan was run: the instance before its model is there
    assert (early.get("/health").status_code, early.get("/ready").status_code) == (200, 503)
    with TestClient(app) as client:
        assert client.get("/ready").status_code == 200


def test_a_missing_model_file_stops_the_start(tmp_path: Path) -> None:
    """`review-before-launch`: loaded in the lifespan, a missing file ends the rollout instead of passing it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.model = joblib.load(tmp_path / "model.joblib")
        yield

    with pytest.raises(FileNotFoundError), TestClient(FastAPI(lifespan=lifespan)):
        pass


def test_an_async_predict_runs_on_the_loop_and_a_plain_one_in_a_pool_thread() -> None:
    """`a-model-behind-an-endpoint`: which thread computes, seen against the one that serves the health check."""
    app = FastAPI()

    @app.get("/health")
    async def health() -> int:
        return threading.get_ident()

    @app.get("/async")
    async def on_the_loop() -> int:
        return threading.get_ident()

    @app.get("/plain")
    def in_the_pool() -> int:
        return threading.get_ident()

    with TestClient(app) as client:
        loop, blocking, pool = (client.get(path).json() for path in ("/health", "/async", "/plain"))
    assert blocking == loop != pool


def test_a_float32_score_is_a_500_until_it_is_a_float() -> None:
    """`review-before-launch`: FastAPI cannot serialise numpy.float32; numpy.float64 is a float."""
    app = FastAPI()

    @app.get("/{kind}")
    def score(kind: str) -> Any:
        value = np.float32(0.25)
        return {"risk": {"raw": value, "wide": np.float64(value), "float": float(value)}[kind]}

    client = TestClient(app, raise_server_exceptions=False)
    assert [client.get(path).status_code for path in ("/raw", "/wide", "/float")] == [500, 200, 200]


def test_the_load_of_the_day_and_of_the_night() -> None:
    """`review-before-launch`: thirty requests of 60 ms are 1.8 cores; 200 000 of them are over three hours."""
    text = _text("review-before-launch")
    assert f"thirty requests of 60 ms are {30 * 60 / 1_000:.1f} cores" in text
    assert "200 000 · 60 ms are over three hours of one core" in text
    assert 3 < 200_000 * 0.060 / 3_600 < 3.5


def test_one_call_with_a_matrix_gives_what_many_calls_give() -> None:
    """`review-before-launch`: `predict_proba` takes matrices; almost all of a single call is overhead (in calls)."""
    x, y = _rows(400, 1)
    model = RandomForestClassifier(5, random_state=0).fit(x, y)
    assert model.predict_proba(x) == pytest.approx(np.vstack([model.predict_proba(row.reshape(1, -1)) for row in x]))

    def calls(rows: Floats) -> int:
        profile = cProfile.Profile()
        profile.runcall(model.predict_proba, rows)
        return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]

    assert calls(x) < 2 * calls(x[:1])  # four hundred rows, not twice the calls of one


class Payload:
    """What a stranger may put into a model file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.mark, "ran")


@pytest.mark.parametrize("load", [joblib.load, lambda file: pickle.loads(Path(file).read_bytes())])
def test_loading_a_model_file_runs_code(tmp_path: Path, load: Callable[[Path], Any]) -> None:
    """`review-before-launch`, `which-model-was-it`, `who-refused-friday`: joblib and pickle alike; a hash tells."""
    good, bad, mark = tmp_path / "good", tmp_path / "bad", tmp_path / "mark"
    good.write_bytes(pickle.dumps({"weights": [1.0]}))
    bad.write_bytes(pickle.dumps(Payload(mark)))
    assert load(good) == {"weights": [1.0]}
    assert not mark.exists()
    load(bad)
    assert mark.read_text() == "ran"
    assert hashlib.sha256(good.read_bytes()).digest() != hashlib.sha256(bad.read_bytes()).digest()


# batch-against-contract


def test_the_traps_of_python_that_the_contract_has_to_know() -> None:
    """`batch-against-contract`: truth values, NaN, absence and a bound of zero."""
    assert isinstance(True, int)
    assert len({True, *range(1, 2)}) == 1
    assert type(json.loads("true")) is not int
    nan = float("nan")
    assert not nan < 0
    assert not nan > 10
    assert nan != nan
    assert [value for value in (0, "", False) if not value] == [0, "", False]
    rule = {"low": 0}
    assert not (rule.get("low") and rule["low"] > -5)  # the careless check says nothing about minus five
    assert "low" in rule
    assert rule["low"] > -5


def test_forty_thousand_rows_against_a_list_are_eight_hundred_million_comparisons() -> None:
    """`batch-against-contract`: counted on a small list, and by the formula that this confirms."""
    compared = 0

    class Key:
        __hash__ = object.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return False

    seen: list[Key] = []
    for key in [Key() for _ in range(100)]:
        assert key not in seen
        seen.append(key)
    assert compared == 100 * 99 // 2
    assert "eight hundred million" in _text("batch-against-contract")
    assert pytest.approx(800_000_000, rel=0.001) == 40_000 * 39_999 // 2


@pytest.mark.parametrize("file", ["flat.py", "one_function_per_value.py"])
def test_cents_stay_within_a_generous_range_and_the_median_does_not(file: str) -> None:
    """`batch-against-contract`, `cents-in-the-feed`: the contract is silent, the batch's median is a hundred times."""
    assert "3000 is as good a number as 30" in _text("cents-in-the-feed")
    violations = _solution("batch-against-contract", f"submissions/accepted/{file}", "violations")
    contract = {"amount": {"type": "float", "low": 0.0, "high": 50_000.0}}
    euros = np.random.default_rng(0).uniform(5, 400, 500)
    rows = [{"amount": float(value)} for value in euros], [{"amount": float(100 * value)} for value in euros]
    assert [violations(batch, contract) for batch in rows] == [[], []]
    assert np.median([row["amount"] for row in rows[1]]) == pytest.approx(100 * np.median(euros))


def test_a_batch_that_comes_twice_is_all_duplicates_and_loads_once_by_its_key() -> None:
    """`batch-against-contract`, `cents-in-the-feed`, `before-the-model`: loading by key or by day is idempotent."""
    violations = _solution("batch-against-contract", "submissions/accepted/flat.py", "violations")
    rows = [{"id": at} for at in range(50)]
    assert len(violations(rows + rows, {"id": {"type": "int", "unique": True}})) == 50
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE appended (id INTEGER, day TEXT, amount INTEGER)")
    database.execute("CREATE TABLE keyed (id INTEGER PRIMARY KEY, day TEXT, amount INTEGER)")
    database.execute("CREATE TABLE daily (id INTEGER, day TEXT, amount INTEGER)")
    batch = [(at, "2024-05-01", 10 * at) for at in range(100)]
    upsert = "INSERT INTO keyed VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET amount = excluded.amount"
    for part in (batch[:60], batch, batch):  # a job that stopped half-way, its restart, and the same file once more
        database.executemany("INSERT INTO appended VALUES (?, ?, ?)", part)
        database.executemany(upsert, part)
        database.execute("DELETE FROM daily WHERE day = '2024-05-01'")
        database.executemany("INSERT INTO daily VALUES (?, ?, ?)", part)
    counts = [
        database.execute(f"SELECT count(*), sum(amount) FROM {table}").fetchone()
        for table in ("appended", "keyed", "daily")
    ]
    once = (100, 49_500)
    assert counts[0][0] == 260
    assert counts[1:] == [once, once]
    database.close()


def test_kept_deliveries_can_be_processed_again_and_cleaned_ones_cannot() -> None:
    """`cents-in-the-feed`: from the raw file the corrected conversion gives the truth; a clipped copy has lost it."""
    euros = np.array([12.0, 80.0, 950.0])
    raw = 100 * euros
    cleaned = np.clip(raw, 0, 50_000)
    assert raw / 100 == pytest.approx(euros)
    assert (cleaned / 100).max() < 950


# features-as-they-were


@pytest.mark.parametrize("file", ["bisection.py", "replay.py"])
def test_the_worked_example_of_the_point_in_time_join(file: str) -> None:
    """`features-as-they-were`: [1.5, 1.5] with 60 seconds, [None, 1.5] with 30; zero is a value."""
    as_of = _solution("features-as-they-were", f"submissions/accepted/{file}", "as_of")
    events, values = [("ann", 100), ("ann", 50)], [("ann", 40, 1.5), ("ann", 100, 9.0), ("bob", 99, 7.0)]
    assert as_of(events, values, 60) == [1.5, 1.5]
    assert as_of(events, values, 30) == [None, 1.5]
    prompt = _text("features-as-they-were", "prompt.md")
    assert "`max_age = 60` the answer is `[1.5, 1.5]`; with `max_age = 30` it is `[None, 1.5]`" in prompt
    assert as_of([("ann", 10)], [("ann", 9, 0.0)], 5) == [0.0]


def test_the_traps_of_bisect_and_of_sorting_whole_tuples() -> None:
    """`features-as-they-were`: bisect_right lets the same second in; whole tuples sort corrections by value."""
    times = [40, 100]
    assert (bisect_left(times, 100), bisect_right(times, 100)) == (1, 2)
    written = [(10, 5.0), (10, -1.0)]  # the second corrects the first
    assert sorted(written, key=lambda pair: pair[0])[-1] == (10, -1.0)
    assert sorted(written)[-1] == (10, 5.0)


def test_searching_all_values_for_each_event_is_hundreds_of_millions_of_steps() -> None:
    """`features-as-they-were`: the judge's large cases have twenty-five thousand of each."""
    assert "hundreds of millions here" in _text("features-as-they-were")
    generator = inspect.getsource(_solution("features-as-they-were", "judge/generate.py", "cases"))
    assert "count = 25_000" in generator
    assert 100_000_000 < 25_000**2 < 1_000_000_000


def _purchases() -> tuple[list[int], Labels, Floats, Floats]:
    """Shoppers, whether they bought, the spending known before the event, and the spending as it stands now."""
    rng = np.random.default_rng(3)
    before = rng.gamma(2.0, 20.0, 4_000)
    bought = (rng.random(4_000) < _sigmoid((before - 40) / 40)).astype(np.int64)
    return list(range(4_000)), bought, before, before + bought * rng.gamma(2.0, 30.0, 4_000)


def test_todays_values_make_a_model_brilliant_offline_and_poor_in_service() -> None:
    """`features-as-they-were`: after the purchase the spending contains it; in service the future is not to be had."""
    shoppers, bought, before, now = _purchases()
    as_of = _solution("features-as-they-were", "submissions/accepted/bisection.py", "as_of")
    values = [(str(at), 50, before[at]) for at in shoppers] + [(str(at), 101, now[at]) for at in shoppers]
    joined = np.array(as_of([(str(at), 100) for at in shoppers], values, 1_000))
    assert (joined == before).all()
    half = slice(0, 2_000), slice(2_000, 4_000)

    def auc(train: Floats, test: Floats) -> float:
        model = DecisionTreeClassifier(max_depth=5, random_state=0)
        model.fit(train[half[0]].reshape(-1, 1), bought[half[0]])
        return float(roc_auc_score(bought[half[1]], model.predict_proba(test[half[1]].reshape(-1, 1))[:, 1]))

    offline, served, honest = auc(now, now), auc(now, joined), auc(joined, joined)
    assert offline > served + 0.1
    assert offline > honest + 0.1


# before-the-model, good-in-the-notebook


def _gaps(rows: int) -> tuple[Floats, Labels]:
    x, y = _rows(rows, 11)
    x[np.random.default_rng(12).random(x.shape) < 0.2] = np.nan
    return x, y


def test_means_and_scales_of_all_rows_flatter_by_very_little() -> None:
    """`good-in-the-notebook`, `before-the-model`: with thousands of rows the leak hardly moves the score."""
    assert "usually by little" in _text("good-in-the-notebook")
    assert "a mean gives away little" in _text("before-the-model")
    x, y = _gaps(4_000)
    train, test, y_train, y_test = train_test_split(x, y, random_state=0)
    prepare = make_pipeline(SimpleImputer(), StandardScaler())

    def auc(fitted_on: Floats) -> float:
        prepare.fit(fitted_on)
        model = LogisticRegression().fit(prepare.transform(train), y_train)
        return float(roc_auc_score(y_test, model.predict_proba(prepare.transform(test))[:, 1]))

    assert auc(x) != auc(train)  # the test rows do reach the score
    assert abs(auc(x) - auc(train)) < 0.005


def test_feature_selection_on_all_rows_makes_a_splendid_score_out_of_nothing() -> None:
    """`good-in-the-notebook`: the same order of steps; nothing can be learned here, and one in each fold says so."""
    assert "target encoding or feature selection is a disaster" in _text("good-in-the-notebook")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(120, 3_000)), rng.integers(0, 2, 120)
    select = SelectKBest(f_classif, k=20)
    leaked = cross_val_score(LogisticRegression(), select.fit_transform(x, y), y, scoring="roc_auc").mean()
    honest = cross_val_score(make_pipeline(select, LogisticRegression()), x, y, scoring="roc_auc").mean()
    assert leaked > 0.9
    assert 0.35 < honest < 0.65


def test_target_encoding_of_all_rows_does_the_same() -> None:
    """`good-in-the-notebook`: many rare categories without any meaning."""
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 700, (2_000, 1)), rng.integers(0, 2, 2_000)
    means = {at: y[x[:, 0] == at].mean() for at in np.unique(x)}
    encoded = np.array([[means[at]] for at in x[:, 0]])
    leaked = cross_val_score(LogisticRegression(), encoded, y, scoring="roc_auc").mean()
    pipeline = make_pipeline(TargetEncoder(cv=StratifiedKFold(5, shuffle=True, random_state=0)), LogisticRegression())
    honest = cross_val_score(pipeline, x, y, scoring="roc_auc").mean()
    assert leaked > 0.7
    assert abs(honest - 0.5) < 0.06


def test_a_second_implementation_is_poor_from_the_first_row_and_raises_nothing() -> None:
    """`good-in-the-notebook`, `before-the-model`: another filling, another order of columns: skew without drift."""
    x, y = _gaps(4_000)
    x = x * [1, 50, 3, 9] + [20, 400, 7, 0]
    pipeline = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()).fit(x[:3_000], y[:3_000])
    raw, truth = x[3_000:], y[3_000:]
    offline = roc_auc_score(truth, pipeline.predict_proba(raw)[:, 1])
    for served in (np.nan_to_num(raw, nan=0.0), raw[:, [1, 0, 2, 3]]):
        assert roc_auc_score(truth, pipeline.predict_proba(served)[:, 1]) < offline - 0.05
    for same in (raw, raw.copy()):  # the proof needs no labels: the same raw rows on both paths, column by column
        assert (pipeline[:-1].transform(same) == pipeline[:-1].transform(raw)).all()
    differing = np.abs(pipeline[:-1].transform(np.nan_to_num(raw, nan=0.0)) - pipeline[:-1].transform(raw)) > 1e-9
    assert 0.1 < differing.mean() < 0.3


def test_sample_and_population_deviation_are_two_numbers() -> None:
    """`good-in-the-notebook`: StandardScaler divides by n; the other convention divides by n - 1."""
    column = np.array([[1.0], [2.0], [6.0]])
    scale = StandardScaler().fit(column).scale_[0]
    assert scale == pytest.approx(np.std(column))
    assert scale != pytest.approx(np.std(column, ddof=1))


def test_a_fitted_encoder_keeps_the_columns_of_the_training() -> None:
    """`good-in-the-notebook`: a new tariff becomes zeros; columns made from one request alone are another matrix."""
    tariffs = np.array([["basic"], ["plus"], ["max"]], dtype=object)
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(tariffs)
    assert encoder.transform([["new"]]).tolist() == [[0, 0, 0]]
    assert encoder.transform([["plus"]]).shape == (1, 3)
    assert OneHotEncoder(sparse_output=False).fit_transform([["plus"]]).shape == (1, 1)
    with pytest.raises(ValueError, match="unknown categories"):
        OneHotEncoder().fit(tariffs).transform([["new"]])


def test_rounding_moves_a_linear_score_a_little_and_a_trees_answer_altogether() -> None:
    """`good-in-the-notebook`, probe: at the split rounding changes the branch."""
    x = np.array([[0.1], [0.2], [0.4], [0.5]])
    y = np.array([0, 0, 1, 1])
    tree, line = DecisionTreeClassifier().fit(x, y), LogisticRegression().fit(x, y)
    edge = float(tree.tree_.threshold[0])
    pair = np.array([[edge - 1e-4], [edge + 1e-4]])
    assert np.ptp(tree.predict_proba(pair)[:, 1]) == 1
    assert np.ptp(line.predict_proba(pair)[:, 1]) < 1e-3


# good-in-january, monday-drift-alarm


def test_tests_at_five_percent_fire_by_chance() -> None:
    """`monday-drift-alarm`: two of forty each day, three is ordinary; `good-in-january`: five of a hundred."""
    assert "Forty tests at five percent fire twice a day by chance. Three is an ordinary morning." in _text(
        "monday-drift-alarm"
    )
    assert "a hundred features tested daily at 5 % raise five alarms every morning" in _text("good-in-january")
    assert 40 * 0.05 == 2
    assert 100 * 0.05 == 5
    assert binom.sf(2, 40, 0.05) > 0.3  # three or more: about every third morning
    assert binom.sf(0, 100, 0.05) > 0.99
    rng = np.random.default_rng(0)
    red = [sum(ks_2samp(*rng.normal(size=(2, 300))).pvalue < 0.05 for _ in range(40)) for _ in range(25)]
    assert 1.2 < np.mean(red) < 2.8
    assert max(red) >= 3
    corrected = [sum(ks_2samp(*rng.normal(size=(2, 300))).pvalue < 0.05 / 40 for _ in range(40)) for _ in range(10)]
    assert np.mean(corrected) < 0.5


def test_with_two_million_rows_a_trifle_is_significant() -> None:
    """`monday-drift-alarm`: from 50.00 to 50.05 with a deviation of 10: p is tiny, and so is every effect size."""
    assert "from 50.00 to 50.05" in _text("monday-drift-alarm", "interviewer.md")
    rng = np.random.default_rng(7)
    training, yesterday = rng.normal(50.00, 10, 2_000_000), rng.normal(50.05, 10, 2_000_000)
    test = ks_2samp(training, yesterday, method="asymp")
    assert test.pvalue < 0.01
    assert test.statistic < 0.005
    assert abs(yesterday.mean() - training.mean()) / 10 < 0.01
    few = ks_2samp(training[:2_000], yesterday[:2_000])
    assert few.pvalue > 0.05
    edges = np.quantile(training, np.linspace(0.1, 0.9, 9))
    p, q = (np.bincount(np.searchsorted(edges, sample)) / len(sample) for sample in (training, yesterday))
    assert ((q - p) * np.log(q / p)).sum() < 0.001


def test_covariate_drift_spares_a_model_that_knows_the_region_and_hurts_one_that_extrapolates() -> None:
    """`monday-drift-alarm`: P(x) moves, the rule holds."""
    rng = np.random.default_rng(5)

    def rule(x: Floats) -> Floats:
        return np.asarray(np.sin(x[:, 0]), dtype=np.float64)

    wide, narrow, moved = (rng.uniform(low, high, (1_500, 1)) for low, high in ((0, 6), (0, 3), (4, 6)))
    knows, extrapolates = (
        RandomForestRegressor(20, random_state=0).fit(x, rule(x) + rng.normal(0, 0.1, len(x))) for x in (wide, narrow)
    )
    assert ks_2samp(wide[:, 0], moved[:, 0]).pvalue < 1e-9
    errors = [float(np.abs(model.predict(moved) - rule(moved)).mean()) for model in (knows, extrapolates)]
    assert errors[0] < 0.1
    assert errors[1] > 0.5


def test_concept_drift_moves_no_input_and_only_outcomes_show_it() -> None:
    """`monday-drift-alarm`, `good-in-january`: the monitor of features stays silent while the error doubles."""
    rng = np.random.default_rng(6)
    x, later = rng.normal(size=(2, 5_000, 3))
    model = LinearRegression().fit(x, x[:, 0] + rng.normal(0, 0.5, 5_000))
    for column in range(3):
        assert ks_2samp(x[:, column], later[:, column]).statistic < 0.04
    assert ks_2samp(model.predict(x), model.predict(later)).statistic < 0.04
    error = [float(np.abs(model.predict(later) - slope * later[:, 0]).mean()) for slope in (1.0, 2.0)]
    assert error[1] > 10 * error[0]


def test_a_classifier_of_yesterday_against_training_sees_combinations() -> None:
    """`monday-drift-alarm`, probe: each feature looks as always, together they do not; the AUC says how much."""
    rng = np.random.default_rng(9)
    training = rng.normal(size=(1_500, 2))
    same = rng.normal(size=(1_500, 2))
    tied = rng.multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]], 1_500)
    source = np.repeat([0, 1], 1_500)
    for column in range(2):
        assert ks_2samp(training[:, column], tied[:, column]).statistic < 0.06
    aucs = [
        cross_val_score(
            RandomForestClassifier(30, min_samples_leaf=20, random_state=0),
            np.vstack([training, day]),
            source,
            cv=3,
            scoring="roc_auc",
        ).mean()
        for day in (same, tied)
    ]
    assert aucs[0] == pytest.approx(0.5, abs=0.05)
    assert aucs[1] > 0.7


def test_a_nightly_swap_without_a_gate_often_takes_the_worse_model() -> None:
    """`good-in-january`: noise alone; a gate on the same recent rows refuses the night of corrupt labels."""
    big, truth = _rows(5_000, 50)
    hold, hold_y = _rows(2_000, 51)
    scores = []
    for night in range(20):
        x, y = _rows(300, 100 + night, 4)
        scores.append(roc_auc_score(truth, LogisticRegression().fit(x, y).predict_proba(big)[:, 1]))
    worse = sum(after < before for before, after in itertools.pairwise(scores))
    assert 5 <= worse <= 14
    x, y = _rows(300, 100)
    champion, corrupt = LogisticRegression().fit(x, y), LogisticRegression().fit(x, 1 - y)
    exam = [roc_auc_score(hold_y, model.predict_proba(hold)[:, 1]) for model in (champion, corrupt)]
    assert exam[1] < 0.5 < 0.7 < exam[0]


# green-lights-wrong-answers


def test_an_empty_field_goes_from_none_to_all_missing_on_the_first_day() -> None:
    """`green-lights-wrong-answers`: visible without a label, while every answer is a valid number."""
    assert "from 0 to 100 % missing on the first day" in _text("green-lights-wrong-answers")
    x, y = _rows(1_000, 2)
    model = make_pipeline(SimpleImputer(), LogisticRegression()).fit(x, y)
    day = x.copy()
    day[:, 0] = np.nan
    assert [float(np.isnan(rows[:, 0]).mean()) for rows in (x, day)] == [0.0, 1.0]
    scores = model.predict_proba(day)[:, 1]
    assert np.isfinite(scores).all()
    assert scores.std() < 0.8 * model.predict_proba(x)[:, 1].std()


# stability-index


def _index(reference: list[float | None], live: list[float | None], edges: list[float]) -> float:
    index: float = _solution("stability-index", "submissions/accepted/bisection.py", "stability_index")(
        reference, live, edges
    )
    return index


def test_the_worked_example_of_the_stability_index() -> None:
    """`stability-index`: about 0.3577, written out by hand from the prompt's formula."""
    assert "it is about 0.3577" in _text("stability-index", "prompt.md")
    p = [(c + 0.5) / (3 + 0.5 * 3) for c in (1, 2, 0)]
    q = [(c + 0.5) / (3 + 0.5 * 3) for c in (1, 1, 1)]
    by_hand = sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert round(by_hand, 4) == 0.3577
    assert _index([1.0, 2.0, 3.0], [1.0, None, 9.0], [2.0]) == pytest.approx(by_hand)


def test_the_index_is_symmetric_never_negative_and_both_divergences_together() -> None:
    """`stability-index`: each term is at least zero; the sum is KL(p, q) + KL(q, p); zero for equal shares."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        p, q = rng.dirichlet(np.ones(6), 2)
        terms = (q - p) * np.log(q / p)
        assert (terms >= 0).all()
        assert terms.sum() == pytest.approx((p * np.log(p / q)).sum() + (q * np.log(q / p)).sum())
    one: list[float | None] = [*rng.normal(size=40)]
    other: list[float | None] = [*rng.normal(1, 1, size=70)]
    edges = [-1.0, 0.0, 1.0]
    assert _index(one, other, edges) == pytest.approx(_index(other, one, edges))
    assert _index(one, one[::-1], edges) == 0


def _chance(rows: int, bins: int) -> float:
    """The mean index of two samples of the same distribution."""
    rng = np.random.default_rng(rows + bins)
    edges = [at / bins for at in range(1, bins)]
    return float(np.mean([_index([*rng.random(rows)], [*rng.random(rows)], edges) for _ in range(30)]))


def test_chance_alone_makes_the_index_of_small_samples_large_and_more_so_with_more_bins() -> None:
    """`stability-index`: nothing has changed, and small samples pass 0.1 and 0.25 all the same."""
    text = _text("stability-index")
    assert "below 0.1 as quiet and above 0.25" in text
    assert _chance(2_000, 10) < 0.1 < _chance(100, 10)
    assert _chance(100, 40) > 0.25
    assert _chance(500, 5) < _chance(500, 20) < _chance(500, 80)


def test_an_empty_bin_counts_nothing_at_equal_sizes_and_a_trifle_otherwise() -> None:
    """`stability-index`: and leaving out a bin that is empty on one side hides the strongest change."""
    sample: list[float | None] = [1.0, 5.0] * 20
    assert _index(sample, sample, [3.0, 7.0, 8.0]) == 0
    assert 0 < _index(sample, sample * 2, [3.0, 7.0, 8.0]) < 0.05
    vanished: list[float | None] = [1.0] * 40
    assert _index(sample, vanished, [3.0]) > 1


def test_missing_values_zeros_and_outliers_need_their_bins() -> None:
    """`stability-index`: an index of numbers alone sees nothing in ten percent of None; open ends keep outliers."""
    rng = np.random.default_rng(4)
    column: list[float | None] = [*rng.normal(size=2_000)]
    edges = [-1.0, 0.0, 1.0]
    gaps = [None if at % 10 == 0 else value for at, value in enumerate(column)]
    numbers = [value for value in gaps if value is not None]
    assert _index(column, [*numbers], edges) < 0.01
    assert _index(column, gaps, edges) > 0.25
    far = [1e9 if at % 10 == 0 else value for at, value in enumerate(column)]
    low, high = np.min(numbers), np.max(numbers)
    counts = np.histogram([value for value in far if value is not None], bins=10, range=(low, high))[0]
    assert counts.sum() == 1_800  # bins between minimum and maximum have lost what one looks for
    assert _index(column, far, [*edges, 3.5]) > 0.25
    assert _index([0.0] * 20, [None] * 20, [1.0]) > 1


def test_edges_recomputed_on_the_live_data_make_every_night_look_alike() -> None:
    """`stability-index`: by its own deciles any night is evenly spread."""
    rng = np.random.default_rng(2)
    reference, live = rng.normal(size=3_000), rng.normal(2, 3, size=3_000)
    deciles = np.linspace(0.1, 0.9, 9)
    fixed = [float(at) for at in np.quantile(reference, deciles)]
    assert _index([*reference], [*live], fixed) > 1
    shares = [
        np.bincount(np.searchsorted(np.quantile(sample, deciles), sample)) / 3_000 for sample in (reference, live)
    ]
    p, q = shares
    assert ((q - p) * np.log(q / p)).sum() < 0.001


def test_bisect_right_is_the_number_of_the_bin_in_ten_steps() -> None:
    """`stability-index`: from 0 to k, a value on an edge belongs above it; a thousand edges take ten comparisons."""
    edges = [2.0, 4.0]
    assert [bisect_right(edges, value) for value in (1.0, 2.0, 3.9, 4.0, 9.0)] == [0, 1, 1, 2, 2]
    assert bisect_left(edges, 2.0) == 0
    compared = 0

    class Value(float):
        def __lt__(self, other: float) -> bool:
            nonlocal compared
            compared += 1
            return float(self) < float(other)

    bisect_right([float(at) for at in range(1_000)], Value(700.5))
    assert 9 <= compared <= 10


# the-same-run-twice


def _train(seed: int, rows: int = 600) -> tuple[bytes, float]:
    x, y = _rows(rows, 21)
    train, test, y_train, y_test = train_test_split(x, y, random_state=seed)
    model = RandomForestClassifier(10, random_state=seed).fit(train, y_train)
    scores = model.predict_proba(test)[:, 1]
    return hashlib.sha256(scores.tobytes()).digest(), float(roc_auc_score(y_test, scores))


def test_the_same_rows_and_the_same_seed_give_the_same_model_and_other_rows_do_not() -> None:
    """`the-same-run-twice`, `which-model-was-it`: a seed alone is not enough, the data belong to it."""
    assert _train(seed=1) == _train(seed=1)
    assert _train(seed=1) != _train(seed=2)
    assert _train(seed=1) != _train(seed=1, rows=640)


def test_a_gap_like_that_of_the_two_colleagues_is_within_the_spread_of_seeds() -> None:
    """`the-same-run-twice`: 0.842 against 0.861, from the split and the dice alone; the best of many flatters."""
    gap = 0.861 - 0.842
    assert "0.842" in _text("the-same-run-twice", "prompt.md")
    assert "0.861" in _text("the-same-run-twice")
    aucs = [_train(seed)[1] for seed in range(15)]
    assert np.std(aucs) > gap / 2
    assert max(aucs) - np.mean(aucs) > gap


def test_a_bootstrap_of_the_difference_needs_one_test_set() -> None:
    """`the-same-run-twice`: on the same rows the interval of the difference is narrower than of two separate ones."""
    x, y = _rows(3_000, 30)
    models = [RandomForestClassifier(20, random_state=seed).fit(x[:1_500], y[:1_500]) for seed in (0, 1)]
    first, second = (model.predict_proba(x[1_500:])[:, 1] for model in models)
    truth = y[1_500:]
    rng = np.random.default_rng(0)
    paired, apart = [], []
    for _ in range(40):
        one, other = rng.integers(0, 1_500, (2, 1_500))
        base = roc_auc_score(truth[one], first[one])
        paired.append(base - roc_auc_score(truth[one], second[one]))
        apart.append(base - roc_auc_score(truth[other], second[other]))
    assert np.std(paired) < 0.6 * np.std(apart)
    assert np.quantile(paired, 0.025) < 0 < np.quantile(paired, 0.975)


def test_a_hash_of_the_id_keeps_customers_on_their_side_when_rows_are_added() -> None:
    """`the-same-run-twice`: a seeded split does not."""

    def by_hash(ids: list[int]) -> set[int]:
        return {at for at in ids if hashlib.sha256(str(at).encode()).digest()[0] < 51}

    def by_seed(ids: list[int]) -> set[int]:
        return set(train_test_split(ids, test_size=0.2, random_state=0)[1])

    then, now = list(range(1_000)), list(range(1_010))
    assert 150 < len(by_hash(then)) < 250
    assert by_hash(now) & set(then) == by_hash(then)
    assert len(by_seed(then) - by_seed(now)) > 50


def test_sums_of_floats_depend_on_their_order() -> None:
    """`the-same-run-twice`: why bit for bit is not always to be had, and a tolerance is."""
    assert (0.1 + 0.2) + 0.3 != 0.1 + (0.2 + 0.3)
    values = np.random.default_rng(0).normal(size=10_000).astype(np.float32)
    forward, backward = (np.add.accumulate(part)[-1] for part in (values, values[::-1]))
    assert forward != backward
    assert forward == pytest.approx(backward, abs=1e-2)


# the-truth-comes-late


def _payments() -> dict[str, NDArray[Any]]:
    """Six weeks and more of payments: fraud, score, decision, age in days and the delay of a chargeback."""
    rng = np.random.default_rng(10)
    count = 200_000
    fraud = rng.random(count) < 0.05
    score = rng.normal(size=count) + 2.0 * fraud
    return {
        "fraud": fraud,
        "blocked": score > 2.0,
        "age": rng.integers(0, 84, count),
        "delay": rng.uniform(1, 42, count),
    }


def test_young_payments_without_a_chargeback_make_recent_recall_splendid() -> None:
    """`the-truth-comes-late`: caught frauds are known at once (by review), missed ones up to six weeks later."""
    assert "counts as caught at once" in _text("the-truth-comes-late")
    p = _payments()
    known = p["fraud"] & (p["blocked"] | (p["delay"] <= p["age"]))

    def recall(chosen: NDArray[Any], truth: NDArray[Any]) -> float:
        return float((p["blocked"] & truth)[chosen].sum() / truth[chosen].sum())

    old, young = p["age"] >= 42, p["age"] < 7
    assert recall(old, known) == recall(old, p["fraud"])
    assert recall(young, p["fraud"]) == pytest.approx(recall(old, p["fraud"]), abs=0.06)
    assert recall(young, known) > 0.85 > 0.6 > recall(young, p["fraud"])


def test_one_in_a_thousand_makes_accuracy_say_nothing() -> None:
    """`the-truth-comes-late`: letting everything pass is right for 99.9 %."""
    assert "one payment in a thousand is fraud" in _text("the-truth-comes-late")
    truth = np.repeat([1, 0], [1, 999])
    assert accuracy_score(truth, np.zeros(1_000)) == 0.999


def test_blocking_removes_the_labels_and_a_weighted_random_share_gives_them_back() -> None:
    """`the-truth-comes-late`: without it no blocked payment has a label; weighted by 1 / p, the estimate is right."""
    p = _payments()
    passed = ~p["blocked"]
    assert p["fraud"][passed].mean() < 0.6 * p["fraud"].mean()  # what a successor would be trained on
    chance = np.where(p["blocked"], 0.05, 1.0)
    labelled = np.random.default_rng(11).random(len(chance)) < chance
    weights = 1 / chance[labelled]
    estimate = np.average(p["fraud"][labelled], weights=weights)
    assert estimate == pytest.approx(p["fraud"].mean(), rel=0.1)
    assert p["fraud"][labelled].mean() < 0.7 * p["fraud"].mean()
    seen = p["blocked"] & labelled
    assert p["fraud"][seen].mean() == pytest.approx(p["fraud"][p["blocked"]].mean(), abs=0.06)


# when-to-train-again


def test_unripe_rows_are_learned_as_loyal() -> None:
    """`when-to-train-again`: the last thirty days are "still here"; the newer the rows, the fewer leavers."""
    rng = np.random.default_rng(12)
    age, leaves_after = rng.integers(0, 90, 30_000), rng.uniform(0, 30, 30_000)
    leaver = rng.random(30_000) < 0.2
    seen = leaver & (leaves_after <= age)
    assert (seen == leaver)[age >= 30].all()
    assert seen[age < 30].mean() < 0.6 * leaver.mean()
    assert not seen[age == 0].any()
    assert seen.mean() < 0.9 * seen[age >= 30].mean() == pytest.approx(0.18, abs=0.01)


def test_a_model_whose_flags_change_the_outcome_unlearns_what_it_was_best_at() -> None:
    """`when-to-train-again`: saved leavers are labelled loyal; the control group shows the truth and the effect."""
    rng = np.random.default_rng(13)
    x, nature = rng.normal(size=(20_000, 1)), rng.random(20_000)
    would_leave = (nature < _sigmoid(2 * x[:, 0] - 1)).astype(np.int64)
    first = LogisticRegression().fit(x, would_leave)
    scores = first.predict_proba(x)[:, 1]
    flagged = scores > np.quantile(scores, 0.8)
    control = rng.random(20_000) < 0.1
    called = flagged & ~control
    left = np.where(called & (rng.random(20_000) < 0.8), 0, would_leave)
    top = x[flagged]
    naive, honest = LogisticRegression().fit(x, left), LogisticRegression().fit(x[control], left[control])
    assert naive.predict_proba(top)[:, 1].mean() < 0.7 * scores[flagged].mean()
    assert honest.predict_proba(top)[:, 1].mean() == pytest.approx(scores[flagged].mean(), rel=0.05)
    assert naive.coef_[0, 0] < 0.5 * first.coef_[0, 0]
    effect = left[flagged & control].mean() - left[called].mean()
    assert effect == pytest.approx(0.8 * would_leave[flagged].mean(), abs=0.05)


# which-model-was-it, who-refused-friday


def _fitted(scale: float) -> tuple[StandardScaler, LogisticRegression]:
    x, y = _rows(500, 40)
    x = x * scale + scale
    scaler = StandardScaler().fit(x)
    return scaler, LogisticRegression().fit(scaler.transform(x), y)


def test_old_weights_behind_a_new_scaler_are_another_model() -> None:
    """`who-refused-friday`: going back with the weights alone meets the new scaler, and nothing fails."""
    (old_scaler, old_model), (new_scaler, _new_model) = _fitted(1.0), _fitted(100.0)
    row = np.array([[2.0, -1.0, 0.0, 0.0]])
    right = old_model.predict_proba(old_scaler.transform(row))[0, 1]
    mixed = old_model.predict_proba(new_scaler.transform(row))[0, 1]
    assert abs(right - mixed) > 0.2
    assert (right >= 0.5) != (mixed >= 0.5)


def test_a_pickle_of_another_release_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    """`who-refused-friday`: scikit-learn says `InconsistentVersionWarning`."""
    assert "`InconsistentVersionWarning`" in _text("who-refused-friday")
    model = _fitted(1.0)[1]
    with monkeypatch.context() as patch:
        patch.setattr(sklearn.base, "__version__", "1.2.0")
        old = pickle.dumps(model)
    with pytest.warns(InconsistentVersionWarning, match=r"1\.2\.0"):
        pickle.loads(old)


class Registry:
    """Versions that are never overwritten, and a pointer that is replaced in one step."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, version: str, model: Any) -> None:
        with (self.root / version).open("xb") as file:
            file.write(pickle.dumps(model))

    def point(self, version: str) -> None:
        (self.root / "next").write_text(version)
        (self.root / "next").replace(self.root / "champion")

    def champion(self) -> Any:
        return pickle.loads((self.root / (self.root / "champion").read_text()).read_bytes())


def test_versions_are_not_overwritten_and_a_rollback_moves_a_pointer(tmp_path: Path) -> None:
    """`which-model-was-it`, `who-refused-friday`: no training, and the same answers as before to the last bit."""
    registry = Registry(tmp_path)
    x, _y = _rows(50, 41)
    good = make_pipeline(*_fitted(1.0))
    before = good.predict_proba(x)
    registry.add("17", good)
    registry.point("17")
    registry.add("18", make_pipeline(*_fitted(100.0)))
    registry.point("18")
    assert (registry.champion().predict_proba(x) != before).any()
    with pytest.raises(FileExistsError):
        registry.add("17", good)
    registry.point("17")
    assert (registry.champion().predict_proba(x) == before).all()


def test_artefact_first_and_pointer_last_survives_a_crash_in_between(tmp_path: Path) -> None:
    """`which-model-was-it`: the other order leaves a champion that cannot be loaded."""
    registry = Registry(tmp_path)
    registry.add("1", "old")
    registry.point("1")
    registry.add("2", "new")  # and here the process ends
    assert registry.champion() == "old"
    registry.point("3")  # the other order: here the process ends before version 3 is written
    with pytest.raises(FileNotFoundError):
        registry.champion()


def test_with_the_version_in_every_line_who_decided_is_a_query() -> None:
    """`who-refused-friday`: during the rolling change both versions answered; the line of 14:07 says which."""
    log = sqlite3.connect(":memory:")
    log.execute("CREATE TABLE decision (request TEXT, at TEXT, version TEXT, inputs TEXT, score REAL, refused INTEGER)")
    rng = np.random.default_rng(0)
    for minute in range(120):
        version = "18" if rng.random() < minute / 120 else "17"
        row = (f"r{minute}", f"{12 + minute // 60}:{minute % 60:02}", version, "…", 0.4, int(version == "18"))
        log.execute("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?)", row)
    log.execute("INSERT INTO decision VALUES ('hers', '14:07', '18', '…', 0.4, 1)")
    assert log.execute("SELECT version FROM decision WHERE at = '14:07'").fetchall() == [("18",)]
    shares = "SELECT version, avg(refused) FROM decision GROUP BY version ORDER BY version"
    assert log.execute(shares).fetchall() == [("17", 0.0), ("18", 1.0)]
    log.close()
