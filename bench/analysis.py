"""How well texts are taken out of files and resumes are judged: prints a table, or with `--json` one JSON object."""

import sys
from pathlib import Path

# Run by its path, Python would look for modules in this folder first.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.analysing.command import main  # noqa: E402  # the path comes first

if __name__ == "__main__":
    main()
