"""打診 on the pages: what the host hears, the answers of both sides, and what follows."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.consent import Consent, ConsentState
from cases.participant import Participant, ParticipantStatus
from cases.permissions import scope_of_everyone
from cases.placing.enquiry import Enquiry, EnquiryState
from cases.proposal import Proposal, ProposalStatus
from catalog.audit import AuditEvent
from db.sample.accounts import CITY_OFFICE, COUNCIL
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import matched_office

EVENT = AuditEvent("set_up", "system", "participant", "p", Clock().now)


@dataclass(frozen=True, slots=True)
class Office:
    """The sample city after a run, with two coordinators signed in."""

    app: FastAPI
    clock: Clock
    mizuno: TestClient
    hara: TestClient

    @property
    def wiring(self) -> Wiring:
        """Return the wiring of the application."""
        wiring: Wiring = self.app.state.wiring
        return wiring

    def proposals(self, *, protected: bool = False) -> Iterator[tuple[Proposal, Participant]]:
        """Yield the proposals of the run that are undecided, each with its person."""
        everyone, stores = scope_of_everyone(self.wiring.city.code), self.wiring.stores
        run = stores.runs.latest_run(everyone)
        assert run is not None
        for each in stores.runs.proposals(everyone, run.id):
            person = stores.cases.participant(everyone, each.participant_id)
            assert person is not None
            is_open = each.status is ProposalStatus.PROPOSED
            if is_open and person.address_protected == protected and not self.asked(person.id):
                yield each, person

    def asked(self, participant_id: str) -> list[Enquiry]:
        """Return the enquiries about a person as they stand."""
        everyone = scope_of_everyone(self.wiring.city.code)
        return self.wiring.placing.enquiries_of(everyone, participant_id)

    def proposal(self, proposal_id: str) -> Proposal:
        """Return a proposal as it stands."""
        everyone = scope_of_everyone(self.wiring.city.code)
        found = self.wiring.stores.runs.proposal(everyone, proposal_id)
        assert found is not None
        return found

    def ask(self, proposal: Proposal, **more: str) -> str:
        """Ask the host of a proposal as 水野, in the words that are proposed."""
        address = f"/people/{proposal.participant_id}/openings/{proposal.opening_id}/enquiry"
        fields = {"text": proposed(self.mizuno.get(address).text), "how": "phone", **more}
        return goal(send(self.mizuno, address, **fields))


def proposed(page: str) -> str:
    """Return the words in the form of a page."""
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found is not None, page[:3000]
    return html.unescape(found[1])


def goal(answer: Response) -> str:
    """Return where an answer leads."""
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def send(browser: TestClient, address: str, **fields: str) -> Response:
    """Send a form."""
    token = browser.get("/api/v1/session").json()["form_token"]
    return browser.post(address, data={"form_token": token, **fields})


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Match everyone and sign both in."""
    clock = Clock()
    app = create_app(matched_office(tmp_path_factory.mktemp("enquiries")), clock)
    with (
        TestClient(app, follow_redirects=False) as mizuno,
        TestClient(app, follow_redirects=False) as hara,
    ):
        assert enter(mizuno) == 303
        assert enter(hara, "hara") == 303
        yield Office(app, clock, mizuno, hara)


def test_asking_goes_forward_and_tells_nobody_who_it_is(office: Office) -> None:
    """The proposal is advanced with it; the text kept is the text shown."""
    proposal, person = next(office.proposals())
    page = office.ask(proposal, person_answer="yes")
    (asked,) = office.asked(person.id)
    assert asked.state is EnquiryState.SENT
    assert asked.code in asked.text
    assert not {person.name, person.case_no, person.phone or "-"} & set(asked.text.split())
    assert office.proposal(proposal.id).status is ProposalStatus.ADVANCED
    shown = office.mizuno.get(page).text
    assert asked.code in shown
    assert "紙にする" in shown
    sheet = office.mizuno.get(f"{page}/sheet").text
    assert asked.code in sheet
    assert person.name not in sheet
    assert person.case_no not in sheet
    assert asked.code in office.mizuno.get(f"/people/{person.id}").text
    again = office.mizuno.get(f"/people/{person.id}/openings/{proposal.opening_id}/enquiry").text
    assert "もう たずねています" in again


def test_a_text_with_the_name_is_not_sent(office: Office) -> None:
    proposal, person = next(office.proposals())
    address = f"/people/{person.id}/openings/{proposal.opening_id}/enquiry"
    refused = send(office.mizuno, address, text=f"{person.name}さんです", how="phone")
    assert refused.status_code == 422
    assert "本人の名前が入っています" in refused.text
    assert not office.asked(person.id)
    assert office.proposal(proposal.id).status is ProposalStatus.PROPOSED


def test_a_no_of_the_host_sets_the_proposal_aside_and_parks_the_place(office: Office) -> None:
    """Nothing is asked again before the day; striking the answer brings everything back."""
    proposal, person = next(office.proposals())
    page = office.ask(proposal)
    refused = send(office.mizuno, f"{page}/host", step="decline", version="1")
    assert refused.status_code == 422
    assert "理由が要ります" in refused.text
    fields = {"step": "decline", "reason": "full", "words": "満員で", "version": "1"}
    assert goal(send(office.mizuno, f"{page}/host", **fields)) == page
    (declined,) = office.asked(person.id)
    assert declined.state is EnquiryState.DECLINED
    assert declined.ask_again_on == office.clock().date() + timedelta(30)
    assert office.proposal(proposal.id).set_aside_reason == "host_circumstances"
    address = f"/people/{person.id}/openings/{proposal.opening_id}/enquiry"
    assert "たずねない約束" in office.mizuno.get(address).text
    assert goal(send(office.mizuno, f"{page}/step", step="correct", version="2")) == page
    (struck,) = office.asked(person.id)
    assert (struck.state, struck.host_words) == (EnquiryState.SENT, "")
    assert office.proposal(proposal.id).status is ProposalStatus.ADVANCED


