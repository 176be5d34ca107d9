"""The environments with libraries, in real sandboxes: at tiers 1 and 2, with fresh processes and with spares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.judge.libraries import JUDGES, answers, item_for, readable_folder
from tests.judge.tiers import interpreter_for

from greenroom.bank.base import EnvironmentName
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge


@pytest.fixture(scope="module", params=list(JUDGES.values()), ids=list(JUDGES))
def walled(request: pytest.FixtureRequest) -> Iterator[Judge]:
    tier, count = request.param
    with readable_folder() as scratch:
        judge = Judge(tier=tier, interpreter=interpreter_for(tier), scratch=scratch, spares=count)
        yield judge
        judge.close()


FIRST = """
import importlib, os, sys, threading

def solve(what):
    if what == "threads":
        return "fine" if threading.active_count() == 1 else "threads"
    if what == "variables":
        names = ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]
        wanted = dict.fromkeys(names, "1") | {"JOBLIB_MULTIPROCESSING": "0"} if ML else {}
        found = {name: text for name, text in os.environ.items() if not name.startswith("KMP_")}  # scikit-learn's own
        return "fine" if found == wanted else repr(found)
    if what == "loaded":
        late = [name for name in LOADED if name not in sys.modules]
        return repr(late) if late else "fine"
    if what == "late":  # what the libraries load when it is asked for
        for name in LATE:
            importlib.import_module(name)
        return "fine"
    for name in ("greenroom", "pytest", "yaml", "structlog", "rich"):  # they lie beside the libraries
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        return f"imported {name}"
    return "fine"
"""
LOADED = {
    "ml": ["numpy", "pandas", "sklearn.linear_model", "sklearn.ensemble", "scipy.stats"],
    "web": ["fastapi", "starlette.routing", "django.db.models", "sqlalchemy.orm", "httpx", "jwt", "asyncio"],
}
LATE = {"ml": ["sklearn.manifold", "pandas.plotting"], "web": ["django.contrib.admin", "fastapi.websockets"]}


@pytest.mark.parametrize("name", ["ml", "web"])
def test_what_a_case_finds(walled: Judge, tmp_path: Path, name: EnvironmentName) -> None:
    item = item_for(tmp_path / "item", name, "threads", "variables", "loaded", "late", "others")
    source = FIRST.replace("ML", str(name == "ml")).replace("LOADED", repr(LOADED[name]))
    result = walled.run(item, source.replace("LATE", repr(LATE[name])))
    assert answers(result) == ["fine"] * 5, result.message


ML = """
import io
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

def table(rows=2000):
    rng = np.random.default_rng(1)
    made = pd.DataFrame({"a": rng.normal(size=rows), "b": rng.normal(size=rows), "c": rng.choice(list("xyz"), rows)})
    made.loc[::50, "a"] = np.nan
    return made, (made["a"].fillna(0) + made["b"] > 0).astype(int)

def solve(what):
    features, target = table()
    if what == "pipeline":
        numbers = make_pipeline(SimpleImputer(), StandardScaler())
        columns = ColumnTransformer([("numbers", numbers, ["a", "b"]), ("words", OneHotEncoder(), ["c"])])
        scores = cross_val_score(make_pipeline(columns, LogisticRegression()), features, target, cv=3)
        return "fine" if scores.mean() > 0.9 else f"{scores}"
    if what == "forest":  # which is not done at the same time, but done
        model = RandomForestClassifier(30, n_jobs=4).fit(features[["b"]], target)
        return "fine" if model.score(features[["b"]], target) > 0.7 else "a poor score"
    if what == "boosting":
        model = HistGradientBoostingClassifier(max_iter=20).fit(features[["a", "b"]], target)
        return "fine" if model.score(features[["a", "b"]], target) > 0.9 else "a poor score"
    read = pd.read_csv(io.StringIO(features.to_csv(index=False)))
    means = read.groupby("c")[["a", "b"]].agg(["mean", "count"])
    return "fine" if len(means) == 3 and len(read.merge(means["a"], on="c")) == len(read) else repr(means)
"""


def test_typical_answers_fit_into_128_mb(walled: Judge, tmp_path: Path) -> None:
    result = walled.run(item_for(tmp_path / "item", "ml", "pipeline", "forest", "boosting", "frames"), ML)
    assert answers(result) == ["fine"] * 4, result.message
    assert max(case.peak_mb for case in result.cases) < 128


WEB = """
import asyncio, threading
import django
import httpx
import jwt
from django.conf import settings
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

class Base(DeclarativeBase):
    pass

class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]

class NoteIn(BaseModel):
    text: str

app = FastAPI()
engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})

def session():
    with Session(engine) as one:
        yield one

