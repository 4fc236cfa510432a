"""Screenshots of the console over the sample search: `python -m tests.console.screenshots FOLDER [--all]`.

Without `--all` it takes the three of the README, light and wide; with it every screen in both themes and both widths.
"""

import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.console.conftest import CHROMIUM, FLAGS
from tests.console.furnishing import Furnished
from tests.console.people import Seeker
from tests.running import serving

IN_README: Final = ("board", "match", "numbers")
SCREENS: Final = ("login", "board", "today", "application", "match", "numbers", "queue", "account")
SIZES: Final = {1440: 900, 390: 844}
Theme = Literal["light", "dark"]
BOTH: Final[tuple[Theme, ...]] = ("light", "dark")
STILL: Final = 1_200
"""Milliseconds after which nothing moves any more."""


def main(folder: Path, *, everything: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as house:
        settings = {"JATIFY_DATA_DIR": f"{house}/data", "JATIFY_DAILY_ANALYSES": "100"}
        with serving(Path(house), **settings) as (_, client):
            address = str(client.base_url).rstrip("/")
            with closing(Seeker(address, "Juniper Quill")) as seeker:
                furnished = Furnished(seeker)
                furnished.analyse_some()
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
                    for theme in BOTH if everything else BOTH[:1]:
                        for width in SIZES if everything else (1440,):
                            take(browser, furnished, folder, theme, width, SCREENS if everything else IN_README)
                    browser.close()


def take(
    browser: Browser, furnished: Furnished, folder: Path, theme: Theme, width: int, screens: tuple[str, ...]
) -> None:
    size = ViewportSize(width=width, height=SIZES[width])
    for screen in screens:
        context = browser.new_context(
            base_url=str(furnished.seeker.api.base_url), color_scheme=theme, viewport=size, reduced_motion="reduce"
        )
        page = context.new_page()
        furnished.open(page, screen)
        page.wait_for_timeout(STILL)
        name = f"{screen}-{theme}-{width}" if len(screens) > len(IN_README) else screen
        page.screenshot(path=folder / f"{name}.png")
        context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), everything="--all" in sys.argv)
