"""The frame of a staff page: who looks, where, and which of the main pages their role may open."""

from __future__ import annotations

from typing import Final

from fastapi import Request

from api.forms import form_token
from api.frame import Frame, KeyHint, NavItem, Viewer
from api.wiring import Wiring, wiring_of
from cases.permissions import Action, is_ever_allowed
from catalog.actor import Actor
from catalog.dates import TOKYO

NAVIGATION: Final[tuple[tuple[NavItem, Action | None], ...]] = (
    (NavItem("今日の仕事", "/"), None),
    (NavItem("受付", "/intake"), Action.SEE_RECEPTIONS),
    (NavItem("本人・世帯", "/people"), Action.SEE_PEOPLE),
    (NavItem("マッチング", "/matching"), Action.SEE_RUNS),
    (NavItem("受け入れ先", "/places"), Action.SEE_CATALOG),
    (NavItem("会議", "/meetings"), Action.SEE_MEETINGS),
    (NavItem("記録", "/audit"), Action.SEE_AUDIT),
)
"""The main pages, each with what a role must be allowed to do at all to be shown the way there."""
MENU: Final[tuple[tuple[NavItem, Action], ...]] = (
    (NavItem("緊急閲覧", "/emergency"), Action.OPEN_IN_EMERGENCY),
    (NavItem("緊急閲覧の報告", "/emergency/report"), Action.SEE_EMERGENCIES),
    (NavItem("残しておく期間", "/records/retention"), Action.DELETE_PEOPLE),
    (NavItem("支援の基準", "/settings/criteria"), Action.SEE_PLANNING),
    (NavItem("担当の範囲", "/settings/remits"), Action.MANAGE_USERS),
)
PEOPLE_SEARCH: Final = "/people/search"
POLICY: Final = "/settings/policy"
STAFF: Final = "/staff"


def frame_for(
    request: Request,
    actor: Actor | None,
    title: str,
    *,
    current: str = "",
    keys: tuple[KeyHint, ...] = (),
    strip_note: str = "",
) -> Frame:
    """Build what surrounds a page.

    Parameters
    ----------
    title
        The kind of page; never a person.
    current
        Address of the main page that this one belongs to.
    """
    city = wiring_of(request).city
    return Frame(
        title=title,
        form_token=form_token(request),
        current=current,
        nav=navigation(actor) if actor else (),
        viewer=Viewer(actor.name, actor.user_id) if actor else None,
        municipality=city.name,
        office=(actor.office_id or "") if actor else "",
        is_sample=city.is_sample,
        search_action=PEOPLE_SEARCH if actor and can(actor, Action.SEE_PEOPLE) else "",
        menu_links=menu_links(actor) if actor else (),
        emergencies=emergency_words(actor, wiring_of(request)) if actor else (),
        policy_href=POLICY if actor and can(actor, Action.PREVIEW_POLICY) else "",
        staff_href=STAFF if actor and can(actor, Action.MANAGE_USERS) else "",
        keys=keys,
        strip_note=strip_note,
    )


def emergency_words(actor: Actor, wiring: Wiring) -> tuple[str, ...]:
    """Return whom the actor has open in an emergency, each until when: T-0333（13:05まで）."""
    if not actor.emergencies:
        return ()
    found = wiring.emergencies.running(actor, wiring.clock())
    return tuple(f"{number}（{until.astimezone(TOKYO):%H:%M}まで）" for number, until in found)


def navigation(actor: Actor) -> tuple[NavItem, ...]:
    """Return the main pages that the actor's role may open."""
    return tuple(item for item, action in NAVIGATION if action is None or can(actor, action))


def menu_links(actor: Actor) -> tuple[NavItem, ...]:
    """Return the pages behind the viewer's name that the actor's role may open."""
    return tuple(item for item, action in MENU if can(actor, action))


def can(actor: Actor, action: Action) -> bool:
    """Tell whether the actor's role may do an action to anything at all."""
    return is_ever_allowed(actor.role, action)
