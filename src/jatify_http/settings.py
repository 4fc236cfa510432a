"""The settings: the only place that reads the environment. All problems are found at once and told in words."""

import base64
import binascii
import ipaddress
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, TypeVar
from urllib.parse import urlsplit

import platformdirs
from dotenv import dotenv_values
from msgspec import Struct

from jatify_adapters.security import SigningKey, refuse_weak

T = TypeVar("T")
D = TypeVar("D")
W = TypeVar("W", bound=str)

PREFIX: Final = "JATIFY_"
KNOWN_ELSEWHERE: Final = frozenset({"JATIFY_PG_BINDIR"})
"""Read by the embedded server itself."""


class SettingsError(Exception):
    """Settings that cannot be; one line for each problem, with what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(Struct, frozen=True, kw_only=True):
    """What the operator decided. Durations are timedeltas; secrets do not show in the repr."""

    database_url: str | None
    listen_url: str | None
    data_dir: Path
    secret_keys: tuple[SigningKey, ...]
    host: str
    port: int
    worker_slots: int
    poll_interval: timedelta
    lease: timedelta
    job_timeout: timedelta
    drain: timedelta
    max_attempts: int
    analyzer: Literal["openrouter", "local"]
    openrouter_key: str | None
    openrouter_url: str | None
    openrouter_profile: Literal["openrouter", "compatible"] | None
    openrouter_models: tuple[str, ...]
    openrouter_timeout: timedelta
    openrouter_private: bool
    mask_contact: bool
    cors_origins: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    registration_open: bool
    max_upload: int
    fair_spacing: timedelta
    daily_analyses: int
    max_waiting: int
    max_resumes: int
    max_resume_bytes: int
    session_life: timedelta
    password_min: int
    docs: bool
    console: bool
    metrics: tuple[str, int] | None
    """Host and port of a listener of their own."""
    log_level: str
    log_format: Literal["json", "text"]
    ignored: tuple[str, ...]
    """Names in the environment that look like ours and mean nothing: most often a slip of the pen."""

    def __repr__(self) -> str:
        """Without URLs and keys: they hold secrets."""
        return f"Settings(host={self.host!r}, port={self.port}, analyzer={self.analyzer!r})"


def load_settings(environ: Mapping[str, str], env_file: Path = Path(".env")) -> Settings:
    """Read *environ*, and *env_file* for what it lacks. Raises `SettingsError` with every problem."""
    values = {k: v for k, v in dotenv_values(env_file, interpolate=False).items() if v is not None} | dict(environ)
    read = _Reader(values)
    key = read("OPENROUTER_API_KEY", str, None, secret=True)
    url = read("JATIFY_OPENROUTER_URL", _http_url, None)
    settings = Settings(
        database_url=read("JATIFY_DATABASE_URL", _database_url, None, secret=True),
        listen_url=read("JATIFY_LISTEN_URL", _database_url, None, secret=True),
        data_dir=read("JATIFY_DATA_DIR", Path, platformdirs.user_data_path("jatify", appauthor=False)).expanduser(),
        secret_keys=read("JATIFY_SECRET_KEYS", _signing_keys, (), secret=True),
        host=read("JATIFY_HOST", str, "127.0.0.1"),
        port=read("JATIFY_PORT", _whole(0, 65_535), 8000),
        worker_slots=read("JATIFY_WORKER_SLOTS", _whole(1, 1_000), 10),
        poll_interval=read("JATIFY_POLL_INTERVAL", _seconds(0.1, 3_600), timedelta(seconds=5)),
        lease=read("JATIFY_LEASE", _seconds(1, 3_600), timedelta(seconds=30)),
        job_timeout=read("JATIFY_JOB_TIMEOUT", _seconds(1, 86_400), timedelta(seconds=300)),
        drain=read("JATIFY_DRAIN", _seconds(0, 3_600), timedelta(seconds=25)),
        max_attempts=read("JATIFY_MAX_ATTEMPTS", _whole(1, 100), 5),
        analyzer=read("JATIFY_ANALYZER", _one_of("openrouter", "local"), "openrouter" if key or url else "local"),
        openrouter_key=key,
        openrouter_url=url,
        openrouter_profile=read("JATIFY_OPENROUTER_PROFILE", _profile, None),
        openrouter_models=read("JATIFY_OPENROUTER_MODELS", _comma_list, ()),
        openrouter_timeout=read("JATIFY_OPENROUTER_TIMEOUT", _seconds(0.1, 3_600), timedelta(seconds=120)),
        openrouter_private=read("JATIFY_OPENROUTER_PRIVATE", _switch, True),
        mask_contact=read("JATIFY_MASK_CONTACT", _switch, True),
        cors_origins=read("JATIFY_CORS_ORIGINS", _origins, ()),
        trusted_proxies=read("JATIFY_TRUSTED_PROXIES", _networks, ()),
        registration_open=read("JATIFY_REGISTRATION", _one_of("open", "closed"), "open") == "open",
        max_upload=read("JATIFY_MAX_UPLOAD", _whole(1_024, 100 * 1024 * 1024), 5 * 1024 * 1024),
        fair_spacing=read("JATIFY_FAIR_SPACING", _seconds(0, 3_600), timedelta(0)),
        daily_analyses=read("JATIFY_DAILY_ANALYSES", _whole(1, 1_000_000), 50),
        max_waiting=read("JATIFY_MAX_WAITING", _whole(1, 1_000_000), 200),
        max_resumes=read("JATIFY_MAX_RESUMES", _whole(1, 1_000_000), 20),
        max_resume_bytes=read("JATIFY_MAX_RESUME_BYTES", _whole(1_024, 1 << 40), 50 * 1024 * 1024),
        session_life=read("JATIFY_SESSION_HOURS", _hours, timedelta(hours=24)),
        password_min=read("JATIFY_PASSWORD_MIN", _whole(8, 256), 8),
        docs=read("JATIFY_DOCS", _switch, True),
        console=read("JATIFY_CONSOLE", _switch, True),
        metrics=read("JATIFY_METRICS", _address, None),
        log_level=read("JATIFY_LOG_LEVEL", _one_of("debug", "info", "warning", "error"), "info"),
        log_format=read("JATIFY_LOG_FORMAT", _one_of("json", "text"), "text" if sys.stderr.isatty() else "json"),
        ignored=read.unknown(),
    )
    if settings.analyzer == "openrouter" and not (key or url):
        read.problems.append("OPENROUTER_API_KEY is not set: set it, or choose JATIFY_ANALYZER=local.")
    if read.problems:
        raise SettingsError(read.problems)
    return settings


class _Reader:
    """Reads settings by name and collects what is wrong instead of stopping at the first problem."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._known = set(KNOWN_ELSEWHERE)
        self.problems: list[str] = []

    def __call__(self, name: str, parse: Callable[[str], T], default: D, *, secret: bool = False) -> T | D:
        self._known |= {name, f"{name}_FILE"}
        raw = self._raw(name)
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError as error:
            shown = "its value" if secret else repr(raw)
            self.problems.append(f"{name}: {shown} cannot be: {error}.")
            return default

    def unknown(self) -> tuple[str, ...]:
        """Names like ours that nobody has read."""
        return tuple(sorted(n for n in self._values if n.startswith(PREFIX) and n not in self._known))

    def _raw(self, name: str) -> str:
        path = self._values.get(f"{name}_FILE")
        if not path:
            return self._values.get(name, "").strip()
        try:
            return Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError):
            self.problems.append(f"{name}_FILE: {path!r} cannot be read as text: name a readable file.")
            return ""


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
            raise ValueError(f"use a whole number from {least} to {most}")
        return int(raw)

    return parse


