"""The manual: for now, the map of the keyboard."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.surroundings import frame_for
from api.rendering import render
from api.wiring import Visitor

router = APIRouter(include_in_schema=False)


@router.get("/help")
def help_page(request: Request, visitor: Visitor) -> HTMLResponse:
    """Show the keys and what they do; open to everyone."""
    return render(request, "pages/help.html", frame_for(request, visitor, "手引き"))
