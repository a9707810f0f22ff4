"""GET /docs. The page is our own: it works without the internet and loads nobody's scripts."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

_PAGE = Path(__file__).with_name("page.html").read_text("utf-8")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; img-src data:;"
    " script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'"
}


async def _docs(request: Request) -> Response:
    return HTMLResponse(_PAGE, headers=_HEADERS)


route = Route("/docs", _docs, name="docs")
