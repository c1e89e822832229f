"""The frame of a staff page: who looks, where, and which of the main pages their role may open."""

from __future__ import annotations

from typing import Final

from fastapi import Request

from api.forms import form_token
from api.frame import Frame, KeyHint, NavItem, Viewer
from api.wiring import wiring_of
from catalog.actor import Actor

NAVIGATION: Final = (NavItem("今日の仕事", "/"),)


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
        nav=NAVIGATION if actor else (),
        viewer=Viewer(actor.name) if actor else None,
        municipality=city.name,
        office=(actor.office_id or "") if actor else "",
        is_sample=city.is_sample,
        keys=keys,
        strip_note=strip_note,
    )
