"""How quick the console's board is with thousands of applications: prints a table, or with `--json` JSON."""

import sys
from pathlib import Path

# Run by its path, Python would look for modules in this folder first.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.browsing.command import main  # noqa: E402  # the path comes first

if __name__ == "__main__":
    main()
