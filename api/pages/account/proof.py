"""Sensitive acts ask again who one is, unless one has just shown it."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import Request

from api.refusals import ProofNeeded
from api.sessions import is_fresh
from api.wiring import session_held, wiring_of

PATH: Final = "/account/confirm"


def need_proof(request: Request, goal: str) -> None:
    """Have somebody show again who they are, unless it is fresh, and come back to a page.

    Raises
    ------
    ProofNeeded
        It is not; the browser is led there (`api.problems`).
    """
    if not is_fresh(session_held(request), wiring_of(request).clock()):
        raise ProofNeeded("proof_needed", address=f"{PATH}?next={quote(goal, safe='/')}")
