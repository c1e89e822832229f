"""Sign-in in one step or two, sign-out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.addresses import own_path
from api.forms import cookie_secret, drop_cookie, set_cookie
from api.hashing import slowly
from api.labels import ROLES
from api.pages.account.factor import CODE_WRONG, CodesPage, FactorPage, factor_page
from api.pages.contexts import SignInPage
from api.pages.surroundings import frame_for
from api.pages.trying import (
    EMPTY_PASSWORD,
    may_lead_to,
    offers_passkeys,
    trouble_words,
    visit_of,
)
from api.rendering import render
from api.sample import open_sample_accounts
from api.sessions import sign_out
from api.sign_in import (
    Next,
    Outcome,
    Visit,
    enter_code,
    enter_with_first_factor,
    first_factor_of,
    half_signed_in,
    sign_in,
)
from api.sites import Site, site_of
from api.wiring import Visitor, Wired, Wiring, wiring_of
from db.one_time import Purpose
from db.users import User

router = APIRouter(include_in_schema=False)

WRONG = "アカウント名か パスワードが違います。大文字と小文字を確かめて、もう一度 入れてください。"
EMPTY_LOGIN = "アカウント名を入れてください。"
EMPTY_CODE = "数字を入れてください。"
PROVIDER_WRONG = (
    "サインインできませんでした。もう一度 試すか、つなぎ手のパスワードで サインインしてください。"
    "続くときは、職場の管理の方に たずねてください。"
)
UNSAVED = (
    "サインインが 切れていました（しばらく使わなかったときや、ほかの場所で終えたときに 切れます）。"
    "いま送ったものは、保存していません。サインインすると、前の画面に もどります。"
)
TITLE = "サインイン"


@router.get("/sign-in")
def show(
    request: Request,
    visitor: Visitor,
    goal: Annotated[str, Query(alias="next")] = "/",
    done: Annotated[str, Query()] = "",
) -> Response:
    """Ask who one is; whoever is signed in goes on."""
    if visitor is not None:
        return RedirectResponse(own_path(goal), status_code=303)
    notice = "" if goal == "/" else "この画面を見るには、サインインが必要です。"
    if done == "password":
        notice = "パスワードを決めました。新しいパスワードで サインインしてください。"
    if done == "everybody":
        notice = "全員のサインインを 終わりにしました。もう一度 サインインしてください。"
    if done == "provider":
        notice = PROVIDER_WRONG
    if done == "unsaved":
        notice = UNSAVED
    return page(request, SignInPage(next=own_path(goal), notice=notice))


@router.post("/sign-in")
async def enter(
    request: Request,
    wiring: Wired,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    goal: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Open a session under a new secret, ask for a code, or say what is wrong."""
    goal = own_path(goal)
    errors = {}
    if not login.strip():
        errors["login"] = EMPTY_LOGIN
    if not password:
        errors["password"] = EMPTY_PASSWORD
    if not errors:
        outcome = await slowly(request, attempt, wiring, login, password, visit_of(request))
        if outcome.secret:
            return onwards(request, outcome, goal)
        errors["login"] = trouble_words(outcome, WRONG)
    answer = SignInPage(next=goal, login=login[:100], errors=errors)
    return await run_sync(page, request, answer, 422)


