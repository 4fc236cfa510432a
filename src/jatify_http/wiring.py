"""The composition root: the only place that knows every part. It opens the world in order and closes it in reverse."""

import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import anyio
import anyio.to_thread
import uuid_utils
from msgspec import Struct
from msgspec.structs import replace

from jatify_adapters.clipping import PageReader
from jatify_adapters.extraction import DocumentExtractor
from jatify_adapters.local import LocalAnalyzer
from jatify_adapters.postgres import PostgresStore, migrate, open_store
from jatify_adapters.postgres.embedded import embedded_postgres
from jatify_adapters.security import Argon2Passwords, JwtTokens, SigningKey, WeakKeyError, refuse_weak
from jatify_core.job import ANALYSIS
from jatify_core.policy import Policy
from jatify_core.ports import Analyzer, Ports
from jatify_core.use_cases.analyses import carry_out
from jatify_core.worker import Worker, WorkerSettings
from jatify_http.settings import Settings, SettingsError
from jatify_http.signals import Part
from jatify_http.sockets import bind

if TYPE_CHECKING:
    from jatify_http.edge import Watch
    from jatify_http.metrics import Metrics

T = TypeVar("T")

KEY_FILE = "secret_keys"
CONNECTIONS_BESIDE_SLOTS = 10
MISSING_KEYS = (
    "JATIFY_SECRET_KEYS is not set: with a database of your own every process needs the same signing keys, "
    "as kid:base64, for instance k1:$(openssl rand -base64 32)."
)


class World(Struct, frozen=True):
    """Every part, opened and ready."""

    ports: Ports
    store: PostgresStore
    settings: Settings
    metrics: "Metrics | None" = None
    metrics_listener: socket.socket | None = None

    @property
    def watch(self) -> "Watch | None":
        """Who counts requests, if they are counted."""
        return self.metrics.request if self.metrics else None

    @property
    def working(self) -> Part:
        """A worker as a part of the process."""
        worker = self.worker()
        return Part(worker.run, worker)

    @property
    def beside(self) -> Sequence[Part]:
        """What runs beside API and worker: the listener for metrics, if there is one."""
        if self.metrics is None or self.metrics_listener is None:
            return ()
        from jatify_http.metrics import metrics_app
        from jatify_http.server import Server

        return (Server(metrics_app(self.metrics), self.settings, self.metrics_listener).part,)

    def worker(self) -> Worker:
        """A worker over the same store."""
        settings = self.settings
        return Worker(
            self.store,
            {ANALYSIS: partial(carry_out, self.ports)},
            WorkerSettings(
                slots=settings.worker_slots,
                poll_interval=settings.poll_interval,
                lease=settings.lease,
                job_timeout=settings.job_timeout,
                drain=settings.drain,
                name=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
            ),
            watch=self.metrics.job_ended if self.metrics else None,
        )


@asynccontextmanager
async def open_world(settings: Settings, *, issues_tokens: bool = True) -> AsyncIterator[World]:
    """Everything from the database to the model, in order. Only who *issues tokens* needs the signing keys.

    Raises `SettingsError`, `ListenError`, `EmbeddedError` and `DatabaseProblem`, each with one clear line.
    """
    with bound_for_metrics(settings) as metrics_listener:
        async with _opened(settings, metrics_listener, issues_tokens=issues_tokens) as world:
            yield world


@asynccontextmanager
async def _opened(
    settings: Settings, metrics_listener: socket.socket | None, *, issues_tokens: bool
) -> AsyncIterator[World]:
    async with open_database(settings) as conninfo:
        await migrate(conninfo)
        keys = await _signing_keys(settings) if issues_tokens else (SigningKey("unused", secrets.token_bytes(32)),)
        async with (
            open_store(
                conninfo,
                listen_conninfo=settings.listen_url,
                fair_spacing=settings.fair_spacing,
                pool_size=settings.worker_slots + CONNECTIONS_BESIDE_SLOTS,
            ) as store,
            open_analyzer(settings) as analyzer,
        ):
            ports = Ports(
                store=store,
                analyzer=analyzer,
                second_opinion=second_opinion(settings),
                extractor=DocumentExtractor(),
                passwords=Argon2Passwords(),
                tokens=JwtTokens(keys),
                reader=PageReader(),
                clock=utc_now,
                new_id=new_id,
                policy=policy(settings),
            )
            yield World(ports, store, settings, _metrics(settings, store), metrics_listener)


@contextmanager
def bound_for_metrics(settings: Settings) -> Iterator[socket.socket | None]:
    """The listener for metrics, taken before anything is started, if one is wanted."""
    if settings.metrics is None:
        yield None
    else:
        with bind(*settings.metrics, "JATIFY_METRICS") as listener:
            yield listener


