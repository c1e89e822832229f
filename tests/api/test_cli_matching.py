"""`match` and `rank` on the sample city: for people at a terminal and for programs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from api.cli import run
from cases.participant import Participant, ParticipantStatus
from cases.permissions import scope_of_everyone
from cases.placing_rule import PlacingKind, PlacingRule
from catalog.audit import AuditEvent
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.municipality import SqlMunicipalityStore
from db.rules import SqlRuleStore
from db.runs import SqlRunStore
from db.secrets import Keyring
from db.session import Database
from tests.api.homes import Homes, living_in

jsonschema: Any = import_module("jsonschema")  # it comes without types
ROOT = Path(__file__).parents[2]
CODE = "999997"
EVERYONE = scope_of_everyone(CODE)
EVENT = AuditEvent("lock_undone", "u1", "p", "p", datetime(2026, 11, 12, tzinfo=UTC))
SAMPLE = ("init --municipality sample", "sample load")


class Stored:
    """What is in the database of a home folder, read past the commands."""

    def __init__(self, home: Path) -> None:
        self.database = Database(f"sqlite:///{home / 'cases.sqlite3'}")
        keyring = Keyring.load(home / "keys.json")
        self.cases = SqlCaseStore(self.database, CODE, keyring)
        self.catalog = SqlCatalogStore(self.database, CODE)
        self.ground = SqlMunicipalityStore(self.database, CODE)
        self.runs = SqlRunStore(self.database, CODE, keyring)

    @property
    def people(self) -> dict[str, Participant]:
        """Return by case number everyone who exists at a terminal: nobody protected."""
        everyone = self.cases.participants(EVERYONE)
        return {person.case_no: person for person in everyone if not person.address_protected}

    @property
    def waiting(self) -> dict[str, Participant]:
        """Return by case number who of them waits for a place: nobody whose support has ended."""
        found = self.people.items()
        return {number: p for number, p in found if p.status is ParticipantStatus.WAITING}

    @property
    def protected(self) -> Participant:
        """Return the one person of the sample whose address is protected."""
        (person,) = (p for p in self.cases.participants(EVERYONE) if p.address_protected)
        return person


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("homes"))


@pytest.fixture(scope="module")
def sample(homes: Homes) -> Path:
    """Return the home of the sample city; tests that share it only read or add runs."""
    return homes.make(*SAMPLE)


@pytest.fixture
def stored(sample: Path) -> Iterator[Stored]:
    """Work in the sample city."""
    found = Stored(sample)
    with living_in(sample):
        yield found
    found.database.close()


def checked(document: dict[str, Any], schema: str) -> dict[str, Any]:
    """Return a document that its schema accepts."""
    path = ROOT / "docs" / "schemas" / f"{schema}.json"
    jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8"))).validate(document)
    return document


def answer(capsys: pytest.CaptureFixture[str], schema: str, *arguments: str) -> dict[str, Any]:
    """Return what a command says to a program; it says nothing else."""
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    document: dict[str, Any] = json.loads(printed.out)
    return checked(document, schema)


def case_numbers(document: dict[str, Any]) -> list[str]:
    lists = (document[name] for name in ("proposals", "unplaced", "not_considered"))
    return [entry["case_no"] for entries in lists for entry in entries]


def test_everyone_who_waits_is_in_the_answer_once(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proposals, unplaced and not considered are all people; what is said is what is stored."""
    document = answer(capsys, "match-1", "match")
    assert sorted(case_numbers(document)) == sorted(stored.waiting)
    assert len(stored.waiting) == len(stored.people) - 1, "the support of one has ended"
    kept = stored.runs.run(EVERYONE, document["run"])
    assert kept is not None
    assert kept.certified
    assert document["status"] == "optimal"
    proposals = {each.participant_id: each for each in stored.runs.proposals(EVERYONE, kept.id)}
    proposals.pop(stored.protected.id, None)
    assert len(proposals) == len(document["proposals"]) > 40
    for entry in document["proposals"]:
        proposal = proposals[stored.people[entry["case_no"]].id]
        assert (entry["opening"], entry["score"]) == (proposal.opening_id, proposal.score)
        assert (entry["parts"], entry["reason"]) == (dict(proposal.parts), proposal.reason)
    scores = [entry["score"] for entry in document["proposals"]]
    assert scores == sorted(scores, reverse=True)
    assert {entry["why"] for entry in document["not_considered"]} >= {"consent_none_yet"}


