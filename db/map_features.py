"""Rivers, railways and stations: what people find their way by on a map without tiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select

from catalog.audit import AuditEvent
from db import audit
from db.rows import from_row, to_row, upsert
from db.session import Database
from db.tables import map_features


@dataclass(frozen=True, slots=True)
class MapFeature:
    """Something to find one's way by; `kind` is river, railway or station.

    `shape` is WKB in JGD2011 (EPSG:6668, longitude then latitude).
    """

    id: str
    kind: str
    name: str
    shape: bytes


class SqlMapFeatureStore:
    """The features of one municipality's map."""

    def __init__(self, database: Database, municipality_code: str) -> None:
        self.database = database
        self.code = municipality_code

    def features(self) -> list[MapFeature]:
        """Return all features by id."""
        query = select(map_features).where(map_features.c.municipality_code == self.code)
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(map_features.c.id)).mappings()
            return [from_row(MapFeature, row) for row in rows]

    def replace_features(self, features: Iterable[MapFeature], event: AuditEvent) -> None:
        """Put these features in the place of all there were."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            connection.execute(
                delete(map_features).where(map_features.c.municipality_code == self.code)
            )
            upsert(connection, map_features, [to_row(self.code, each) for each in features])
