"""Files go into a real database: wholly or not at all, twice without doubling, each row told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import shapely
from sqlalchemy import func, select

from cases.errors import NotPermitted
from cases.participant import Participant, ParticipantStatus
from cases.permissions import PeopleScope, scope_of_everyone
from catalog.actor import Actor, Remit, Role
from catalog.municipality import Municipality
from catalog.opening import OpeningStatus
from db import audit
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.municipality import SqlMunicipalityStore
from db.secrets import Keyring
from db.session import Database
from db.tables import audit_events
from exchange.errors import ExchangeError
from exchange.importing import KINDS, import_file, import_files
from exchange.municipality import load_municipality
from exchange.report import ImportReport
from exchange.target import Target
from geo.polygons import polygon_from_wkb
from tests.databases import Fill

AT = datetime(2026, 4, 1, 1, tzinfo=UTC)
NIIZA = "112305"
KEYS = Keyring({"1": bytes(range(32))}, "1", bytes(range(32, 64)))


def target(database: Database, code: str = NIIZA, role: Role = Role.SYSTEM) -> Target:
    actor = Actor("system" if role is Role.SYSTEM else "u1", "取り込み", role, code)
    return Target(database, actor, AT, KEYS)


def initialise(database: Database, settings: Municipality) -> None:
    event = target(database, settings.code).event("municipality_saved", "municipality")
    SqlMunicipalityStore(database, settings.code).save_settings(settings, event)


@pytest.fixture
def niiza(database_with: Callable[[Fill], Database]) -> Target:
    """Open a database with 新座市's own settings."""
    return target(database_with(initialised))


def initialised(database: Database) -> None:
    """Initialise a database with 新座市's own settings."""
    initialise(database, load_municipality("niiza"))


