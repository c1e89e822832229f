"""Every address × everybody × own and other records, against the table `rights.toml`.

What is not for the reader is answered byte for byte as what does not exist, after the same
statements to the database.
"""

from __future__ import annotations

import re
import sqlite3
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from httpx2 import Response
from sqlalchemy import event, true
from starlette.testclient import TestClient

import db.cases
import db.people_scope
from api.app import create_app
from cases.bond import Bond, BondKind
from cases.helper import Helper
from cases.helper_run import HelperRun
from cases.intake.reception import Reception
from cases.intake.referral import Referral
from cases.meetings.meeting import AgendaItem, Meeting
from cases.outreach import Visit
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from cases.placing.enquiry import Enquiry, EnquiryState
from cases.placing.placement import Placement
from cases.placing_rule import PlacingKind, PlacingRule
from cases.proposal import Proposal
from cases.remit import Holder, RemitSetting
from catalog.actor import Role
from catalog.audit import AuditEvent
from db.rights import SqlRightsStore
from tests.api.conftest import as_role
from tests.api.test_rights import ROUTES, addresses, token_of
from tests.figures import figure
from tests.office import Clock
from tests.sample_office import matched_office
from tests.talks import a_talk

TABLE: Final = tomllib.loads(Path(__file__).with_name("rights.toml").read_text("utf-8"))
HOME, AWAY, TRUSTED, PLAN = "うちの機関", "よその機関", "委託先の機関", "計画の機関"
PROGRAMME: Final = "参加支援事業"
LAYER: Final = "community_welfare"
WHO: Final[Mapping[str, tuple[Role, str]]] = {
    "coordinator": (Role.COORDINATOR, HOME),
    "of_district": (Role.COORDINATOR, AWAY),
    "entrusted": (Role.COORDINATOR, TRUSTED),
    "lead": (Role.LEAD_AGENCY, HOME),
    "member": (Role.MEMBER_AGENCY, PLAN),
    "host": (Role.HOST, HOME),
    "planner": (Role.PLANNER, HOME),
    "auditor": (Role.AUDITOR, HOME),
    "administrator": (Role.ADMINISTRATOR, HOME),
}
EVENT: Final = AuditEvent("set_up", "system", "city", "c", datetime(2026, 11, 12, tzinfo=UTC))
MADE: Final[dict[str, Any]] = {"reason": "ためし", "made_by": "u1", "made_at": EVENT.at}
OF_PEOPLE: Final = frozenset(
    [
        "participant_id",
        "person_id",
        "placement_id",
        "talk_id",
        "proposal_id",
        "rule_id",
        "bond_id",
        "enquiry_id",
        "reception_id",
        "referral_id",
        "visit_id",
        "helper_id",
        "helper_proposal_id",
    ]
)
OF_CATALOGUE: Final = frozenset({"place_id", "opening_id", "host_id"})
REASON: Final = {"reason": "ためし"}
NOWHERE: Final = "nowhere"
"""What stands for an id that is about nobody here (a session, a job): there is none."""
BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "PUT /api/v1/people/{person_id}/need": {"kind": "place_to_belong"},
    # As it is: who is asked next shall meet the same person.
    "PUT /api/v1/people/{person_id}/support": {
        "programmes": [PROGRAMME],
        "member_agencies": [PLAN],
    },
    "POST /api/v1/people/{person_id}/consents": {"state": "verbal"},
    "POST /api/v1/matching/{run_id}/proposals/{proposal_id}": {"decision": "undo"},
    "POST /api/v1/rules": REASON
    | {"kind": "exclusion", "person": "{person_id}", "opening": "{opening_id}"},
    "POST /api/v1/bonds": REASON | {"kind": "apart_host", "people": ["{person_id}", "{second_id}"]},
}
"""Whole documents, so that nothing but the right decides; ids in them count as in an address."""
Records = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and what the database was asked for it."""

    status: int
    goal: str
    content: bytes
    headers: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]

    @property
    def letter(self) -> str:
        """Say it in a letter of the table."""
        return {403: "n", 404: "0", 401: "s"}.get(
            self.status, "s" if self.goal.startswith("/sign-in") else "y"
        )


class Office:
    """The sample city with a run, records for the personas, and a browser for each of them."""

    def __init__(self, home: Path) -> None:
        self.app = create_app(matched_office(home, rate_factor=0), Clock())
        self.wiring = self.app.state.wiring
        self.everyone = scope_of_everyone(self.wiring.city.code)
        self.records = self._records()
        self.browsers = {name: self._enter(*who) for name, who in WHO.items()}
        self.tokens = {name: token_of(browser) for name, browser in self.browsers.items()}
        self.file = str(self.wiring.database.engine.url.database)
        self.first = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self.file)) as now:
            now.backup(self.first)

    def begin_anew(self) -> None:
        """Take back what was answered: who is asked next meets the same records."""
        with closing(sqlite3.connect(self.file)) as now:
            self.first.backup(now)

    def close(self) -> None:
        """Close browsers and database."""
        for browser in self.browsers.values():
            browser.close()
        self.first.close()
        self.wiring.close()

    def ask(self, persona: str, address: str, record: str) -> Answer:
        """Ask at an address for a record, sending next to nothing else."""
        known = self.records[record]
        method, pattern = address.split(" ")
        path = re.sub(r"{(\w+)}", lambda name: known.get(name[1], NOWHERE), pattern)
        if pattern == "/openings/new":
            path += f"?place={known['place_id']}"
        token = self.tokens.get(persona, "")
        browser = self.browsers[persona]
        with self._statements() as asked:
            if method == "GET":
                answer = browser.get(path)
            elif " /api/" in address:
                body = filled(BODIES.get(address, {}), known)
                answer = browser.request(method, path, json=body, headers={"X-Form-Token": token})
            else:
                fields = {"form_token": token, "decision": "undo", "words": "だれでもない"}
                answer = browser.request(method, path, data=fields)
        return self._as_answer(answer, known, asked)

    def _as_answer(self, answer: Response, known: Mapping[str, str], asked: list[str]) -> Answer:
        content = answer.content
        for id_ in known.values():
            content = content.replace(id_.encode(), b"*")
        headers = sorted((k, v) for k, v in answer.headers.items() if k.lower() != "date")
        goal = answer.headers.get("location", "")
        return Answer(answer.status_code, goal, content, tuple(headers), tuple(asked))

    @contextmanager
    def _statements(self) -> Iterator[list[str]]:
        asked: list[str] = []

        def note(*given: Any) -> None:
            asked.append(given[2])

        engine = self.wiring.database.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def _enter(self, role: Role, office: str) -> TestClient:
        browser = TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
        as_role(self.app, browser, role, office)
        return browser

    def _records(self) -> Records:
        stores, code = self.wiring.stores, self.wiring.city.code
        run = stores.runs.latest_run(self.everyone)
        proposals = stores.runs.proposals(self.everyone, run.id)
        people = [stores.cases.participant(self.everyone, p.participant_id) for p in proposals]
        towns = stores.municipality.memberships(date(2026, 11, 12))[LAYER]
        lives = {person.id: towns.get(person.town_id or "", "") for person in people}
        own = next(each for each in people if lives[each.id])
        others = [each for each in people if lives[each.id] not in ("", lives[own.id])]
        seconds = [each for each in people if lives[each.id] == lives[own.id] and each != own]
        changes: dict[str, dict[str, Any]] = {
            "own": {"office_id": HOME, "programmes": (PROGRAMME,), "member_office_ids": {PLAN}},
            "other": {"office_id": "x", "programmes": ("自立相談支援事業",)},
            "protected": {"office_id": HOME, "programmes": (PROGRAMME,)},
        }
        rights = SqlRightsStore(self.wiring.database, code)
        rights.save_remit(
            RemitSetting(
                holder=Holder.OFFICE, holder_id=TRUSTED, programmes=frozenset({PROGRAMME})
            ),
            EVENT,
        )
        district = frozenset({(LAYER, lives[own.id])})
        rights.save_remit(
            RemitSetting(holder=Holder.OFFICE, holder_id=AWAY, districts=district), EVENT
        )
        catalogue = self._catalogue(proposals)
        sitting = Meeting(
            id="meeting", kind="steering", name="包括的支援体制検討会議", starts_at=EVENT.at
        )
        item = AgendaItem(id="item", meeting_id=sitting.id, number=1, title="圏域の偏り")
        self.wiring.meetings.save_meeting(sitting, EVENT)
        self.wiring.meetings.save_agenda_item(item, EVENT)
        records: dict[str, dict[str, str]] = {}
        # Somebody else's is also whose case it was before they went to the office of a 圏域.
        has_left = f"sample-{Role.COORDINATOR}-{len(AWAY)}-{AWAY}"
        who = {"own": (own, seconds[0]), "other": others[:2], "protected": others[2:4]}
        for name, pair in who.items():
            for person in pair:
                kept = {
                    k: frozenset(v) if isinstance(v, set) else v for k, v in changes[name].items()
                }
                changed = replace(
                    person,
                    **kept,
                    coordinator_id="nobody-here" if name == "own" else has_left,
                    named_staff_ids=frozenset(),
                    address_protected=name == "protected",
                )
                stores.cases.save_participant(changed, EVENT)
            proposal = next(p for p in proposals if p.participant_id == pair[0].id)
            records[name] = {
                "run_id": run.id,
                "name": "result",
                "job_id": NOWHERE,
                "user_id": "sample-kansa",
                "meeting_id": sitting.id,
                "item_id": item.id,
                "session_id": "nowhere",
                "passkey_id": "nowhere",
                "participant_id": pair[0].id,
                "person_id": pair[0].id,
                "second_id": pair[1].id,
                "proposal_id": proposal.id,
                **catalogue["protected" if name == "protected" else "own"],
                **self._beside(name, pair[0], pair[1], catalogue["own"]["opening_id"]),
            }
        records["missing"] = records["own"] | {
            name: f"missing-{name}" for name in (*OF_PEOPLE, "second_id")
        }
        for name in ("own", "other", "missing"):
            records[f"{name} place"] = records["own"] | catalogue[name]
        return records

    def _catalogue(self, proposals: list[Proposal]) -> dict[str, dict[str, str]]:
        """Give one host an opening for all to see, another one for the office alone."""
        catalog = self.wiring.stores.catalog
        found: dict[str, dict[str, str]] = {}
        for name, host_id, visibility in (("own", HOME, "public"), ("other", "far", "office")):
            opening = next(
                each
                for each in catalog.openings()
                if each.id not in {o["opening_id"] for o in found.values()}
                and each.resource_id not in {o["place_id"] for o in found.values()}
                and (name == "other") == (each.id not in {p.opening_id for p in proposals})
            )
            host = replace(
                catalog.organisations()[opening.host_id], id=host_id, visibility=visibility
            )
            catalog.save_organisation(host, EVENT)
            catalog.save_opening(replace(opening, host_id=host_id, visibility=visibility), EVENT)
            place = catalog.resource(opening.resource_id)
            catalog.save_resource(replace(place, visibility=visibility), EVENT)
            found[name] = {"place_id": place.id, "opening_id": opening.id, "host_id": host_id}
        found["missing"] = {key: f"missing-{key}" for key in OF_CATALOGUE}
        return found | {"protected": found["own"]}

    def _beside(
        self, name: str, first: Participant, second: Participant, opening_id: str
    ) -> dict[str, str]:
        """Let a rule, a bond, an offer to help and its proposal hang on a person."""
        stores = self.wiring.stores
        stores.rules.add_placing_rule(
            PlacingRule(
                id=f"rule-{name}",
                kind=PlacingKind.LOCK,
                participant_id=first.id,
                opening_id=opening_id,
                **MADE,
            ),
            EVENT,
        )
        placed = Placement(
            id=f"placement-{name}",
            participant_id=first.id,
            opening_id=opening_id,
            host_id="host",
            begun_on=EVENT.at.date(),
        )
        self.wiring.placing.save_placement(placed, EVENT)
        self.wiring.following.save_follow_up(a_talk(placed, f"talk-{name}"), EVENT)
        people = tuple(sorted((first.id, second.id)))
        stores.rules.add_bond(
            Bond(id=f"bond-{name}", kind=BondKind.SAME_SLOT, participant_ids=people, **MADE), EVENT
        )
        heard = Reception(
            id=f"reception-{name}", received_on=EVENT.at.date(), office_id=HOME,
            participant_id=first.id,
        )  # fmt: skip
        self.wiring.intake.save_reception(heard, EVENT)
        went = Visit(id=f"visit-{name}", participant_id=first.id, planned_on=EVENT.at.date())
        self.wiring.visits.save_visit(went, EVENT)
        passed = Referral(
            id=f"referral-{name}", participant_id=first.id, from_office_id=HOME,
            to_office_id="elsewhere", asked_on=EVENT.at.date(),
        )  # fmt: skip
        self.wiring.referrals.save_referral(passed, EVENT)
        asked = Enquiry(
            id=f"enquiry-{name}", code="K7M2PX", participant_id=first.id, opening_id=opening_id,
            host_id="host", state=EnquiryState.SENT, how="phone", sent_on=EVENT.at.date(),
        )  # fmt: skip
        self.wiring.placing.save_enquiry(asked, EVENT)
        helper = Helper(id=f"helper-{name}", name="支え手", participant_id=first.id)
        stores.helping.save_helper(helper, EVENT)
        run = HelperRun(
            id=f"helper-run-{name}",
            on=EVENT.at.date(),
            started_by="u1",
            started_at=EVENT.at,
            finished_at=EVENT.at,
            policy_version="1",
            code_version="0",
            certified=True,
            rounds=(),
        )
        proposal = Proposal(
            id=f"helper-proposal-{name}",
            run_id=run.id,
            participant_id=helper.id,
            opening_id=opening_id,
            score=0.5,
            parts=(),
            word="fair",
        )
        stores.helping.add_helper_run(run, [proposal], EVENT)
        return {
            "placement_id": placed.id,
            "talk_id": f"talk-{name}",
            "rule_id": f"rule-{name}",
            "bond_id": f"bond-{name}",
            "enquiry_id": asked.id,
            "reception_id": heard.id,
            "referral_id": passed.id,
            "visit_id": went.id,
            "helper_id": helper.id,
            "helper_proposal_id": proposal.id,
        }


def filled(body: Any, known: Mapping[str, str]) -> Any:
    """Put ids into a document."""
    if isinstance(body, dict):
        return {key: filled(value, known) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(each, known) for each in body]
    return body.format_map(known) if isinstance(body, str) else body


def ids_of(address: str) -> frozenset[str]:
    """Return which ids a request takes, in its address or its document."""
    return frozenset(re.findall(r"{(\w+)}", f"{address} {BODIES.get(address, '')}"))


def records_of(address: str) -> tuple[str, ...]:
    """Return about which records an address can be asked, in the order of the table."""
    ids = ids_of(address)
    if ids & OF_PEOPLE:
        return ("own", "other", "protected")
    return ("own place", "other place") if ids & OF_CATALOGUE else ("own",)


def expected(address: str, persona: str) -> dict[str, str]:
    """Return what the table says, by record."""
    records = records_of(address)
    part = {3: "people", 2: "catalogue", 1: "all"}[len(records)]
    of_right: str = TABLE[part][str(ROUTES[address] or "signed_in")]
    row = TABLE["here"].get(address, of_right).split()
    return dict(zip(records, row[TABLE["personas"].index(persona)], strict=True))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open the office."""
    opened = Office(tmp_path_factory.mktemp("matrix"))
    yield opened
    opened.close()


