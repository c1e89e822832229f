"""Sensitive acts ask again who one is, unless one has just shown it."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse

from api.sessions import is_fresh
from api.wiring import session_held, wiring_of

PATH: Final = "/account/confirm"


def ask_again(request: Request, goal: str) -> RedirectResponse | None:
    """Lead to where one shows again who one is, and back to a page; None where it is fresh."""
    if is_fresh(session_held(request), wiring_of(request).clock()):
        return None
    return RedirectResponse(f"{PATH}?next={quote(goal, safe='/')}", status_code=303)
