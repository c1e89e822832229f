"""Over the city's identity provider and back: to sign in, and to link one's own account."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Annotated, Final, TypeVar, TypeVarTuple

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.addresses import own_path
from api.forms import cookie_name, cookie_secret, is_secure
from api.oidc.entering import (
    LASTS,
    Departure,
    Detour,
    come_back,
    enter_over,
    leave_for,
    link_own,
    note_refused,
    unlink,
)
from api.oidc.errors import ProviderRefused
from api.oidc.provider import Provider
from api.oidc.setting import BACK
from api.pages.account.proof import need_proof
from api.pages.sign_in import onwards
from api.pages.trying import visit_of
from api.sessions import hash_of, session_of
from api.wiring import SignedIn, Visitor, Wired, Wiring, session_held
from db.users import User

router = APIRouter(include_in_schema=False)

AT_ONCE: Final = 4
"""How many wait for the provider at the same time; a slow one holds up nothing else."""
ACCOUNT: Final = "/account"
SIGN_IN: Final = "/sign-in"
_log: Final = logging.getLogger("tsunagite.oidc")
_R = TypeVar("_R")
_A = TypeVarTuple("_A")


@router.post("/sign-in/provider")
async def leave(
    request: Request,
    wiring: Wired,
    goal: Annotated[str, Form(alias="next")] = "/",
    afresh: Annotated[bool, Form()] = False,
) -> Response:
    """Send a browser to the provider; `afresh` has the password asked for there in any case."""
    if wiring.provider is None:
        return RedirectResponse(SIGN_IN, 303)
    goal = own_path(goal)
    return await _in_turn(request, _leave, request, wiring, wiring.provider, goal, None, afresh)


@router.get(BACK)
async def back(request: Request, wiring: Wired, visitor: Visitor) -> Response:
    """Take the provider's answer: once, in time, from the browser that left."""
    if wiring.provider is None:
        return RedirectResponse(SIGN_IN, 303)
    response = await _in_turn(request, _back, request, wiring, wiring.provider, visitor is not None)
    _set_cookie(request, response, "", 0)
    return response


@router.post(ACCOUNT + "/provider")
async def leave_to_link(request: Request, actor: SignedIn, wiring: Wired) -> Response:
    """Send whoever is signed in to the provider, to link who they are there."""
    if wiring.provider is None:
        return RedirectResponse(ACCOUNT, 303)
    need_proof(request, ACCOUNT)
    user = await run_sync(wiring.users.user, actor.user_id)
    return await _in_turn(request, _leave, request, wiring, wiring.provider, ACCOUNT, user, True)


@router.post(ACCOUNT + "/provider/remove")
def remove_own(request: Request, actor: SignedIn, wiring: Wired) -> Response:
    """End one's own link; who has no password yet keeps the only way in."""
    if wiring.provider is None:
        return RedirectResponse(ACCOUNT, 303)
    need_proof(request, ACCOUNT)
    user, held = wiring.users.user(actor.user_id), session_held(request).token_hash
    if user is None or not user.password_hash:
        return RedirectResponse(f"{ACCOUNT}?done=needs_password", 303)
    issuer, now = wiring.provider.setting.issuer, wiring.clock()
    unlink(wiring.identities, issuer, user.id, user.id, wiring.desk, now, held)
    return RedirectResponse(f"{ACCOUNT}?done=unlinked", 303)


async def _in_turn(request: Request, work: Callable[[*_A], _R], *values: *_A) -> _R:
    """Do work that asks the provider, when it is its turn."""
    limiter: CapacityLimiter = request.app.state.provider_limiter
    return await run_sync(work, *values, limiter=limiter)


def _leave(
    request: Request,
    wiring: Wiring,
    provider: Provider,
    goal: str,
    linking: User | None,
    afresh: bool,
) -> Response:
    now = wiring.clock()
    try:
        leaving: Departure = leave_for(provider, wiring.one_time, now, goal, linking, afresh=afresh)
    except ProviderRefused as refused:
        return _nobody(wiring, refused, signed_in=linking is not None)
    response = RedirectResponse(leaving.address, 303)
    _set_cookie(request, response, leaving.secret, int(LASTS.total_seconds()))
    return response


def _back(request: Request, wiring: Wiring, provider: Provider, signed_in: bool) -> Response:
    pairs, secret = request.query_params.multi_items(), request.cookies.get(_name(request), "")
    answer = dict(pairs)
    try:
        if len(answer) != len(pairs):
            raise ProviderRefused("answer_malformed")
        detour = come_back(wiring.one_time, secret, answer, wiring.clock())
        shown = provider.who_came(secret, answer)
        if detour.user_id is not None:
            user, held = _who_left(request, wiring, detour)
            now = wiring.clock()
            link_own(provider, wiring.identities, wiring.desk, shown, user, held, now)
            return RedirectResponse(f"{ACCOUNT}?done=linked", 303)
        desk, now = wiring.desk, wiring.clock()
        outcome = enter_over(provider, wiring.identities, desk, shown, visit_of(request), now)
    except ProviderRefused as refused:
        return _nobody(wiring, refused, signed_in=signed_in)
    return onwards(request, outcome, detour.goal)


def _who_left(request: Request, wiring: Wiring, detour: Detour) -> tuple[User, bytes]:
    """Return who left to link their account, still signed in, and their session."""
    secret = cookie_secret(request)
    found = session_of(wiring.users, secret, wiring.limits, wiring.clock())
    if found is None or found[1].id != detour.user_id:
        raise ProviderRefused("another_session")
    return found[1], hash_of(secret)


def _nobody(wiring: Wiring, refused: ProviderRefused, *, signed_in: bool) -> Response:
    """Say alike, whatever it was, that it did not work; the record knows why."""
    _log.warning("sign-in over the identity provider refused: %s", refused.code)
    note_refused(wiring.desk, refused.code, wiring.clock())
    return RedirectResponse(f"{ACCOUNT if signed_in else SIGN_IN}?done=provider", 303)


def _name(request: Request) -> str:
    return f"{cookie_name(request)}-provider"


def _set_cookie(request: Request, response: Response, secret: str, seconds: int) -> None:
    """Give the browser what it takes along, or have it forget that."""
    response.set_cookie(
        _name(request),
        secret,
        max_age=seconds,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
