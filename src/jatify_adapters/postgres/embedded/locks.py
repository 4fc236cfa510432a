"""File locks that the kernel drops with the process that holds them, however it ends."""

import os
import sys
from pathlib import Path

from .folder import EmbeddedError, open_own

if sys.platform != "win32":
    import fcntl


class FileLock:
    """One lock on one open file; nothing here blocks.

    flock, not lockf: the latter is lost when any descriptor of the file is closed, and two users in one process
    would share it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = open_own(path)

    @property
    def descriptor(self) -> int:
        """For a child process that shall keep the lock when this process dies."""
        return self._descriptor

    def shared(self) -> bool:
        """Take it with others; false when somebody has it alone."""
        return self._take(fcntl.LOCK_SH)

    def exclusive(self) -> bool:
        """Take it alone; false when anybody has it."""
        return self._take(fcntl.LOCK_EX)

    def release(self) -> None:
        """Let go of it, for children that inherited the descriptor too."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of it for good."""
        os.close(self._descriptor)

    def _take(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise EmbeddedError(
                f"no file can be locked beside {self._path} ({error.strerror}); set JATIFY_DATA_DIR to a local disk"
            ) from error
        return True
