"""The libraries that an environment offers to candidates' code, imported once, before the walls, for all of its cases.

As in `preloaded`, nothing here may start a thread (then the environment is broken, and says so) or keep a state that
two cases must not share: numpy's global random state is set anew for each (`examinee.py`).
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from importlib import machinery

from . import preloaded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

NEEDED = {"web": ("fastapi", "django"), "ml": ("numpy", "pandas", "sklearn")}
"""Without these an environment is broken, whatever is recorded as installed."""

_MAPPED = (
    "asyncio", "bz2", "csv", "greenlet", "lzma", "mmap", "pickle", "pydantic_core", "sqlite3", "ssl", "subprocess",
    "termios", "uuid", "zoneinfo",
)  # fmt: skip
"""With shared libraries, so loaded first: what is allocated after them lies together and fits large pages (`pages`)."""

_STANDARD = (
    "concurrent.futures.thread", "email.message", "encodings.ascii", "encodings.idna", "encodings.latin_1",
    "encodings.unicode_escape",
    "http.cookies", "importlib.metadata", "logging.config", "multiprocessing.dummy", "pprint", "statistics",
    "tempfile", "warnings",
)  # fmt: skip

MODULES = {
    "web": (
        "fastapi.concurrency", "fastapi.encoders", "fastapi.exceptions", "fastapi.middleware.cors",
        "fastapi.openapi.docs", "fastapi.openapi.utils", "fastapi.responses", "fastapi.security",
        "fastapi.staticfiles", "fastapi.telemetry._runtime", "fastapi.testclient", "starlette.applications",
        "starlette.background", "starlette.middleware.base", "starlette.middleware.gzip",
        "starlette.middleware.sessions",
        "starlette.responses", "starlette.routing", "starlette.testclient", "starlette.websockets",
        "anyio._backends._asyncio", "pydantic.dataclasses", "pydantic.networks", "pydantic.type_adapter",
        "pydantic.v1",  # routes are made with it, whichever version their models are of
        "python_multipart", "httpx", "httpx2", "jwt", "wsgiref.handlers",
        "pg8000.dbapi", "sqlalchemy.dialects.postgresql.pg8000", "sqlalchemy.dialects.sqlite",
        "sqlalchemy.event", "sqlalchemy.ext.asyncio",
        "sqlalchemy.ext.hybrid", "sqlalchemy.orm", "sqlalchemy.pool",
        "django.apps", "django.conf.locale.en.formats",
        "django.conf.urls", "django.contrib.auth.apps", "django.contrib.auth.hashers",
        "django.contrib.contenttypes.apps", "django.contrib.messages.apps",
        "django.contrib.messages.context_processors", "django.contrib.messages.middleware",
        "django.contrib.messages.storage.fallback", "django.contrib.sessions.apps",
        "django.contrib.sessions.backends.db", "django.contrib.sessions.middleware",
        "django.contrib.sessions.serializers", "django.core.asgi", "django.core.cache.backends.locmem",
        "django.core.cache.utils", "django.core.handlers.asgi", "django.core.handlers.wsgi", "django.core.mail",
        "django.core.management.commands.migrate", "django.core.paginator", "django.core.serializers.json",
        "django.core.signing", "django.core.validators", "django.core.wsgi", "django.db.backends.sqlite3.base",
        "django.db.migrations.executor", "django.db.models", "django.db.models.functions", "django.db.models.signals",
        "django.db.models.sql.compiler", "django.forms", "django.middleware.clickjacking", "django.middleware.common",
        "django.middleware.csrf", "django.middleware.gzip", "django.middleware.http", "django.middleware.locale",
        "django.middleware.security", "django.shortcuts", "django.template.backends.django",
        "django.template.context_processors", "django.template.loader", "django.template.loaders.app_directories",
        "django.template.loaders.cached", "django.templatetags.cache", "django.templatetags.i18n",
        "django.templatetags.l10n", "django.templatetags.static", "django.templatetags.tz", "django.test",
        "django.urls", "django.utils.timezone", "django.utils.translation.reloader",
        "django.utils.translation.trans_null", "django.utils.translation.trans_real", "django.views.csrf",
        "django.views.debug", "django.views.decorators.cache", "django.views.decorators.csrf",
        "django.views.decorators.http", "django.views.defaults", "django.views.generic",
    ),
    "ml": (
        "joblib", "numpy.fft", "numpy.lib.stride_tricks", "numpy.linalg", "numpy.ma", "numpy.polynomial",
        "numpy.random", "numpy.testing", "pandas.api.types", "pandas.io.formats.csvs", "pandas.io.formats.string",
        "pandas.testing", "scipy.linalg", "scipy.optimize", "scipy.sparse.linalg", "scipy.spatial.distance",
        "scipy.special", "scipy.stats", "sklearn.base", "sklearn.calibration", "sklearn.cluster", "sklearn.compose",
        "sklearn.datasets", "sklearn.decomposition", "sklearn.discriminant_analysis", "sklearn.dummy",
        "sklearn.ensemble", "sklearn.exceptions", "sklearn.feature_extraction.text", "sklearn.feature_selection",
        "sklearn.impute", "sklearn.inspection", "sklearn.isotonic", "sklearn.linear_model", "sklearn.metrics",
        "sklearn.mixture", "sklearn.model_selection", "sklearn.multiclass", "sklearn.multioutput",
        "sklearn.naive_bayes", "sklearn.neighbors", "sklearn.neural_network", "sklearn.pipeline",
        "sklearn.preprocessing", "sklearn.svm", "sklearn.tree", "sklearn.utils.validation",
    ),
}  # fmt: skip
"""What answers import. Libraries load much of themselves late: what is missing here costs every case its import."""

_AGENT = {
    "web": (
        ".labs.agent",
        ".labs.dbapi",
        ".labs.engine",
        ".labs.postgres",
        ".labs.serving",
        ".labs.storage",
        ".labs.transports",
        ".labs.virtual",
    ),
    "ml": (".labs.agent", ".labs.dbapi", ".labs.storage", ".labs.virtual"),
}
"""What the agent of a lab needs: its source lies outside the walls."""

_SETTINGS = {
    "ml": {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "JOBLIB_MULTIPROCESSING": "0",  # n_jobs=4 is done in turn: there are no semaphores and no programs inside
    }
}
"""One thread: a pool of threads does not live through a fork. Cases find these in their environment too."""

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h


class BrokenError(Exception):
    """The environment cannot be loaded; the message says why."""


class Shelf(machinery.FileFinder):
    """Finds modules in one folder, but only those that were put on it by name: another one may lie there as well."""

    def __init__(self, folder: str, names: frozenset[str]) -> None:
        super().__init__(
            folder,
            (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
            (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES),
        )
        self.names = names

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> machinery.ModuleSpec | None:
        """The spec of *fullname*, or None."""
        return super().find_spec(fullname, target) if fullname in self.names else None


def folders(paths: Sequence[str]) -> list[str]:
    """The folders in which *paths* lie, each once."""
    return list(dict.fromkeys(map(os.path.dirname, paths)))


def _shelve(paths: Sequence[str]) -> None:
    """Have the modules at *paths* found, and nothing else that lies beside them."""
    shelves = {
        folder: frozenset(os.path.basename(path).split(".")[0] for path in paths if os.path.dirname(path) == folder)
        for folder in folders(paths)
    }

    def shelf(folder: str) -> Shelf:
        if folder not in shelves:
            raise ImportError("not a folder of the environment's")
        return Shelf(folder, shelves[folder])

    sys.path_hooks.insert(0, shelf)
    sys.path.extend(shelves)


def load(environment: str, paths: Sequence[str]) -> None:
    """Import what *environment* offers, found at *paths*; nothing for `plain`. Raises BrokenError.

    Bytecode is kept where the libraries lie, as any other import of them would keep it.
    """
    if environment == "plain":
        return
    os.environ.update(_SETTINGS.get(environment, {}))
    _shelve(paths)
    _one_arena()
    writing, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    _load_parts(_MAPPED)
    try:
        for name in NEEDED[environment]:
            importlib.import_module(name)
        _load_parts((*preloaded.MODULES, *_STANDARD, *MODULES[environment]))
        _load_parts(_AGENT[environment])
        if environment == "ml":
            _have_buffers()
        else:
            from . import rehearsing  # needs the libraries

            rehearsing.rehearse()
    except Exception as error:
        raise BrokenError(f"the environment {environment!r}: {type(error).__name__}: {error}") from None
    finally:
        sys.dont_write_bytecode = writing
    if _threads() > 1:
        raise BrokenError(f"the environment {environment!r}: its libraries have started threads")
    gc.collect()
    gc.freeze()


def _load_parts(names: Sequence[str]) -> None:
    """Import *names*, as far as this version of the library has them."""
    for name in names:
        try:
            importlib.import_module(name, __package__)
        except Exception:
            continue


def _one_arena() -> None:
    """Let all threads of a case share one heap: glibc reserves 128 MB of address space for each that has its own."""
    import ctypes

    try:
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
    except AttributeError:  # another C library, without such reserves
        return


def _have_buffers() -> None:
    """Make numpy's and scipy's BLAS map their working memory: 32 MB of address space each, else taken from a case's."""
    import numpy  # type: ignore[import-not-found,unused-ignore]
    from scipy import linalg  # type: ignore[import-not-found,import-untyped,unused-ignore]

    square = numpy.eye(64)
    numpy.linalg.svd(square @ square)
    linalg.lstsq(square, square)


def _threads() -> int:
    """How many threads this process has; 1 where there is no /proc to tell."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1
