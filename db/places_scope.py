"""Which openings exist for a reader, as a condition of the database.

`cases.actions.cataloguing.sees` says the same of one opening, and more of drafts; a test compares
what both say of an opening that is shown.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select, true

from cases.permissions import CATALOG_VIEW
from catalog.actor import Actor
from catalog.checks import VISIBILITIES
from db.tables import openings, resources


def names_known_opening(
    opening_id: ColumnElement[str], actor: Actor, municipality_code: str
) -> ColumnElement[bool]:
    """Return the condition that a column names an opening that the reader may know of."""
    shown = VISIBILITIES[: VISIBILITIES.index(CATALOG_VIEW[actor.role]) + 1]
    if shown == VISIBILITIES:
        return true()
    is_theirs = openings.c.host_id == actor.office_id
    is_shown = and_(openings.c.visibility.in_(shown), resources.c.visibility.in_(shown))
    known = (
        select(openings.c.id)
        .join(
            resources,
            (resources.c.municipality_code == openings.c.municipality_code)
            & (resources.c.id == openings.c.resource_id),
        )
        .where(
            openings.c.municipality_code == municipality_code,
            or_(is_theirs, is_shown) if actor.office_id else is_shown,
        )
    )
    return opening_id.in_(known)
