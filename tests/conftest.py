"""What every test shares."""

import pytest
from hypothesis import settings

settings.register_profile("jatify", deadline=None)  # a busy machine is no failure
settings.load_profile("jatify")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is `hard`, long checks that want a machine of their own, unless it is asked for."""
    hard = [item for item in items if item.get_closest_marker("hard")]
    if "hard" not in config.option.markexpr and hard:
        items[:] = [item for item in items if item not in hard]
        config.hook.pytest_deselected(items=hard)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
