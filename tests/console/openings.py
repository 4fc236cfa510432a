"""What opens over or within a screen when it is asked for: by which control, and what is there then."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from playwright.sync_api import Locator, Page

from jatify_http.samples import sample_listing

Found = Callable[[Page], Locator]


def button(name: str | re.Pattern[str]) -> Found:
    return lambda page: page.get_by_role("button", name=name, exact=isinstance(name, str)).first


def dialog(name: str | re.Pattern[str]) -> Found:
    return lambda page: page.get_by_role("dialog", name=name)


class Opening(NamedTuple):
    """On *screen*, *by* a control, *shown* opens. What is modal keeps the focus."""

    screen: str
    by: Found
    shown: Found
    modal: bool = True
    keys: tuple[str, ...] = ("Enter",)
    """What is pressed on the control."""
    closes: bool = True
    """Whether Escape closes it."""

    def open(self, page: Page) -> None:
        """Open it by the keyboard."""
        self.by(page).focus()
        for key in self.keys:
            page.keyboard.press(key)


def form(name: str) -> Found:
    return lambda page: page.get_by_role("form", name=name)


OPENINGS: Final = {
    "a new application in one line": Opening("board", button("Add"), form("Add an application"), modal=False),
    "a paste": Opening("board", button("Paste a listing"), dialog("Add from a paste")),
    "the menu of a card": Opening(
        "board",
        lambda page: page.get_by_role("link", name=sample_listing().position, exact=True),
        dialog(re.compile("^Menu of ")),
        modal=False,
        keys=("m",),
    ),
    "the filters": Opening("board", button("Filters"), form("Filters"), modal=False, closes=False),
    "another status": Opening(
        "application",
        lambda page: page.get_by_label("Status", exact=True),
        form("Move to HR interview"),
        modal=False,
        keys=("ArrowDown",),
    ),
    "a step that was forgotten": Opening("application", button("Add a step"), dialog("Add a step that was forgotten")),
    "a step to put right": Opening("application", button("Edit the step to Applied"), dialog("The step to Applied")),
    "a question": Opening("application", button("Delete this application"), dialog("Delete this application?")),
    "more about a resume": Opening("match", button(re.compile("^More about ")), dialog("sample_resume")),
    "a new job": Opening("match", button("New job"), dialog("A new job")),
    "another name for a status": Opening("account", button("Edit: Saved"), dialog("Edit status")),
    "the last way out": Opening("account", button("Delete my account"), dialog("Delete your account")),
}
