"""The documentation of the JSON interface, served from here: no outside address is asked."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.frame import Frame
from api.headers import CONTENT_SECURITY_POLICY
from api.rendering import render

router = APIRouter(include_in_schema=False)

# Swagger UI carries small pictures inside its style sheet.
POLICY: Final = CONTENT_SECURITY_POLICY.replace("img-src 'self'", "img-src 'self' data:")


@router.get("/api/v1/docs")
def documentation(request: Request) -> HTMLResponse:
    """Show the OpenAPI document with Swagger UI."""
    page = render(request, "pages/api_documentation.html", Frame(title="JSON インターフェース"))
    page.headers["Content-Security-Policy"] = POLICY
    return page
