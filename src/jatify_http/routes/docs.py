"""The API's description, and a page that shows it; neither needs the internet."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, Router, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from jatify_core.errors import NotFound
from jatify_http.answers import shown
from jatify_http.conditional import content_tag

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE: Final = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jatify API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="api"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</body>
</html>
"""
INIT: Final = b"""SwaggerUIBundle({
  url: "/schema/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null
});
"""
SCRIPT: Final = "text/javascript"
ASSETS: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": SCRIPT,
}
OWN: Final = {"init.js": INIT}
OUT_OF_SCHEMA: Final = {"gives": "text/html"}


@get("/schema/openapi.json", include_in_schema=False)
async def get_schema(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """The description, the same for every installation of a release."""
    description = request.app.state.description
    return shown(description, content_tag(description))


@get("/docs", include_in_schema=False, opt=OUT_OF_SCHEMA)
async def get_page() -> Response[bytes]:
    """The page; its script and style are files of their own, so that it needs no inline ones."""
    return Response(PAGE, media_type="text/html", headers={"Content-Security-Policy": PAGE_POLICY})


@get("/docs/{name:str}", include_in_schema=False, opt=OUT_OF_SCHEMA)
async def get_asset(name: FromPath[str]) -> Response[bytes]:
    """A file of the page."""
    if name in OWN:
        return Response(OWN[name], media_type=SCRIPT)
    if name not in ASSETS:
        raise NotFound
    content, etag = _asset(name)
    return Response(content, media_type=ASSETS[name], headers={"ETag": etag})


def routers(*, with_page: bool) -> list[Router]:
    """The description, and the page if it is wanted."""
    handlers: list[HTTPRouteHandler] = [get_schema, *([get_page, get_asset] if with_page else [])]
    return [Router("/", route_handlers=handlers)]


@cache
def _asset(name: str) -> tuple[bytes, str]:
    # The package is a Flask blueprint; only its files are wanted, so it is found and never imported.
    spec = find_spec("flask_swagger_ui")
    if spec is None or spec.origin is None:
        raise NotFound
    content = (Path(spec.origin).parent / "dist" / name).read_bytes()
    return content, content_tag(content)
