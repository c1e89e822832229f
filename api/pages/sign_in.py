"""Sign-in and sign-out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.forms import cookie_secret, drop_cookie, set_cookie
from api.labels import ROLES
from api.pages.contexts import SignInPage
from api.pages.surroundings import frame_for
from api.rendering import render
from api.sample import open_sample_accounts
from api.sign_in import sign_in, sign_out
from api.wiring import Visitor, Wired, Wiring, wiring_of

router = APIRouter(include_in_schema=False)

WRONG = "アカウント名か パスワードが違います。大文字と小文字を確かめて、もう一度 入れてください。"
EMPTY_LOGIN = "アカウント名を入れてください。"
EMPTY_PASSWORD = "パスワードを入れてください。"


@router.get("/sign-in")
def show(
    request: Request, visitor: Visitor, goal: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """Ask who one is; whoever is signed in goes on."""
    if visitor is not None:
        return RedirectResponse(own_path(goal), status_code=303)
    notice = "" if goal == "/" else "この画面を見るには、サインインが必要です。"
    return page(request, SignInPage(next=own_path(goal), notice=notice))


@router.post("/sign-in")
async def enter(
    request: Request,
    wiring: Wired,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    goal: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Open a session under a new secret, or say what is wrong."""
    goal = own_path(goal)
    errors = {}
    if not login.strip():
        errors["login"] = EMPTY_LOGIN
    if not password:
        errors["password"] = EMPTY_PASSWORD
    if not errors:
        secret = await run_sync(
            attempt, wiring, login, password, limiter=request.app.state.sign_in_limiter
        )
        if secret is not None:
            response = RedirectResponse(goal, status_code=303)
            set_cookie(request, response, secret)
            return response
        errors["login"] = WRONG
    answer = SignInPage(next=goal, login=login[:100], errors=errors)
    return await run_sync(page, request, answer, 422)


@router.post("/sign-out")
def leave(request: Request, wiring: Wired, visitor: Visitor) -> Response:
    """End the session and forget the cookie."""
    if visitor is not None:
        sign_out(wiring.users, cookie_secret(request), visitor, wiring.clock())
    response = RedirectResponse("/sign-in", status_code=303)
    drop_cookie(request, response)
    return response


def attempt(wiring: Wiring, login: str, password: str) -> str | None:
    """Try to sign in; this takes a quarter of a second and 64 MiB."""
    return sign_in(wiring.users, login, password, wiring.limits, wiring.clock())


def page(request: Request, content: SignInPage, status: int = 200) -> HTMLResponse:
    """Show the sign-in; in the fictional city with the accounts that anyone may try."""
    wiring = wiring_of(request)
    if wiring.city.is_sample:
        samples = tuple(
            (each.login, f"{each.name}（{each.office}・{ROLES[each.role]}）", each.password)
            for each in open_sample_accounts(wiring.users)
        )
        content = replace(content, samples=samples)
    frame = frame_for(request, None, "サインイン")
    return render(request, "pages/sign_in.html", frame, content, status)


def own_path(address: str) -> str:
    """Return a path of this site; anything else becomes the first page."""
    is_own = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_own and address.isprintable() else "/"


def limiter_of(at_once: int) -> CapacityLimiter:
    """Return the gate that lets so many passwords be checked at the same time."""
    return CapacityLimiter(at_once)
