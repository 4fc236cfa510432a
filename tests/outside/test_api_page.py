"""The tour of the API holds: each request of docs/api.md is sent to a real server, each answer is as it says."""

from pathlib import Path
from typing import Final

from tests.outside.dialogue import Dialogue, exchanges
from tests.running import providing, serving

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def test_each_request_of_the_tour_is_answered_as_it_says(tmp_path: Path) -> None:
    tour = [*exchanges(PAGE.read_text(encoding="utf-8"))]
    assert len(tour) > 20
    with providing(tmp_path) as provider:
        settings = {"OPENROUTER_API_KEY": "sk-of-nobody", "JATIFY_OPENROUTER_URL": provider.url}
        # The first analysis succeeds, the second one does not, and all that follow do.
        provider.script({"times": 1}, {"content": "Certainly!"})
        data = str(tmp_path / "data")
        with serving(tmp_path, JATIFY_DATA_DIR=data, JATIFY_MAX_ATTEMPTS="1", **settings) as (_, client):
            dialogue = Dialogue(client)
            for request, answer in tour:
                dialogue.hold(request, answer)
