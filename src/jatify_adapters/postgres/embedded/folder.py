"""The data folder: what lies where in it, and that a folder of anybody else's is never touched."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MARK = "jatify-folder.txt"
_MARK_TEXT = """This folder belongs to Jatify and holds its embedded database.
Delete it only as a whole, and only when you no longer want what is in it.
"""
_ADVICE = "set JATIFY_DATA_DIR to a folder of yours, or JATIFY_DATABASE_URL to a Postgres"
_HARMLESS = frozenset({MARK, "lost+found", ".DS_Store"})  # what a fresh volume or a file browser leaves


class EmbeddedError(Exception):
    """The embedded database cannot be used; the message is one line and says what to do."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The names inside a folder that carries Jatify's mark."""

    path: Path

    @property
    def start_lock(self) -> Path:
        """Held by the one process that is starting or joining the server."""
        return self.path / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by all processes that use the server; exclusive to the supervisor once they are gone."""
        return self.path / "users.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the supervisor for as long as it lives."""
        return self.path / "server.lock"

    @property
    def log(self) -> Path:
        """What Postgres and its supervisor have to say."""
        return self.path / "postgres.log"

    def cluster(self, major: int) -> Path:
        """Where the database files of one major version of Postgres are."""
        return self.path / f"pg{major}"

    def newest(self) -> int | None:
        """The newest major version that has database files here."""
        names = (re.fullmatch(r"pg(\d+)", entry.name) for entry in self.path.iterdir())
        return max((int(name[1]) for name in names if name), default=None)

    def half_made(self) -> list[Path]:
        """What an initdb that died left behind."""
        return list(self.path.glob("initdb-*"))


def claim_folder(data_dir: Path) -> Path:
    """Make `data_dir` Jatify's own, private when it is new, and return its real path.

    Raises `EmbeddedError`, having written nothing, when it holds somebody else's files or cannot be written.
    Whoever keeps a file of their own in the folder calls this first.
    """
    try:
        path = data_dir.expanduser().resolve()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = {entry.name for entry in path.iterdir()}
        if MARK not in names:
            if names - _HARMLESS:
                raise EmbeddedError(f"{path} holds files that are not Jatify's; set JATIFY_DATA_DIR to an empty folder")
            with os.fdopen(open_own(path / MARK), "w", encoding="utf-8") as mark:
                mark.write(_MARK_TEXT)
        if not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
    except (FileExistsError, NotADirectoryError) as error:
        raise EmbeddedError(f"{data_dir} is a file or lies below one; {_ADVICE}") from error
    except (OSError, RuntimeError) as error:
        raise EmbeddedError(
            f"{data_dir} cannot be written ({getattr(error, 'strerror', None) or error}); {_ADVICE}"
        ) from error
    return path


def open_own(path: Path) -> int:
    """A descriptor for reading and appending; a missing file is made, private, for the owner of its folder.

    No link is followed: as root, a link put there by the folder's owner could point anywhere.
    """
    flags = os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    try:
        with suppress(FileExistsError):
            descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
            if is_root():
                owner = path.parent.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            return descriptor
        return os.open(path, flags)
    except OSError as error:
        raise EmbeddedError(f"{path} cannot be opened ({error.strerror}); {_ADVICE}") from error


def is_root() -> bool:
    """Whether we are the one user that Postgres refuses to run as."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