def test_what_contradicts_is_named_and_nothing_is_kept(
    homes: Homes, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two people are locked to one place: exit code 3, the two locks in words, no run."""
    home = homes.copy(*SAMPLE)
    stored = Stored(home)
    with living_in(home):
        first = answer(capsys, "match-1", "match")
        single = next(
            each
            for each in first["proposals"]
            if (opening := stored.catalog.opening(each["opening"])) and opening.capacity == 1
        )
        rules = SqlRuleStore(stored.database, CODE, Keyring.load(home / "keys.json"))
        other = next(
            number
            for number in sorted(stored.people)
            if number != single["case_no"] and single["opening"] in fitting(capsys, number)
        )
        for number in (single["case_no"], other):
            lock = PlacingRule(
                id=number,
                kind=PlacingKind.LOCK,
                participant_id=stored.people[number].id,
                opening_id=single["opening"],
                reason="本人の希望",
                made_by="u1",
                made_at=datetime(2026, 11, 12, tzinfo=UTC),
            )
            rules.add_placing_rule(lock, AuditEvent("lock_settled", "u1", "p", "p", lock.made_at))
        runs = len(stored.runs.runs(EVERYONE))
        capsys.readouterr()
        assert run(["match", "--json"]) == 3
        printed = capsys.readouterr()
        document = checked(json.loads(printed.out), "match-1")
        assert document["status"] == "infeasible"
        assert {each["case_nos"][0] for each in document["conflict"]} == {single["case_no"], other}
        assert "決めておいたことが、たがいに合いません。" in printed.err
        assert run(["match"]) == 3
        told = capsys.readouterr()
        assert told.out == ""
        assert f"{other}の方は、「" in told.err
        assert len(stored.runs.runs(EVERYONE)) == runs
        rules.undo_placing_rule(replace(lock, undone_by="u1", undone_at=lock.made_at), EVENT)
        assert run(["match", "--stay"]) == 0
    stored.database.close()


def fitting(capsys: pytest.CaptureFixture[str], case_no: str) -> set[str]:
    """Return the openings that fit somebody; nothing for who may not be matched."""
    capsys.readouterr()
    if run(["rank", "--participant", case_no, "--json"]):
        return set()
    return {each["opening"] for each in json.loads(capsys.readouterr().out)["ranked"]}


def test_a_terminal_shows_who_goes_where_why_and_the_proof(
    homes: Homes, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names because the city is fictional, words and bars, the sentence, the line with the sum."""
    home = homes.copy(*SAMPLE)
    stored = Stored(home)
    with living_in(home):
        assert run(["match"]) == 0
    told = capsys.readouterr().out
    last = stored.runs.latest_run(EVERYONE)
    assert last is not None
    ids = {person.id for person in stored.people.values()}
    placed = [e for e in stored.runs.proposals(EVERYONE, last.id) if e.participant_id in ids]
    assert f"79人のうち {len(placed)}人に、つなぎ先の案があります。" in told
    assert "検算ずみ" in told
    assert last.id in told
    assert "■■■■" in told
    flat = "".join(told.split())
    for person in stored.waiting.values():
        assert told.count(person.case_no) == 1
        assert "".join(person.name.split()) in flat
    assert not [number for number in set(stored.people) - set(stored.waiting) if number in told]
    for each in last.unplaced:
        assert "".join(each.words.split())[:12] in flat
    stored.database.close()


def test_a_protected_person_does_not_exist_at_a_terminal(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    """They have a proposal of the run, and stand in no table, no count and no JSON."""
    hidden = stored.protected
    kept = answer(capsys, "match-1", "match")["run"]
    (proposal,) = stored.runs.proposals_for(EVERYONE, hidden.id)[:1]
    assert proposal.run_id == kept
    answers = (
        ["match", "--reuse"],
        ["match", "--reuse", "--json"],
        ["rank", "--opening", proposal.opening_id, "--top", "100"],
        ["rank", "--opening", proposal.opening_id, "--json"],
    )
    for command in answers:
        assert run(command) == 0
        told = "".join(capsys.readouterr().out.split())
        for word in (hidden.case_no, hidden.id, hidden.name, hidden.name_kana):
            assert "".join(word.split()) not in told


def test_a_protected_number_is_answered_as_one_that_was_never_given(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {}
    for case_no in (stored.protected.case_no, "T-9999"):
        assert run(["rank", "--participant", case_no]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        told[case_no] = printed.err.replace(case_no, "")
    assert len(set(told.values())) == 1


def test_real_people_have_no_name_on_a_terminal(
    homes: Homes, capsys: pytest.CaptureFixture[str]
) -> None:
    home = homes.copy(*SAMPLE)
    stored = Stored(home)
    with stored.database.writing() as connection:
        connection.exec_driver_sql("UPDATE municipalities SET is_sample = 0")
    with living_in(home):
        assert run(["match"]) == 0
        assert run(["rank", "--participant", "T-0340"]) == 0
    flat = "".join(capsys.readouterr().out.split())
    assert "T-0340の方に合う枠" in flat
    assert not [p.name for p in stored.people.values() if "".join(p.name.split()) in flat]
    stored.database.close()


@pytest.mark.parametrize("columns", [80, 100])
def test_no_line_is_wider_than_the_terminal(
    stored: Stored,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
) -> None:
    """But for the closing sentences, which a terminal wraps by itself."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert run(["match", "--reuse"]) == 0
    table = capsys.readouterr().out.split("79人のうち")[0]
    assert max(cell_len(line) for line in table.splitlines()) == columns


def test_reuse_shows_the_last_run_and_otherwise_a_new_one_is_kept(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    first = answer(capsys, "match-1", "match")
    assert answer(capsys, "match-1", "match", "--reuse") == first
    assert run(["match", "--reuse"]) == 0
    assert "何も変わっていません" in capsys.readouterr().out
    second = answer(capsys, "match-1", "match")
    assert second["run"] != first["run"]
    assert {**second, "run": ""} == {**first, "run": ""}


def test_a_district_has_its_own_people_only(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    document = answer(capsys, "match-1", "match", "--district", "川岸")
    kept = stored.runs.run(EVERYONE, document["run"])
    assert kept is not None
    towns = stored.ground.memberships(kept.on)["community_welfare"]
    living = [case for case, p in stored.people.items() if towns[p.town_id or ""] == "川岸"]
    assert sorted(case_numbers(document)) == sorted(living)
    assert 0 < len(living) < 80


def test_an_unknown_district_is_refused_with_the_nearest(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(stored.runs.runs(EVERYONE, limit=100))
    assert run(["match", "--district", "川岸部"]) == 1
    printed = capsys.readouterr()
    assert "川岸" in printed.err.replace("川岸部", "")
    assert printed.out == ""
    assert len(stored.runs.runs(EVERYONE, limit=100)) == before


def test_a_run_can_look_at_another_day(stored: Stored, capsys: pytest.CaptureFixture[str]) -> None:
    """Years later every consent has run out."""
    document = answer(capsys, "match-1", "match", "--as-of", "2031-05-01")
    assert document["proposals"] == []
    whys = {entry["why"] for entry in document["not_considered"]}
    assert "consent_expired" in whys
    kept = stored.runs.run(EVERYONE, document["run"])
    assert kept is not None
    assert kept.on.isoformat() == "2031-05-01"


@pytest.mark.parametrize("written", ["2026-02-30", "tomorrow", "2026/04/01", ""])
def test_a_day_that_is_none_is_a_wrong_argument(
    stored: Stored, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    assert run(["match", "--as-of", written]) == 2
    told = capsys.readouterr().err
    assert "--as-of" in told
    assert "2026-04-01" in told


def test_a_city_without_people_has_nobody_to_match(
    homes: Homes, capsys: pytest.CaptureFixture[str]
) -> None:
    with living_in(homes.copy(SAMPLE[0])):
        assert run(["match"]) == 0
        assert "つなぎ先を探せる方が、今はいません。" in capsys.readouterr().out
        assert case_numbers(answer(capsys, "match-1", "match")) == []


def test_a_program_reads_utf_8_whatever_the_terminal_speaks(sample: Path) -> None:
    """A real process whose output goes to a Windows pipe."""
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "match", "--reuse", "--json"],
        cwd=ROOT,
        env=os.environ | {"TSUNAGITE_HOME": str(sample), "PYTHONIOENCODING": "cp932"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    checked(json.loads(done.stdout.decode("utf-8")), "match-1")


def test_one_person_s_openings_are_ranked_or_refused(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    """Together they are all openings; the best comes first; each refusal has its sentence."""
    document = answer(capsys, "rank-1", "rank", "--participant", "T-0340")
    assert document["for"] == "T-0340"
    named = [each["opening"] for name in ("ranked", "refused") for each in document[name]]
    assert sorted(named) == sorted(each.id for each in stored.catalog.openings())
    scores = [each["score"] for each in document["ranked"]]
    assert scores == sorted(scores, reverse=True)
    assert document["ranked"]
    one = answer(capsys, "rank-1", "rank", "--participant", "T-0340", "--top", "1")
    assert one["ranked"] == document["ranked"][:1]


def test_a_terminal_counts_what_does_not_fit(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    document = answer(capsys, "rank-1", "rank", "--participant", "T-0340")
    assert run(["rank", "--participant", "T-0340", "--top", "1"]) == 0
    told = capsys.readouterr().out
    assert f"{stored.people['T-0340'].name}さんに合う枠" in told
    assert f"合う {len(document['ranked'])}枠" in told
    refused = re.search(r"今は合わない (\d+)枠：(.*)", told)
    assert refused is not None
    assert int(refused[1]) == len(document["refused"])
    assert sum(map(int, re.findall(r" (\d+)", refused[2]))) == len(document["refused"])
    best = stored.catalog.opening(document["ranked"][0]["opening"])
    assert best is not None
    assert best.name[:6] in told


def test_one_opening_s_people_are_ranked_or_refused(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its id or its name; nobody without consent is named."""
    matched = answer(capsys, "match-1", "match", "--reuse")
    opening = stored.catalog.opening(matched["proposals"][0]["opening"])
    assert opening is not None
    document = answer(capsys, "rank-1", "rank", "--opening", opening.id)
    assert document["for"] == opening.id
    named = [each["case_no"] for name in ("ranked", "refused") for each in document[name]]
    not_considered = {each["case_no"] for each in matched["not_considered"]}
    assert sorted(named) == sorted(set(stored.waiting) - not_considered)
    assert matched["proposals"][0]["case_no"] in {e["case_no"] for e in document["ranked"]}
    assert run(["rank", "--opening", opening.id]) == 0
    told = capsys.readouterr().out
    assert f"「{opening.name}」に合う方" in told
    assert f"合う {len(document['ranked'])}人" in told


def test_an_opening_may_be_called_by_a_name_that_only_it_has(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [each.name for each in stored.catalog.openings()]
    unique = next(name for name in names if names.count(name) == 1)
    shared = next(name for name in names if names.count(name) > 1)
    answer(capsys, "rank-1", "rank", "--opening", unique)
    assert run(["rank", "--opening", shared]) == 1
    told = capsys.readouterr().err
    ids = [each.id for each in stored.catalog.openings() if each.name == shared]
    assert all(id_ in told for id_ in ids)
    assert run(["rank", "--opening", unique + "屋"]) == 1
    assert f"「{unique}」のことですか" in capsys.readouterr().err


def test_an_opening_may_be_called_by_the_number_of_the_office_s_own_list(
    homes: Homes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such a list says 枠の番号; another one of the name is not meant by it."""
    home = homes.copy(*SAMPLE)
    stored = Stored(home)
    place = stored.catalog.openings()[0].resource_id
    written = tmp_path / "openings.csv"
    written.write_text(f"枠の番号,枠の名前,場所,定員\nW-001,囲碁,{place},2\n", encoding="utf-8")
    with living_in(home):
        assert run(["import", "openings", str(written)]) == 0
        assert run(["rank", "--opening", "W-001"]) == 0
    assert "「囲碁」に合う方" in capsys.readouterr().out
    stored.database.close()


def test_an_unknown_case_number_leads_to_nobody_else(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rank", "--participant", "T-0340X"]) == 1
    printed = capsys.readouterr()
    assert "「T-0340X」の方は見つかりません。" in printed.err
    assert not [case_no for case_no in stored.people if case_no in printed.err[10:]]
    assert printed.out == ""


@pytest.mark.parametrize("typed", ["Ｔ－０３４０", "Ｔー０３４０", "t−0340", " T-0340 "])
def test_a_case_number_may_be_typed_in_any_width(
    stored: Stored, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    assert answer(capsys, "rank-1", "rank", "--participant", typed)["for"] == "T-0340"


def test_nobody_without_consent_is_ranked(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    matched = answer(capsys, "match-1", "match", "--reuse")
    without = next(e for e in matched["not_considered"] if e["why"] == "consent_none_yet")
    assert run(["rank", "--participant", without["case_no"], "--json"]) == 1
    printed = capsys.readouterr()
    assert "同意" in printed.err
    assert printed.out == ""


@pytest.mark.parametrize("arguments", [[], ["--participant", "T-0340", "--opening", "x"]])
def test_rank_wants_a_person_or_an_opening(
    stored: Stored, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run(["rank", *arguments]) == 2
    assert "どちらか一つ" in capsys.readouterr().err