def _metrics(settings: Settings, store: PostgresStore) -> "Metrics | None":
    if settings.metrics is None:
        return None
    # Loaded only here, as the model's client is.
    from jatify_http.metrics import Metrics

    return Metrics(store, lambda: store.crowding)


@asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Ports]:
    """What it takes to manage accounts, without a model and its key. Here anybody may be registered."""
    async with open_database(settings) as conninfo:
        await migrate(conninfo)
        async with open_store(conninfo, listen_conninfo=settings.listen_url, pool_size=2) as store:
            yield Ports(
                store=store,
                analyzer=LocalAnalyzer(),
                extractor=DocumentExtractor(),
                passwords=Argon2Passwords(),
                tokens=JwtTokens((SigningKey("unused", secrets.token_bytes(32)),)),
                reader=PageReader(),
                clock=utc_now,
                new_id=new_id,
                policy=replace(policy(settings), registration_open=True),
            )


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[str]:
    """The connection string of the operator's database, or of the embedded server, which runs as long as this."""
    if settings.database_url:
        yield settings.database_url
    else:
        async with _beside_the_loop(embedded_postgres(settings.data_dir)) as conninfo:
            yield conninfo


def second_opinion(settings: Settings) -> Analyzer | None:
    """Who judges beside a model: the rules, which no text can talk into anything."""
    return None if settings.analyzer == "local" else LocalAnalyzer()


@asynccontextmanager
async def open_analyzer(settings: Settings) -> AsyncIterator[Analyzer]:
    """The analyzer that the settings name. Raises `SettingsError` where they cannot work."""
    if settings.analyzer == "local":
        yield LocalAnalyzer()
        return
    # Loaded only here: its HTTP client takes 17 MB that a process with rules of its own does not need.
    from jatify_adapters.openrouter import OpenRouterSettings, default_profile, open_openrouter

    defaults = OpenRouterSettings(api_key="")
    base_url = settings.openrouter_url or defaults.base_url
    try:
        chosen = OpenRouterSettings(
            api_key=settings.openrouter_key or "",
            base_url=base_url,
            profile=settings.openrouter_profile or default_profile(base_url),
            models=settings.openrouter_models or defaults.models,
            timeout=settings.openrouter_timeout.total_seconds(),
            data_collection_deny=settings.openrouter_private,
            zdr=settings.openrouter_private,
            mask_contact=settings.mask_contact,
        )
    except ValueError as error:
        raise SettingsError([f"JATIFY_OPENROUTER_*: {error}"]) from None
    async with open_openrouter(chosen) as analyzer:
        yield analyzer


def policy(settings: Settings) -> Policy:
    """The core's limits as the operator set them."""
    return Policy(
        password_min=settings.password_min,
        session_life=settings.session_life,
        registration_open=settings.registration_open,
        max_upload=settings.max_upload,
        max_attempts=settings.max_attempts,
        daily_analyses=settings.daily_analyses,
        max_waiting=settings.max_waiting,
        max_resumes=settings.max_resumes,
        max_resume_bytes=settings.max_resume_bytes,
    )


def utc_now() -> datetime:
    """The wall clock, to the millisecond that the API shows."""
    now = datetime.now(UTC)
    return now - timedelta(microseconds=now.microsecond % 1_000)


def new_id() -> UUID:
    """A UUID of version 7, later ones greater."""
    return UUID(int=uuid_utils.uuid7().int)


async def _signing_keys(settings: Settings) -> tuple[SigningKey, ...]:
    if settings.secret_keys:
        return settings.secret_keys
    if settings.database_url:
        raise SettingsError([MISSING_KEYS])
    return await anyio.to_thread.run_sync(_kept_key, settings.data_dir / KEY_FILE)


def _kept_key(path: Path) -> tuple[SigningKey, ...]:
    """The key in *path*, made on first use, readable by its owner alone."""
    secret = secrets.token_bytes(32)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    try:
        draft.write_bytes(secret)
        # A link is made whole or not at all, and never over a key that another process has just made.
        os.link(draft, path)
    except FileExistsError:
        secret = path.read_bytes()
    finally:
        draft.unlink()
    keys = (SigningKey("k1", secret),)
    try:
        refuse_weak(keys)
    except WeakKeyError as error:
        raise SettingsError([f"{path}: {error}. Remove the file to have one made; all logins end then."]) from None
    return keys


@asynccontextmanager
async def _beside_the_loop(manager: AbstractContextManager[T]) -> AsyncIterator[T]:
    """Enter and leave a blocking context manager in threads, and leave it even when cancelled."""
    entered = await anyio.to_thread.run_sync(manager.__enter__)
    try:
        yield entered
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(manager.__exit__, None, None, None)
