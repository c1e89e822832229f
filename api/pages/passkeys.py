"""Signing in with a passkey: alone, or after the password."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.addresses import own_path
from api.forms import cookie_secret
from api.pages.account.passkeys import as_json, asking_of
from api.pages.contexts import SignInPage
from api.pages.sign_in import after_second_step, onwards, page
from api.pages.trying import trouble_words, visit_of
from api.passkey_sign_in import enter_after_password, enter_alone
from api.passkeys import ask_for_use
from api.sign_in import half_signed_in
from api.wiring import Wired
from db.one_time import Purpose

router = APIRouter(include_in_schema=False)

WRONG: Final = (
    "このパスキーでは 入れませんでした。もう一度 押すか、アカウント名とパスワードを入れてください。"
)
WRONG_AFTER: Final = "このパスキーでは 入れませんでした。もう一度 押すか、数字を入れてください。"


@router.post("/sign-in/passkey/options")
def ask_alone(request: Request, wiring: Wired) -> Response:
    """Give the browser what a device is to sign, whosever it is."""
    asking = asking_of(request, wiring, Purpose.PASSKEY_ALONE)
    if asking is None:
        return RedirectResponse("/sign-in", 303)
    return as_json(ask_for_use(wiring.desk, asking))


@router.post("/sign-in/passkey")
def take_alone(
    request: Request,
    wiring: Wired,
    credential: Annotated[str, Form()] = "",
    goal: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Open a session for whose device it is."""
    goal, asking = own_path(goal), asking_of(request, wiring, Purpose.PASSKEY_ALONE)
    if asking is None:
        return RedirectResponse("/sign-in", 303)
    outcome = enter_alone(wiring.desk, credential, asking, visit_of(request))
    if outcome.secret:
        return onwards(request, outcome, goal)
    errors = {"login": trouble_words(outcome, WRONG)}
    return page(request, SignInPage(next=goal, errors=errors), 422)


@router.post("/sign-in/code/passkey/options")
def ask_after_password(request: Request, wiring: Wired) -> Response:
    """Give the browser what one of the person's devices is to sign."""
    asking = asking_of(request, wiring, Purpose.PASSKEY_AFTER_PASSWORD)
    user = half_signed_in(wiring.desk, cookie_secret(request), Purpose.SECOND_STEP, wiring.clock())
    if asking is None or user is None:
        return RedirectResponse("/sign-in", 303)
    return as_json(ask_for_use(wiring.desk, asking, user))


@router.post("/sign-in/code/passkey")
def take_after_password(
    request: Request,
    wiring: Wired,
    credential: Annotated[str, Form()] = "",
    goal: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Open a session if the device is theirs."""
    goal, asking = own_path(goal), asking_of(request, wiring, Purpose.PASSKEY_AFTER_PASSWORD)
    user = half_signed_in(wiring.desk, cookie_secret(request), Purpose.SECOND_STEP, wiring.clock())
    if asking is None or user is None:
        return RedirectResponse("/sign-in", 303)
    outcome = enter_after_password(wiring.desk, user, credential, asking, visit_of(request))
    return after_second_step(request, user, outcome, goal, WRONG_AFTER)
