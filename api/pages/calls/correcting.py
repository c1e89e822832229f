"""A wrong entry of a talk is corrected by a new version; whoever is second sees both texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Answers, Sent, Typed
from api.pages.calls.call import CONFLICT, WRONG, CallPage, content_of, show
from api.pages.calls.form import LABELS, choices_of, read_talk, typed_of
from api.pages.calls.listing import CALLS
from api.pages.people.conflict import Difference, differences, in_words
from api.rights import WritesPeople
from api.wiring import Wired, Wiring
from cases.actions.following import correct_talk, find_talk
from cases.errors import CaseError, NotFound, NotPermitted
from cases.following.follow_up import FollowUp
from cases.messages import in_japanese

router = APIRouter(include_in_schema=False)

ADDRESS: Final = CALLS + "/{placement_id}/talks/{talk_id}"


@router.get(ADDRESS)
def correct(
    request: Request, actor: WritesPeople, wiring: Wired, placement_id: str, talk_id: str
) -> HTMLResponse:
    """Show a talk as it was written down, to be put right."""
    with wiring.reading() as stores:
        thread, talk = find_talk(
            actor, stores.cases, wiring.placing, wiring.following, placement_id, talk_id
        )
        page = content_of(actor, wiring, stores, thread, talk.side, typed_of(talk))
    return show(request, actor, _correcting(page, talk))


@router.post(ADDRESS)
def save(
    request: Request,
    actor: WritesPeople,
    wiring: Wired,
    placement_id: str,
    talk_id: str,
    sent: Sent,
) -> Response:
    """Keep a new version of the talk."""
    with wiring.writing() as stores:
        thread, talk = find_talk(
            actor, stores.cases, wiring.placing, wiring.following, placement_id, talk_id
        )
        form = Answers(sent, LABELS)
        said = read_talk(form, talk.side, wiring.vocabulary)
        is_current = sent.one("seen") == str(talk.version)
        trouble = ""
        if is_current and not form.errors:
            try:
                new = replace(talk, **{**said, "done_on": said["done_on"] or talk.done_on})
                correct_talk(actor, wiring.following, wiring.clock, thread, new)
                return RedirectResponse(f"/people/{thread.person.id}/course", status_code=303)
            except (NotFound, NotPermitted):
                raise
            except CaseError as error:
                trouble = in_japanese(error)
        page = content_of(actor, wiring, stores, thread, talk.side, sent, form.errors, trouble)
        page = _correcting(page, talk)
        if not is_current:
            page = replace(page, differences=_differences(talk, sent, wiring))
    return show(request, actor, page, CONFLICT if trouble or not is_current else WRONG)


def _correcting(page: CallPage, talk: FollowUp) -> CallPage:
    return replace(
        page,
        address=f"{CALLS}/{talk.placement_id}/talks/{talk.id}",
        seen=str(talk.version),
        occasion="書いたことを直します。前に書いたものも 残ります。",
        next_words="",
        may_write=True,
    )


def _differences(talk: FollowUp, sent: Typed, wiring: Wiring) -> tuple[Difference, ...]:
    choices = choices_of(wiring.vocabulary)
    kept, typed = (in_words(each, LABELS, choices) for each in (typed_of(talk), sent))
    return differences(kept, typed)
