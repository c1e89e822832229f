"""Every component with fictional content, on one page; served only when the settings ask for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.forms import form_token
from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH, UNDO, Frame, KeyHint, NavItem, Viewer
from api.pages.contexts import MapView
from api.rendering import HERE, render

router = APIRouter(include_in_schema=False)

NAVIGATION: Final = (
    NavItem("今日の仕事", "#today"),
    NavItem("本人・世帯", "#people"),
    NavItem("マッチング", "#matching"),
    NavItem("受け入れ先", "#hosts", count=3),
    NavItem("会議", "#meetings"),
    NavItem("地図と計画", "#planning"),
)
KEYS: Final = (
    NEXT_AND_PREVIOUS,
    OPEN,
    KeyHint(("A",), "進める"),
    KeyHint(("S",), "見送る"),
    KeyHint(("E",), "くわしい理由"),
    KeyHint(("M",), "地図と表"),
    UNDO,
    SEARCH,
)


@dataclass(frozen=True, slots=True)
class StyleguidePage:
    """The one thing on the page that is not written in its template."""

    city: MapView


@cache
def fictional_city() -> Any:
    """Return the small city of the map: no real place has this shape."""
    return json.loads((HERE / "templates/styleguide/city.json").read_text(encoding="utf-8"))


@router.get("/styleguide")
def styleguide(request: Request) -> HTMLResponse:
    """Show every component."""
    frame = Frame(
        title="部品の見本",
        form_token=form_token(request),
        current="#people",
        nav=NAVIGATION,
        viewer=Viewer("水野"),
        municipality="つなぎ市",
        office="福祉相談室",
        is_sample=True,
        search_action="/styleguide",
        keys=KEYS,
        strip_note="「進める」を押しても、打診を送るまで 誰にも伝わりません",
    )
    city = MapView("つなぎ市の6つの圏域と 11の場所", fictional_city())
    return render(request, "styleguide/styleguide.html", frame, StyleguidePage(city))


@router.post("/styleguide")
def send() -> RedirectResponse:
    """Take any form of the page and show it again."""
    return RedirectResponse("/styleguide", status_code=303)
