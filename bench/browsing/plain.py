"""The floor that the board is compared with: the very same page, columns and cards, as one file of plain HTML."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from playwright.sync_api import Page

from bench.queueing.contenders import ROOT
from jatify_http.routes.console import TYPES

CONSOLE: Final = ROOT / "src" / "jatify_http" / "console"
DRAWN: Final = """
async () => {
  const main = document.querySelector("script[type=module]").src;
  const { all } = await import(new URL("api.js", main));
  const { cardOf } = await import(new URL("screens/board/card.js", main));
  const page = document.documentElement.cloneNode(true);
  for (const gone of page.querySelectorAll("script, .board-card, .board-more")) gone.remove();
  for (const column of page.querySelectorAll(".board-column")) {
    const applications = await all("/api/applications", { sort: "-updated_at", status_id: column.dataset.status });
    column.querySelector(".board-cards").append(...applications.map((one) => cardOf(one, undefined, "board-hint")));
  }
  return "<!doctype html>" + page.outerHTML;
}
"""
FOLLOWER: Final = """
<style>body { user-select: none; }</style>
<div class="board-ghost"><ul>
  <li class="board-card"><p class="board-card-title">This follows the pointer</p></li>
</ul></div>
<script>
  const ghost = document.querySelector(".board-ghost");
  addEventListener("pointermove", ({ clientX, clientY }) => {
    ghost.style.transform = `translate(${clientX}px, ${clientY}px)`;
  });
</script>
"""
"""Without anything that moves no frames would be drawn; to select text while the pointer moves would cost very much."""


def as_plain_html(board: Page) -> str:
    """What *board* would be if somebody had written every card of it into a file."""
    html: str = board.evaluate(DRAWN)
    html = re.sub('"/console/@[^/]+/', '"/console/', html)
    return html.replace("</body>", f"{FOLLOWER}</body>")


@contextmanager
def hosted(html: str) -> Iterator[str]:
    """The address of *html*, beside the console's own stylesheets."""

    class Answer(BaseHTTPRequestHandler):
        """Gives the page at / and the files of the console."""

        def do_GET(self) -> None:
            """Answer a browser."""
            file = ROOT / "src" / "jatify_http" / self.path.lstrip("/")
            page = self.path == "/"
            if not page and not (file.is_file() and CONSOLE in file.resolve().parents):
                self.send_error(404)
                return
            content = html.encode() if page else file.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", TYPES[".html" if page else file.suffix])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name is given
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
