"""A full disk under the database: writes are refused in words, nothing is half-written, and all goes on afterwards."""

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from jatify_adapters.postgres import migrate
from tests.chaos.cluster import running_cluster
from tests.chaos.orders import EXPERIENCE, new_word
from tests.chaos.watching import until
from tests.running import logged_in, serving

KEYS = "k1:nXmxo38xgBzRGmcG+0DWvVdSaEaQO7E+3lYkOenBuCM="
DISK = "size=128m"
FRUGAL = {"max_wal_size": "4MB", "min_wal_size": "2MB", "shared_buffers": "16MB"}
ENOUGH_REFUSALS = 20
HALF_WRITTEN = """
select (select count(*) from resume full join resume_file on resume.id = resume_file.resume_id
         where resume.id is null or resume_file.resume_id is null),
       (select count(*) from analysis where state <> 'succeeded'),
       (select count(*) from dead_letter)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
async def test_a_full_disk_refuses_writes_and_harms_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, running_cluster(disk, "--wal-segsize=1", **FRUGAL) as cluster:
        await migrate(cluster.url())
        settings = {"JATIFY_DATABASE_URL": cluster.url(), "JATIFY_SECRET_KEYS": KEYS, "JATIFY_ANALYZER": "local"}
        limits = {"JATIFY_DAILY_ANALYSES": "100000", "JATIFY_MAX_RESUMES": "100000"}
        with serving(tmp_path, **limits, **settings) as (process, client):
            logged_in(client)
            acknowledged = [asked(client) for _ in range(5)]
            with ballast(disk / "ballast"):
                acknowledged += asked_until_refused(client)
            cluster.start()  # where it gave up altogether, somebody starts it again
            await until(lambda: client.get("/health/ready").is_success, 30, "ready again")
            acknowledged += [asked(client) for _ in range(5)]
            with cluster.connect() as link:
                idle = "select not exists (select 1 from job)"
                await until(lambda: link.execute(idle).fetchone() == (True,), 30, "every job done")
                assert link.execute(HALF_WRITTEN).fetchone() == (0, 0, 0)
                kept = {str(id_) for (id_,) in link.execute("select id from analysis")}
            assert set(acknowledged) <= kept
            assert "Traceback" not in process.log


def asked(client: httpx.Client) -> str:
    """An analysis of a new resume, acknowledged. A refusal is raised."""
    text = f"This is {new_word()} herself\n{EXPERIENCE}\n{random.randbytes(20_000).hex()}"  # noqa: S311  # incompressible
    resume = client.post("/api/resumes", files={"file": ("ada.txt", text.encode())}).raise_for_status().json()
    analysis = client.post(f"/api/resumes/{resume['id']}/analyze", json={}).raise_for_status().json()
    return str(analysis["id"])


def asked_until_refused(client: httpx.Client) -> list[str]:
    """What was acknowledged on a disk that is as good as full; everything else was refused as the API promises."""
    acknowledged, refusals = [], 0
    while refusals < ENOUGH_REFUSALS:
        try:
            acknowledged.append(asked(client))
        except httpx.HTTPStatusError as refusal:
            answer = refusal.response
            assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json"), (
                answer.text
            )
            refusals += 1
    return acknowledged


@contextmanager
def small_disk(where: Path) -> Iterator[Path]:
    where.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", DISK, "chaos", where], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    try:
        where.chmod(0o711)
        yield where
    finally:
        subprocess.run(["/bin/umount", where], check=True)


@contextmanager
def ballast(path: Path) -> Iterator[None]:
    """A file that takes all the room there is, until the block ends."""
    try:
        with suppress(OSError), path.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(65_536))
        yield
    finally:
        path.unlink()