def _seconds(least: float, most: float) -> Callable[[str], timedelta]:
    def parse(raw: str) -> timedelta:
        try:
            seconds = float(raw)
        except ValueError:
            seconds = float("nan")
        if not least <= seconds <= most:
            raise ValueError(f"use a number of seconds from {least:g} to {most:g}")
        return timedelta(seconds=seconds)

    return parse


def _hours(raw: str) -> timedelta:
    return timedelta(hours=_whole(1, 8_760)(raw))


def _one_of(*allowed: W) -> Callable[[str], W]:
    def parse(raw: str) -> W:
        for word in allowed:
            if raw.lower() == word:
                return word
        raise ValueError(f"use {' or '.join(allowed)}")

    return parse


def _profile(raw: str) -> Literal["openrouter", "compatible"]:
    parse: Callable[[str], Literal["openrouter", "compatible"]] = _one_of("openrouter", "compatible")
    return parse(raw)


def _switch(raw: str) -> bool:
    return _one_of("on", "off", "true", "false", "1", "0", "yes", "no")(raw) in {"on", "true", "1", "yes"}


def _address(raw: str) -> tuple[str, int] | None:
    if raw.lower() == "off":
        return None
    host, colon, port = raw.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    whole = port.isascii() and port.isdigit() and int(port) <= 65_535
    if not colon or not bare or not whole or (":" in bare) is not host.startswith("["):
        raise ValueError("use host:port, such as 127.0.0.1:9100 or [::1]:9100, or off")
    return bare, int(port)


def _comma_list(raw: str) -> tuple[str, ...]:
    return tuple(part for item in raw.split(",") if (part := item.strip()))


def _database_url(raw: str) -> str:
    if not raw.startswith(("postgresql://", "postgres://")) and "=" not in raw:
        raise ValueError("use postgresql://user:password@host:5432/database")
    return raw


def _http_url(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("use the base URL of an OpenAI-compatible server, such as http://127.0.0.1:11434/v1")
    return raw.rstrip("/")


def _origins(raw: str) -> tuple[str, ...]:
    origins = _comma_list(raw)
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or "*" in origin:
            raise ValueError("use exact origins such as https://app.example.org, separated by commas, and never *")
    return origins


def _networks(raw: str) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_network(network)) for network in _comma_list(raw))


def _signing_keys(raw: str) -> tuple[SigningKey, ...]:
    keys = []
    for item in _comma_list(raw):
        kid, colon, encoded = item.partition(":")
        try:
            secret = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            secret = b""
        if not colon or not kid or not secret:
            raise ValueError("use kid:base64 of 32 random bytes or more, several separated by commas, the first signs")
        keys.append(SigningKey(kid, secret))
    refuse_weak(keys)
    return tuple(keys)
