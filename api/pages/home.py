"""The first page after the sign-in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.surroundings import frame_for
from api.rendering import render
from api.wiring import SignedIn

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request, actor: SignedIn) -> HTMLResponse:
    """Show what is to be done today."""
    frame = frame_for(request, actor, "今日の仕事", current="/")
    return render(request, "pages/home.html", frame)
