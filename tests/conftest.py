"""What every test shares."""

import pytest
from hypothesis import settings

settings.register_profile("jatify", deadline=None)  # a busy machine is no failure
settings.load_profile("jatify")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the hard checks out unless they are asked for: they want minutes and a machine of their own."""
    hard = [item for item in items if item.get_closest_marker("hard")]
    if hard and "hard" not in config.option.markexpr:
        items[:] = [item for item in items if item not in hard]
        config.hook.pytest_deselected(items=hard)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
