"""The catalogue in the database: organisations, resources, openings, and finding them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, select
from sqlalchemy.exc import IntegrityError

from cases.matching.reach import resolve_reach
from catalog.audit import AuditEvent
from catalog.opening import Opening
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.search import Item, Query, matches
from catalog.vocabulary import Vocabulary
from db import audit, places, text_index
from db.errors import DatabaseError
from db.municipality import SqlMunicipalityStore
from db.rows import from_row, to_row, upsert
from db.session import Database
from db.tables import openings, organisations, resources
from geo.speeds import Speeds, load_speeds
from geo.towns import Town, TownIndex

EDITS: Final = ("opening_added", "opening_changed")
_Thing = TypeVar("_Thing", Organisation, Resource, Opening)


class SqlCatalogStore:
    """The catalogue of one municipality."""

    def __init__(self, database: Database, municipality_code: str) -> None:
        self.database = database
        self.code = municipality_code

    def openings(self) -> list[Opening]:
        """Return all openings by id."""
        return self._all(Opening, openings)

    def opening(self, opening_id: str) -> Opening | None:
        """Return one opening, or None."""
        return self._one(Opening, openings, opening_id)

    def resources(self) -> dict[str, Resource]:
        """Return all resources by id."""
        return {each.id: each for each in self._all(Resource, resources)}

    def resource(self, resource_id: str) -> Resource | None:
        """Return one resource, or None."""
        return self._one(Resource, resources, resource_id)

    def organisations(self) -> dict[str, Organisation]:
        """Return all organisations by id."""
        return {each.id: each for each in self._all(Organisation, organisations)}

    def organisation(self, organisation_id: str) -> Organisation | None:
        """Return one organisation, or None."""
        return self._one(Organisation, organisations, organisation_id)

    def was_edited_since(self, opening_id: str, at: datetime) -> bool:
        """Tell whether an opening was added, or what it says changed, at an instant or later."""
        with self.database.reading() as connection:
            last = audit.events(connection, self.code, subject_id=opening_id, kinds=EDITS, newest=1)
        return any(each.at >= at for each in last)

    def save_opening(self, opening: Opening, event: AuditEvent, seen: int | None = None) -> None:
        """Add an opening or a new version of one; see `save_openings`."""
        self.save_openings([opening], event, {} if seen is None else {opening.id: seen})

    def save_resource(self, resource: Resource, event: AuditEvent) -> None:
        """Add a resource or a new version of one."""
        self.save_resources([resource], event)

    def save_organisation(self, organisation: Organisation, event: AuditEvent) -> None:
        """Add an organisation or a new version of one."""
        self.save_organisations([organisation], event)

    def save_openings(
        self, changed: Iterable[Opening], event: AuditEvent, seen: Mapping[str, int] | None = None
    ) -> None:
        """Add many openings or new versions of them; their resources and hosts must be there.

        A version that was read earlier must not give a place away twice, so that of a kept
        opening the number of people stays as it is, but where the writer counted them anew.

        Parameters
        ----------
        seen
            How many places of an opening were taken when the writer counted, by its id.

        Raises
        ------
        DatabaseError
            ``broken_reference``, ``capacity_below_taken``, or ``taken_meanwhile`` when the number
            is no longer what the writer has seen.
        """
        versions, known = list(changed), seen or {}
        counted = [(each, known[each.id]) for each in versions if each.id in known]
        with self.database.writing() as connection:
            # Fewer people make room for a smaller capacity, a larger capacity for more people.
            places.correct(connection, self.code, [(o, was) for o, was in counted if o.taken < was])
            self._save(openings, versions, event, keep=("taken",))
            places.correct(connection, self.code, [(o, was) for o, was in counted if o.taken > was])

    def save_resources(self, changed: Iterable[Resource], event: AuditEvent) -> None:
        """Add many resources or new versions of them; their organisations must be there."""
        self._save(resources, changed, event)

    def save_organisations(self, changed: Iterable[Organisation], event: AuditEvent) -> None:
        """Add many organisations or new versions of them."""
        self._save(organisations, changed, event)

    def take_place(self, opening_id: str, event: AuditEvent) -> None:
        """Take one free place, however many ask for the last one at once.

        Raises
        ------
        DatabaseError
            ``no_free_place``; also when there is no such opening, or it takes nobody now.
        """
        places.take(self.database, self.code, opening_id, event)

    def release_place(self, opening_id: str, event: AuditEvent) -> None:
        """Give a taken place back.

        Raises
        ------
        DatabaseError
            ``no_taken_place``; also when there is no such opening.
        """
        places.release(self.database, self.code, opening_id, event)

    def search(
        self, query: Query, vocabulary: Vocabulary, on: date, speeds: Speeds | None = None
    ) -> list[Item]:
        """Return what a query finds, by name.

        Parameters
        ----------
        on
            The day whose 圏域 count.
        speeds
            The city's own; the product's where None.
        """
        conditions: list[ColumnElement[bool]] = [
            resources.c.id.in_(text_index.resource_ids(self.code, word, vocabulary))
            for word in query.words
        ]
        if query.kinds:
            conditions.append(resources.c.kind.in_(sorted(query.kinds)))
        items = self._items(conditions, on, speeds or load_speeds())
        found = [item for item in items if matches(query, item, vocabulary)]
        return sorted(found, key=lambda item: (item.resource.name_kana, item.resource.name))

    def item(self, resource_id: str, on: date, speeds: Speeds | None = None) -> Item | None:
        """Return a resource with all that belongs to it, or None."""
        items = self._items([resources.c.id == resource_id], on, speeds or load_speeds())
        return items[0] if items else None

    def _items(
        self, conditions: Sequence[ColumnElement[bool]], on: date, speeds: Speeds
    ) -> list[Item]:
        """Put resources together with their host, openings, towns served and 圏域."""
        chosen = select(resources.c.id, resources.c.organisation_id)
        chosen = chosen.where(resources.c.municipality_code == self.code, *conditions)
        ids, hosts = (select(column) for column in chosen.subquery().c)
        with self.database.reading():
            found = self._all(Resource, resources, *conditions)
            host_of = {
                each.id: each
                for each in self._all(Organisation, organisations, organisations.c.id.in_(hosts))
            }
            openings_of: defaultdict[str, list[Opening]] = defaultdict(list)
            for opening in self._all(Opening, openings, openings.c.resource_id.in_(ids)):
                openings_of[opening.resource_id].append(opening)
            city = SqlMunicipalityStore(self.database, self.code)
            towns, districts = city.towns(), city.memberships(on)
        serves = _towns_served(found, towns, districts, speeds)
        return [
            Item(
                resource,
                host_of.get(resource.organisation_id or ""),
                tuple(openings_of[resource.id]),
                served,
                _districts_of(resource.town_id, districts),
            )
            for resource, served in zip(found, serves, strict=True)
        ]

    def _all(
        self, kind: type[_Thing], table: Table, *conditions: ColumnElement[bool]
    ) -> list[_Thing]:
        query = select(table).where(table.c.municipality_code == self.code, *conditions)

        def read(connection: Connection) -> tuple[_Thing, ...]:
            rows = connection.execute(query.order_by(table.c.id)).mappings()
            return tuple(from_row(kind, row) for row in rows)

        if not conditions:
            return list(self.database.read_once((self.code, table.name), read))
        with self.database.reading() as connection:
            return list(read(connection))

    def _one(self, kind: type[_Thing], table: Table, id_: str) -> _Thing | None:
        return next(iter(self._all(kind, table, table.c.id == id_)), None)

    def _save(
        self,
        table: Table,
        changed: Iterable[_Thing],
        event: AuditEvent,
        keep: Sequence[str] = (),
    ) -> None:
        things = list(changed)
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            try:
                upsert(connection, table, [to_row(self.code, each) for each in things], keep)
            except IntegrityError as error:
                places.say_what_is_broken(error)
                raise DatabaseError("broken_reference", table=table.name) from error
            text_index.write(connection, self.code, things)


def _towns_served(
    found: Sequence[Resource],
    towns: Sequence[Town],
    districts: Mapping[str, Mapping[str, str]],
    speeds: Speeds,
) -> list[frozenset[str]]:
    index = TownIndex(towns)
    reach = resolve_reach([each.service_area for each in found], index, districts, speeds)
    # The last row of the table is "town unknown".
    columns = [
        frozenset(town.id for town, served in zip(index, column, strict=True) if served)
        for column in reach.anyhow[:-1].T
    ]
    return [columns[at] for at in reach.area_of]


def _districts_of(
    town_id: str | None, districts: Mapping[str, Mapping[str, str]]
) -> frozenset[tuple[str, str]]:
    return frozenset(
        (layer, names[town_id])
        for layer, names in districts.items()
        if town_id is not None and town_id in names
    )
