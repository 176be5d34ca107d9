"""What an environment is made of, found by reading what is installed: nothing is run here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.judge.libraries import install, install_small

import greenroom
from greenroom.bank.base import EnvironmentName
from greenroom.judge import environments
from greenroom.judge.environments import MissingError


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is searched before this environment's own."""
    monkeypatch.syspath_prepend(str(tmp_path))
    environments.find.cache_clear()
    yield tmp_path
    environments.find.cache_clear()


def names(environment: environments.Environment, site: Path) -> set[str]:
    return {Path(path).name for path in environment.paths if Path(path).parent == site}


def test_plain_needs_nothing() -> None:
    assert environments.find("plain") == environments.PLAIN
    assert environments.PLAIN.paths == ()


@pytest.mark.parametrize("name", ["web", "ml"])
def test_the_environments_are_installed_for_the_tests(name: EnvironmentName) -> None:
    found = environments.find(name)
    assert [one for one, _ in found.versions] == list(environments.DISTRIBUTIONS[name])
    assert all(Path(path).exists() for path in found.paths)
    own = Path(greenroom.__file__).parent
    assert not [path for path in found.paths if own.is_relative_to(path) or Path(path).is_relative_to(own)]


def test_what_the_libraries_require_comes_along_and_nothing_else(site: Path) -> None:
    install_small(site, "ml")
    requires = [
        "second (>=1)",
        "THIRD; python_version > '3'",
        "extra-one; extra == 'all'",
        "not-installed",
        "greenroom",
    ]
    install(site, "numpy", {"numpy/__init__.py": "", "numpy.libs/libblas.so": ""}, requires)
    install(site, "second", {"second.py": "", "_second.cpython-311.so": ""}, ["third"])
    install(site, "third", {"third/inner/__init__.py": ""}, ["numpy"])
    install(site, "extra-one", {"extra_one.py": ""})
    install(site, "greenroom", {"greenroom/packs/core/judge/oracle.py": ""})
    install(site, "unrelated", {"unrelated.py": ""})
    found = names(environments.find("ml"), site)
    assert {"numpy", "numpy.libs", "pandas", "sklearn", "second.py", "_second.cpython-311.so", "third"} <= found
    assert not {"extra_one.py", "greenroom", "greenroom-1.0.dist-info", "unrelated.py"} & found


def test_no_scripts_bytecode_or_path_files(site: Path) -> None:
    install_small(site, "ml")
    outside = {"numpy/__init__.py": "", "numpy.pth": "import os", "__pycache__/six.pyc": "", "../bin/f2py": ""}
    install(site, "numpy", outside)
    assert names(environments.find("ml"), site) & {"numpy", "numpy.pth", "__pycache__", "bin"} == {"numpy"}
    assert not [path for path in environments.find("ml").paths if ".." in path]


@pytest.mark.parametrize("link", [{}, {"numpy.pth": "/somewhere/src"}], ids=["no files", "a link to its source"])
def test_a_missing_library_is_named_with_the_mend(site: Path, link: dict[str, str]) -> None:
    install_small(site, "ml")
    install(site, "numpy", link)
    with pytest.raises(MissingError, match=r"numpy missing; install it with `pip install 'greenroom\[ml\]'`"):
        environments.find("ml")


def test_what_lies_where_greenroom_lies_is_never_brought(site: Path) -> None:
    own = Path(greenroom.__file__).parent
    install_small(site, "ml")
    install(site, "helper", {"helper.py": "", "hidden/__init__.py": ""})
    install(site, "numpy", {"numpy/__init__.py": ""}, ["helper", "linked"])
    (site / "linked-1.0.dist-info").mkdir()
    (site / "linked-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: linked\nVersion: 1.0\n")
    (site / "linked-1.0.dist-info" / "RECORD").write_text("linked/x.py,,\nabove/x.py,,\nlinked.py,,\n")
    (site / "linked").symlink_to(own / "packs")
    (site / "above").symlink_to(own.parent)
    (site / "linked.py").write_text("")
    found = names(environments.find("ml"), site)
    assert {"helper.py", "linked.py"} <= found
    assert not {"linked", "above"} & found
