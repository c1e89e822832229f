"""The addresses of 職員の一覧."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Answers, Sent, Typed
from api.forms import drop_cookie
from api.invitations import make_link
from api.oidc.entering import link as link_to_provider
from api.oidc.entering import unlink
from api.pages.account.proof import need_proof
from api.pages.staff.pages import (
    EverybodyPage,
    StaffFormPage,
    link_page,
    office_options,
    one_page,
    role_named,
    staff_page,
    typed_of,
)
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import ManagesUsers
from api.staff import (
    EVERYBODY,
    LOGIN,
    StaffAct,
    check_office_of,
    do_to_account,
    find_user,
    save_account,
    sessions_running,
    sign_everybody_out,
)
from api.wiring import Wired, Wiring
from cases.accounts import AccountError
from cases.errors import UnknownName
from cases.messages import in_japanese
from catalog.actor import Actor, Role
from catalog.ids import new_id
from db.errors import DatabaseError
from db.identities import Identity
from db.messages import in_japanese as database_in_japanese
from db.users import User

router = APIRouter(include_in_schema=False)

PATH: Final = "/staff"
EVERYBODY_PATH: Final = PATH + "/sessions/end"
TITLE: Final = "職員の一覧"
LABELS: Final = {"name": "名前", "login": "アカウント名", "role": "役割", "office": "所属"}
NO_NAME: Final = "名前を書いてください。画面と記録に出ます。"
NO_ROLE: Final = "役割を選んでください。"
LOGIN_WRONG: Final = "アカウント名は、空白のない半角で、2文字から40文字までにしてください。"
WORD_WRONG: Final = f"よければ「{EVERYBODY}」と書いてください。まだ何も変えていません。"
SUBJECT: Final = re.compile(r"[!-~]{1,255}")
SUBJECT_WRONG: Final = (
    "認証基盤の管理の方に聞いた この方の番号（sub）を、"
    "空白のない半角で、255文字までで入れてください。"
)


@router.get(PATH)
def show(request: Request, actor: ManagesUsers, wiring: Wired) -> HTMLResponse:
    """Show every account."""
    frame = frame_for(request, actor, TITLE)
    return render(request, "pages/staff/list.html", frame, staff_page(wiring))


@router.get(PATH + "/new")
def blank(request: Request, actor: ManagesUsers, wiring: Wired) -> Response:
    """Show the form of a new account."""
    need_proof(request, PATH + "/new")
    return _form(request, actor, wiring, Typed())


@router.post(PATH + "/new")
def add(request: Request, actor: ManagesUsers, wiring: Wired, sent: Sent) -> Response:
    """Keep a new account and show its link."""
    need_proof(request, PATH + "/new")
    answers = Answers(sent, LABELS)
    login = answers.text("login")
    if not LOGIN.fullmatch(login):
        answers.wrong("login", LOGIN_WRONG)
    read = _read(answers, User(new_id(), login, "", Role.HOST))
    errors = dict(answers.errors)
    if read is not None:
        errors |= _kept(wiring, read, actor, "login")
    if read is None or errors:
        return _form(request, actor, wiring, sent, errors)
    return _link(request, actor, wiring, read)


@router.get(EVERYBODY_PATH)
def ask_everybody(request: Request, actor: ManagesUsers, wiring: Wired) -> Response:
    """Show the form that signs everybody out."""
    need_proof(request, EVERYBODY_PATH)
    return _everybody(request, actor, wiring)


@router.post(EVERYBODY_PATH)
def end_everybody(
    request: Request, actor: ManagesUsers, wiring: Wired, word: Annotated[str, Form()] = ""
) -> Response:
    """Sign everybody out, whoever does it included, once the word was written."""
    need_proof(request, EVERYBODY_PATH)
    if word.strip() != EVERYBODY:
        return _everybody(request, actor, wiring, word, {"word": WORD_WRONG})
    sign_everybody_out(wiring.desk, actor.user_id, wiring.clock())
    response = RedirectResponse("/sign-in?next=/staff&done=everybody", 303)
    drop_cookie(request, response)
    return response


@router.get(PATH + "/{user_id}")
def one(
    request: Request,
    actor: ManagesUsers,
    wiring: Wired,
    user_id: str,
    done: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show one account."""
    user = find_user(wiring.desk, user_id)
    frame = frame_for(request, actor, TITLE)
    return render(request, "pages/staff/one.html", frame, one_page(wiring, user, done=done))


@router.post(PATH + "/{user_id}")
def keep(
    request: Request, actor: ManagesUsers, wiring: Wired, user_id: str, sent: Sent
) -> Response:
    """Keep name, role and office."""
    need_proof(request, f"{PATH}/{user_id}")
    user, answers = find_user(wiring.desk, user_id), Answers(sent, LABELS)
    read = _read(answers, user)
    errors = dict(answers.errors)
    if read is not None:
        errors |= _kept(wiring, read, actor, "role")
    return _one(request, actor, wiring, user, sent, errors) if errors else _see(user_id, "saved")


