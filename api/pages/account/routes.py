"""The addresses of 自分の設定, and of the link by which one sets a first or a new password."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.addresses import own_path
from api.forms import form_token_of, set_cookie
from api.hashing import slowly
from api.invitations import PATH as INVITATION
from api.invitations import set_password, use_link, whose_link
from api.pages.account.factor import CODE_WRONG, CodesPage, factor_page
from api.pages.account.pages import ConfirmPage, PasswordPage, account_page
from api.pages.account.proof import PATH as CONFIRM
from api.pages.account.proof import need_proof
from api.pages.surroundings import frame_for
from api.pages.trying import (
    EMPTY_PASSWORD,
    may_lead_to,
    offers_passkeys,
    trouble_words,
    visit_of,
)
from api.passwords import hash_password
from api.rendering import render
from api.second_factors import (
    begin_enrolment,
    finish_enrolment,
    new_recovery_codes,
    recovery_hash,
)
from api.sessions import hash_of, prove_again
from api.sign_in import Next, check_present_password, has_factor, prove
from api.sites import site_of
from api.wiring import SignedIn, Wired, Wiring, session_held
from cases.accounts import AccountError, account_event
from cases.errors import NotFound
from cases.messages import in_japanese
from cases.passwords import check_password
from catalog.actor import Actor
from db.users import CODE, User

router = APIRouter(include_in_schema=False)

PATH: Final = "/account"
TITLE: Final = "自分の設定"
PRESENT_WRONG: Final = "いまのパスワードが違います。もう一度 入れてください。"
NOT_THE_SAME: Final = "2つのパスワードが ちがいます。同じものを 2回 入れてください。"
PROOF_WRONG: Final = "パスワードか数字が違います。もう一度 入れてください。"
PASSWORD_PAGE: Final = "pages/account/password.html"


@router.get(PATH)
def show(
    request: Request, actor: SignedIn, wiring: Wired, done: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """Show one's own account and where one is signed in."""
    content = account_page(
        wiring, own_user(wiring, actor), session_held(request), site_of(request), done
    )
    frame = frame_for(request, actor, TITLE)
    response = render(request, "pages/account/account.html", frame, content)
    provider = wiring.provider
    return may_lead_to(response, provider.setting) if provider else response


# ------------------------------------------------------------------ who one is, once more
@router.get(CONFIRM)
def ask_proof(
    request: Request,
    actor: SignedIn,
    wiring: Wired,
    goal: Annotated[str, Query(alias="next")] = PATH,
) -> HTMLResponse:
    """Ask for the password again, and for the code of whoever has a second factor."""
    return show_confirm(request, actor, wiring, own_path(goal))


@router.post(CONFIRM)
async def take_proof(
    request: Request,
    actor: SignedIn,
    wiring: Wired,
    password: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    goal: Annotated[str, Form(alias="next")] = PATH,
) -> Response:
    """Go on under a new secret, or say what is wrong."""
    return await slowly(request, _prove, request, actor, wiring, password, code, own_path(goal))


def _prove(
    request: Request, actor: Actor, wiring: Wiring, password: str, code: str, goal: str
) -> Response:
    now, user = wiring.clock(), own_user(wiring, actor)
    outcome = prove(wiring.desk, user, password, code, visit_of(request), now)
    if outcome.next is not Next.DONE:
        errors = {"password": trouble_words(outcome, PROOF_WRONG)}
        return show_confirm(request, actor, wiring, goal, errors)
    response = RedirectResponse(goal, 303)
    secret = prove_again(wiring.users, session_held(request), outcome.secret, now)
    set_cookie(request, response, secret)
    return response


