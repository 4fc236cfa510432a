"""`jatify check` asks the provider and says in words what is wrong."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import ProviderProcess, providing, run

OPENROUTER = {"JATIFY_OPENROUTER_PROFILE": "openrouter"}


def paths_asked(provider: ProviderProcess) -> list[str]:
    arrived = httpx.get(provider.url.replace("/api/v1", "/_requests"), trust_env=False).json()
    return [request["path"] for request in arrived]


@pytest.mark.parametrize(
    ("behaviour", "settings", "path", "words"),
    [
        ({}, OPENROUTER, "/key", "openrouter, a/b: ready"),
        ({"status": 401}, OPENROUTER, "/key", "The provider does not accept the API key. Check OPENROUTER_API_KEY."),
        ({"json": {"data": [{"id": "a/b"}]}}, {}, "/models", "compatible, a/b: ready"),
        ({"json": {"data": [{"id": "c/d"}]}}, {}, "/models", "does not offer the model 'a/b', but: c/d."),
    ],
    ids=["a good key", "a wrong key", "a model that is there", "a model that is not"],
)
def test_check_says_how_the_analyzer_is(
    tmp_path: Path, behaviour: dict[str, Any], settings: dict[str, str], path: str, words: str
) -> None:
    with providing(tmp_path) as provider:
        provider.script(behaviour)
        done = run(
            "check",
            cwd=tmp_path,
            JATIFY_DATA_DIR=str(tmp_path / "data"),
            OPENROUTER_API_KEY="sk-or-v1-0123456789abcdef",
            JATIFY_OPENROUTER_URL=provider.url,
            JATIFY_OPENROUTER_MODELS="a/b",
            **settings,
        )
        assert paths_asked(provider) == [f"/api/v1{path}"]
    assert words in done.stdout
    assert (done.returncode == 0) is words.endswith("ready")
    assert "sk-or-v1" not in done.stdout + done.stderr