@router.post(PATH + "/{user_id}/act")
def act(
    request: Request,
    actor: ManagesUsers,
    wiring: Wired,
    user_id: str,
    what: Annotated[StaffAct, Form(alias="act")] = StaffAct.UNLOCK,
) -> Response:
    """Disable, enable, unlock, end every session, take the second factor away."""
    need_proof(request, f"{PATH}/{user_id}")
    user = find_user(wiring.desk, user_id)
    try:
        do_to_account(wiring.desk, user, what, actor.user_id, wiring.clock())
    except AccountError as error:
        return _one(request, actor, wiring, user, None, {"act": in_japanese(error)})
    return _see(user_id, what)


@router.post(PATH + "/{user_id}/link")
def link(request: Request, actor: ManagesUsers, wiring: Wired, user_id: str) -> Response:
    """Make a link by which a person sets a first or a new password."""
    need_proof(request, f"{PATH}/{user_id}")
    return _link(request, actor, wiring, find_user(wiring.desk, user_id))


@router.post(PATH + "/{user_id}/identity")
def link_identity(
    request: Request,
    actor: ManagesUsers,
    wiring: Wired,
    user_id: str,
    subject: Annotated[str, Form()] = "",
) -> Response:
    """Let an account be entered by somebody at the identity provider."""
    need_proof(request, f"{PATH}/{user_id}")
    user, subject = find_user(wiring.desk, user_id), subject.strip()
    if wiring.provider is None:
        return RedirectResponse(f"{PATH}/{user_id}", 303)
    typed = Typed({**typed_of(user).fields, "subject": (subject,)})
    if not SUBJECT.fullmatch(subject):
        return _one(request, actor, wiring, user, typed, {"subject": SUBJECT_WRONG})
    identity = Identity(wiring.provider.setting.issuer, subject, user.id, wiring.clock())
    try:
        link_to_provider(wiring.identities, identity, actor.user_id, wiring.desk)
    except DatabaseError as error:
        return _one(request, actor, wiring, user, typed, {"subject": database_in_japanese(error)})
    return _see(user_id, "linked")


@router.post(PATH + "/{user_id}/identity/remove")
def unlink_identity(request: Request, actor: ManagesUsers, wiring: Wired, user_id: str) -> Response:
    """Let nobody at the identity provider enter an account any more."""
    need_proof(request, f"{PATH}/{user_id}")
    user = find_user(wiring.desk, user_id)
    if wiring.provider is None:
        return RedirectResponse(f"{PATH}/{user_id}", 303)
    issuer, now = wiring.provider.setting.issuer, wiring.clock()
    unlink(wiring.identities, issuer, user.id, actor.user_id, wiring.desk, now)
    return _see(user_id, "unlinked")


def _read(answers: Answers, user: User) -> User | None:
    name, office = answers.required("name", NO_NAME), answers.text("office")
    role = role_named(answers.typed.one("role"))
    if role is None:
        answers.wrong("role", NO_ROLE)
    if role is None or answers.errors:
        return None
    return replace(user, name=name, role=role, office_id=office or None)


def _kept(wiring: Wiring, user: User, actor: Actor, field: str) -> dict[str, str]:
    """Keep an account; return what is wrong with it, at a field."""
    try:
        users, settings = wiring.users.users(), wiring.ground.settings()
        check_office_of(user, users, settings, wiring.rights.remits())
        save_account(wiring.desk, user, actor.user_id, wiring.clock())
    except UnknownName as error:
        return {"office": in_japanese(error)}
    except AccountError as error:
        return {field: in_japanese(error)}
    except DatabaseError as error:
        return {field: database_in_japanese(error)}
    return {}


def _link(request: Request, actor: Actor, wiring: Wiring, user: User) -> HTMLResponse:
    desk = wiring.desk
    made = make_link(desk.one_time, user, actor.user_id, desk.rules, wiring.clock())
    content = link_page(user, made, str(request.base_url))
    return render(
        request, "pages/staff/link.html", frame_for(request, actor, "渡すリンク"), content
    )


def _form(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    content = StaffFormPage(typed, office_options(wiring), errors or {})
    frame = frame_for(request, actor, "職員を招待する")
    return render(request, "pages/staff/new.html", frame, content, 422 if errors else 200)


def _one(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    user: User,
    typed: Typed | None,
    errors: Mapping[str, str],
) -> HTMLResponse:
    content = one_page(wiring, user, typed, errors)
    return render(request, "pages/staff/one.html", frame_for(request, actor, TITLE), content, 422)


def _everybody(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    typed: str = "",
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    running = sessions_running(wiring.desk, wiring.clock())
    content = EverybodyPage(running, typed, errors or {})
    frame = frame_for(request, actor, "全員のサインインを終わりにする")
    return render(request, "pages/staff/everybody.html", frame, content, 422 if errors else 200)


def _see(user_id: str, done: str) -> RedirectResponse:
    return RedirectResponse(f"{PATH}/{user_id}?done={done}", 303)
