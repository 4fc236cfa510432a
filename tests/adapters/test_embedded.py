"""The embedded Postgres, with real servers and real processes."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from jatify_adapters.postgres.embedded import EmbeddedError, claim_folder, embedded_postgres
from jatify_adapters.postgres.embedded.cluster import SOCKET, Postmaster, postmaster_of
from jatify_adapters.postgres.embedded.supervisor import alive

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the embedded Postgres needs a Unix")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused by Postgres, or become somebody else")

USER = """
import sys
from pathlib import Path
from jatify_adapters.postgres.embedded import embedded_postgres
with embedded_postgres(Path(sys.argv[1]), durable="durable" in sys.argv) as conninfo:
    print(conninfo, flush=True)
    sys.stdin.read()
"""
SOURCES = Path(__file__).parents[2] / "src"


class User:
    """A process of its own that uses the server until its input ends."""

    def __init__(self, data_dir: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, data_dir, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(SOURCES)},
            start_new_session=True,
        )

    def conninfo(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        with suppress(BrokenPipeError):
            self.process.communicate(timeout=20)

    def kill(self) -> None:
        self.process.kill()
        self.leave()


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, by a cold start: initdb takes longer than everything else here."""
    data_dir = tmp_path_factory.mktemp("original") / "new" / "jatify"
    with embedded_postgres(data_dir, durable=False) as conninfo, psycopg.connect(conninfo) as link:
        link.execute("create table kept as select 42 as answer")
    return data_dir


@pytest.fixture
def data_dir(original: Path) -> Iterator[Path]:
    """The same files for all tests, each of which has to leave them without a server."""
    yield original
    assert stops(original)


@contextmanager
def moved(data_dir: Path, there: Path) -> Iterator[Path]:
    data_dir.rename(there)
    try:
        yield there
    finally:
        there.rename(data_dir)


@pytest.fixture
def start() -> Iterator[Callable[..., User]]:
    """Starts users, and ends them with the test."""
    users: list[User] = []

    def start(data_dir: Path, *words: str) -> User:
        users.append(User(data_dir, *words))
        return users[-1]

    yield start
    for user in users:
        user.kill()


def answer(conninfo: str) -> int:
    with psycopg.connect(conninfo) as link:
        row = link.execute("select answer from kept").fetchone()
    assert row
    return int(row[0])


def server(data_dir: Path) -> Postmaster | None:
    found = postmaster_of(next(data_dir.glob("pg*")))
    return found if found and found.listening else None


def pid(data_dir: Path) -> int:
    found = server(data_dir)
    assert found
    return found.pid


def supervisor(data_dir: Path) -> int:
    return parent(pid(data_dir))


