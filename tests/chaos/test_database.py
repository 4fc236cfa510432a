"""The database alone says what the time is, and its restart makes no job late."""

import signal

import psycopg

from jatify_core.ports import Ports
from tests.chaos.asking import ask
from tests.chaos.cluster import Cluster
from tests.chaos.orders import Orders
from tests.chaos.programs import Workers
from tests.chaos.watching import until_ended

POLL = 5.0 * 1.2


async def test_no_job_is_later_than_one_poll_after_a_restart_without_goodbye(
    cluster: Cluster, conninfo: str, world: Ports, workers: Workers
) -> None:
    started = [await workers.start(name, "--slots", "20") for name in ("first", "second")]
    asked = await ask(world, 400, Orders(seconds=0.2))
    await workers.wait_for("began", 50)
    cluster.stop(signal.SIGQUIT)
    cluster.start()
    with psycopg.connect(conninfo, autocommit=True) as link:
        await until_ended(link, asked, within=POLL + len(asked) * 0.2 / 40)
        assert link.execute("select count(*) from dead_letter").fetchone() == (0,)
    assert len(await workers.wait_for("ended")) <= len(asked) + 40  # what ran meanwhile may have had to run again
    assert [worker.stop() for worker in started] == [0, 0]


async def test_a_wall_clock_that_jumps_by_hours_changes_nothing(
    world: Ports, workers: Workers, link: "psycopg.Connection"
) -> None:
    asked = await ask(world, 30, Orders(seconds=0.02))
    await workers.start("fast", "--clock", "1", "--lease", "1")
    await workers.start("slow", "--clock", "-1", "--lease", "1")
    late = await ask(world, 4, Orders(seconds=1.5))  # longer than a lease
    await until_ended(link, [*asked, *late], within=20)
    began = [call.id for call in workers.calls if call.what == "began"]
    assert sorted(began) == sorted(one.id for one in [*asked, *late])  # each once: nobody took anybody's lease for over
    wrong = link.execute("select count(*) from analysis where abs(extract(epoch from finished_at - now())) > 60")
    assert wrong.fetchone() == (0,)
