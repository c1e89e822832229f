"""Settling something about one person and one opening: lock, keep away, set rules aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import TEXT, Answers, Sent, Typed
from api.pages.people.cards import weigh_or_none
from api.pages.people.head import Head, look_with_head
from api.pages.rules.listing import RULES
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import Settles
from api.wiring import Wired, Wiring
from cases.actions.cataloguing import find_opening, seen_hosts
from cases.actions.matching import Stores
from cases.actions.settling import may_settle, settle_placing
from cases.errors import CaseError, NotFound, NotPermitted
from cases.matching.overriding import may_override
from cases.matching.stories import rule_name, tell_pair
from cases.matching.weighing import Weighed
from cases.messages import in_japanese
from cases.permissions import Action, check_may_with
from cases.placing_rule import PlacingKind
from cases.words.settled import conditions_words, kind_words
from catalog.actor import Actor
from catalog.opening import Opening

router = APIRouter(include_in_schema=False)

AT_HOST: Final = "exclusion_host"
"""The exclusion of every opening of the host, as a choice of the form."""
LABELS: Final = {"kind": "決めること", "reason": "理由", "until_on": "いつまで"}
NO_KIND: Final = "何を決めるかを、一つ選んでください。"
NO_REASON: Final = "理由を書いてください（例：本人が、前から通っている）。"


@dataclass(frozen=True, slots=True)
class PlacingPage:
    """The form: what can be settled about this person and this opening."""

    head: Head
    place: str
    name: str
    refusals: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    typed: Typed
    back: str
    errors: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""
    tab: str = "openings"


@router.get("/people/{participant_id}/openings/{opening_id}/settle")
def ask(
    request: Request,
    actor: Settles,
    wiring: Wired,
    participant_id: str,
    opening_id: str,
    kind: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show what can be settled, nothing of it settled yet."""
    with wiring.reading() as stores:
        typed = Typed({"kind": (kind,)})
        page = _content(actor, wiring, stores, participant_id, opening_id, typed)
    return _page(request, actor, page)


@router.post("/people/{participant_id}/openings/{opening_id}/settle")
def settle(
    request: Request,
    actor: Settles,
    wiring: Wired,
    participant_id: str,
    opening_id: str,
    sent: Sent,
) -> Response:
    """Settle it, or say at which field something is missing."""
    form = Answers(sent, LABELS)
    kind = form.choice("kind", [*PlacingKind, AT_HOST])
    if not kind:
        form.wrong("kind", NO_KIND)
    reason = form.text("reason", TEXT)
    if not reason:
        form.wrong("reason", NO_REASON)
    until_on, trouble = form.day("until_on"), ""
    if not form.errors:
        try:
            with wiring.writing() as stores:
                opening = find_opening(actor, stores.catalog, opening_id)
                rule = settle_placing(
                    actor,
                    stores,
                    wiring.clock,
                    PlacingKind.EXCLUSION if kind == AT_HOST else PlacingKind(kind),
                    participant_id,
                    reason=reason,
                    opening_id=None if kind == AT_HOST else opening.id,
                    host_id=opening.host_id if kind == AT_HOST else None,
                    until_on=until_on,
                )
            return RedirectResponse(f"{RULES}?saved=settled#rule-{rule.id}", status_code=303)
        except (NotFound, NotPermitted):
            raise
        except CaseError as error:
            trouble = in_japanese(error)
    with wiring.reading() as stores:
        page = _content(
            actor, wiring, stores, participant_id, opening_id, sent, form.errors, trouble
        )
    return _page(request, actor, page, 409 if trouble else 422)


def _content(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    participant_id: str,
    opening_id: str,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
    trouble: str = "",
) -> PlacingPage:
    standing, head = look_with_head(actor, wiring, stores, participant_id)
    check_may_with(actor, Action.SETTLE_RULES, standing.participant)
    opening = find_opening(actor, stores.catalog, opening_id)
    resource = stores.catalog.resource(opening.resource_id)
    host = seen_hosts(actor, stores.catalog).get(opening.host_id)
    weighed = weigh_or_none(actor, wiring, stores, participant_id)
    story = tell_pair(weighed, participant_id, opening_id) if weighed else None
    kinds = [(str(PlacingKind.EXCLUSION), kind_words(PlacingKind.EXCLUSION))]
    if host is not None:
        kinds.append((AT_HOST, f"「{host.name}」の枠は、どれも案を出さない"))
    refused = story is not None and bool(story.rules)
    if not refused:
        kinds.insert(0, (str(PlacingKind.LOCK), kind_words(PlacingKind.LOCK)))
    elif may_settle(actor, standing.participant, Action.OVERRIDE_RULES) and weighed is not None:
        kinds = [*_overrides(weighed, participant_id, opening), *kinds]
    return PlacingPage(
        head=head,
        place=resource.name if resource else opening.name,
        name=opening.name,
        refusals=(story.refusal,) if story and refused else (),
        kinds=tuple(kinds),
        typed=typed,
        back=f"/people/{participant_id}/openings/{opening_id}",
        errors=errors or {},
        trouble=trouble,
    )


def _overrides(
    weighed: Weighed, participant_id: str, opening: Opening
) -> tuple[tuple[str, str], ...]:
    """Return the choice to set the rules aside, where all of them may be."""
    story = tell_pair(weighed, participant_id, opening.id)
    reasons = story.explanation.reasons
    if not may_override(reasons, weighed.inputs.receiving[weighed.column(opening.id)]):
        return ()
    conditions = conditions_words(tuple(map(rule_name, reasons)))
    override = PlacingKind.OVERRIDE
    return ((str(override), f"{kind_words(override)}：{conditions}"),)


def _page(request: Request, actor: Actor, page: PlacingPage, status: int = 200) -> HTMLResponse:
    frame = frame_for(request, actor, "この枠を決めておく", current="/people")
    return render(request, "pages/rules/placing.html", frame, page, status)