def parent(pid: int) -> int:
    told = subprocess.run(["/bin/ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(told.stdout)


def soon(condition: Callable[[], bool], seconds: float = 3) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def stops(data_dir: Path) -> bool:
    return soon(lambda: server(data_dir) is None)


def test_a_cold_start_makes_a_utf8_database_named_jatify(original: Path) -> None:
    with embedded_postgres(original, durable=False) as conninfo, psycopg.connect(conninfo) as link:
        row = link.execute("select current_database(), current_user, lower('ÄÖ'), current_setting('max_connections')")
        assert row.fetchone() == ("jatify", "jatify", "äö", "200")
        assert link.execute("show server_encoding").fetchone() == ("UTF8",)
        assert link.execute("show listen_addresses").fetchone() == ("",)
    assert original.stat().st_mode & 0o777 == 0o700


def test_a_durable_user_refuses_a_server_that_was_started_for_tests(data_dir: Path) -> None:
    with embedded_postgres(data_dir, durable=False) as conninfo:
        with pytest.raises(EmbeddedError, match="may lose data"), embedded_postgres(data_dir):
            pass
        assert answer(conninfo) == 42


def test_a_second_process_joins_the_running_server(data_dir: Path, start: Callable[..., User]) -> None:
    with embedded_postgres(data_dir, durable=False) as conninfo:
        first = pid(data_dir)
        second = start(data_dir)
        assert second.conninfo() == conninfo
        assert pid(data_dir) == first
        second.leave()
        assert answer(conninfo) == 42


def test_the_server_outlives_the_process_that_started_it(data_dir: Path, start: Callable[..., User]) -> None:
    first = start(data_dir)
    first.conninfo()
    with embedded_postgres(data_dir, durable=False) as conninfo:
        first.leave()
        assert answer(conninfo) == 42


def test_the_server_has_stopped_when_its_last_user_has_left(data_dir: Path) -> None:
    with embedded_postgres(data_dir, durable=False), embedded_postgres(data_dir, durable=False):
        cluster = next(data_dir.glob("pg*"))
        assert (cluster / "postmaster.pid").exists()
    assert not (cluster / "postmaster.pid").exists()


def test_the_server_stops_when_all_users_are_killed(data_dir: Path, start: Callable[..., User]) -> None:
    users = [start(data_dir), start(data_dir)]
    assert all(user.conninfo() for user in users)
    for user in users:
        user.kill()
    assert stops(data_dir)


def test_ctrl_c_stops_all_processes(data_dir: Path, start: Callable[..., User]) -> None:
    user = start(data_dir)
    user.conninfo()
    watcher = supervisor(data_dir)
    os.killpg(user.process.pid, signal.SIGINT)
    assert soon(lambda: user.process.poll() is not None, 2)
    assert server(data_dir) is None
    assert soon(lambda: not alive(watcher), 1)


def test_a_second_start_after_sigkill_finds_all_data(data_dir: Path, start: Callable[..., User]) -> None:
    user = start(data_dir, "durable")
    with psycopg.connect(user.conninfo()) as link:
        assert link.execute("show fsync").fetchone() == ("on",)
        link.execute("create table late as select 43 as answer")
    watcher, postmaster = supervisor(data_dir), pid(data_dir)
    for victim in (watcher, postmaster, user.process.pid):
        os.kill(victim, signal.SIGKILL)
    with embedded_postgres(data_dir, durable=False) as conninfo, psycopg.connect(conninfo) as link:
        assert link.execute("select answer from late").fetchone() == (43,)


def test_a_server_whose_supervisor_was_killed_still_stops_with_its_last_user(data_dir: Path) -> None:
    with embedded_postgres(data_dir, durable=False) as conninfo:
        os.kill(supervisor(data_dir), signal.SIGKILL)
        assert answer(conninfo) == 42
    assert server(data_dir) is None


def test_an_orphaned_server_is_adopted_by_the_next_user(data_dir: Path, start: Callable[..., User]) -> None:
    user = start(data_dir)
    user.conninfo()
    orphan = pid(data_dir)
    os.kill(supervisor(data_dir), signal.SIGKILL)
    user.kill()
    with embedded_postgres(data_dir, durable=False) as conninfo:
        assert pid(data_dir) == orphan
        assert answer(conninfo) == 42
    assert server(data_dir) is None


def test_a_killed_server_is_replaced_while_it_has_users(data_dir: Path) -> None:
    with embedded_postgres(data_dir, durable=False) as conninfo:
        first = pid(data_dir)
        os.kill(first, signal.SIGKILL)
        assert soon(lambda: (found := server(data_dir)) is not None and found.pid != first and found.ready)
        assert answer(conninfo) == 42


def test_three_processes_that_start_at_once_share_one_new_server(tmp_path: Path, start: Callable[..., User]) -> None:
    data_dir = tmp_path / "jatify"
    users = [start(data_dir) for _ in range(3)]
    conninfos = {user.conninfo() for user in users}
    assert len(conninfos) == 1
    assert conninfos != {""}
    assert len(list(data_dir.glob("pg*"))) == 1
    for user in users:
        user.process.send_signal(signal.SIGINT)
    assert stops(data_dir)


def test_a_start_that_was_killed_in_the_middle_of_initdb_is_begun_anew(
    tmp_path: Path, start: Callable[..., User]
) -> None:
    data_dir = tmp_path / "jatify"
    first = start(data_dir)
    assert soon(lambda: any(data_dir.glob("initdb-*/base")), 10)
    first.kill()
    assert not list(data_dir.glob("pg*"))
    with embedded_postgres(data_dir, durable=False) as conninfo, psycopg.connect(conninfo) as link:
        assert link.execute("select 1").fetchone() == (1,)
    assert not list(data_dir.glob("initdb-*"))


@pytest.mark.parametrize("whose", ["a stranger's", "a zombie's", "nobody's"])
def test_a_stale_pid_file_does_not_stop_a_start(data_dir: Path, whose: str) -> None:
    cluster = next(data_dir.glob("pg*"))
    with subprocess.Popen(["/bin/sleep", "60"], **owned_by(cluster)) as process:
        if whose == "a zombie's":
            process.kill()
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        told = "" if whose == "nobody's" else f"{process.pid}\n/somewhere\n1\n5432\n.\n\n  1  1\nready   \n"
        for name in ("postmaster.pid", f"{SOCKET}.lock"):
            (cluster / name).write_text(told)
            shutil.chown(cluster / name, cluster.stat().st_uid, cluster.stat().st_gid)
        with embedded_postgres(data_dir, durable=False) as conninfo:
            assert answer(conninfo) == 42
        process.kill()


def owned_by(path: Path) -> dict[str, Any]:
    """Postgres takes a pid of another account for nobody's; it has to be one of the same."""
    return {"user": path.stat().st_uid} if os.geteuid() == 0 else {}


def test_a_server_that_cannot_start_says_why_and_leaves_nothing_running(data_dir: Path) -> None:
    control = next(data_dir.glob("pg*/global/pg_control"))
    with (
        moved(control, control.with_suffix(".gone")),
        pytest.raises(EmbeddedError, match=r"pg_control.*see .*postgres\.log"),
        embedded_postgres(data_dir),
    ):
        pass


def test_a_long_log_is_set_aside(data_dir: Path) -> None:
    log = data_dir / "postgres.log"
    with log.open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    with embedded_postgres(data_dir, durable=False):
        pass
    assert log.stat().st_size < 10_000


@pytest.mark.parametrize("name", ["far" * 40, "it's here, there"])
def test_a_folder_whose_name_fits_no_socket_works(data_dir: Path, tmp_path: Path, name: str) -> None:
    with moved(data_dir, tmp_path / name) as there, embedded_postgres(there, durable=False) as conninfo:
        place = Path(str(conninfo_to_dict(conninfo)["host"]))
        assert len(str(place)) < 60
        assert place.stat().st_mode & 0o777 == 0o700
        assert answer(conninfo) == 42
    place.rmdir()


def test_somebody_elses_folder_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("the only copy")
    with pytest.raises(EmbeddedError, match="JATIFY_DATA_DIR"), embedded_postgres(tmp_path):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_claimed_folder_may_hold_other_files_of_jatify(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    (claim_folder(tmp_path) / "secret").write_text("s")
    assert claim_folder(tmp_path) == tmp_path


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match="file"), embedded_postgres(tmp_path / "file" / "below"):
        pass


def test_data_of_a_version_that_is_not_installed_names_backup_and_restore(tmp_path: Path) -> None:
    (claim_folder(tmp_path) / "pg12").mkdir()
    if os.geteuid() == 0:
        shutil.chown(tmp_path / "pg12", "nobody")
    with pytest.raises(EmbeddedError, match=r"`jatify backup`.*`jatify restore`"), embedded_postgres(tmp_path):
        pass


def test_a_named_folder_without_programs_is_refused(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JATIFY_PG_BINDIR", "/nowhere")
    with pytest.raises(EmbeddedError, match="JATIFY_PG_BINDIR"), embedded_postgres(data_dir):
        pass


def test_a_windows_without_locks_imports_it_and_is_told_to_name_a_database(tmp_path: Path) -> None:
    script = """
import pathlib, sys
import jatify_adapters.postgres.embedded  # and all that it needs of others
for name in [name for name in sys.modules if name.startswith("jatify_adapters.postgres.embedded")]:
    del sys.modules[name]
sys.platform = "win32"
sys.modules["fcntl"] = sys.modules["pwd"] = None
from jatify_adapters.postgres.embedded import EmbeddedError, embedded_postgres
try:
    with embedded_postgres(pathlib.Path(sys.argv[1])):
        pass
except EmbeddedError as error:
    print(error)
"""
    told = subprocess.run(
        [sys.executable, "-c", script, tmp_path],
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "JATIFY_DATABASE_URL" in told.stdout


@as_root
def test_root_may_keep_everything_below_a_closed_folder(data_dir: Path, tmp_path: Path) -> None:
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    packages = Path(sysconfig.get_paths()["purelib"])
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (packages / name).exists():
            subprocess.run(["/bin/cp", "-a", packages / name, closed], check=True)
    with moved(data_dir, closed / "jatify") as there:
        told = subprocess.run(
            [sys.executable, "-c", USER, there],
            env={**os.environ, "PYTHONPATH": f"{closed}{os.pathsep}{SOURCES}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
    assert str(closed) in told.stdout
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_root_serves_the_folder_of_an_ordinary_user_as_that_user() -> None:
    python = next((path for path in (sys.executable, "/usr/bin/python3") if starts_as_nobody(path)), None)
    if python is None:
        pytest.skip("no Python of this version that an ordinary account can start")
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as folder:
        shutil.chown(folder, nobody.pw_uid, nobody.pw_gid)
        data_dir = Path(folder) / "jatify"
        told = subprocess.run(
            [python, "-c", USER, data_dir],
            env={"PATH": os.defpath, "PYTHONPATH": f"{SOURCES}{os.pathsep}{sysconfig.get_paths()['purelib']}"},
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "dbname=jatify" in told.stdout
        (data_dir / "postgres.log").unlink()
        with embedded_postgres(data_dir, durable=False) as conninfo, psycopg.connect(conninfo) as link:
            assert link.execute("select 1").fetchone() == (1,)
        assert {path.stat().st_uid for path in data_dir.rglob("*")} == {nobody.pw_uid}


def starts_as_nobody(python: str) -> bool:
    version = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    with suppress(OSError):
        return subprocess.run([python, "-c", version], user="nobody", check=False, cwd="/").returncode == 0
    return False
