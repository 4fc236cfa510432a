"""What every test shares."""

import pytest
from hypothesis import settings

settings.register_profile("jatify", deadline=None)  # a busy machine is no failure
settings.load_profile("jatify")


OF_THEIR_OWN = ("hard", "chaos", "mocks")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what wants a machine, or programs, of its own, unless its mark is asked for."""
    unasked = [mark for mark in OF_THEIR_OWN if mark not in config.option.markexpr]
    left = [item for item in items if any(map(item.get_closest_marker, unasked))]
    if left:
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
