"""A city that the product has never seen: settings, workbooks, openings, people, and the match."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cases.actions.matching import Stores, start_matching
from catalog.actor import Actor, Role
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.helping import SqlHelperStore
from db.municipality import SqlMunicipalityStore
from db.rules import SqlRuleStore
from db.runs import SqlRunStore
from db.secrets import Keyring
from db.session import Database
from exchange.frozen_runs import freeze
from exchange.importing import import_file, import_files
from exchange.municipality import load_municipality
from exchange.target import Target

CODE = "372013"
AT = datetime(2026, 11, 4, 0, 30, tzinfo=UTC)
KEYS = Keyring({"1": bytes(range(32))}, "1", bytes(range(32, 64)))
SETTINGS = f'code = "{CODE}"\nname = "高松市"\nkana = "たかまつし"\nplane_zone = 4\n'
DAYS = "月火水木金"
MENUS = ("お茶・おしゃべり", "体操・運動", "畑・庭の手入れ", "囲碁・将棋", "本・図書")
PLACES = 40
PEOPLE = 60


def test_takamatsu_from_its_workbooks_to_a_match(
    database: Database, shared: Path, tmp_path: Path
) -> None:
    """The real facility lists, made-up openings at them and made-up people: most find a place."""
    (tmp_path / "takamatsu.toml").write_text(SETTINGS, "utf-8")
    settings = load_municipality(str(tmp_path / "takamatsu.toml"))
    target = Target(database, Actor("system", "", Role.SYSTEM, CODE), AT, KEYS)
    ground = SqlMunicipalityStore(database, CODE)
    ground.save_settings(settings, target.event("municipality_saved", "municipality"))
    folder = shared / "data" / "takamatsu"
    import_file("population", folder / "population_0066_202602.xlsx", target)
    workbooks = [
        path for path in sorted(folder.glob("*.xlsx")) if not path.name.startswith("population")
    ]
    done = import_files("resources", workbooks, target)
    assert done.refused == ()
    assert all(each.rows == each.imported for each in done.reports)

    catalog = SqlCatalogStore(database, CODE)
    placed = sorted(
        (each for each in catalog.resources().values() if each.lat is not None),
        key=lambda each: (each.name, each.address),
    )[:PLACES]
    offers = ["枠の番号,枠の名前,場所,すること,定員,曜日,始まる時刻,終わる時刻"]
    people = [
        "番号,氏名,緯度,経度,したいこと,来られる曜日と時間帯,移動の手段,同意,同意日,同意の相手"
    ]
    for n, place in enumerate(placed):
        offers.append(
            f"W-{n},{MENUS[n % 5]},{place.id},{MENUS[n % 5]},2,毎週{DAYS[n % 5]},10:00,11:30"
        )
    for n in range(PEOPLE):
        near = placed[n % PLACES]
        assert near.lat is not None
        assert near.lon is not None
        people.append(
            f"T-{n},架空 {n}号,{near.lat + 0.002},{near.lon + 0.002},{MENUS[n % 5]}:5,"
            f"{DAYS[n % 5]}の午前,徒歩、自転車,文書,2026-10-01,受け入れ先"
        )
    for kind, lines in (("openings", offers), ("participants", people)):
        path = tmp_path / f"{kind}.csv"
        path.write_text("\n".join(lines) + "\n", "cp932")
        (report,) = import_file(kind, path, target)
        assert (report.encoding, report.rejected, report.unresolved) == ("cp932", (), ())
        assert report.new == len(lines) - 1

    cases = SqlCaseStore(database, CODE, KEYS)
    stores = Stores(
        cases,
        catalog,
        ground,
        SqlRunStore(database, CODE, KEYS),
        SqlRuleStore(database, CODE, KEYS),
        SqlHelperStore(database, CODE, KEYS),
    )
    matched = start_matching(target.actor, stores, lambda: AT, freeze, "test")
    assert matched.run.not_considered == ()
    assert matched.run.certified
    assert len(matched.run.unplaced) <= PEOPLE / 2