@router.get("/sign-in/code")
def ask_code(
    request: Request, wiring: Wired, goal: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """Ask for the code that follows the password."""
    user = half_signed_in(wiring.desk, cookie_secret(request), Purpose.SECOND_STEP, wiring.clock())
    if user is None:
        return RedirectResponse("/sign-in", status_code=303)
    return code_page(request, user, SignInPage(next=own_path(goal)))


@router.post("/sign-in/code")
def take_code(
    request: Request,
    wiring: Wired,
    code: Annotated[str, Form()] = "",
    goal: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Open a session if the code is right."""
    goal = own_path(goal)
    secret, visit = cookie_secret(request), visit_of(request)
    user = half_signed_in(wiring.desk, secret, Purpose.SECOND_STEP, wiring.clock())
    if user is None:
        return RedirectResponse("/sign-in", status_code=303)
    if not code.strip():
        return code_page(request, user, SignInPage(next=goal, errors={"code": EMPTY_CODE}), 422)
    outcome = enter_code(wiring.desk, user, secret, code, visit, wiring.clock())
    return after_second_step(request, user, outcome, goal, CODE_WRONG)


@router.get("/sign-in/factor")
def ask_first_factor(
    request: Request, wiring: Wired, goal: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """Show the picture for the device of somebody who needs a second factor and has none."""
    return first_factor_page(request, wiring, own_path(goal))


@router.post("/sign-in/factor")
def take_first_factor(
    request: Request,
    wiring: Wired,
    code: Annotated[str, Form()] = "",
    goal: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Let the device count and open a session, with recovery codes that are shown once."""
    secret, visit = cookie_secret(request), visit_of(request)
    outcome, codes = enter_with_first_factor(wiring.desk, secret, code, visit, wiring.clock())
    if not outcome.secret:
        return first_factor_page(request, wiring, own_path(goal), CODE_WRONG)
    content = CodesPage(codes, own_path(goal), "つなぎ手を始める")
    frame = frame_for(request, None, "控えのコード")
    response = render(request, "pages/account/codes.html", frame, content)
    set_cookie(request, response, outcome.secret)
    return response


@router.post("/sign-out")
def leave(request: Request, wiring: Wired, visitor: Visitor) -> Response:
    """End the session and forget the cookie."""
    if visitor is not None:
        sign_out(wiring.users, cookie_secret(request), visitor, wiring.clock())
    response = RedirectResponse("/sign-in", status_code=303)
    drop_cookie(request, response)
    return response


def attempt(wiring: Wiring, login: str, password: str, visit: Visit) -> Outcome:
    """Try to sign in."""
    return sign_in(wiring.desk, login, password, visit, wiring.clock())


def onwards(request: Request, outcome: Outcome, goal: str) -> Response:
    """Lead to the goal or to what is still asked for, with the new secret."""
    step = {Next.CODE: "/sign-in/code", Next.FIRST_FACTOR: "/sign-in/factor"}.get(outcome.next)
    href = f"{step}?next={quote(goal, safe='/')}" if step else goal
    response = RedirectResponse(href, status_code=303)
    set_cookie(request, response, outcome.secret)
    return response


def after_second_step(
    request: Request, user: User, outcome: Outcome | None, goal: str, wrong: str
) -> Response:
    """Lead on, say what was wrong, or begin anew with whoever is not half signed in any more."""
    if outcome is None:
        return RedirectResponse("/sign-in", status_code=303)
    if outcome.secret:
        return onwards(request, outcome, goal)
    errors = {"code": trouble_words(outcome, wrong)}
    return code_page(request, user, SignInPage(next=goal, errors=errors), 422)


def page(request: Request, content: SignInPage, status: int = 200) -> HTMLResponse:
    """Show the sign-in; in the fictional city with the accounts that anyone may try."""
    wiring = wiring_of(request)
    if wiring.city.is_sample:
        samples = tuple(
            (
                each.login,
                f"{each.name}（{each.office}・{ROLES[each.role]}）",
                each.sees,
                each.password,
            )
            for each in open_sample_accounts(wiring.users)
        )
        content = replace(content, samples=samples)
    setting = wiring.provider.setting if wiring.provider else None
    content = replace(
        content,
        passkeys=isinstance(site_of(request), Site),
        provider=setting.name if setting else "",
    )
    frame = frame_for(request, None, TITLE)
    response = render(request, "pages/sign_in.html", frame, content, status)
    return may_lead_to(response, setting) if setting else response


def code_page(request: Request, user: User, content: SignInPage, status: int = 200) -> HTMLResponse:
    """Ask for what follows the password: a code, or a passkey where there is one."""
    desk = wiring_of(request).desk
    has_app = desk.factors.authenticator(user.id) is not None
    content = replace(content, has_app=has_app, passkeys=offers_passkeys(request, desk, user.id))
    frame = frame_for(request, None, TITLE)
    return render(request, "pages/account/code.html", frame, content, status)


def first_factor_page(request: Request, wiring: Wiring, goal: str, wrong: str = "") -> Response:
    """Show how to set the device up; whoever is not half signed in begins anew."""
    desk, now = wiring.desk, wiring.clock()
    user = first_factor_of(desk, cookie_secret(request), now)
    pending = desk.factors.pending(user.id) if user else None
    if user is None or pending is None:
        return RedirectResponse("/sign-in", status_code=303)
    content: FactorPage = factor_page(pending, user.login, "/sign-in/factor", wrong, goal)
    frame = frame_for(request, None, "2つめの確かめ")
    return render(request, "pages/account/factor.html", frame, content, 422 if wrong else 200)
