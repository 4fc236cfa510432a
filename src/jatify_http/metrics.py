"""Metrics for Prometheus, on a listener of their own: how the queue stands, what ended how, requests, connections.

No label holds an e-mail, an id or a path: a route is told by its template, as in the API's description.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import anyio
from litestar import Litestar, Request, Response, get
from litestar.datastructures import State
from msgspec import Struct
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from jatify_adapters.postgres import Crowding
from jatify_core.job import Pause, Tally
from jatify_core.ports import Store
from jatify_http.edge import Edge, Served
from jatify_http.problems import HANDLERS

LOG: Final = logging.getLogger("jatify.metrics")
FRESH: Final = 1.0
"""Seconds for which a look at the queue will do: who asks more often is told the same."""
PATIENCE: Final = 2.0
MOST: Final = 100_000
"""Nothing is counted further, so that a backlog makes no look at it slow."""
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
NO_ROUTE: Final = "none"


class Standing(Struct, frozen=True):
    """How the queue stood at a look; None where the store did not answer."""

    tally: Tally | None = None
    pauses: tuple[Pause, ...] = ()


class Metrics:
    """Everything that is counted in this process, and a look at what all processes share."""

    def __init__(self, store: Store, crowding: Callable[[], Mapping[str, Crowding]]) -> None:
        self._store = store
        self._crowding = crowding
        self._registry = CollectorRegistry()
        self._standing = Standing()
        self._looked_at = float("-inf")
        self._one_looks = anyio.Lock()
        self._requests = Counter(
            "jatify_http_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "jatify_http_request_seconds",
            "Time from a request's head to the end of its answer.",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._ended = Counter(
            "jatify_jobs_ended",
            "What became of the claims of this process.",
            ("kind", "end"),
            registry=self._registry,
        )
        self._registry.register(_Shared(self))
        ProcessCollector(registry=self._registry)
        disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs

    def request(self, served: Served) -> None:
        """Count one request."""
        route = served.route or NO_ROUTE
        self._requests.labels(served.method, route, str(served.status)).inc()
        self._seconds.labels(served.method, route).observe(served.seconds)

    def job_ended(self, kind: str, end: str) -> None:
        """Count one end of a job."""
        self._ended.labels(kind, end).inc()

    async def told(self) -> bytes:
        """All of it, as Prometheus reads it."""
        async with self._one_looks:
            if anyio.current_time() - self._looked_at >= FRESH:
                self._standing = await self._look()
                self._looked_at = anyio.current_time()
        return generate_latest(self._registry)

    def shared(self) -> Iterable[GaugeMetricFamily]:
        """What is read off the last look, and off the store's connections as they are."""
        yield _gauge("jatify_store_up", "Whether the store answered the last look.", float(bool(self._standing.tally)))
        yield _gauge("jatify_listener_up", "Whether hints of new jobs arrive.", float(self._store.listening))
        if tally := self._standing.tally:
            yield _gauge("jatify_queue_waiting", f"Jobs that wait, counted to {MOST}.", tally.waiting)
            yield _gauge("jatify_queue_running", f"Jobs that run, counted to {MOST}.", tally.running)
            waited = tally.waited.total_seconds()
            yield _gauge("jatify_queue_waited_seconds", "Since the job next in turn was enqueued.", waited)
            yield _gauges("jatify_dead_letters", f"Dead letters, counted to {MOST}.", "reason", tally.dead)
            paused = {pause.kind: 1 for pause in self._standing.pauses}
            yield _gauges("jatify_queue_paused", "Kinds of job that nobody claims for now.", "kind", paused)
        pools = self._crowding()
        for name, words in (("in_use", "in use"), ("most", "that there can be"), ("waiting", "waited for")):
            numbers = {pool: getattr(crowd, name) for pool, crowd in pools.items()}
            yield _gauges(f"jatify_connections_{name}", f"Connections to the database {words}.", "pool", numbers)

    async def _look(self) -> Standing:
        try:
            with anyio.fail_after(PATIENCE):
                return Standing(await self._store.jobs.tally(MOST), tuple(await self._store.jobs.pauses()))
        except Exception as error:  # noqa: BLE001  # that it is down is told too
            LOG.warning("the queue cannot be looked at: %s", type(error).__name__)
            return Standing()


class _Shared(Collector):
    """Makes gauges anew at each scrape, so that what is no longer there is no longer told."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self._metrics.shared()


@get("/metrics", media_type="text/plain")
async def get_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Everything, in Prometheus' text format."""
    metrics: Metrics = request.app.state.metrics
    return Response(await metrics.told(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def metrics_app(metrics: Metrics) -> Litestar:
    """What the listener of their own serves."""
    app = Litestar(
        route_handlers=[get_metrics],
        exception_handlers=HANDLERS,
        logging_config=None,
        openapi_config=None,
        state=State({"metrics": metrics}),
    )
    app.asgi_handler = Edge(app.asgi_handler)
    return app


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _gauges(name: str, words: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for told, value in values.items():
        family.add_metric([told], value)
    return family
