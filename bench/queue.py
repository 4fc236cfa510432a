"""Jatify's queue beside its peers, in one run on one Postgres: prints a table, or with `--json` one JSON object."""

import sys
from pathlib import Path

# Run by its path, Python would look for modules in this folder first, and take this file for its own module `queue`.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.queueing.command import main  # noqa: E402  # the path comes first

if __name__ == "__main__":
    main()