def test_the_second_of_two_writers_is_told_and_keeps_the_words(office: Office) -> None:
    proposal, _ = next(office.proposals())
    page = office.ask(proposal)
    first = {"step": "accept", "version": "1"}
    assert goal(send(office.mizuno, f"{page}/host", **first)) == page
    late = send(office.mizuno, f"{page}/person", answer="hesitates", person_words="桃の花の頃に",
                version="1")  # fmt: skip
    assert late.status_code == 409
    assert "先に ほかの職員が書きました" in late.text
    assert "桃の花の頃に" in late.text
    assert 'value="2"' in late.text


def test_a_no_of_the_person_takes_it_back_with_its_reason(office: Office) -> None:
    """今は体調: the person rests, as the reason says."""
    proposal, person = next(office.proposals())
    page = office.ask(proposal)
    without = send(office.mizuno, f"{page}/person", answer="no", version="1")
    assert without.status_code == 422
    assert "理由が要ります" in without.text
    fields = {"answer": "no", "person_reason": "not_now_health", "version": "1"}
    assert goal(send(office.mizuno, f"{page}/person", **fields)) == page
    (taken,) = office.asked(person.id)
    assert taken.state is EnquiryState.TAKEN_BACK
    kept = office.wiring.stores.cases.participant(
        scope_of_everyone(office.wiring.city.code), person.id
    )
    assert kept is not None
    assert kept.status is ParticipantStatus.PAUSED


def test_without_consent_the_page_says_the_rule_and_the_way_out(office: Office) -> None:
    proposal, person = list(office.proposals())[-1]
    gone = Consent(
        id="gone", participant_id=person.id, state=ConsentState.WITHDRAWN, given_by="",
        on=office.clock().date(), recorded_at=office.clock(),
    )  # fmt: skip
    office.wiring.stores.cases.add_consent(gone, EVENT)
    address = f"/people/{person.id}/openings/{proposal.opening_id}/enquiry"
    page = office.mizuno.get(address).text
    assert "たずねられません" in page
    assert "/consent" in page
    assert "<textarea" not in page
    assert send(office.mizuno, address, text="どなたか", how="phone").status_code == 422
    assert not office.asked(person.id)


def test_of_a_protected_person_only_the_coordinator_asks_in_words_that_tell_nothing(
    office: Office,
) -> None:
    proposal, person = next(office.proposals(protected=True))
    address = f"/people/{person.id}/openings/{proposal.opening_id}/enquiry"
    assert "<textarea" not in office.mizuno.get(address).text
    assert office.hara.get(address).status_code == 404
    named = replace(person, coordinator_id="someone", named_staff_ids=frozenset({"sample-mizuno"}))
    office.wiring.stores.cases.save_participant(named, EVENT)
    assert "担当の職員だけ" in office.mizuno.get(address).text
    office.wiring.stores.cases.save_participant(person, EVENT)
    page = goal(send(office.mizuno, address, text="70代の方です", how="visit"))
    (asked,) = office.asked(person.id)
    assert "代の方" not in asked.text
    assert asked.code not in office.hara.get("/enquiries").text
    assert office.hara.get(page).status_code == 404


def test_whoever_found_the_place_is_told_without_learning_of_whom(office: Office) -> None:
    openings = {each.id: each for each in office.wiring.catalog.openings()}
    proposal, person = next(
        (each, who)
        for each, who in office.proposals()
        if openings[each.opening_id].liaison == COUNCIL and who.office_id == CITY_OFFICE
    )
    office.ask(proposal)
    (asked,) = office.asked(person.id)
    page = office.hara.get("/enquiries").text
    assert asked.code in page
    assert person.id not in page
    assert person.case_no not in page
    assert asked.code in office.hara.get("/").text


def test_silence_is_told_and_moved_on_from(office: Office) -> None:
    """First a reminder, then another place; before the day nothing is given up."""
    openings = {each.id: each for each in office.wiring.catalog.openings()}
    proposal, person = next(
        (each, who)
        for each, who in office.proposals()
        if openings[each.opening_id].liaison != CITY_OFFICE
    )  # whoever found a place has to ask there at once
    page = office.ask(proposal)
    (asked,) = office.asked(person.id)
    early = send(office.mizuno, f"{page}/step", step="move_on", version="1")
    assert early.status_code == 422
    assert "返事を待つ約束" in early.text
    assert asked.code not in office.mizuno.get("/").text
    office.clock.forward(days=4)
    assert enter(office.mizuno) == 303
    assert asked.code in office.mizuno.get("/").text
    assert goal(send(office.mizuno, f"{page}/step", step="nudge", version="1")) == page
    office.clock.forward(days=5)
    assert enter(office.mizuno) == 303
    assert "待つのをやめて" in office.mizuno.get(page).text
    assert goal(send(office.mizuno, f"{page}/step", step="move_on", version="2")) == page
    (silent,) = office.asked(person.id)
    assert silent.state is EnquiryState.SILENT
    assert office.proposal(proposal.id).status is ProposalStatus.SET_ASIDE
    assert asked.id == silent.id