def show_confirm(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    goal: str,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Ask who somebody is, once more."""
    desk, who = wiring.desk, actor.user_id
    setting = wiring.provider.setting if wiring.provider else None
    enters_there = setting and wiring.identities.identity_of(setting.issuer, who)
    content = ConfirmPage(
        goal,
        asks_code=has_factor(desk, who),
        has_app=desk.factors.authenticator(who) is not None,
        passkeys=offers_passkeys(request, desk, who),
        provider=setting.name if setting and enters_there else "",
        errors=errors or {},
    )
    frame = frame_for(request, actor, "本人かどうかの確かめ")
    status = 422 if errors else 200
    response = render(request, "pages/account/confirm.html", frame, content, status)
    return may_lead_to(response, setting) if setting and enters_there else response


# ------------------------------------------------------------------ the password
@router.get(PATH + "/password")
def ask_password(request: Request, actor: SignedIn, wiring: Wired) -> Response:
    """Show the form for a new password."""
    need_proof(request, PATH + "/password")
    return _password_page(request, actor, wiring)


@router.post(PATH + "/password")
async def change_password(
    request: Request,
    actor: SignedIn,
    wiring: Wired,
    present: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Keep a new password; every other session of the account ends."""
    need_proof(request, PATH + "/password")
    return await slowly(request, _change_password, request, actor, wiring, present, new, again)


def _change_password(
    request: Request, actor: Actor, wiring: Wiring, present: str, new: str, again: str
) -> Response:
    desk, now, user = wiring.desk, wiring.clock(), own_user(wiring, actor)
    errors = password_errors(wiring, user, new, again)
    if not errors:
        outcome = check_present_password(desk, user, present, visit_of(request), now)
        if outcome.next is not Next.DONE:
            errors["present"] = trouble_words(outcome, PRESENT_WRONG)
    if errors:
        return _password_page(request, actor, wiring, errors)
    held = session_held(request)
    kept = hash_password(new)
    with wiring.database.writing():
        secret = prove_again(desk.users, held, held.proved_by, now)
        set_password(desk, user, kept, user.id, now, hash_of(secret))
    response = RedirectResponse(f"{PATH}?done=password", 303)
    set_cookie(request, response, secret)
    return response


def password_errors(wiring: Wiring, user: User, new: str, again: str) -> dict[str, str]:
    """Say what is wrong with a new password, before anything slow is done."""
    if not new:
        return {"new": EMPTY_PASSWORD}
    try:
        names = (user.login, user.name, user.office_id or "", wiring.city.name)
        check_password(new, names, wiring.desk.rules.password)
    except AccountError as error:
        return {"new": in_japanese(error)}
    return {} if new == again else {"again": NOT_THE_SAME}


def _password_page(
    request: Request, actor: Actor, wiring: Wiring, errors: Mapping[str, str] | None = None
) -> HTMLResponse:
    content = PasswordPage(
        title="パスワードを変える",
        lead="変えると、ほかの画面の サインインは 終わります。",
        action=PATH + "/password",
        back=PATH,
        asks_present=True,
        login=own_user(wiring, actor).login,
        errors=errors or {},
        least=wiring.desk.rules.password.least_characters,
    )
    frame = frame_for(request, actor, TITLE)
    return render(request, PASSWORD_PAGE, frame, content, 422 if errors else 200)


# ------------------------------------------------------------------ the second factor
@router.get(PATH + "/factor")
def show_factor(request: Request, actor: SignedIn, wiring: Wired) -> Response:
    """Show the picture for one's device, while its first code has not been shown."""
    return _factor(request, actor, wiring)


@router.post(PATH + "/factor/new")
def begin_factor(request: Request, actor: SignedIn, wiring: Wired) -> Response:
    """Make a secret for one's device."""
    need_proof(request, PATH)
    with wiring.database.writing():
        wiring.one_time.void_half_done(actor.user_id)
        begin_enrolment(wiring.desk.factors, actor.user_id, wiring.clock())
    return RedirectResponse(PATH + "/factor", 303)


@router.post(PATH + "/factor")
def finish_factor(
    request: Request, actor: SignedIn, wiring: Wired, code: Annotated[str, Form()] = ""
) -> Response:
    """Let the device count if its first code is right; every other session ends."""
    need_proof(request, PATH)
    desk, now = wiring.desk, wiring.clock()
    with wiring.database.writing():
        codes = finish_enrolment(desk.factors, actor.user_id, code, now, desk.rules.recovery_codes)
        if codes:
            secret = prove_again(desk.users, session_held(request), CODE, now)
            desk.end_sessions(actor.user_id, actor.user_id, now, hash_of(secret))
    if not codes:
        return _factor(request, actor, wiring, CODE_WRONG)
    response = show_codes(request, actor, codes, secret)
    set_cookie(request, response, secret)
    return response


@router.post(PATH + "/factor/remove")
def remove_factor(request: Request, actor: SignedIn, wiring: Wired) -> Response:
    """Give up the second factor; a role that needs one sets one up at the next sign-in."""
    need_proof(request, PATH)
    event = account_event("factor_removed", actor.user_id, wiring.clock())
    desk = wiring.desk
    has_passkeys = bool(desk.passkeys.passkeys_of(actor.user_id))
    desk.factors.remove(actor.user_id, event, keep_codes=has_passkeys)
    end_sessions(wiring, actor.user_id, session_held(request).token_hash)
    return RedirectResponse(PATH + "?done=removed", 303)


@router.post(PATH + "/factor/codes")
def renew_codes(request: Request, actor: SignedIn, wiring: Wired) -> Response:
    """Make new recovery codes; the earlier ones count no more."""
    need_proof(request, PATH)
    desk = wiring.desk
    if not has_factor(desk, actor.user_id):
        return RedirectResponse(PATH, 303)
    codes = new_recovery_codes(desk.rules.recovery_codes)
    event = account_event("codes_renewed", actor.user_id, wiring.clock())
    desk.factors.renew_codes(actor.user_id, map(recovery_hash, codes), event)
    return show_codes(request, actor, codes, replaces=True)


def _factor(request: Request, actor: Actor, wiring: Wiring, wrong: str = "") -> Response:
    need_proof(request, PATH)
    pending = wiring.desk.factors.pending(actor.user_id)
    if pending is None:
        return RedirectResponse(PATH, 303)
    login = own_user(wiring, actor).login
    content = factor_page(pending, login, PATH + "/factor", wrong)
    frame = frame_for(request, actor, TITLE)
    return render(request, "pages/account/factor.html", frame, content, 422 if wrong else 200)


def show_codes(
    request: Request,
    actor: Actor,
    codes: Iterable[str],
    secret: str = "",
    *,
    replaces: bool = False,
) -> HTMLResponse:
    """Show recovery codes, this once; `secret` is the one that the browser gets with them."""
    content = CodesPage(tuple(codes), PATH, "自分の設定へ もどる", replaces)
    frame = frame_for(request, actor, "控えのコード")
    if secret:  # the forms of this page belong to the new cookie
        frame = replace(frame, form_token=form_token_of(secret))
    return render(request, "pages/account/codes.html", frame, content)


# ------------------------------------------------------------------ where one is signed in
@router.post(PATH + "/sessions/others/end")
def end_others(request: Request, actor: SignedIn, wiring: Wired) -> Response:
    """End every session but this one."""
    need_proof(request, PATH)
    end_sessions(wiring, actor.user_id, session_held(request).token_hash)
    return RedirectResponse(PATH + "?done=others", 303)


@router.post(PATH + "/sessions/{session_id}/end")
def end_one(request: Request, actor: SignedIn, wiring: Wired, session_id: str) -> Response:
    """End one of one's own sessions."""
    need_proof(request, PATH)
    own = wiring.users.sessions_of(actor.user_id)
    found = next((each for each in own if each.id == session_id), None)
    if found is not None:
        event = account_event("session_ended", actor.user_id, wiring.clock())
        wiring.users.end_session(found.token_hash, event)
    return RedirectResponse(PATH + "?done=ended", 303)


def end_sessions(wiring: Wiring, user_id: str, but: bytes) -> None:
    """End every session of one's own account but one."""
    wiring.desk.end_sessions(user_id, user_id, wiring.clock(), but)


# ------------------------------------------------------------------ the link of an invitation
Secret = Annotated[str, Path(max_length=200)]


@router.get(INVITATION + "/{secret}")
def open_link(request: Request, wiring: Wired, secret: Secret) -> Response:
    """Ask for a password, or say alike of every other link that it cannot be used."""
    user = whose_link(wiring.desk, secret, wiring.clock())
    return _invited(request, wiring, user, secret) if user else _no_link(request)


@router.post(INVITATION + "/{secret}")
async def follow_link(
    request: Request,
    wiring: Wired,
    secret: Secret,
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Set the password and lead to the sign-in."""
    return await slowly(request, _follow, request, wiring, secret, new, again)


def _follow(request: Request, wiring: Wiring, secret: str, new: str, again: str) -> Response:
    desk, now = wiring.desk, wiring.clock()
    user = whose_link(desk, secret, now)
    if user is None:
        return _no_link(request)
    if errors := password_errors(wiring, user, new, again):
        return _invited(request, wiring, user, secret, errors)
    if not use_link(desk, secret, new, now):
        return _no_link(request)
    return RedirectResponse("/sign-in?next=/account&done=password", 303)


def _invited(
    request: Request,
    wiring: Wiring,
    user: User,
    secret: str,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    content = PasswordPage(
        title="パスワードを決める",
        lead=f"{user.name} さん、つなぎ手に入るための パスワードを決めてください。"
        f"アカウント名は「{user.login}」です。",
        action=f"{INVITATION}/{secret}",
        login=user.login,
        errors=errors or {},
        least=wiring.desk.rules.password.least_characters,
    )
    frame = frame_for(request, None, "パスワードを決める")
    return render(request, PASSWORD_PAGE, frame, content, 422 if errors else 200)


def _no_link(request: Request) -> HTMLResponse:
    frame = frame_for(request, None, "使えないリンク")
    return render(request, "pages/account/no_link.html", frame, None, 404)


def own_user(wiring: Wiring, actor: Actor) -> User:
    """Return the account of whoever asks."""
    user = wiring.users.user(actor.user_id)
    if user is None:
        raise NotFound("user_not_found")
    return user
