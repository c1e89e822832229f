"""The manual: for now, the map of the keyboard."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.frame import Frame
from api.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/help")
def help_page(request: Request) -> HTMLResponse:
    """Show the keys and what they do; open to everyone."""
    return render(request, "pages/help.html", Frame(title="手引き"))
