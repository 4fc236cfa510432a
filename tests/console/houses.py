"""A server whose analyses come from a model, and the model's provider, which can be told what to do, and killed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.running import ProviderProcess, free_port, providing, run, serving

SLOTS = 2


class House:
    """`jatify serve` that gives up an analysis at its first failure, unless so many fail that it is the provider's."""

    def __init__(self, folder: Path, port: int, settings: dict[str, str], stack: ExitStack) -> None:
        self.address = ""
        self._folder = folder
        self._port = port
        self._settings = settings
        self._stack = stack
        self._provider: ProviderProcess | None = None

    def script(self, *behaviours: dict[str, Any]) -> None:
        """Let these happen next at the provider; without any it answers well."""
        assert self._provider
        self._provider.script(*behaviours)

    def open_provider(self) -> None:
        self._provider = self._stack.enter_context(providing(self._folder, self._port))

    def kill_provider(self) -> None:
        """End its process: whoever asks it finds nobody there."""
        self._stack.close()

    def promote(self, email: str) -> None:
        """Make an operator of somebody."""
        assert run("user", "promote", email, cwd=self._folder, **self._settings).returncode == 0


@contextmanager
def model_house(folder: Path) -> Iterator[House]:
    """One that runs as long as the block."""
    port = free_port()
    settings = {
        "JATIFY_DATA_DIR": str(folder / "data"),
        "JATIFY_ANALYZER": "openrouter",
        "JATIFY_OPENROUTER_URL": f"http://127.0.0.1:{port}/api/v1",
        "JATIFY_MAX_ATTEMPTS": "1",
        "JATIFY_WORKER_SLOTS": str(SLOTS),
        "JATIFY_DAILY_ANALYSES": "1000",
        "JATIFY_TRUSTED_PROXIES": "127.0.0.0/8",
    }
    with ExitStack() as stack:
        house = House(folder, port, settings, stack)
        house.open_provider()
        with serving(folder, **settings) as (_, client):
            house.address = str(client.base_url).rstrip("/")
            yield house
