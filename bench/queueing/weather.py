"""How quiet the machine is: what others take of its cores, and how often its disk says that a write is safe."""

import os
import resource
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from bench.queueing.cluster import Cluster

_TICKS = os.sysconf("SC_CLK_TCK")


class Watch:
    """Counts the processor time of everybody else on the machine since it was made."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._since = time.monotonic()
        self._others = self._others_so_far()

    def others(self) -> float:
        """How many cores others have kept busy, on average."""
        return round((self._others_so_far() - self._others) / (time.monotonic() - self._since), 2)

    def _others_so_far(self) -> float:
        """Seconds that the machine has worked, but not for this process, its children that have ended, or Postgres."""
        user, nice, system, _idle, _wait, *rest = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:])
        usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        ours = sum(usage.ru_utime + usage.ru_stime for usage in usages)
        return (user + nice + system + sum(rest[:2])) / _TICKS - ours - _server_seconds(self._cluster.pid)


def _server_seconds(postmaster: int) -> float:
    """What the server has worked: its processes that have ended, and those that live."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
            if process.name == str(postmaster):
                ticks += sum(map(int, fields[11:15]))
            elif fields[1] == str(postmaster):
                ticks += sum(map(int, fields[11:13]))
    return ticks / _TICKS


def syncs_per_second(folder: Path, seconds: float = 0.25) -> float:
    """How often a page can be written safely."""
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        count, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            os.pwrite(file.fileno(), b"x" * 8_192, 0)
            os.fdatasync(file.fileno())
            count += 1
    return count / seconds
