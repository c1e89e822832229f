"""Resources: facilities, salons and groups from a city's own lists and from open data sets."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePath

from catalog.errors import CatalogError
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.service_area import AnyOf, InDistrict, ServiceArea, Towns, WholeCity
from exchange import cells
from exchange.city import City, Place, read_place
from exchange.columns import load_columns
from exchange.errors import ExchangeError
from exchange.rows import Reading, Row, read_rows
from exchange.tabular import Table
from geo.towns import expand_town_list

COLUMNS = load_columns("resources")
HOW = "import"
# 有無の列の名前と、配慮のコード（コード表 accommodation）
ACCESSIBLE = {
    "車椅子可": "wheelchair_access",
    "車椅子貸出": "wheelchair_rental",
    "ツエ貸出": "cane_rental",
    "つえ貸出": "cane_rental",
    "バリアフリートイレ": "accessible_toilet",
    "スロープ・エレベータ": "ramp_elevator",
    "点字ブロック等": "tactile_paving",
    "点字や読上": "braille_reading_aloud",
    "補助犬": "assistance_dog",
    "字幕": "subtitles",
    "筆談": "written_communication",
    "優先駐車場": "priority_parking",
    "オストメイト": "ostomate_toilet",
    "子供トイレ": "childrens_toilet",
    "授乳室": "nursing_room",
    "おむつ替え": "diaper_changing",
    "おむつ替えコーナー": "diaper_changing",
    "飲食可否": "eating_allowed",
    "ベビーカー貸出": "stroller_rental",
    "ベビーカー利用": "stroller_access",
    "ベビーカー利用可": "stroller_access",
}


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A resource and, where the file names it, the body that runs it."""

    resource: Resource
    organisation: Organisation | None = None


def read_resources(
    table: Table, city: City, organisations: Iterable[Organisation] = ()
) -> Reading[ResourceRow]:
    """Read resources.

    A second use of an id is rejected, and where there are no ids the same name at the same
    place at the same times.

    Parameters
    ----------
    organisations
        Bodies that are known already and may be named again.
    """
    seen: dict[tuple[str, ...], int] = {}
    bodies = {cells.key(each.name): each for each in organisations}
    source = source_of(table.file)

    def read(row: Row) -> ResourceRow:
        name = row.required_text("name")
        place = read_place(row, city)
        identity = row.text("external_id")
        where = place.address or f"{place.lat},{place.lon}"
        when = (row.text("days"), _hours(row))
        key = (identity,) if identity else (cells.key(name), cells.key(where), *when)
        if key in seen:
            column, code = ("external_id", "id_twice") if identity else ("name", "place_twice")
            row.reject(column, ExchangeError(code, value=identity or name, row=seen[key]))
        seen.setdefault(key, row.row)
        organisation = _organisation(row, city, bodies)
        resource = _resource(row, city, place, source, organisation)
        return ResourceRow(resource, organisation)

    return read_rows(table, COLUMNS, "resources", read, (CatalogError,))


def source_of(file: str) -> str:
    """Give the name of a data set: the file's, without a copy number or a date at its end.

    >>> source_of("elderly (1).xlsx"), source_of("population_202602.xlsx")
    ('elderly', 'population')
    """
    return re.sub(r"([ _-]*(\(\d+\)|\d{6,8}))+$", "", PurePath(file).stem).strip()


def _resource(
    row: Row, city: City, place: Place, source: str, organisation: Organisation | None
) -> Resource:
    notes = [row.text("note")]
    is_free = cells.key(row.cell("cost_yen")) == "無料"
    cost_yen = 0 if is_free else _amount(row, "cost_yen", notes)
    capacity = _amount(row, "capacity", notes)
    confirmed_on = row.day("last_confirmed_on")
    return Resource(
        id=city.ids(),
        name=row.text("name") or "?",
        name_kana=row.text("name_kana"),
        kind=_kind(row, city, source),
        organisation_id=organisation.id if organisation else None,
        description=_lines(_alias(row), row.text("description")),
        town_id=place.town_id,
        address=place.address,
        address_note=row.text("address_note"),
        lat=place.lat,
        lon=place.lon,
        location_accuracy=place.accuracy,
        phone=_phone(row),
        service_area=_service_area(row, city),
        accessibility=_accessibility(row, city),
        days=row.text("days"),
        hours=_hours(row),
        cost_yen=cost_yen,
        capacity=capacity,
        operation_form=row.code("operation_form", city.vocabulary, "operation_form"),
        section=row.text("section"),
        visibility=read_visibility(row, city, "public"),
        url=row.text("url"),
        note=_lines(*notes, row.text("cost_note")),
        source=source,
        external_id=row.text("external_id"),
        last_confirmed_on=confirmed_on,
        last_confirmed_by=row.text("last_confirmed_by"),
        last_confirmed_how=HOW if confirmed_on else "",
    )


def read_visibility(row: Row, city: City, default: str) -> str:
    """Read who may see it: 庁内, 支援機関, 一般."""
    labels = {entry.label: entry.code for entry in city.vocabulary.codes("visibility").values()}
    return row.choice("visibility", labels | {code: code for code in labels.values()}, default)


