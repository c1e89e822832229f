"""How many people a host can have, at all its openings together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Answers, Sent, Typed
from api.pages.rules.listing import RULES
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import Settles, WritesPlaces
from api.wiring import Wired
from cases.actions.cataloguing import edit_host_limits, find_host
from cases.permissions import Action
from catalog.actor import Actor

router = APIRouter(include_in_schema=False)

LABELS: Final = {
    "most_at_once": "一度に受け入れられる人数",
    "newcomers_a_month": "ひと月に新しく受け入れられる人数",
}
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class LimitsPage:
    """The form of the limits of a host."""

    name: str
    action: str
    back: str
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get(RULES + "/hosts")
def choose(_actor: Settles, host: Annotated[str, Query()] = "") -> RedirectResponse:
    """Lead to the limits of the chosen host."""
    return RedirectResponse(f"/hosts/{host}/limits" if host else RULES, status_code=303)


@router.get("/hosts/{host_id}/limits")
def limits(request: Request, actor: WritesPlaces, wiring: Wired, host_id: str) -> HTMLResponse:
    """Show the limits of a host."""
    with wiring.reading() as stores:
        host = find_host(actor, stores.catalog, host_id)
    kept = {name: _written(getattr(host, name)) for name in LABELS}
    return _page(request, actor, LimitsPage(host.name, _action(host_id), _back(actor), Typed(kept)))


@router.post("/hosts/{host_id}/limits")
def save(
    request: Request, actor: WritesPlaces, wiring: Wired, host_id: str, sent: Sent
) -> Response:
    """Keep the limits; what is left empty is no limit."""
    form = Answers(sent, LABELS)
    most = form.integer("most_at_once", 1, MOST)
    newcomers = form.integer("newcomers_a_month", 0, MOST)
    with wiring.writing() as stores:
        host = find_host(actor, stores.catalog, host_id)
        if not form.errors:
            edit_host_limits(actor, stores.catalog, host_id, most, newcomers, wiring.clock)
            return RedirectResponse(f"{_back(actor)}?saved=limits", status_code=303)
    page = LimitsPage(host.name, _action(host_id), _back(actor), sent, form.errors)
    return _page(request, actor, page, 422)


def _written(number: int | None) -> tuple[str, ...]:
    return () if number is None else (str(number),)


def _action(host_id: str) -> str:
    return f"/hosts/{host_id}/limits"


def _back(actor: Actor) -> str:
    """Return where one goes on: a host and an administrator may not read what was settled."""
    return RULES if can(actor, Action.SETTLE_RULES) else "/places"


def _page(
    request: Request, actor: WritesPlaces, page: LimitsPage, status: int = 200
) -> HTMLResponse:
    frame = frame_for(request, actor, "受け入れ先の人数の上限", current="/places")
    return render(request, "pages/rules/limits.html", frame, page, status)
