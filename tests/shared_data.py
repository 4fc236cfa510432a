"""The real resumes, listings and hostile files beside the project, where they are."""

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

needs_shared_data = pytest.mark.skipif(not DATA.is_dir(), reason="the folder shared/data is not beside the project")
