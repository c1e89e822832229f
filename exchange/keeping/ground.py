"""The ground of a city: towns, 圏域, boundaries and population go in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from catalog.municipality import DistrictLayer, DistrictSetting, Municipality
from db.municipality import TownPopulation
from exchange.city import City
from exchange.errors import ExchangeError
from exchange.merging import Change, changes, counted
from exchange.readers import boundaries, districts, population, towns
from exchange.readers.boundaries import OUTLINE, TOWNS, Boundary
from exchange.readers.population import PopulationRow
from exchange.report import ImportReport
from exchange.rows import Read, did_you_mean
from exchange.tabular import Table
from exchange.target import Target
from geo.polygons import locate, polygon_from_wkb
from geo.towns import Town, expand_town_list, town_id

TOWN_COLUMNS = {"lat": ("lat", "lon"), "lon": ("lat", "lon"), "municipality_code": ()}


def keep_towns(tables: Sequence[Table], target: Target) -> list[ImportReport]:
    """Add towns or change them; the 圏域 of the settings are resolved again."""
    reports = []
    for table in tables:
        city = target.city()
        reading = towns.read_towns(table, city)
        made = changes(reading.values, _known_town(city), table.present, TOWN_COLUMNS)
        _save_towns((change for change in made if not change.is_same), target)
        reports.append(counted(reading.report, made))
    return reports


def _known_town(city: City) -> Callable[[Town], Town | None]:
    """Find a town by its id, or by its name where one list has 町字ID and the other has not."""
    code = city.municipality.code
    by_id = {town.id: town for town in city.towns}
    by_name = {town_id(code, town.name): town for town in city.towns}
    return lambda town: by_id.get(town.id) or by_name.get(town_id(code, town.name))


def _save_towns(made: Iterable[Change[Town]], target: Target) -> None:
    found = [change.after for change in made]
    if found:
        event = target.event("towns_imported", "towns", count=str(len(found)))
        target.municipality.save_towns(found, event)


# ------------------------------------------------------------------ 圏域
def keep_districts(tables: Sequence[Table], target: Target) -> list[ImportReport]:
    """Set the 圏域 of one layer to what the file says."""
    reports = []
    for table in tables:
        city = target.city()
        before = _layer(target.layer, city.municipality)
        reading = districts.read_districts(table, city)
        after = districts.layer_of(before.key, before.label, reading.values)
        if reading.values:
            _save_layer(after, city.municipality, target)
        listed = {each.name: each.towns for each in before.districts}
        made: list[Change[tuple[str, ...]]] = []
        for read in reading.values:
            towns_before = listed.get(read.value.district)
            same = towns_before is not None and read.value.towns in towns_before
            now = (read.value.towns,)
            made.append(Change(read.row, now if same else towns_before, now))
        reports.append(counted(reading.report, made))
    return reports


def _layer(named: str, settings: Municipality) -> DistrictLayer:
    """Find the layer that a file of 圏域 is about by its key or its label; a new key makes one.

    A name that is nearly that of a layer is refused: it is a slip, not a new layer.
    """
    layers = {layer.label: layer for layer in settings.districts}
    layers |= {layer.key: layer for layer in settings.districts}
    if not named and len(settings.districts) == 1:
        return settings.districts[0]
    if not named:
        raise ExchangeError("layer_missing", known=_known_layers(settings))
    if named in (OUTLINE, TOWNS):
        raise ExchangeError("layer_wrong", layer=named)
    if named not in layers and (hint := did_you_mean(named, layers, least_like=0.8)):
        raise ExchangeError("layer_misspelt", layer=named, hint=hint)
    return layers.get(named) or DistrictLayer(named, named)


def _known_layers(settings: Municipality, *others: str) -> str:
    return "、".join([*others, *(f"{each.key}（{each.label}）" for each in settings.districts)])


def _save_layer(layer: DistrictLayer, settings: Municipality, target: Target) -> None:
    """Put a layer in the place of its former version."""
    others = [each for each in settings.districts if each.key != layer.key]
    at = next((n for n, each in enumerate(settings.districts) if each.key == layer.key), None)
    others.insert(len(others) if at is None else at, layer)
    changed = replace(settings, districts=tuple(others))
    if changed != settings:
        event = target.event("districts_imported", "districts", layer.key)
        store = target.municipality
        store.save_settings(changed, event, is_sample=store.is_sample())


# ------------------------------------------------------------------ 境界
def keep_boundaries(shapes: boundaries.Shapes, target: Target) -> list[ImportReport]:
    """Set polygons: of the city, of towns, or of a layer of 圏域.

    Several rows of one place are one polygon together. A town or 圏域 that nobody knew yet is
    added, and stays listed as unresolved in this report.
    """
    settings = target.municipality.settings()
    if not target.layer:
        raise ExchangeError("layer_missing", known=_known_layers(settings, OUTLINE, TOWNS))
    if target.layer not in (OUTLINE, TOWNS):
        target = replace(target, layer=_layer(target.layer, settings).key)
    reading = boundaries.read_boundaries(shapes, target.layer, target.city())
    before = _shapes(target)
    after: dict[str, list[bytes]] = {}
    for read in reading.values:
        after.setdefault(read.value.key or read.value.name, []).append(read.value.wkb)
    if target.layer == OUTLINE:
        after = {"": [wkb for some in after.values() for wkb in some]} if after else {}
    joined = {name: _joined(some) for name, some in after.items()}
    keys = _keys(joined, reading.values, target)
    _save_shapes({keys[name]: shape for name, shape in joined.items()}, before, target)
    made: list[Change[bytes]] = []
    for read in reading.values:
        name = "" if target.layer == OUTLINE else read.value.key or read.value.name
        made.append(Change(read.row, before.get(keys[name]), joined[name]))
    return [counted(reading.report, made)]


def _joined(shapes: list[bytes]) -> bytes:
    import shapely

    if len(shapes) == 1:
        return shapes[0]
    return bytes(shapely.to_wkb(shapely.union_all([polygon_from_wkb(each) for each in shapes])))


def _shapes(target: Target) -> dict[str, bytes]:
    """Return the polygons that are stored, by town id, name of 圏域, or "" for the outline."""
    store = target.municipality
    if target.layer == OUTLINE:
        outline = store.outline()
        return {} if outline is None else {"": outline}
    return store.town_shapes() if target.layer == TOWNS else store.district_shapes(target.layer)


def _save_shapes(shapes: Mapping[str, bytes], before: Mapping[str, bytes], target: Target) -> None:
    store = target.municipality
    changed = {key: shape for key, shape in shapes.items() if before.get(key) != shape}
    if not changed:
        return
    event = target.event("boundaries_imported", "boundaries", target.layer)
    if target.layer == OUTLINE:
        store.save_outline(changed[""], event)
    elif target.layer == TOWNS:
        store.save_town_shapes(changed, event)
    else:
        store.save_district_shapes(target.layer, changed, event)


def _keys(
    shapes: Mapping[str, bytes], values: Iterable[Read[Boundary]], target: Target
) -> dict[str, str]:
    """Give the key under which each polygon is stored; adds towns and 圏域 that are missing."""
    unknown = {read.value.name for read in values if not read.value.key and read.value.name}
    missing = {name: shape for name, shape in shapes.items() if name in unknown}
    keys = {name: name for name in shapes}
    if target.layer == OUTLINE or not missing:
        return keys
    city = target.city()
    if target.layer == TOWNS:
        new = [_town_of(name, shape, city) for name, shape in missing.items()]
        _save_towns((Change(0, None, town) for town in new), target)
        return keys | {name: town.id for name, town in zip(missing, new, strict=True)}
    layer = _layer(target.layer, city.municipality)
    added = tuple(
        DistrictSetting(name, _towns_inside(shape, layer, city)) for name, shape in missing.items()
    )
    _save_layer(replace(layer, districts=layer.districts + added), city.municipality, target)
    return keys


def _town_of(name: str, shape: bytes, city: City) -> Town:
    code = city.municipality.code
    point = polygon_from_wkb(shape).representative_point()
    return Town(town_id(code, name), name, code, lat=float(point.y), lon=float(point.x))


def _towns_inside(shape: bytes, layer: DistrictLayer, city: City) -> tuple[str, ...]:
    """List the towns whose centre lies in a new 圏域 and that no other one names."""
    named = [town for district in layer.districts for town in district.towns]
    taken = set(expand_town_list(named, city.towns).town_ids)
    inside = locate(city.towns.points, [polygon_from_wkb(shape)]) == 0
    return tuple(
        town.name
        for town, is_inside in zip(city.towns, inside.tolist(), strict=True)
        if is_inside and town.id not in taken
    )


# ------------------------------------------------------------------ 人口
def keep_population(tables: Sequence[Table], target: Target) -> list[ImportReport]:
    """Set the people of towns by sex and age; towns that nobody knew yet are added."""
    reports = []
    for table in tables:
        city = target.city()
        reading = population.read_population(table, city)
        by_id = {town.id: town for town in city.towns}
        towns_made = [_with_people(read, by_id, city) for read in reading.values]
        _save_towns((change for change in towns_made if not change.is_same), target)
        stored = _stored_population(target)
        made = []
        changed: list[TownPopulation] = []
        for read, town in zip(reading.values, towns_made, strict=True):
            bands = tuple(sorted(_of_town(town.after.id, read.value), key=_order))
            known = stored.get(town.after.id)
            before = None if known is None else (town.before, known)
            made.append(Change(read.row, before, (town.after, bands)))
            if known != bands:
                changed += bands
        if changed:
            event = target.event("population_imported", "population", count=str(len(changed)))
            target.municipality.save_population(changed, event)
        reports.append(counted(reading.report, made))
    return reports


def _with_people(read: Read[PopulationRow], by_id: Mapping[str, Town], city: City) -> Change[Town]:
    """Give the town with its number of people; a hidden number changes nothing."""
    told = read.value
    code = city.municipality.code
    before = by_id.get(told.town_id or town_id(code, told.name))
    town = before or Town(town_id(code, told.name), told.name, code)
    after = town if told.people is None else replace(town, people=told.people)
    return Change(read.row, before, after)


def _of_town(id_: str, told: PopulationRow) -> list[TownPopulation]:
    return [
        TownPopulation(id_, band.sex, band.from_age, band.to_age, band.people)
        for band in told.bands
    ]


def _order(band: TownPopulation) -> tuple[str, int]:
    return band.sex, band.from_age


def _stored_population(target: Target) -> dict[str, tuple[TownPopulation, ...]]:
    stored: dict[str, list[TownPopulation]] = {}
    for band in target.municipality.population():
        stored.setdefault(band.town_id, []).append(band)
    return {id_: tuple(sorted(bands, key=_order)) for id_, bands in stored.items()}
