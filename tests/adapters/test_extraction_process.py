"""The child process: it is confined, there are two at most, and none survives its caller."""

import asyncio
import fcntl
import gc
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
from anyio import CancelScope, Event, create_task_group, fail_after, move_on_after, sleep

from jatify_adapters.extraction import DocumentExtractor, extractor
from jatify_core.errors import Unavailable
from jatify_core.resume import Extracted, Extraction, Unreadable, Upload
from tests.adapters.extraction_files import RESUME, TEXT, pdf, shown

UPLOAD: Final = Upload("resume.txt", None, TEXT.encode())


def running(program: str, **limits: float) -> DocumentExtractor:
    """An extractor whose child is *program*."""
    stub = DocumentExtractor(**limits)  # type: ignore[arg-type]  # numbers all
    stub._command = [sys.executable, "-I", "-S", "-c", program]
    return stub


def sleeper(folder: Path) -> str:
    """A program that forks, holds a lock on a file in *folder*, leaves its process ids there, and sleeps."""
    return f"""
import fcntl, os, time
held = open({str(folder / "lock")!r}, "w")
fcntl.flock(held, fcntl.LOCK_SH)
os.fork()
open({str(folder)!r} + "/pid" + str(os.getpid()), "w").close()
time.sleep(60)"""


def sleeping(folder: Path) -> int:
    return len(list(folder.glob("pid*")))


async def asleep(folder: Path, count: int) -> None:
    """Return when *count* processes sleep."""
    with fail_after(10):
        while sleeping(folder) < count:
            await sleep(0.02)


async def gone(folder: Path) -> None:
    """Return when no process holds the lock: a zombie holds none, whoever is to reap it."""
    with (folder / "lock").open("w") as lock, fail_after(10):
        while True:
            with suppress(BlockingIOError):
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            await sleep(0.02)


def test_a_child_that_is_killed_before_it_reads_a_large_file_leaves_no_error_behind() -> None:
    """asyncio before Python 3.11.5 tells of a pipe that broke like that when nobody can hear it any more."""
    left: list[object] = []

    async def extract() -> Extraction:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: left.append(told))
        extraction = await running("import time; time.sleep(60)", wall=0.2).extract(large)
        await sleep(0.3)
        gc.collect()
        await sleep(0.1)
        return extraction

    large = Upload("resume.txt", None, b"x" * 5_000_000)
    assert isinstance(asyncio.run(extract()), Unreadable)
    assert left == []


async def test_a_cancelled_extraction_leaves_no_process(tmp_path: Path) -> None:
    patient = running(sleeper(tmp_path))
    async with create_task_group() as tasks:
        tasks.start_soon(patient.extract, UPLOAD)
        await asleep(tmp_path, 2)
        tasks.cancel_scope.cancel()
    await gone(tmp_path)


async def test_a_child_over_its_time_is_killed_and_the_document_unreadable(tmp_path: Path) -> None:
    begin = time.monotonic()
    extraction = await running(sleeper(tmp_path), wall=0.5).extract(UPLOAD)
    assert isinstance(extraction, Unreadable)
    assert extraction.code == "unreadable_document"
    assert time.monotonic() - begin < 10
    await gone(tmp_path)


async def test_a_child_that_reads_nothing_and_answers_without_end_is_cut_off() -> None:
    flood = running("import os\nwhile True: os.write(1, bytes(65536))", wall=1)
    extraction = await flood.extract(Upload("resume.txt", None, bytes(4 << 20)))
    assert isinstance(extraction, Unreadable)
    assert extraction.code == "unreadable_document"


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.abort()",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "raise SystemExit(3)",
        "print('no answer of ours')",
        """print('{"code": "made_up"}')""",
        """print('{"document": {"text": 1}}')""",
        "import sys; sys.stdout.buffer.write(b'\\xff\\xfe')",
        "print('[' * 1000)",
        "pass",
        """print('{"code": "no_text"}'); raise SystemExit(1)""",
    ],
)
async def test_whatever_befalls_a_child_its_document_is_unreadable(program: str) -> None:
    extraction = await running(program).extract(Upload("resume.pdf", None, bytes(1 << 20)))
    assert isinstance(extraction, Unreadable)
    assert extraction.code == "unreadable_document"


