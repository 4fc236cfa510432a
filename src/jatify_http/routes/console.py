"""The console: the web page at /, and the files that it is made of. Everything it shows it asks of the API."""

import re
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Final

from litestar import Response, Router, get
from litestar.params import FromPath
from msgspec import Struct

from jatify_core.errors import NotFound
from jatify_http.conditional import content_tag

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing is loaded from elsewhere or written inline, and no text ever becomes markup or a script."""

TYPES: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
FIRST_SCREEN: Final = ("main.js", "screens/board.js")
IMPORT: Final = re.compile(rb'^import (?:[^";]+ from )?"(\.[^"]+)";$', re.MULTILINE)
ROOT: Final = "/console/"
MARK: Final = "@"
"""Before the edition in an address, as in `/console/@0123456789ab/main.js`."""
ASKED_EACH_TIME: Final = "no-cache"
KEPT_FOR_GOOD: Final = "public, max-age=31536000, immutable"
OUT_OF_SCHEMA: Final = {"gives": "text/html"}


class File(Struct, frozen=True):
    """One file of the console."""

    content: bytes
    media_type: str
    etag: str


def found(folder: Traversable, above: str = "") -> dict[str, File]:
    """Every file in *folder* that a browser asks for, by its path."""
    known: dict[str, File] = {}
    for entry in folder.iterdir():
        path = f"{above}{entry.name}"
        if entry.is_dir():
            known |= found(entry, f"{path}/")
        elif media_type := TYPES.get(f".{entry.name.rpartition('.')[2]}"):
            content = entry.read_bytes()
            known[path] = File(content, media_type, content_tag(content))
    return known


def with_preloads(page: bytes, known: Mapping[str, File]) -> bytes:
    """*page*, asking at once for every module of its first screen: one by one they would wait for each other."""
    links = "".join(f'<link rel="modulepreload" href="{ROOT}{path}">\n' for path in imported(known, *FIRST_SCREEN))
    return page.replace(b"<script ", links.encode() + b"<script ", 1)


def imported(known: Mapping[str, File], *modules: str) -> list[str]:
    """*modules* and whatever they import, and so on; what they load later is left out."""
    found = list(modules)
    for module in found:  # it grows
        folder = PurePosixPath(module).parent
        paths = (normpath(folder / name.decode()) for name in IMPORT.findall(known[module].content))
        found += [path for path in dict.fromkeys(paths) if path not in found]
    return found


def edition(known: Mapping[str, File]) -> str:
    """The name of the console as these files make it: of one that is changed in any of them it is another."""
    return content_tag([[path, file.etag] for path, file in sorted(known.items())]).strip('"')[:12]


def answer(file: File, caching: str = ASKED_EACH_TIME) -> Response[bytes]:
    """*file*, which costs nothing to ask for again while it is the same."""
    headers = {"ETag": file.etag, "Cache-Control": caching, "Content-Security-Policy": POLICY}
    return Response(file.content, media_type=file.media_type, headers=headers)


def router() -> Router:
    """The page and its files, read once: what is not there at the start can never be asked for.

    The page names its files by their edition, and so do they each other, being relative: a browser that has them asks
    for the page alone. One that still has the page of an earlier edition is given the files of this one.
    """
    known = found(files("jatify_http") / "console")
    here = f"{MARK}{edition(known)}/"
    page = with_preloads(known["index.html"].content, known).replace(ROOT.encode(), f"{ROOT}{here}".encode())
    index = File(page, TYPES[".html"], content_tag(page))

    @get("/", include_in_schema=False, opt=OUT_OF_SCHEMA)
    async def get_console() -> Response[bytes]:
        """The page."""
        return answer(index)

    @get("/console/{path:path}", include_in_schema=False, opt=OUT_OF_SCHEMA)
    async def get_console_file(path: FromPath[str]) -> Response[bytes]:
        """A file of the page."""
        name = path.removeprefix("/")
        file = known.get(name.partition("/")[2] if name.startswith(MARK) else name)
        if file is None:
            raise NotFound
        return answer(file, KEPT_FOR_GOOD if name.startswith(here) else ASKED_EACH_TIME)

    return Router("/", route_handlers=[get_console, get_console_file])
