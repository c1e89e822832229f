"""`/api/v1/session`: who is signed in, and the token that every change has to carry."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.forms import form_token
from api.v1 import schemas
from api.v1.problems import documented
from api.wiring import SignedIn

router = APIRouter(prefix="/api/v1", tags=["session"], responses=documented(401, 503))


@router.get("/session")
def show_session(request: Request, actor: SignedIn) -> schemas.Session:
    """Return the session of the cookie; sign in at the page `/sign-in`."""
    return schemas.Session(
        user=actor.user_id,
        name=actor.name,
        role=actor.role,
        municipality=actor.municipality_code,
        form_token=form_token(request),
    )
