"""Who runs the server: ourselves, or, since Postgres refuses root, an account that is there already."""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .folder import EmbeddedError, Folder, is_root

if sys.platform != "win32":
    import pwd

_STAND_INS = ("jatify", "postgres", "nobody")
_KEPT_VARIABLES = ("PATH", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Account:
    """The uid and gid that own the database files."""

    name: str
    uid: int
    gid: int

    @property
    def switch(self) -> dict[str, Any]:
        """What `subprocess` needs to run a child as this account."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def address(self, cluster: Path, major: int) -> str:
        """What to call `cluster` in a child that starts inside it.

        As root its parents may be closed to the account (a home folder is 0700). The child changes into the cluster
        before it changes its uid, and this name leads there without passing the parents. Postgres before 16 leaves
        its working folder while it looks for itself, and cannot come back.
        """
        inside = "/proc/self/cwd"
        return inside if self.switch and major >= 16 and Path(inside).exists() else str(cluster)


def clean_environment() -> dict[str, str]:
    """What a server needs of our environment: neither secrets nor variables that configure Postgres."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {"PATH": os.defpath, **kept, "LC_ALL": "C"}


def account_for(folder: Folder) -> Account:
    """Whoever owns the database files; without any, the folder's owner; never root."""
    if not is_root():
        return _ourselves(folder)
    major = folder.newest()
    if major is None:
        return _known(folder.path.stat().st_uid) or _stand_in()
    cluster = folder.cluster(major)
    owner = cluster.stat()
    if owner.st_uid == 0:  # copied without its owner
        raise EmbeddedError(
            f"{cluster} belongs to root, as whom Postgres does not run: `chown -R {_stand_in().name} {cluster}`"
        )
    return Account(f"#{owner.st_uid}", owner.st_uid, owner.st_gid)


def _ourselves(folder: Folder) -> Account:
    major = folder.newest()
    if major is not None and folder.cluster(major).stat().st_uid != os.geteuid():
        raise EmbeddedError(
            f"{folder.cluster(major)} belongs to another user; start Jatify as that user, or set JATIFY_DATA_DIR"
        )
    return Account("", os.geteuid(), os.getegid())


def _known(uid: int) -> Account | None:
    """An account by its uid; initdb insists on one that has a name."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid) if uid else None


def _stand_in() -> Account:
    for name in _STAND_INS:
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError("Postgres does not run as root; start Jatify as an ordinary user or set JATIFY_DATABASE_URL")
