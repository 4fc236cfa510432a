"""A real browser before the real server, and a page that forgives no error, no foreign request and no violation."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.console.furnishing import Furnished
from tests.console.houses import House, model_house
from tests.console.people import Seeker
from tests.running import Process, serving

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
REPORTS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


class Watch:
    """What went wrong in a page; a status that a test *expects* a request to end with is no fault."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc
        self.faults: list[str] = []
        self._expected: set[int] = set()

    def expect(self, *statuses: int) -> None:
        self._expected |= set(statuses)

    def over(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self._asked)
        page.add_init_script(REPORTS)

    def look(self, page: Page) -> None:
        if not page.is_closed():
            self.faults += page.evaluate("window.violations ?? []")

    def _heard(self, message: ConsoleMessage) -> None:
        refused = any(f"the server responded with a status of {status}" in message.text for status in self._expected)
        cut_off = 0 in self._expected and "net::ERR_" in message.text
        if message.type in {"error", "warning"} and not refused and not cut_off:
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self._host:
            self.faults.append(f"foreign request: {request.url}")


@pytest.fixture(scope="module")  # its event loop would be in the way of other modules' own
def browser() -> Iterator[Browser]:
    """Chromium; where there is none the tests are left out, unless JATIFY_TEST_BROWSER says that it must be there."""
    if CHROMIUM is None:
        if os.environ.get("JATIFY_TEST_BROWSER") == "required":
            pytest.fail("there is no Chromium on the PATH")
        pytest.skip("there is no Chromium on the PATH: install it to test the console")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, httpx.Client]]:
    """`jatify serve` with its own Postgres and a worker, for all tests of the console that may share it."""
    folder = tmp_path_factory.mktemp("console")
    limits = {"JATIFY_DAILY_ANALYSES": "1000", "JATIFY_MAX_RESUMES": "100", "JATIFY_TRUSTED_PROXIES": "127.0.0.0/8"}
    with serving(folder, JATIFY_DATA_DIR=str(folder / "data"), **limits) as started:
        yield started


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server whose analyses come from a model that can fail, for the tests that want it to."""
    with model_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def address(running: tuple[Process, httpx.Client]) -> str:
    return str(running[1].base_url).rstrip("/")


@pytest.fixture(scope="session")
def furnished(running: tuple[Process, httpx.Client]) -> Iterator[Furnished]:
    """Somebody who has been at it for ninety days. Tests only look."""
    with closing(Seeker(str(running[1].base_url).rstrip("/"))) as seeker:
        yield Furnished(seeker)


@pytest.fixture
def seeker(address: str) -> Iterator[Seeker]:
    """Somebody with a fresh account."""
    with closing(Seeker(address)) as seeker:
        yield seeker


@pytest.fixture
def watch(address: str) -> Watch:
    return Watch(address)


@pytest.fixture
def page(browser: Browser, address: str, watch: Watch) -> Iterator[Page]:
    """A window of a browser of its own, wide and light; whatever goes wrong in it fails the test."""
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.on("page", watch.over)
    page = context.new_page()
    yield page
    for one in context.pages:
        watch.look(one)
    context.close()
    assert watch.faults == []
