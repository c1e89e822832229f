"""The addresses of one's own passkeys: making one, giving one up, showing one as a proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.addresses import own_path
from api.forms import cookie_secret, set_cookie
from api.pages.account.proof import PATH as CONFIRM
from api.pages.account.proof import need_proof
from api.pages.account.routes import PATH, end_sessions, own_user, show_codes, show_confirm
from api.pages.surroundings import frame_for
from api.pages.trying import trouble_words, visit_of
from api.passkey_sign_in import prove_with_passkey
from api.passkeys import Asking, ask_for_new, ask_for_use, new_passkey
from api.rendering import render
from api.second_factors import new_recovery_codes, recovery_hash
from api.sessions import hash_of, prove_again
from api.sign_in import Next, has_factor
from api.sites import NoSite, site_of
from api.wiring import SignedIn, Wired, Wiring, session_held
from cases.accounts import account_event
from catalog.actor import Actor
from db.errors import DatabaseError
from db.messages import in_japanese
from db.one_time import Purpose
from db.passkeys import PASSKEY, Passkey

router = APIRouter(include_in_schema=False)

PASSKEYS: Final = PATH + "/passkeys"
NEW: Final = PASSKEYS + "/new"
MOST_NAME_CHARACTERS: Final = 40
NO_NAME: Final = "鍵の名前を入れてください。"
LONG_NAME: Final = f"鍵の名前は {MOST_NAME_CHARACTERS}文字までにしてください。"
TOO_MANY: Final = "パスキーは {most}個までです。使わないものを 外してから 足してください。"
NOT_MADE: Final = "パスキーを登録できませんでした。もう一度 お試しください。"
NOT_PROVED: Final = (
    "パスキーで確かめられませんでした。もう一度 押すか、パスワードを入れてください。"
)


@dataclass(frozen=True, slots=True)
class PasskeyPage:
    """The form of a new passkey."""

    name: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get(NEW)
def ask_name(request: Request, actor: SignedIn) -> Response:
    """Ask what a new passkey is to be called."""
    need_proof(request, NEW)
    if isinstance(site_of(request), NoSite):
        return RedirectResponse(PATH, 303)
    return _form(request, actor, PasskeyPage())


@router.post(PASSKEYS + "/options")
def give_challenge(request: Request, actor: SignedIn, wiring: Wired) -> Response:
    """Give the browser what a device needs to make a key."""
    asking = asking_of(request, wiring, Purpose.NEW_PASSKEY)
    need_proof(request, NEW)
    if asking is None:
        return RedirectResponse(PATH, 303)
    return as_json(ask_for_new(wiring.desk, own_user(wiring, actor), asking))


@router.post(PASSKEYS)
def keep_new(
    request: Request,
    actor: SignedIn,
    wiring: Wired,
    name: Annotated[str, Form()] = "",
    credential: Annotated[str, Form()] = "",
) -> Response:
    """Let a device's key count; every other session ends."""
    asking = asking_of(request, wiring, Purpose.NEW_PASSKEY)
    need_proof(request, NEW)
    if asking is None:
        return RedirectResponse(PATH, 303)
    name = name.strip()
    wrong = _wrong_name(wiring, actor, name)
    if not wrong:
        made = new_passkey(wiring.desk, own_user(wiring, actor), name, credential, asking)
        wrong = _keep(wiring, made) if made else NOT_MADE
    if wrong:
        errors = {"name": wrong}
        return _form(request, actor, PasskeyPage(name[: MOST_NAME_CHARACTERS + 1], errors))
    return _under_new_secret(request, actor, wiring)


@router.post(PASSKEYS + "/{passkey_id}/remove")
def remove(request: Request, actor: SignedIn, wiring: Wired, passkey_id: str) -> Response:
    """Give up one of one's own passkeys; every other session ends."""
    need_proof(request, PATH)
    desk, who = wiring.desk, actor.user_id
    event = account_event("passkey_removed", who, wiring.clock())
    with wiring.database.writing():
        if desk.passkeys.remove(who, passkey_id, event):
            if not has_factor(desk, who):
                desk.factors.forget_codes(who)
            end_sessions(wiring, who, session_held(request).token_hash)
    return RedirectResponse(PATH + "?done=passkey_removed", 303)