@app.post("/notes")
def add(note: NoteIn, session: Session = Depends(session)) -> dict:  # a def: it runs in a worker thread
    session.add(Note(text=note.text))
    session.commit()
    return {"count": len(session.scalars(select(Note)).all())}

@app.get("/thread")
async def thread() -> dict:
    return {"thread": threading.current_thread().name}

async def asked(method, path, **given):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.request(method, path, **given)

def with_django():
    settings.configure(DEBUG=False, SECRET_KEY="x" * 40, ROOT_URLCONF="solution", ALLOWED_HOSTS=["*"],
                       DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
                       INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"])
    django.setup()
    from django.core.management import call_command
    from django.contrib.auth.models import User
    from django.http import JsonResponse
    from django.test import Client
    from django.urls import path
    global urlpatterns
    urlpatterns = [path("users", lambda request: JsonResponse({"users": User.objects.count()}))]
    call_command("migrate", verbosity=0)
    User.objects.create_user("ann", password="secret")
    return Client().get("/users").json()

def solve(what):
    Base.metadata.create_all(engine)
    if what == "loop":
        said = asyncio.run(asked("POST", "/notes", json={"text": "one"}))
        return "fine" if said.json() == {"count": 1} else said.text
    if what == "test client":
        with TestClient(app) as client:
            bad, good = client.post("/notes", json={}), client.post("/notes", json={"text": "two"})
            codes = bad.status_code, good.status_code, client.get("/thread").status_code
            return "fine" if codes == (422, 200, 200) and good.json() == {"count": 1} else good.text
    if what == "token":
        token = jwt.encode({"sub": "ann"}, "k" * 32, algorithm="HS256")
        return "fine" if jwt.decode(token, "k" * 32, algorithms=["HS256"]) == {"sub": "ann"} else token
    return "fine" if with_django() == {"users": 1} else "another count"
"""


def test_asgi_django_and_a_database_work_inside(walled: Judge, tmp_path: Path) -> None:
    result = walled.run(item_for(tmp_path / "item", "web", "loop", "test client", "token", "django"), WEB)
    assert answers(result) == ["fine"] * 4, result.message


GREEDY = """
import os, signal
import numpy as np
held = []

def solve(what):
    if what == "one block":
        return str(len(np.ones(40_000_000)))
    if what == "many blocks":
        while True:
            held.append(np.ones(500_000))
    os.kill(os.getpid(), getattr(signal, what))
"""


def test_the_memory_limit_is_about_what_the_case_uses(walled: Judge, tmp_path: Path) -> None:
    """And not about the libraries: a crash with little of its own is no memory limit, whatever they hold."""
    item = item_for(tmp_path / "item", "ml", "one block", "many blocks", "SIGKILL", "SIGSEGV")
    result = walled.run(item, GREEDY)
    memory, crash = Verdict.memory_limit, Verdict.runtime_error
    assert [case.verdict for case in result.cases] == [memory, memory, crash, crash], result
    assert [case.peak_mb < 40 for case in result.cases] == [True, False, True, True]


RANDOM = """
import random
import numpy as np
from sklearn.utils import check_random_state
def solve(what):
    if what == "seeded":
        np.random.seed(3)
        return str(np.random.randint(10**9))
    return f"{np.random.randint(10**9)} {check_random_state(None).randint(10**9)} {random.random()}"
"""


def test_each_case_has_random_numbers_of_its_own(walled: Judge, tmp_path: Path) -> None:
    item = item_for(tmp_path / "item", "ml", "a", "b", "seeded", "again a")
    drawn = [one.split() for run in range(2) for one in answers(walled.run(item, RANDOM.replace("again", str(run))))]
    plain = [words for words in drawn if len(words) == 3]
    assert len(plain) == 6
    assert all(len({words[at] for words in plain}) == 6 for at in range(3)), plain
    assert len({words[0] for words in drawn if len(words) == 1}) == 1


FORKING = """
import os, threading

def solve(what):
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    heard, told = os.pipe()
    if os.fork() == 0:
        os.write(told, bytes([threading.active_count()]))
        os._exit(0)
    os.wait()
    stop.set()
    other.join()
    count = os.read(heard, 1)[0]
    return "fine" if count == 1 else f"{count} threads in the child"
"""


@pytest.mark.parametrize("name", ["web", "plain"])
def test_a_fork_of_a_case_does_what_modules_have_asked_for(
    walled: Judge, tmp_path: Path, name: EnvironmentName
) -> None:
    """They ask at import, most of them before there is a case (`judge/inside/forking.py`)."""
    assert answers(walled.run(item_for(tmp_path / "item", name, "child"), FORKING)) == ["fine"]
