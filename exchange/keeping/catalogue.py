"""The catalogue: resources with the bodies that run them, and openings with their hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from catalog.opening import Opening
from catalog.organisation import Organisation
from catalog.resource import Resource
from exchange import cells
from exchange.merging import changes, counted
from exchange.readers import openings, resources
from exchange.readers.openings import Known
from exchange.report import ImportReport
from exchange.rows import Read
from exchange.tabular import Table
from exchange.target import Target

_PLACE = ("town", "address", "lat", "lon", "address_prefecture", "address_city", "address_block")
RESOURCE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organisation_id": ("organisation",),
    "description": ("description", "alias"),
    "town_id": _PLACE,
    "address": _PLACE,
    "lat": _PLACE,
    "lon": _PLACE,
    "location_accuracy": _PLACE,
    "accessibility": ("accessibility", "accessible"),
    "hours": ("hours", "starts_at", "ends_at", "hours_note"),
    "note": ("note", "cost_note", "cost_yen", "capacity"),
    "source": (),
    "last_confirmed_how": ("last_confirmed_on",),
}
_SCHEDULE = ("recurrence", "days", "starts_at", "ends_at", "hours", "anchor_on", "closed")
OPENING_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "resource_id": ("resource",),
    "host_id": ("host",),
    "description": ("description", "closed", "hours"),
    "schedule": (*_SCHEDULE, "closed_on_holidays"),
    "preference": (
        "glad_words",
        "glad_min_age",
        "glad_max_age",
        "glad_stages",
        "glad_menu",
        "glad_days",
    ),
    "welcome": (
        "min_age",
        "max_age",
        "sex",
        "sex_reason",
        "with_child",
        "fields",
        "residents_only",
    ),
    "status_reason": (),
}


def keep_resources(tables: Sequence[Table], target: Target) -> list[ImportReport]:
    """Add resources or change them.

    A resource is found again by its id in the same data set, else by its name and address.
    """
    reports = []
    for table in tables:
        known = target.catalog.organisations()
        reading = resources.read_resources(table, target.city(), known.values())
        found = [Read(read.row, read.value.resource) for read in reading.values]
        before_of = _known_resource(target.catalog.resources().values())
        made = changes(found, before_of, table.present, RESOURCE_COLUMNS)
        _save_new(
            (read.value.organisation for read in reading.values if read.value.organisation),
            known,
            target,
        )
        changed = [change.after for change in made if not change.is_same]
        if changed:
            event = target.event("resources_imported", "resources", count=str(len(changed)))
            target.catalog.save_resources(changed, event)
        reports.append(counted(reading.report, made))
    return reports


def _known_resource(known: Iterable[Resource]) -> Callable[[Resource], Resource | None]:
    """Find a resource by its id in the same data set, else by name and place.

    Of several of one name at one place, the one at the same times.
    """
    by_id: dict[tuple[str, str], Resource] = {}
    by_name: dict[tuple[str, str], list[Resource]] = {}
    for each in known:
        if each.external_id:
            by_id[each.source, each.external_id] = each
        by_name.setdefault(_name_and_place(each), []).append(each)

    def find(resource: Resource) -> Resource | None:
        if resource.external_id and (resource.source, resource.external_id) in by_id:
            return by_id[resource.source, resource.external_id]
        # Another id in the same data set is another place, whatever its name.
        alike = [
            each
            for each in by_name.get(_name_and_place(resource), ())
            if not (resource.external_id and each.external_id and each.source == resource.source)
        ]
        if len(alike) == 1:
            return alike[0]
        when = (resource.days, resource.hours)
        return next((each for each in alike if (each.days, each.hours) == when), None)

    return find


def _name_and_place(resource: Resource) -> tuple[str, str]:
    where = resource.address or f"{resource.lat},{resource.lon}"
    return cells.key(resource.name), cells.key(where)


def _save_new(
    named: Iterable[Organisation], known: Mapping[str, Organisation], target: Target
) -> None:
    new = {each.id: each for each in named if each.id not in known}
    if new:
        event = target.event("organisations_imported", "organisations", count=str(len(new)))
        target.catalog.save_organisations(new.values(), event)


def keep_openings(tables: Sequence[Table], target: Target) -> list[ImportReport]:
    """Add openings or change them, found again by their number, else by place and name."""
    reports = []
    for table in tables:
        organisations = target.catalog.organisations()
        known = Known(tuple(target.catalog.resources().values()), tuple(organisations.values()))
        reading = openings.read_openings(table, target.city(), known)
        own_ids = {read.value.opening.id: read.value.own_id for read in reading.values}
        before_of = _known_opening(target.catalog.openings(), own_ids)
        values = [Read(read.row, read.value.opening) for read in reading.values]
        made = changes(values, before_of, table.present, OPENING_COLUMNS)
        new_hosts = (read.value.new_host for read in reading.values if read.value.new_host)
        _save_new(new_hosts, organisations, target)
        changed = [change.after for change in made if not change.is_same]
        if changed:
            event = target.event("openings_imported", "openings", count=str(len(changed)))
            seen = {each.after.id: each.before.taken for each in made if each.before}
            target.catalog.save_openings(changed, event, seen)
        reports.append(counted(reading.report, made))
    return reports


def _known_opening(
    stored: Iterable[Opening], own_ids: Mapping[str, str]
) -> Callable[[Opening], Opening | None]:
    by_id: dict[str, Opening] = {}
    by_name: dict[tuple[str, str], Opening] = {}
    for each in stored:
        by_id[each.id] = each
        by_name[each.resource_id, cells.key(each.name)] = each

    def find(opening: Opening) -> Opening | None:
        own_id = own_ids[opening.id]
        if own_id:  # our own lists show our id; others have numbers of their own
            return by_id.get(own_id) or by_id.get(opening.id)
        return by_name.get((opening.resource_id, cells.key(opening.name)))

    return find