def written(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def counts(reports: Sequence[ImportReport]) -> list[tuple[int, int, int, int, int]]:
    """Rows, imported, new, changed, same of each report."""
    return [(r.rows, r.imported, r.new, r.changed, r.same) for r in reports]


def events(at: Target) -> int:
    with at.database.reading() as connection:
        audit.verify(connection, at.actor.municipality_code)
        return connection.execute(select(func.count()).select_from(audit_events)).scalar_one()


# ------------------------------------------------------------------ the ground
def test_niiza_has_every_town_in_exactly_one_district(niiza: Target, shared: Path) -> None:
    """82 towns, six 圏域 from the plan's lists; 戸田市's rows are skipped with the reason."""
    path = shared / "data" / "towns_niiza_toda.csv"
    (report,) = import_file("towns", path, niiza)
    assert counts([report]) == [(82, 82, 82, 0, 0)]
    assert len(report.skipped) == 64
    membership = niiza.municipality.memberships(date(2026, 4, 1))
    towns = {town.id for town in niiza.municipality.towns()}
    for layer in ("community_welfare", "support_tier1", "support_tier2"):
        assert set(membership[layer]) == towns
    assert len(set(membership["community_welfare"].values())) == 6
    by_name = {town.name: membership["community_welfare"][town.id]
               for town in niiza.municipality.towns()}  # fmt: skip
    assert by_name["東二丁目"] == by_name["東北二丁目"] == by_name["野火止五丁目"] == "北部第一"
    assert by_name["野火止四丁目"] == "西部"
    assert by_name["新塚"] == by_name["新塚一丁目"] == "東部第二"


def test_a_second_import_changes_nothing(niiza: Target, shared: Path) -> None:
    path = shared / "data" / "towns_niiza_toda.csv"
    import_file("towns", path, niiza)
    before = niiza.municipality.towns()
    (again,) = import_file("towns", path, niiza)
    assert counts([again]) == [(82, 82, 0, 0, 82)]
    assert niiza.municipality.towns() == before


def test_a_list_changes_only_what_it_has_a_column_for(niiza: Target, tmp_path: Path) -> None:
    """A list of people per town keeps points, readings and other names."""
    first = (
        "町名,よみ,緯度,経度,別名\n東一丁目,ひがし,35.8,139.57,駅前\n中野,なかの,35.81,139.54,\n"
    )
    import_file("towns", written(tmp_path, first), niiza)
    (report,) = import_file("towns", written(tmp_path, "町名,人口\n東1丁目,900\n"), niiza)
    assert counts([report]) == [(1, 1, 0, 1, 0)]
    east = next(town for town in niiza.municipality.towns() if town.kana == "ひがし")
    assert (east.people, east.lat, east.aliases) == (900, 35.8, ("駅前",))


def test_outline_and_polygons_of_niiza(niiza: Target, shared: Path) -> None:
    data = shared / "data"
    import_file("towns", data / "towns_niiza_toda.csv", niiza)
    outline = replace(niiza, layer="outline")
    (report,) = import_file("boundaries", data / "city_boundaries_niiza_toda.geojson", outline)
    assert counts([report]) == [(1, 1, 1, 0, 0)]
    shape = niiza.municipality.outline()
    assert shape is not None
    assert polygon_from_wkb(shape).contains(shapely.Point(139.5653, 35.7936))
    towns = replace(niiza, layer="towns")
    path = data / "towns_voronoi_niiza_toda.geojson"
    (first,) = import_file("boundaries", path, towns)
    (again,) = import_file("boundaries", path, towns)
    assert counts([first, again]) == [(82, 82, 82, 0, 0), (82, 82, 0, 0, 82)]
    assert len(niiza.municipality.town_shapes()) == 82


def test_a_layer_of_polygons_that_nobody_knew_makes_its_districts(
    niiza: Target, tmp_path: Path
) -> None:
    towns = "町名,緯度,経度\n東一丁目,35.80,139.55\n東二丁目,35.80,139.57\n西,35.90,139.57\n"
    import_file("towns", written(tmp_path, towns), niiza)
    features = [
        {"type": "Feature", "properties": {"名称": name}, "geometry": json.loads(
            shapely.to_geojson(shapely.box(west, 35.79, west + 0.02, 35.81)))}
        for name, west in (("一中", 139.54), ("二中", 139.56))
    ]  # fmt: skip
    path = written(
        tmp_path, json.dumps({"type": "FeatureCollection", "features": features}), "s.geojson"
    )
    schools = replace(niiza, layer="school")
    (report,) = import_file("boundaries", path, schools)
    assert counts([report]) == [(2, 2, 2, 0, 0)]
    assert [each.value for each in report.unresolved] == ["一中", "二中"]
    layer = niiza.municipality.settings().districts[-1]
    assert [(d.name, d.towns) for d in layer.districts] == [
        ("一中", ("東一丁目",)), ("二中", ("東二丁目",)),
    ]  # fmt: skip
    assert set(niiza.municipality.district_shapes("school")) == {"一中", "二中"}
    (again,) = import_file("boundaries", path, schools)
    assert counts([again]) == [(2, 2, 0, 0, 2)]
    assert again.unresolved == ()


def test_a_polygon_that_nobody_knew_takes_no_town_from_another_district(
    niiza: Target, shared: Path, tmp_path: Path
) -> None:
    """A misspelt 圏域 is listed as unresolved; the towns stay where the settings have them."""
    import_file("towns", shared / "data" / "towns_niiza_toda.csv", niiza)
    before = niiza.municipality.memberships(date(2026, 4, 1))
    shape = json.loads(shapely.to_geojson(shapely.box(139.5, 35.7, 139.7, 35.9)))
    feature = {"type": "Feature", "properties": {"圏域名": "西部圏域"}, "geometry": shape}
    path = written(tmp_path, json.dumps(feature), "s.geojson")
    (report,) = import_file("boundaries", path, replace(niiza, layer="community_welfare"))
    assert [each.value for each in report.unresolved] == ["西部圏域"]
    assert niiza.municipality.memberships(date(2026, 4, 1)) == before


def test_a_layer_goes_by_its_label_too_and_a_slip_makes_no_new_one(
    niiza: Target, tmp_path: Path
) -> None:
    import_file("towns", written(tmp_path, "町名\n東一丁目\n"), niiza)
    path = written(tmp_path, "圏域,町名\n駅側,東一丁目\n")
    import_file("districts", path, replace(niiza, layer="地域福祉圏域"))
    layers = niiza.municipality.settings().districts
    assert [each.name for each in layers[0].districts] == ["駅側"]
    with pytest.raises(ExchangeError) as caught:
        import_file("districts", path, replace(niiza, layer="comunity_welfare"))
    assert caught.value.code == "layer_misspelt"
    assert caught.value.params["hint"] == "「community_welfare」のことですか。"
    assert niiza.municipality.settings().districts == layers


def test_districts_replace_one_layer_and_leave_the_others(niiza: Target, tmp_path: Path) -> None:
    import_file("towns", written(tmp_path, "町名\n東一丁目\n東二丁目\n"), niiza)
    path = written(tmp_path, "圏域,町名\n駅側,東一丁目\n川側,東二丁目\n")
    at = replace(niiza, layer="community_welfare")
    before = niiza.municipality.settings()
    (report,) = import_file("districts", path, at)
    assert counts([report]) == [(2, 2, 2, 0, 0)]
    after = niiza.municipality.settings()
    assert [layer.key for layer in after.districts] == [layer.key for layer in before.districts]
    assert [d.name for d in after.districts[0].districts] == ["駅側", "川側"]
    assert after.districts[1:] == before.districts[1:]
    on_day = niiza.municipality.memberships(date(2026, 4, 1))
    assert sorted(on_day["community_welfare"].values()) == ["川側", "駅側"]
    (again,) = import_file("districts", path, at)
    assert counts([again]) == [(2, 2, 0, 0, 2)]


@pytest.mark.parametrize("kind", ["districts", "boundaries"])
def test_the_layer_has_to_be_said(niiza: Target, tmp_path: Path, kind: str) -> None:
    ring = [[139.5, 35.7], [139.6, 35.7], [139.6, 35.8], [139.5, 35.7]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    told = {"districts": "圏域,町名\n駅側,東一丁目\n", "boundaries": json.dumps(shape)}
    path = written(tmp_path, told[kind])
    with pytest.raises(ExchangeError) as caught:
        import_file(kind, path, niiza)
    assert caught.value.code == "layer_missing"
    assert "community_welfare" in str(caught.value.params["known"])


def test_population_goes_to_its_towns_and_brings_missing_ones(
    niiza: Target, tmp_path: Path
) -> None:
    import_file("towns", written(tmp_path, "町名\n東一丁目\n"), niiza)
    text = (
        "地域名,総人口,0-4歳の男性,0-4歳の女性,85歳以上の女性\n東1丁目,30,10,11,9\n新町,5,5,0,0\n"
    )
    path = written(tmp_path, text)
    (report,) = import_file("population", path, niiza)
    assert counts([report]) == [(2, 2, 2, 0, 0)]
    assert [each.value for each in report.unresolved] == ["新町"]
    people = {town.name: town.people for town in niiza.municipality.towns()}
    assert people == {"東一丁目": 30, "新町": 5}
    assert sum(band.people for band in niiza.municipality.population()) == 35
    (again,) = import_file("population", path, niiza)
    assert counts([again]) == [(2, 2, 0, 0, 2)]
    (less,) = import_file("population", written(tmp_path, text.replace(",9", ",8")), niiza)
    assert counts([less]) == [(2, 2, 0, 1, 1)]


# ------------------------------------------------------------------ the catalogue
PLACES = (
    "ID,名称,町名,団体名,所管課\n1,つばめの会,東一丁目,新座市社会福祉協議会,福祉課\n"
    "2,ひばり畑,東一丁目,,\n3,,東一丁目,,\n"
)
OFFERS = (
    "枠の名前,場所,定員,曜日,始まる時刻,終わる時刻,すること\n"
    "お茶の席,つばめの会,5,毎週水,10:00,12:00,お茶・おしゃべり\n"
    "畑の手伝い,ひばり畑,3,第1・3月,9:00,11:00,畑・庭の手入れ\n"
    "だめな枠,ひばり畑,0,,,,\n"
)


@pytest.fixture
def stocked(database_with: Callable[[Fill], Database]) -> Target:
    """Open 新座市 with a town, two places and two openings."""
    return target(database_with(with_places))


def with_places(database: Database) -> None:
    """Import a town, two places and two openings of 新座市."""
    initialised(database)
    with TemporaryDirectory() as name:
        folder, niiza = Path(name), target(database)
        import_file("towns", written(folder, "町名,緯度,経度\n東一丁目,35.81,139.57\n"), niiza)
        import_file("resources", written(folder, PLACES, "places.csv"), niiza)
        import_file("openings", written(folder, OFFERS, "offers.csv"), niiza)


def test_places_and_openings_go_in_once(stocked: Target, tmp_path: Path) -> None:
    store = SqlCatalogStore(stocked.database, NIIZA)
    assert {each.name for each in store.resources().values()} == {"つばめの会", "ひばり畑"}
    hosts = {each.name for each in store.organisations().values()}
    assert hosts == {"新座市社会福祉協議会", "ひばり畑"}
    before = {each.id: each for each in store.openings()}
    assert {each.name for each in before.values()} == {"お茶の席", "畑の手伝い"}
    (places,) = import_file("resources", written(tmp_path, PLACES, "places.csv"), stocked)
    (offers,) = import_file("openings", written(tmp_path, OFFERS, "offers.csv"), stocked)
    assert counts([places, offers]) == [(3, 2, 0, 0, 2), (3, 2, 0, 0, 2)]
    assert {each.id: each for each in store.openings()} == before
    assert len(store.organisations()) == 2


def test_an_import_leaves_alone_what_the_office_has_added(stocked: Target, tmp_path: Path) -> None:
    """A later list without these columns does not undo a note or a paused opening."""
    store = SqlCatalogStore(stocked.database, NIIZA)
    place = next(each for each in store.resources().values() if each.name == "つばめの会")
    event = stocked.event("resource_saved", "resource", place.id)
    store.save_resource(replace(place, note="靴を脱ぐ", phone="048-1"), event)
    opening = next(each for each in store.openings() if each.name == "お茶の席")
    paused = replace(opening, status=OpeningStatus.PAUSED, status_reason="改装", taken=2)
    for _ in range(2):
        store.take_place(opening.id, stocked.event("place_taken", "opening", opening.id))
    store.save_opening(paused, stocked.event("opening_paused", "opening", opening.id))
    changed = PLACES.replace("福祉課", "福祉政策課")
    (report,) = import_file("resources", written(tmp_path, changed, "places.csv"), stocked)
    assert counts([report]) == [(3, 2, 0, 1, 1)]
    after = store.resource(place.id)
    assert after is not None
    assert (after.note, after.phone, after.section) == ("靴を脱ぐ", "048-1", "福祉政策課")
    offers = OFFERS.replace("10:00,12:00", "13:00,15:00")
    (report,) = import_file("openings", written(tmp_path, offers, "offers.csv"), stocked)
    assert counts([report]) == [(3, 2, 0, 1, 1)]
    now = store.opening(opening.id)
    assert now is not None
    assert (now.status, now.status_reason, now.taken) == (OpeningStatus.PAUSED, "改装", 2)
    assert now.schedule is not None
    assert now.schedule.starts_at.hour == 13


def test_our_own_ids_are_found_again(stocked: Target, tmp_path: Path) -> None:
    store = SqlCatalogStore(stocked.database, NIIZA)
    opening = next(each for each in store.openings() if each.name == "お茶の席")
    text = f"枠の番号,枠の名前,場所,定員\n{opening.id},お茶とおしゃべり,つばめの会,6\n"
    (report,) = import_file("openings", written(tmp_path, text), stocked)
    assert counts([report]) == [(1, 1, 0, 1, 0)]
    now = store.opening(opening.id)
    assert now is not None
    assert (now.name, now.capacity, now.schedule) == ("お茶とおしゃべり", 6, opening.schedule)


def test_the_facilities_of_takamatsu_go_in_with_complete_reports(
    database: Database, shared: Path
) -> None:
    """In a database made from the least settings: 235 towns, 343 places, none lost."""
    initialise(database, Municipality("372013", "高松市", "たかまつし", 4))
    at = target(database, "372013")
    folder = shared / "data" / "takamatsu"
    (towns,) = import_file("population", folder / "population_0066_202602.xlsx", at)
    assert counts([towns]) == [(235, 235, 235, 0, 0)]
    files = [path for path in sorted(folder.glob("*.xlsx")) if "population" not in path.name]
    imported = import_files("resources", files, at)
    assert imported.refused == ()
    assert sum(report.rows for report in imported.reports) == 343
    assert sum(report.imported for report in imported.reports) == 343
    stored = SqlCatalogStore(database, "372013").resources()
    assert len(stored) == 343
    assert sum(each.town_id is not None for each in stored.values()) > 230
    again = import_files("resources", files, at)
    assert all(report.same == report.rows for report in again.reports)


# ------------------------------------------------------------------ people
PEOPLE = (
    "番号,氏名,世帯,町名,したいこと,来られる曜日と時間帯,同意,同意日,同意の相手\n"
    "T-1,月丘 花,月丘,東一丁目,畑・庭の手入れ,月の午前,文書,2026-03-01,受け入れ先\n"
    "T-2,月丘 実,月丘,東一丁目,,,,,\n"
    "T-2,別の 人,,東一丁目,,,,,\n"
)


def test_people_go_in_once_with_need_and_consent(stocked: Target, tmp_path: Path) -> None:
    path = written(tmp_path, PEOPLE, "people.csv")
    (report,) = import_file("participants", path, stocked)
    assert counts([report]) == [(3, 2, 2, 0, 0)]
    store = SqlCaseStore(stocked.database, NIIZA, KEYS)
    scope = scope_of_everyone(NIIZA)
    people = {each.case_no: each for each in store.participants(scope)}
    assert set(people) == {"T-1", "T-2"}
    assert people["T-1"].household_id == people["T-2"].household_id
    assert set(store.needs(scope)) == {people["T-1"].id}
    (consent,) = store.consents(scope)[people["T-1"].id]
    assert consent.recorded_at == AT
    (again,) = import_file("participants", path, stocked)
    assert counts([again]) == [(3, 2, 0, 0, 2)]
    assert len(store.households(scope)) == 1
    changed = PEOPLE.replace("月の午前", "月の午後").replace("2026-03-01", "2026-03-20")
    (third,) = import_file("participants", written(tmp_path, changed), stocked)
    assert counts([third]) == [(3, 2, 0, 1, 1)]
    assert len(store.consents(scope)[people["T-1"].id]) == 2


def test_who_avoids_somebody_unknown_rests_until_it_is_clear(
    stocked: Target, tmp_path: Path
) -> None:
    """Also where the name comes with a later list; words of the person's own stay."""
    store = SqlCaseStore(stocked.database, NIIZA, KEYS)

    def after(header: str, row: str) -> tuple[ParticipantStatus, str, int]:
        text = f"番号,氏名,町名,{header}\nT-1,月丘 花,東一丁目,{row}\n"
        import_file("participants", written(tmp_path, text), stocked)
        person = store.participant_by_case_no(scope_of_everyone(NIIZA), "T-1")
        assert person is not None
        need = store.needs(scope_of_everyone(NIIZA))[person.id]
        return person.status, need.avoid_text, len(need.avoid_host_ids)

    waiting, resting = ParticipantStatus.WAITING, ParticipantStatus.PAUSED
    assert after("避けたいこと(自由),したいこと", "犬,畑・庭の手入れ") == (waiting, "犬", 0)
    unknown = "犬\nまだ分からない名前: すずめの会"
    assert after("会いたくない受け入れ先", "すずめの会") == (resting, unknown, 0)
    assert after("したいこと", "料理・食堂") == (resting, unknown, 0)
    assert after("会いたくない受け入れ先", "ひばり畑") == (waiting, "犬", 1)
    assert after("状態,会いたくない受け入れ先", "休み,ひばり畑") == (resting, "犬", 1)
    assert after("会いたくない受け入れ先,したいこと", ",料理・食堂") == (resting, "犬", 0)


def test_the_report_that_is_kept_tells_nothing_of_a_person(stocked: Target, tmp_path: Path) -> None:
    text = "番号,氏名,町名,生年月日\nT-5,星野 光,秘密町,わからない\nT-6,星野 光,秘密町,R8.9.9\n"
    (report,) = import_file("participants", written(tmp_path, text), stocked)
    assert "秘密町" in json.dumps(report.as_json(), ensure_ascii=False)
    (run,) = [run for run in stocked.municipality.imports() if run.kind == "participants"]
    kept = json.dumps(list(run.report), ensure_ascii=False)
    assert "秘密町" not in kept
    assert "わからない" not in kept
    assert '"row": 2' in kept


def test_who_may_not_open_a_person_cannot_change_one(stocked: Target, tmp_path: Path) -> None:
    """A protected person is absent for other coordinators: the number is simply not usable."""
    import_file("participants", written(tmp_path, PEOPLE), stocked)
    store = SqlCaseStore(stocked.database, NIIZA, KEYS)
    person = store.participant_by_case_no(scope_of_everyone(NIIZA), "T-1")
    assert person is not None
    event = stocked.event("participant_changed", "participant", person.id)
    store.save_participant(replace(person, address_protected=True, coordinator_id="u9"), event)
    coordinator = target(stocked.database, role=Role.COORDINATOR)
    (report,) = import_file("participants", written(tmp_path, PEOPLE), coordinator)
    assert [(each.row, each.column) for each in report.rejected] == [(2, "番号"), (4, "番号")]
    assert "使えません" in report.rejected[0].why
    assert "月丘" not in report.rejected[0].why


def test_who_brings_a_person_in_looks_after_them(stocked: Target, tmp_path: Path) -> None:
    coordinator = target(stocked.database, role=Role.COORDINATOR)
    import_file("participants", written(tmp_path, PEOPLE), coordinator)
    store = SqlCaseStore(stocked.database, NIIZA, KEYS)
    people = store.participants(PeopleScope(coordinator.actor))
    assert {person.coordinator_id for person in people} == {"u1"}
    assert {person.status for person in people} == {ParticipantStatus.WAITING}


SUPPORT = (
    "番号,氏名,町名,支援している事業,プランに加わる機関\n"
    "T-1,月丘 花,東一丁目,参加支援事業,基幹相談支援センター\n"
    "T-2,月丘 実,東一丁目,参加支援事業,\n"
)


def test_who_meets_a_person_goes_in_with_them_and_is_on_record(
    stocked: Target, tmp_path: Path
) -> None:
    """事業 and members of the plan; a file without the columns leaves both as they are."""
    import_file("participants", written(tmp_path, SUPPORT), stocked)
    store, scope = SqlCaseStore(stocked.database, NIIZA, KEYS), scope_of_everyone(NIIZA)

    def kept(case_no: str = "T-1") -> Participant:
        found = store.participant_by_case_no(scope, case_no)
        assert found is not None
        return found

    assert kept().programmes == ("参加支援事業",)
    assert kept().member_office_ids == {"基幹相談支援センター"}
    member = Actor("u-m", "", Role.MEMBER_AGENCY, NIIZA, "基幹相談支援センター")
    assert [each.case_no for each in store.participants(PeopleScope(member))] == ["T-1"]
    (again,) = import_file("participants", written(tmp_path, PEOPLE), stocked)
    assert again.rejected[0].column == "番号"
    assert kept().programmes == ("参加支援事業",)
    assert kept().member_office_ids == {"基幹相談支援センター"}
    taken_away = SUPPORT.replace("基幹相談支援センター", "")
    import_file("participants", written(tmp_path, taken_away), stocked)
    assert kept().member_office_ids == frozenset()
    with stocked.database.reading() as connection:
        told = [
            (event.kind, event.detail.get("fields"))
            for event in audit.events(connection, NIIZA, subject_id=kept().id)
        ]
    assert told[-1] == ("participant_registered", "programmes,member_office_ids")
    assert told[0] == ("participant_changed", "member_office_ids")


def test_nobody_imports_a_person_out_of_their_own_sight(stocked: Target, tmp_path: Path) -> None:
    """Who works for one 事業 alone cannot take a colleague's case out of it: as in the form."""
    import_file("participants", written(tmp_path, SUPPORT), stocked)
    contractor = target(stocked.database, role=Role.COORDINATOR)
    limited = replace(contractor.actor, remits=(Remit(frozenset({"参加支援事業"})),))
    contractor = replace(contractor, actor=limited)
    moved = SUPPORT.replace("月丘 花,東一丁目,参加支援事業", "月丘 花,東一丁目,自立相談支援事業")
    (report,) = import_file("participants", written(tmp_path, moved), contractor)
    assert [(each.row, each.column, each.value) for each in report.rejected] == [(2, "番号", "")]
    assert "開けなくなります" in report.rejected[0].why
    assert counts([report]) == [(2, 1, 0, 0, 1)]
    store = SqlCaseStore(stocked.database, NIIZA, KEYS)
    assert {each.programmes for each in store.participants(scope_of_everyone(NIIZA))} == {
        ("参加支援事業",)
    }


# ------------------------------------------------------------------ all or nothing
@pytest.mark.parametrize(
    ("role", "kind", "allowed"),
    [
        (Role.PLANNER, "towns", False),
        (Role.ADMINISTRATOR, "towns", True),
        (Role.ADMINISTRATOR, "participants", False),
        (Role.HOST, "openings", False),
        (Role.COORDINATOR, "openings", True),
    ],
)
def test_who_may_import_what(
    stocked: Target, tmp_path: Path, role: Role, kind: str, allowed: bool
) -> None:
    files = {"towns": "町名\n東一丁目\n", "participants": PEOPLE, "openings": OFFERS}
    path = written(tmp_path, files[kind])
    at = target(stocked.database, role=role)
    if allowed:
        assert import_file(kind, path, at)
    else:
        with pytest.raises(NotPermitted):
            import_file(kind, path, at)


def test_strict_refuses_the_whole_file(stocked: Target, tmp_path: Path) -> None:
    before = events(stocked)
    text = OFFERS + "三つめ,ひばり畑,2,,,,\n"
    (report,) = import_file("openings", written(tmp_path, text), stocked, strict=True)
    assert counts([report]) == [(4, 0, 0, 0, 0)]
    assert {each.row for each in report.rejected} == {2, 3, 4, 5}
    assert len(stocked.catalog.openings()) == 2
    assert events(stocked) == before
    good = "枠の名前,場所,定員\n三つめ,ひばり畑,2\n"
    (report,) = import_file("openings", written(tmp_path, good), stocked, strict=True)
    assert counts([report]) == [(1, 1, 1, 0, 0)]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_trial_changes_nothing_and_tells_everything(
    stocked: Target, tmp_path: Path, kind: str
) -> None:
    texts = {
        "towns": "町名\n南\n",
        "districts": "圏域,町名\n新,東一丁目\n",
        "population": "地域名,総人口\n南,5\n",
        "resources": "名称,町名\n新しい場所,東一丁目\n",
        "openings": "枠の名前,場所,定員\n三つめ,ひばり畑,2\n",
        "participants": "番号,氏名,町名\nT-8,あ,東一丁目\n",
        "boundaries": json.dumps({
            "type": "Feature", "properties": {"名称": "新"},
            "geometry": json.loads(shapely.to_geojson(shapely.box(139.5, 35.7, 139.6, 35.8))),
        }),
    }  # fmt: skip
    before = events(stocked), stocked.municipality.settings(), stocked.municipality.towns()
    name = "file.geojson" if kind == "boundaries" else "file.csv"
    at = replace(stocked, layer="support_tier2")
    path = written(tmp_path, texts[kind], name)
    (trial,) = import_file(kind, path, at, dry_run=True)
    assert trial.new == 1
    after = events(stocked), stocked.municipality.settings(), stocked.municipality.towns()
    assert after == before
    assert stocked.municipality.imports()[0].kind != kind or len(stocked.catalog.openings()) == 2
    (real,) = import_file(kind, path, at)
    assert (real.rows, real.new) == (trial.rows, trial.new)
    assert events(stocked) > before[0]


def test_an_unreadable_file_does_not_stop_the_others(niiza: Target, tmp_path: Path) -> None:
    bad = written(tmp_path, "", "empty.csv")
    good = written(tmp_path, "町名\n東一丁目\n", "good.csv")
    wrong = written(tmp_path, "a,b\n1,2\n", "wrong.csv")
    imported = import_files("towns", [bad, good, wrong], niiza)
    assert counts(imported.reports) == [(1, 1, 1, 0, 0)]
    assert [(path.name, error.code) for path, error in imported.refused] == [
        ("empty.csv", "file_empty"), ("wrong.csv", "header_not_found"),
    ]  # fmt: skip
    with pytest.raises(ExchangeError) as caught:
        import_files("twons", [good], niiza)
    assert caught.value.params["hint"] == "「towns」のことですか。"


def test_every_write_has_its_event_and_the_report_is_kept(stocked: Target) -> None:
    assert [run.kind for run in stocked.municipality.imports()].count("openings") == 1
    (run,) = [run for run in stocked.municipality.imports() if run.kind == "openings"]
    (entry,) = run.report
    assert (entry["rows"], entry["imported"], entry["new"]) == (3, 2, 2)
    assert events(stocked) == 1 + 2 + 3 + 3  # settings; towns; places, bodies; openings, hosts
