"""The worker: one anyio task group that claims, runs, renews, settles, rescues and drains."""

from jatify_core.worker.ends import Answer, Handler
from jatify_core.worker.loop import Worker, WorkerSettings

__all__ = ["Answer", "Handler", "Worker", "WorkerSettings"]
