"""The console as it is served: the page, its files and nothing else, under a policy that trusts nobody."""

import re

import pytest

from jatify_adapters.memory import memory_ports
from jatify_http.app import ShellSettings
from tests.http.people import Person, client_of

KEPT = "public, max-age=31536000, immutable"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(nobody: Person) -> None:
    page = await nobody.get("/", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    assert "unsafe" not in policy
    assert "//" not in page.text
    assert "<style" not in page.text
    assert not re.search(r"<script[^>]*>[^<]", page.text)


async def test_every_file_that_the_page_and_its_modules_name_is_served(nobody: Person) -> None:
    page = await nobody.get("/", headers=BROWSER)
    seen: set[str] = set()
    left = set(re.findall(r'(?:href|src)="(/console/[^"]+)"', page.text))
    assert len(left) > 5
    while left:
        path = left.pop()
        answer = await nobody.get(path)
        assert answer.status_code == 200, path
        assert (answer.headers["cache-control"], bool(answer.headers["etag"])) == (KEPT, True), path
        seen.add(path)
        if path.endswith(".js"):
            assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
            folder = path.rpartition("/")[0]
            named = re.findall(r'(?:from|import) ?\(?"(\.[^"]+)"', answer.text)
            left |= {_joined(folder, name) for name in named} - seen
    assert any(path.endswith("/screens/board.js") for path in seen)


async def test_every_module_of_the_first_screen_is_asked_for_at_once(nobody: Person) -> None:
    page = await nobody.get("/", headers=BROWSER)
    asked = re.findall(r'<link rel="modulepreload" href="(/console/[^"]+)">', page.text)
    for path in asked:
        module = await nobody.get(path)
        named = re.findall(r'^import [^(;]*"(\.[^"]+)"', module.text, re.MULTILINE)
        assert {_joined(path.rpartition("/")[0], name) for name in named} <= set(asked), path
    assert {"main.js", "screens/board.js"} < {path.split("/", 3)[3] for path in asked}
    assert len(asked) == len(set(asked))


def _joined(folder: str, name: str) -> str:
    parts = folder.split("/")
    for part in name.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


async def test_only_the_files_of_this_edition_are_kept_for_good(nobody: Person) -> None:
    page = await nobody.get("/", headers=BROWSER)
    assert page.headers["cache-control"] == "no-cache"
    [edition] = set(re.findall(r"/console/(@[0-9a-f]{12})/", page.text))
    for path, kept in ((f"{edition}/main.js", KEPT), ("@0123456789ab/main.js", "no-cache"), ("main.js", "no-cache")):
        answer = await nobody.get(f"/console/{path}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, kept)


async def test_a_file_that_has_not_changed_is_not_sent_again(nobody: Person) -> None:
    first = await nobody.get("/console/main.js")
    again = await nobody.get("/console/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "@0123456789ab",
        "@0123456789ab/",
        "@0123456789ab/../settings.py",
        "__init__.py",
        "../settings.py",
        "%2e%2e/settings.py",
        "screens",
        "",
        "screens/../../settings.py",
    ],
)
async def test_no_other_file_is_served(nobody: Person, path: str) -> None:
    assert (await nobody.get(f"/console/{path}")).status_code == 404


async def test_it_can_be_switched_off() -> None:
    async with client_of(memory_ports(), ShellSettings(console=False)) as client:
        assert (await client.get("/")).status_code == 404
        assert (await client.get("/console/main.js")).status_code == 404
        assert (await client.get("/api/statuses")).status_code == 401
