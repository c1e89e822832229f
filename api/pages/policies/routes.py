"""The addresses of the policy: looking at it, trying a draft, adopting one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Sent, Typed
from api.frame import Frame, KeyHint
from api.pages.policies.form import DraftRead, groups_of, read_draft, typed_of
from api.pages.policies.pages import PolicyPage, adopted_rows, preview_page
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import ChangesSettings, TriesPolicies
from api.wiring import Wired, Wiring
from cases.actions.matching import Stores, policy_in_force
from cases.actions.policies import adopt_policy, preview_policy
from cases.errors import CaseError
from cases.messages import in_japanese
from cases.permissions import Action
from cases.words.dates import date_words
from cases.words.wording import own_wording
from catalog.actor import Actor
from catalog.dates import day_in_japan
from exchange.policy_documents import policy_text
from matcher.errors import InvalidPolicy
from matcher.policy import Policy

router = APIRouter(include_in_schema=False)

POLICY: Final = "/settings/policy"
POLICY_PAGE: Final = "pages/policies/policy.html"
PREVIEW_PAGE: Final = "pages/policies/preview.html"
FILE: Final = "file"
TEXT_FIELD: Final = "text"
TITLE: Final = "案の決め方"
NO_FILE: Final = "ファイルが選ばれていません。方針の TOML ファイルを選んでください。"
WRONG: Final = 422
KEYS: Final = (KeyHint(("Ctrl+Enter",), "下書きを試す"),)


@router.get(POLICY)
def show(request: Request, actor: TriesPolicies, wiring: Wired) -> HTMLResponse:
    """Show the present policy with its source and date, and the form of a draft."""
    with wiring.reading() as stores:
        today = day_in_japan(wiring.clock())
        policy = policy_in_force(stores.municipality, today)
        page = _policy_page(wiring, stores, policy, typed_of(policy, today.isoformat()))
    return render(request, POLICY_PAGE, _frame(request, actor, KEYS), page)


@router.post(POLICY + "/preview")
def try_out(
    request: Request,
    actor: TriesPolicies,
    wiring: Wired,
    sent: Sent,
    file: Annotated[UploadFile | None, File()] = None,
) -> HTMLResponse:
    """Say what the draft of the fields, of a file or of a text would do; nothing is kept."""
    stores, today = wiring.stores, day_in_japan(wiring.clock())
    present = policy_in_force(stores.municipality, today)
    try:
        draft = _draft(sent, file, present)
        if draft.errors:
            return _wrong_draft(request, actor, wiring, sent, draft.errors)
        found = preview_policy(actor, stores, wiring.clock, draft.text)
    except InvalidPolicy as error:
        at = TEXT_FIELD if TEXT_FIELD in sent.fields else FILE
        return _wrong_draft(request, actor, wiring, sent, {at: in_japanese(error)})
    with wiring.reading() as within:
        page = preview_page(
            actor, within, found, draft.text, may_adopt=can(actor, Action.EDIT_SETTINGS)
        )
    return render(request, PREVIEW_PAGE, _frame(request, actor), page)


@router.post(POLICY)
def adopt(request: Request, actor: ChangesSettings, wiring: Wired, sent: Sent) -> Response:
    """Let a draft hold from its day on."""
    text, reason = sent.one(TEXT_FIELD), sent.one("reason")
    try:
        with wiring.writing() as stores:
            adopt_policy(actor, stores.municipality, wiring.clock, text, reason)
    except InvalidPolicy as error:
        return _wrong_draft(request, actor, wiring, sent, {TEXT_FIELD: in_japanese(error)})
    except CaseError as error:
        found = preview_policy(actor, wiring.stores, wiring.clock, text)
        with wiring.reading() as stores:
            page = preview_page(actor, stores, found, text, may_adopt=True)
        at = "reason" if error.code == "policy_reason_missing" else TEXT_FIELD
        page = replace(page, errors={at: in_japanese(error)}, reason=reason)
        return render(request, PREVIEW_PAGE, _frame(request, actor), page, WRONG)
    return RedirectResponse(POLICY, status_code=303)


def _draft(sent: Typed, file: UploadFile | None, present: Policy) -> DraftRead:
    if sent.one("by") == FILE:
        if file is None or not file.filename:
            return DraftRead("", {FILE: NO_FILE})
        return DraftRead(policy_text(file.filename, file.file.read()), {})
    if TEXT_FIELD in sent.fields:
        return DraftRead(sent.one(TEXT_FIELD), {})
    return read_draft(sent, present)


def _wrong_draft(
    request: Request, actor: Actor, wiring: Wiring, sent: Typed, errors: Mapping[str, str]
) -> HTMLResponse:
    """Show the form again as it was filled in, with what is wrong."""
    with wiring.reading() as stores:
        today = day_in_japan(wiring.clock())
        policy = policy_in_force(stores.municipality, today)
        kept = typed_of(policy, today.isoformat())
        page = _policy_page(wiring, stores, policy, kept + sent.fields, errors)
    return render(request, POLICY_PAGE, _frame(request, actor, KEYS), page, WRONG)


def _policy_page(
    wiring: Wiring,
    stores: Stores,
    policy: Policy,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
) -> PolicyPage:
    own = any(each.version == policy.version for each in stores.municipality.policies())
    say = own_wording().say
    return PolicyPage(
        sentence=say("policy_page", "own" if own else "supplied", day=date_words(policy.from_on)),
        source=policy.source,
        note=policy.note,
        version=policy.version,
        groups=groups_of(policy),
        typed=typed,
        history=adopted_rows(stores, wiring.users, policy),
        errors=errors or {},
    )


def _frame(request: Request, actor: Actor, keys: tuple[KeyHint, ...] = ()) -> Frame:
    return frame_for(request, actor, TITLE, keys=keys)
