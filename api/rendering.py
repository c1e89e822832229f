"""Templates: the Jinja2 environment and the addresses of static files."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.forms import keep_fresh_secret
from api.frame import ALL_KEYS, Frame
from catalog.ids import new_id

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def static_address(path: str) -> str:
    """Return the address of a static file, with a mark that changes with its content."""
    mark = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={mark}"


@cache
def environment() -> Environment:
    """Return the templates: everything escaped, an unknown name is an error."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.globals |= {"static": static_address, "all_keys": ALL_KEYS, "new_key": new_id}
    return templates


def render(
    request: Request, template: str, frame: Frame, page: Any = None, status: int = 200
) -> HTMLResponse:
    """Answer with a page.

    Parameters
    ----------
    template
        Path below `api/templates`.
    frame
        What surrounds the page.
    page
        The page's own value from `api.pages.contexts`.
    """
    html = environment().get_template(template).render(frame=frame, page=page)
    response = HTMLResponse(html, status_code=status)
    keep_fresh_secret(request, response)
    return response


def is_partial(request: Request) -> bool:
    """Tell whether htmx asks for a part of the page that it will put in place itself."""
    return request.headers.get("HX-Request-Type") == "partial"


def announce(response: Response, words: str) -> None:
    """Have the page say something to those who listen to it, after an htmx swap."""
    response.headers["HX-Trigger"] = json.dumps({"announce": {"words": words}})
