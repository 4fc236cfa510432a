"""What every test shares."""

import pytest
from hypothesis import settings

settings.register_profile("jatify", deadline=None)  # a busy machine is no failure
settings.load_profile("jatify")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
