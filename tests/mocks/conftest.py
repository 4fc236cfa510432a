"""The mocks that others wrote, started on loopback for the session; all of this folder runs in `nox -s mocks`."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mocks.servers import Aimock, Llmock, running_aimock, running_llmock

HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """Here rather than for all, as nothing outside of this folder has the mark."""
    config.addinivalue_line("markers", "mocks: against mocks that others wrote; runs in `nox -s mocks`")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all of this folder: real seconds pass, and two programs are needed that the project does not depend on."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.mocks)


@pytest.fixture(scope="session")
def llmock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llmock]:
    with running_llmock(_program("JATIFY_TEST_LLMOCK"), tmp_path_factory.mktemp("llmock")) as server:
        yield server


@pytest.fixture(scope="session")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aimock]:
    with running_aimock(_program("JATIFY_TEST_AIMOCK"), tmp_path_factory.mktemp("aimock")) as server:
        yield server


def _program(variable: str) -> Path:
    if variable not in os.environ:
        pytest.fail(f"{variable} names no program: run `nox -s mocks`, which installs them", pytrace=False)
    return Path(os.environ[variable])