# ------------------------------------------------------------------ who one is, once more
@router.post(CONFIRM + "/passkey/options")
def ask_proof(request: Request, actor: SignedIn, wiring: Wired) -> Response:
    """Give the browser what one's device is to sign."""
    asking = asking_of(request, wiring, Purpose.PASSKEY_PROOF)
    if asking is None:
        return RedirectResponse(CONFIRM, 303)
    return as_json(ask_for_use(wiring.desk, asking, own_user(wiring, actor)))


@router.post(CONFIRM + "/passkey")
def take_proof(
    request: Request,
    actor: SignedIn,
    wiring: Wired,
    credential: Annotated[str, Form()] = "",
    goal: Annotated[str, Form(alias="next")] = PATH,
) -> Response:
    """Go on under a new secret, or say that it was not right."""
    goal, asking = own_path(goal), asking_of(request, wiring, Purpose.PASSKEY_PROOF)
    if asking is None:
        return RedirectResponse(CONFIRM, 303)
    user = own_user(wiring, actor)
    outcome = prove_with_passkey(wiring.desk, user, credential, asking, visit_of(request))
    if outcome.next is not Next.DONE:
        errors = {"password": trouble_words(outcome, NOT_PROVED)}
        return show_confirm(request, actor, wiring, goal, errors)
    response = RedirectResponse(goal, 303)
    secret = prove_again(wiring.users, session_held(request), PASSKEY, asking.now)
    set_cookie(request, response, secret)
    return response


def asking_of(request: Request, wiring: Wiring, purpose: Purpose) -> Asking | None:
    """Return who asks a device for what; None where the address allows no passkeys."""
    site = site_of(request)
    if isinstance(site, NoSite):
        return None
    return Asking(purpose, cookie_secret(request), site, wiring.clock())


def as_json(document: str) -> Response:
    """Answer with a document for our own script."""
    return Response(document, media_type="application/json")


def _wrong_name(wiring: Wiring, actor: Actor, name: str) -> str:
    if not name:
        return NO_NAME
    if len(name) > MOST_NAME_CHARACTERS:
        return LONG_NAME
    most = wiring.desk.rules.most_passkeys
    has_all = len(wiring.desk.passkeys.passkeys_of(actor.user_id)) >= most
    return TOO_MANY.format(most=most) if has_all else ""


def _keep(wiring: Wiring, made: Passkey) -> str:
    """Keep a key, or say why it cannot be kept."""
    event = account_event("passkey_added", made.user_id, made.added_at)
    try:
        wiring.desk.passkeys.add(made, event)
    except DatabaseError as error:
        return in_japanese(error)
    return ""


def _under_new_secret(request: Request, actor: Actor, wiring: Wiring) -> Response:
    """End the other sessions; whoever has no codes for an emergency yet is shown some, once."""
    desk, now, held = wiring.desk, wiring.clock(), session_held(request)
    with wiring.database.writing():
        secret = prove_again(desk.users, held, PASSKEY, now)
        end_sessions(wiring, actor.user_id, hash_of(secret))
    response: Response = RedirectResponse(PATH + "?done=passkey", 303)
    if not desk.factors.codes_left(actor.user_id):
        codes = new_recovery_codes(desk.rules.recovery_codes)
        event = account_event("codes_renewed", actor.user_id, now)
        desk.factors.renew_codes(actor.user_id, map(recovery_hash, codes), event)
        response = show_codes(request, actor, codes, secret)
    set_cookie(request, response, secret)
    return response


def _form(request: Request, actor: Actor, content: PasskeyPage) -> Response:
    frame = frame_for(request, actor, "パスキーを足す")
    status = 422 if content.errors else 200
    return render(request, "pages/account/passkey.html", frame, content, status)