def check(office: Office, *, thoroughly: bool) -> int:
    """Compare what the table says with what happens, and return how many cells were compared.

    Unless `thoroughly`, only what is refused, each address by every third persona in turn: about
    one record where the role is the reason, and about all of them where the record is.
    """
    cells = 0
    # What is answered may change things: it comes after what is refused, and is taken back.
    for letter in "n0-y" if thoroughly else "n0":
        for at, address in enumerate(ROUTES):
            for persona in list(WHO) if thoroughly else list(WHO)[at % 3 :: 3]:
                nowhere: Answer | None = None
                for record, told in expected(address, persona).items():
                    is_asked = thoroughly or letter == "0" or record == records_of(address)[0]
                    if told != letter or not is_asked:
                        continue
                    answer = office.ask(persona, address, record)
                    if letter == "y" and not address.startswith("GET "):
                        office.begin_anew()
                    cell = f"{persona}: {address}, {record}: {answer.status}"
                    assert answer.status < 500, cell
                    cells += 1
                    assert answer.letter == letter.replace("-", "0"), cell
                    if letter == "0":
                        missing = "missing place" if record.endswith("place") else "missing"
                        nowhere = nowhere or office.ask(persona, address, missing)
                        assert answer == nowhere, cell
    return cells


def test_what_is_not_for_somebody_is_to_them_as_what_does_not_exist(office: Office) -> None:
    """In words, headers and work; who is never allowed is told so, whatever they ask for."""
    cells = check(office, thoroughly=False)
    figure(f"{cells} refusals compared")
    assert cells > 400


@pytest.mark.full
def test_everybody_gets_where_the_table_says(tmp_path: Path) -> None:
    """Every address × every persona × every record."""
    office = Office(tmp_path)
    cells = check(office, thoroughly=True)
    office.close()
    every = sum(len(records_of(address)) for address in ROUTES) * len(WHO)
    figure(f"matrix: {cells} of {every} cells compared")
    assert cells == every


def test_the_table_has_a_word_for_every_address_and_right(office: Office) -> None:
    """Of a new address it must say what becomes of whom."""
    assert {each for each in addresses(office.app) if each in ROUTES} == set(ROUTES)
    assert set(TABLE["personas"]) == set(WHO)
    for address in ROUTES:
        for persona in WHO:
            assert set(expected(address, persona).values()) <= set("yn0-"), address


def test_without_the_scope_the_matrix_is_red(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With everybody let through by the database, somebody else's record is answered."""
    address = "GET /people/{participant_id}"
    assert office.ask("lead", address, "other").letter == "0"
    for module in (db.cases, db.people_scope):
        monkeypatch.setattr(module, "admitted", lambda *_: true())
    assert office.ask("lead", address, "other").letter == "y"
    with pytest.raises(AssertionError):
        check(office, thoroughly=False)
