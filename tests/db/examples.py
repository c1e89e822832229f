"""Values that tests of the stores write."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from catalog.audit import AuditEvent
from catalog.municipality import DistrictLayer, DistrictSetting, Municipality
from db import audit
from db.session import Database
from db.tables import audit_events
from geo.towns import Town, town_id

CODE = "999999"
AT = datetime(2026, 11, 4, 0, 30, tzinfo=UTC)

TOWNS = tuple(
    Town(town_id(CODE, name), name, CODE, lat, 139.6, people=1000)
    for name, lat in (
        ("東", 35.80),
        ("東北一丁目", 35.81),
        ("東北二丁目", 35.82),
        ("野火止", 35.83),
    )
)
SETTINGS = Municipality(
    code=CODE,
    name="つなぎ市",
    kana="つなぎし",
    plane_zone=9,
    districts=(
        DistrictLayer(
            "welfare",
            "福祉圏域",
            districts=(
                DistrictSetting("北部", ("東北一丁目から二丁目まで",)),
                DistrictSetting("南部", ("東", "野火止")),
            ),
        ),
    ),
)


def an_event(kind: str = "test") -> AuditEvent:
    return AuditEvent(kind, "user-1", "thing", "thing-1", AT)


def kinds_of_events(database: Database) -> list[str]:
    """List the kinds of all events in order, the chain checked."""
    with database.reading() as connection:
        audit.verify(connection, CODE)
        query = select(audit_events.c.kind).where(audit_events.c.municipality_code == CODE)
        return list(connection.scalars(query.order_by(audit_events.c.number)))