def _alias(row: Row) -> str:
    """Give another name, where it is another."""
    alias = row.text("alias")
    return alias if alias != row.text("name") else ""


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _phone(row: Row) -> str:
    extension = row.text("extension")
    return row.phone("phone") + (f" 内線{extension}" if extension else "")


def _amount(row: Row, name: str, notes: list[str]) -> int | None:
    """Read a number that may be told in words (1号認定 20、2・3号認定 35): those go to the note."""
    try:
        value = cells.integer(row.cell(name))
    except ExchangeError:
        notes.append(f"{row.column(name)}: {row.text(name)}")
        row.repair(name, "", "repaired_words_to_note")
        return None
    if value is not None and value < 0:
        row.reject(name, ExchangeError("cell_below", value=value, least=0))
        return None
    return value


def _hours(row: Row) -> str:
    """Give the opening hours in words; what cannot be read as a time stays as written."""
    written = row.text("hours")
    if not written:
        ends = [_clock_words(row, name) for name in ("starts_at", "ends_at")]
        written = "〜".join(ends) if any(ends) else ""
    return _lines(written, row.text("hours_note"))


def _clock_words(row: Row, name: str) -> str:
    try:
        read = cells.clock(row.cell(name))
    except ExchangeError:
        return row.text(name)
    return f"{read:%H:%M}" if read else ""


def _service_area(row: Row, city: City) -> ServiceArea:
    """Read whom the place serves: 市内全域, 圏域 by name, or towns; nothing said means everyone.

    A name that nobody knows serves nobody until it is put right, so that no one is sent there
    by mistake.
    """
    parts: list[ServiceArea] = []
    towns: list[str] = []
    for piece in re.split(r"[、，,;；\n]", row.text("service_area")):
        name = cells.key(piece)
        of_name = sorted(each for each in city.district_names if cells.key(each[1]) == name)
        if name in {"全市", "市全域", "市内全域", cells.key(city.municipality.name)}:
            return WholeCity()
        if of_name:
            parts.append(InDistrict(*of_name[0]))
        elif name:
            towns.append(piece)
    if towns:
        expansion = expand_town_list(["、".join(towns)], city.towns)
        unknown = (*expansion.unmatched, *(name for name, _ in expansion.ambiguous))
        for name in unknown:
            row.unresolve("service_area", "area_unknown", value=name)
        parts.append(Towns(frozenset((*expansion.town_ids, *unknown))))
    if not parts:
        return WholeCity()
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _accessibility(row: Row, city: City) -> frozenset[str]:
    codes = row.codes("accessibility", city.vocabulary, "accommodation")
    offered = {
        ACCESSIBLE[groups[0]]
        for groups, cell in row.families.get("accessible", {}).items()
        if cells.key(cell) in cells.YES
    }
    return frozenset({*codes, *offered})


def _organisation(row: Row, city: City, known: dict[str, Organisation]) -> Organisation | None:
    """Give the body that runs the place, one value for all rows that name it."""
    name = row.text("organisation")
    if not name:
        return None
    key = cells.key(name)
    if key not in known:
        known[key] = Organisation(
            id=city.ids(),
            name=name,
            name_kana="",
            kind=organisation_kind(name, city),
            corporate_number=row.text("corporate_number"),
        )
    return known[key]


def organisation_kind(name: str, city: City) -> str:
    """Guess the kind of a body from its name; "other" where the name does not tell."""
    for words, code in (
        (("社会福祉協議会", "社協"), "social_welfare_council"),
        (("社会福祉法人",), "social_welfare_corporation"),
        (("特定非営利活動法人", "NPO", "ＮＰＯ"), "nonprofit"),
        (("株式会社", "有限会社", "合同会社"), "company"),
        (("医療法人",), "medical_corporation"),
        (("法人",), "other_corporation"),
        (("町内会", "自治会"), "neighbourhood_association"),
        (("推進協議会",), "community_welfare_association"),
        (("寺", "神社", "教会"), "temple"),
        ((city.municipality.name,), "city_office"),
    ):
        if any(word in name for word in words):
            return code
    return "other"


@cache
def _kind_words() -> tuple[tuple[tuple[str, tuple[str, ...]], ...], dict[str, str]]:
    """Read how a resource's kind is told from words, and from POI codes."""
    data = tomllib.loads(
        files("exchange").joinpath("data", "resource_kinds.toml").read_text("utf-8")
    )
    words = tuple((code, tuple(cells.key(word) for word in each)) for code, each in data["words"])
    return words, dict(data["poi"])


def _kind(row: Row, city: City, source: str) -> str:
    """Read the kind of a resource from its own column, else from its name and the file's."""
    words, poi = _kind_words()

    def told_by(text: str) -> str:
        plain = cells.key(text)
        return next((code for code, each in words if any(w in plain for w in each)), "")

    written = row.text("kind")
    found = city.vocabulary.find("resource_kind", written) if written else None
    kind = found.code if found else poi.get(written.zfill(4), "") or told_by(written)
    kind = kind or told_by(row.text("name")) or told_by(source)
    if written and not kind:
        row.unresolve("kind", "kind_unknown", value=written)
        return "other"
    return kind or "public_facility"
