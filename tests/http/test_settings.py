"""Settings come from the environment, and every problem with them is told at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from jatify_http.settings import SettingsError, load_settings

KEY = "k1:" + "nXmxo38xgBzRGmcG+0DWvVdSaEaQO7E+3lYkOenBuCM="
NOWHERE = Path("no-such-file")


def test_without_any_setting_everything_has_a_default() -> None:
    settings = load_settings({}, NOWHERE)
    assert (settings.host, settings.port, settings.analyzer, settings.database_url) == (
        "127.0.0.1",
        8000,
        "local",
        None,
    )


def test_a_key_chooses_the_model() -> None:
    assert load_settings({"OPENROUTER_API_KEY": "sk-1"}, NOWHERE).analyzer == "openrouter"
    assert load_settings({"OPENROUTER_API_KEY": "sk-1", "JATIFY_ANALYZER": "local"}, NOWHERE).analyzer == "local"


def test_all_problems_are_told_at_once_and_say_what_to_do() -> None:
    with pytest.raises(SettingsError) as error:
        load_settings({"JATIFY_PORT": "http", "JATIFY_ANALYZER": "oracle", "JATIFY_LEASE": "-1"}, NOWHERE)
    assert len(error.value.problems) == 3
    assert "use a whole number from 0 to 65535" in str(error.value)
    assert "use openrouter or local" in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JATIFY_DATABASE_URL", "mysql"),
        ("JATIFY_SECRET_KEYS", "k1:c2hvcnQ="),
        ("JATIFY_SECRET_KEYS", "nonsense"),
        ("JATIFY_WORKER_SLOTS", "0"),
        ("JATIFY_DRAIN", "nan"),
        ("JATIFY_OPENROUTER_URL", "ftp://x"),
        ("JATIFY_OPENROUTER_PROFILE", "other"),
        ("JATIFY_CORS_ORIGINS", "*"),
        ("JATIFY_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("JATIFY_DOCS", "perhaps"),
        ("JATIFY_METRICS", "9100"),
        ("JATIFY_METRICS", ":9100"),
        ("JATIFY_METRICS", "127.0.0.1:many"),
        ("JATIFY_METRICS", "127.0.0.1:70000"),
        ("JATIFY_METRICS", "::1:9100"),
        ("JATIFY_MAX_UPLOAD", "5MB"),
        ("JATIFY_REGISTRATION", "ajar"),
        ("JATIFY_LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings({name: value}, NOWHERE)


def test_the_model_without_a_key_is_refused() -> None:
    with pytest.raises(SettingsError, match="OPENROUTER_API_KEY"):
        load_settings({"JATIFY_ANALYZER": "openrouter"}, NOWHERE)


def test_a_secret_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("sk-from-file\n")
    assert load_settings({"OPENROUTER_API_KEY_FILE": str(secret)}, NOWHERE).openrouter_key == "sk-from-file"
    with pytest.raises(SettingsError, match="OPENROUTER_API_KEY_FILE"):
        load_settings({"OPENROUTER_API_KEY_FILE": str(tmp_path / "missing")}, NOWHERE)


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("JATIFY_PORT=9000\nJATIFY_DRAIN=3\n")
    settings = load_settings({"JATIFY_PORT": "9001"}, env_file)
    assert (settings.port, settings.drain) == (9001, timedelta(seconds=3))


def test_no_secret_shows_in_a_repr_or_in_a_problem() -> None:
    url = "postgresql://user:hunter2@db/jatify"
    settings = load_settings(
        {"JATIFY_DATABASE_URL": url, "OPENROUTER_API_KEY": "sk-1", "JATIFY_SECRET_KEYS": KEY}, NOWHERE
    )
    assert not any(secret in repr(settings) for secret in ("hunter2", "sk-1", KEY[3:]))
    with pytest.raises(SettingsError) as error:
        load_settings({"JATIFY_SECRET_KEYS": "k1:hunter2"}, NOWHERE)
    assert "hunter2" not in str(error.value)


def test_a_slip_of_the_pen_is_noticed() -> None:
    assert load_settings({"JATIFY_PROT": "80", "JATIFY_PORT": "80"}, NOWHERE).ignored == ("JATIFY_PROT",)


def test_metrics_have_an_address_of_their_own_or_none() -> None:
    assert load_settings({}, NOWHERE).metrics is None
    assert load_settings({"JATIFY_METRICS": "off"}, NOWHERE).metrics is None
    assert load_settings({"JATIFY_METRICS": "127.0.0.1:9100"}, NOWHERE).metrics == ("127.0.0.1", 9100)
    assert load_settings({"JATIFY_METRICS": "[::1]:9100"}, NOWHERE).metrics == ("::1", 9100)