async def test_two_files_are_read_at_a_time_and_the_third_is_sent_away(tmp_path: Path) -> None:
    busy = running(sleeper(tmp_path), max_children=2, patience=0.5)
    async with create_task_group() as tasks:
        tasks.start_soon(busy.extract, UPLOAD)
        tasks.start_soon(busy.extract, UPLOAD)
        await asleep(tmp_path, 4)
        with pytest.raises(Unavailable):
            await busy.extract(UPLOAD)
        assert sleeping(tmp_path) == 4
        tasks.cancel_scope.cancel()


async def test_a_third_file_gets_its_turn_when_another_is_read() -> None:
    shared = DocumentExtractor(max_children=2, patience=20)  # a busy machine is no failure
    answers: list[Extraction] = []
    done = Event()

    async def read() -> None:
        answers.append(await shared.extract(UPLOAD))
        if len(answers) == 5:
            done.set()

    async with create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(read)
        await done.wait()
    assert answers == [Extracted("text/plain", TEXT, None)] * 5


async def test_who_comes_when_the_queue_is_full_is_sent_away_at_once(tmp_path: Path) -> None:
    full = running(sleeper(tmp_path), max_children=1, patience=60, queue=2)
    async with create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(full.extract, UPLOAD)
        await asleep(tmp_path, 2)
        with fail_after(1), pytest.raises(Unavailable) as refused:
            await full.extract(UPLOAD)
        assert refused.value.retry_after.total_seconds() >= 1
        tasks.cancel_scope.cancel()


async def test_a_cancelled_reading_gives_its_turn_to_who_waits(tmp_path: Path) -> None:
    single = running(sleeper(tmp_path), max_children=1, patience=60)
    first = CancelScope()

    async def read_first() -> None:
        with first:
            await single.extract(UPLOAD)

    async with create_task_group() as tasks:
        tasks.start_soon(read_first)
        await asleep(tmp_path, 2)
        tasks.start_soon(single.extract, UPLOAD)
        await sleep(0.05)
        assert sleeping(tmp_path) == 2
        first.cancel()
        await asleep(tmp_path, 4)
        tasks.cancel_scope.cancel()


async def test_a_cancelled_wait_gives_its_turn_back(tmp_path: Path) -> None:
    single = running(sleeper(tmp_path), max_children=1)
    for _ in range(3):
        with move_on_after(0.1):
            await single.extract(UPLOAD)
    single._command = DocumentExtractor()._command
    assert isinstance(await single.extract(UPLOAD), Extracted)


def in_child(program: str) -> str:
    """What *program* prints, run as the child runs, confined."""
    command = DocumentExtractor()._command
    start = "import sys; sys.path += sys.argv[1:]; from jatify_adapters.extraction import child; child._confine(); "
    done = subprocess.run(
        [*command[:4], start + program, *command[5:]], env={}, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_child_has_no_environment_no_network_and_no_files() -> None:
    tried = in_child(
        """import os, socket; print(len(os.environ)); child._close_doors()
for attempt in (lambda: open('/etc/hostname'), socket.socket, os.pipe):
    try: attempt()
    except OSError: print('refused')"""
    )
    # A Python that coerces the C locale sets a variable of its own.
    assert tried.splitlines()[0] in {"0", "1"}
    assert tried.splitlines()[1:] == ["refused"] * 3


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS knows no limit of address space")
def test_a_child_has_bounded_memory_and_writes_no_file(tmp_path: Path) -> None:
    tried = in_child(
        f"""
try: bytearray(800 << 20)
except MemoryError: print('refused')
try:
    with open({str(tmp_path / "file")!r}, 'w') as file: file.write('x')
except OSError: print('refused')"""
    )
    assert tried.splitlines() == ["refused"] * 2


def test_a_child_starts_without_the_parents_heavy_imports() -> None:
    loaded = in_child("child.reader_of('application/pdf'); print(*sys.modules)").split()
    assert not {"anyio", "asyncio", "msgspec", "zipfile"} & {*loaded}
    ours = {name for name in loaded if name.startswith("jatify_core")}
    assert ours == {"jatify_core", "jatify_core.signs", "jatify_core.suspicion"}
    assert "pypdfium2_raw" in loaded


async def test_a_command_that_cannot_start_is_no_fault_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = DocumentExtractor()
    broken._command = ["/nowhere/python"]
    with pytest.raises(FileNotFoundError):
        await broken.extract(UPLOAD)
    monkeypatch.setattr(extractor, "find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError):
        DocumentExtractor()


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_it_works_under_either_event_loop(anyio_backend: str) -> None:
    extraction = await DocumentExtractor().extract(Upload("resume.pdf", None, pdf(shown(RESUME))))
    assert isinstance(extraction, Extracted), anyio_backend
    assert extraction.text == TEXT
