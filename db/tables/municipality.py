"""The city: its settings, its towns and the people in them, its 圏域.

Shapes are WKB in JGD2011 (EPSG:6668, longitude then latitude) with their bounding box beside.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
)

from catalog.municipality import Municipality
from db.documents import from_document, to_document
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Document, Instant, tuple_of_codes


class _Settings:
    """Reads settings; nearly every page asks for the same ones, which are built once."""

    def __init__(self) -> None:
        self._last: tuple[object, Municipality] | None = None

    def __call__(self, document: object) -> Municipality:
        """Return the value of a document, the same one for the same document."""
        last = self._last  # another thread may put a new pair in its place
        if last is not None and last[0] == document:
            return last[1]
        settings: Municipality = from_document(Municipality, document)
        self._last = document, settings
        return settings


def _shape() -> list[Column[object]]:
    box = ("min_lon", "min_lat", "max_lon", "max_lat")
    return [Column("shape", LargeBinary), *(Column(name, Float) for name in box)]


municipalities = Table(
    "municipalities",
    metadata,
    Column("municipality_code", String(6), primary_key=True),
    Column("settings", Document(to_document, _Settings()), nullable=False),
    Column("is_sample", Boolean, nullable=False),
    *_shape(),
)

towns = Table(
    "towns",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("name"),
    text("kana"),
    Column("aliases", tuple_of_codes(), nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("people", Integer),
    *_shape(),
    CheckConstraint("people >= 0", name="people"),
    CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="point"),
)

town_population = Table(
    "town_population",
    metadata,
    municipality_code(),
    Column("town_id", String, primary_key=True),
    Column("sex", String, primary_key=True),
    Column("from_age", Integer, primary_key=True, autoincrement=False),
    Column("to_age", Integer),
    Column("people", Integer, nullable=False),
    refers_to("towns", town_id="id", delete=True),
    CheckConstraint("people >= 0", name="people"),
    CheckConstraint("to_age >= from_age", name="ages"),
    CheckConstraint("sex IN ('male', 'female')", name="sex"),
)

districts = Table(
    "districts",
    metadata,
    municipality_code(),
    Column("layer", String, primary_key=True),
    Column("name", String, primary_key=True),
    *_shape(),
)

district_towns = Table(
    "district_towns",
    metadata,
    municipality_code(),
    Column("layer", String, primary_key=True),
    Column("town_id", String, primary_key=True),
    text("name"),
    refers_to("districts", layer="layer", name="name", delete=True),
    refers_to("towns", town_id="id", delete=True),
)

policies = Table(
    "policies",
    metadata,
    municipality_code(),
    # Counts the policies of a municipality; none is ever changed.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("from_on", Date, nullable=False),
    text("version"),
    text("text"),
    text("reason"),
    text("adopted_by"),
    Column("adopted_at", Instant, nullable=False),
)

map_features = Table(
    "map_features",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("kind"),
    text("name"),
    Column("shape", LargeBinary, nullable=False),
    CheckConstraint("kind IN ('river', 'railway', 'station')", name="kind"),
)

import_runs = Table(
    "import_runs",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("kind"),
    text("started_by"),
    Column("at", Instant, nullable=False),
    Column("report", Document(list, list), nullable=False),
)
