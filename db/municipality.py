"""The city in the database: settings, towns, 圏域, population, and what was imported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Table,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)

from cases.city_policy import AdoptedPolicy
from catalog.audit import AuditEvent
from catalog.municipality import Municipality
from db import audit
from db.errors import DatabaseError
from db.rows import from_row, to_row, upsert
from db.session import Database
from db.tables import (
    district_towns,
    districts,
    import_runs,
    municipalities,
    policies,
    town_population,
    towns,
)
from geo.districts import Membership, assign_districts, layers_on
from geo.towns import Town, TownIndex


@dataclass(frozen=True, slots=True)
class TownPopulation:
    """How many people of one sex and age live in a town; `to_age` None: and older."""

    town_id: str
    sex: str
    from_age: int
    to_age: int | None
    people: int


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One import and its report, one entry for each file and sheet."""

    id: str
    kind: str
    started_by: str
    at: datetime
    report: Sequence[Mapping[str, Any]]


def municipality_codes(database: Database) -> list[str]:
    """List the municipalities of a database; one without tables has none."""
    with database.reading() as connection:
        if not inspect(connection).has_table(municipalities.name):
            return []
        query = select(municipalities.c.municipality_code).order_by("municipality_code")
        return list(connection.scalars(query))


class SqlMunicipalityStore:
    """The settings and the ground of one municipality."""

    def __init__(self, database: Database, municipality_code: str) -> None:
        self.database = database
        self.code = municipality_code

    def settings(self) -> Municipality:
        """Return the settings.

        Raises
        ------
        DatabaseError
            ``municipality_missing`` when the database was not initialised with this code.
        """
        with self.database.reading() as connection:
            settings: Municipality = self._row(connection)["settings"]
            return settings

    def is_sample(self) -> bool:
        """Say whether this is the fictional sample city, whose accounts everyone knows."""
        with self.database.reading() as connection:
            return bool(self._row(connection)["is_sample"])

    def save_settings(
        self, settings: Municipality, event: AuditEvent, *, is_sample: bool | None = None
    ) -> dict[str, Membership]:
        """Add the municipality, or give it new settings; its 圏域 are resolved again.

        Parameters
        ----------
        is_sample
            Whether it is the sample city; None leaves that as it is (no, for a new one).

        Returns
        -------
        dict[str, Membership]
            For each layer, how its town lists were understood.
        """
        if settings.code != self.code:
            raise DatabaseError("other_municipality", expected=self.code, found=settings.code)
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            row = {"municipality_code": self.code, "settings": settings}
            if is_sample is None:
                is_sample = self._was_sample(connection)
            upsert(connection, municipalities, [row | {"is_sample": is_sample}])
            self._match_districts(connection, settings)
            return self._resolve_districts(connection, settings)

    def policies(self) -> list[AdoptedPolicy]:
        """Return the city's own matching policies, the oldest first."""
        mine = select(policies).where(policies.c.municipality_code == self.code)
        with self.database.reading() as connection:
            rows = connection.execute(mine.order_by(policies.c.number)).mappings()
            return [from_row(AdoptedPolicy, row) for row in rows]

    def adopt_policy(self, adopted: AdoptedPolicy, event: AuditEvent) -> None:
        """Keep a policy under the next number; none is ever changed."""
        last = select(func.max(policies.c.number)).where(policies.c.municipality_code == self.code)
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            number = (connection.scalar(last) or 0) + 1
            row = to_row(self.code, adopted) | {"number": number}
            connection.execute(insert(policies).values(row))

    def record(self, event: AuditEvent) -> None:
        """Write an event that changes nothing."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)

    def towns(self) -> list[Town]:
        """Return all towns by id."""
        query = select(towns).where(towns.c.municipality_code == self.code).order_by(towns.c.id)
        with self.database.reading() as connection:
            return [from_row(Town, row) for row in connection.execute(query).mappings()]

    def save_towns(self, changed: Iterable[Town], event: AuditEvent) -> dict[str, Membership]:
        """Add towns or give them new content, and resolve the 圏域 again."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            upsert(connection, towns, [to_row(self.code, town) for town in changed])
            return self._resolve_districts(connection, self._row(connection)["settings"])

    def memberships(self, on: date) -> dict[str, dict[str, str]]:
        """Return the names of 圏域 by layer key and town id, of the layers that hold on a day."""
        query = select(district_towns).where(district_towns.c.municipality_code == self.code)
        with self.database.reading() as connection:
            settings: Municipality = self._row(connection)["settings"]
            holding: dict[str, dict[str, str]] = {
                key: {} for key in layers_on(settings.districts, on)
            }
            for row in connection.execute(query.order_by(district_towns.c.town_id)):
                if row.layer in holding:
                    holding[row.layer][row.town_id] = row.name
        return holding

    def outline(self) -> bytes | None:
        """Return the outline of the city, WKB in JGD2011."""
        with self.database.reading() as connection:
            shape: bytes | None = self._row(connection)["shape"]
            return shape

    def save_outline(self, shape: bytes, event: AuditEvent) -> None:
        """Set the outline of the city."""
        self._save_shapes(municipalities, [({}, shape)], event)

    def town_shapes(self) -> dict[str, bytes]:
        """Return the polygons of the towns that have one, by town id."""
        return self._shapes(towns, "id", {})

    def save_town_shapes(self, shapes: Mapping[str, bytes], event: AuditEvent) -> None:
        """Set the polygons of towns, by town id."""
        keyed = [({"id": town_id}, shape) for town_id, shape in shapes.items()]
        self._save_shapes(towns, keyed, event)

    def district_shapes(self, layer: str) -> dict[str, bytes]:
        """Return the polygons of a layer's 圏域 that have one, by name."""
        return self._shapes(districts, "name", {"layer": layer})

    def save_district_shapes(
        self, layer: str, shapes: Mapping[str, bytes], event: AuditEvent
    ) -> None:
        """Set the polygons of a layer's 圏域, by name."""
        keyed = [({"layer": layer, "name": name}, shape) for name, shape in shapes.items()]
        self._save_shapes(districts, keyed, event)

    def population(self) -> list[TownPopulation]:
        """Return the people of every town by sex and age."""
        query = (
            select(town_population)
            .where(town_population.c.municipality_code == self.code)
            .order_by(*town_population.primary_key.columns)
        )
        with self.database.reading() as connection:
            return [from_row(TownPopulation, row) for row in connection.execute(query).mappings()]

    def save_population(self, population: Iterable[TownPopulation], event: AuditEvent) -> None:
        """Replace the population of the towns that are named."""
        by_town: defaultdict[str, list[TownPopulation]] = defaultdict(list)
        for each in population:
            by_town[each.town_id].append(each)
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            if by_town:
                statement = delete(town_population).where(
                    town_population.c.municipality_code == self.code,
                    town_population.c.town_id == bindparam("id"),
                )
                connection.execute(statement, [{"id": town_id} for town_id in by_town])
            rows = [to_row(self.code, each) for some in by_town.values() for each in some]
            upsert(connection, town_population, rows)

    def add_import(self, run: ImportRun, event: AuditEvent) -> None:
        """Keep the report of an import."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            connection.execute(insert(import_runs).values(to_row(self.code, run)))

    def imports(self, limit: int = 20) -> list[ImportRun]:
        """Return the last imports, the newest first."""
        query = (
            select(import_runs)
            .where(import_runs.c.municipality_code == self.code)
            .order_by(import_runs.c.at.desc(), import_runs.c.id)
            .limit(limit)
        )
        with self.database.reading() as connection:
            return [from_row(ImportRun, row) for row in connection.execute(query).mappings()]

    def _row(self, connection: Connection) -> RowMapping:
        query = select(municipalities).where(municipalities.c.municipality_code == self.code)
        row = connection.execute(query).mappings().first()
        if row is None:
            raise DatabaseError("municipality_missing", municipality=self.code)
        return row

    def _was_sample(self, connection: Connection) -> bool:
        query = select(municipalities.c.is_sample)
        found = connection.scalar(query.where(municipalities.c.municipality_code == self.code))
        return bool(found)

    def _match_districts(self, connection: Connection, settings: Municipality) -> None:
        """Have exactly the 圏域 of the settings; those that stay keep their polygon."""
        wanted = {
            (layer.key, each.name) for layer in settings.districts for each in layer.districts
        }
        of_city = districts.c.municipality_code == self.code
        query = select(districts.c.layer, districts.c.name).where(of_city)
        present = {(row.layer, row.name) for row in connection.execute(query)}
        upsert(connection, districts, [self._district(*each) for each in wanted - present])
        for layer, name in present - wanted:
            connection.execute(
                delete(districts).where(
                    of_city, districts.c.layer == layer, districts.c.name == name
                )
            )

    def _district(self, layer: str, name: str) -> dict[str, str]:
        return {"municipality_code": self.code, "layer": layer, "name": name}

    def _resolve_districts(
        self, connection: Connection, settings: Municipality
    ) -> dict[str, Membership]:
        """Read the town lists of all layers against the towns that are known now."""
        index = TownIndex(self.towns(), (settings.name,))
        resolved = {
            layer.key: assign_districts({each.name: each.towns for each in layer.districts}, index)
            for layer in settings.districts
        }
        of_city = district_towns.c.municipality_code == self.code
        connection.execute(delete(district_towns).where(of_city))
        rows = [
            self._district(layer, name) | {"town_id": town_id}
            for layer, membership in resolved.items()
            for town_id, name in membership.district_of.items()
        ]
        upsert(connection, district_towns, rows)
        return resolved

    def _shapes(self, table: Table, name: str, of: Mapping[str, str]) -> dict[str, bytes]:
        conditions = [table.c[column] == value for column, value in of.items()]
        query = select(table.c[name], table.c.shape).where(
            table.c.municipality_code == self.code, table.c.shape.is_not(None), *conditions
        )
        with self.database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query.order_by(table.c[name]))}

    def _save_shapes(
        self,
        table: Table,
        keyed: Sequence[tuple[Mapping[str, str], bytes]],
        event: AuditEvent,
    ) -> None:
        """Set shapes with their boxes, all or none.

        Raises
        ------
        DatabaseError
            ``unknown_place`` when a town or 圏域 does not exist.
        """
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            for key, shape in keyed:
                conditions = [table.c[column] == value for column, value in key.items()]
                statement = update(table).where(table.c.municipality_code == self.code, *conditions)
                values = {"shape": shape} | _box(shape)
                if connection.execute(statement.values(values)).rowcount != 1:
                    raise DatabaseError("unknown_place", name=" ".join(key.values()) or self.code)


def _box(wkb: bytes) -> dict[str, float]:
    import shapely

    names = ("min_lon", "min_lat", "max_lon", "max_lat")
    return dict(zip(names, map(float, shapely.bounds(shapely.from_wkb(wkb))), strict=True))
