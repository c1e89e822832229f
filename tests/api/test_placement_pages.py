"""参加 on the pages: begun once both said yes, step by step, with rests and without failure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from cases.participant import Participant, ParticipantStatus
from cases.permissions import scope_of_everyone
from cases.placing.enquiry import EnquiryState
from cases.placing.placement import Placement, PlacementState
from cases.proposal import Proposal, ProposalStatus
from catalog.audit import AuditEvent
from catalog.opening import Stage
from tests.api.conftest import enter
from tests.api.test_enquiry_pages import Office, goal, send
from tests.office import Clock
from tests.sample_office import matched_office

LADDER = ("ibasho", "volunteering", "social_experience")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Match everyone and sign both in."""
    clock = Clock()
    app = create_app(matched_office(tmp_path_factory.mktemp("placements")), clock)
    with (
        TestClient(app, follow_redirects=False) as mizuno,
        TestClient(app, follow_redirects=False) as hara,
    ):
        assert enter(mizuno) == 303
        assert enter(hara, "hara") == 303
        yield Office(app, clock, mizuno, hara)


def agreed(office: Office, *, form: tuple[str, ...] = LADDER) -> tuple[str, Proposal, Participant]:
    """Ask a host who says yes about somebody who says yes; return the page of the enquiry."""
    openings = {each.id: each for each in office.wiring.catalog.openings()}
    proposal, person = next(
        (each, who)
        for each, who in office.proposals()
        if openings[each.opening_id].form in form
        and openings[each.opening_id].last_stage >= Stage.PARTICIPATION
    )
    page = office.ask(proposal, person_answer="yes")
    assert goal(send(office.mizuno, f"{page}/host", step="accept", version="1")) == page
    return page, proposal, person


def placed(office: Office, person: Participant) -> Placement:
    """Return the last placement of a person as it stands."""
    everyone = scope_of_everyone(office.wiring.city.code)
    return office.wiring.placing.placements_of(everyone, person.id)[-1]


def taken(office: Office, opening_id: str) -> int:
    """Return how many places of an opening are taken."""
    opening = office.wiring.catalog.opening(opening_id)
    assert opening is not None
    return opening.taken


def standing(office: Office, person: Participant) -> Participant:
    """Return a person as they stand."""
    everyone = scope_of_everyone(office.wiring.city.code)
    found = office.wiring.stores.cases.participant(everyone, person.id)
    assert found is not None
    return found


def test_a_placement_is_begun_steps_up_rests_goes_back_and_ends(office: Office) -> None:
    """The place is taken once and given back; the person waits again at the end."""
    page, proposal, person = agreed(office)
    before = taken(office, proposal.opening_id)
    assert "参加を始める" in office.mizuno.get(page).text
    here = goal(
        send(office.mizuno, f"{page}/placement", begun_on="", visit_at="10:00", version="2")
    )
    assert taken(office, proposal.opening_id) == before + 1
    assert office.asked(person.id)[0].state is EnquiryState.PLACED
    assert standing(office, person).status is ParticipantStatus.PLACED
    first = placed(office, person).stage

    def step(name: str, **more: str) -> Placement:
        version = str(placed(office, person).version)
        assert goal(send(office.mizuno, f"{here}/step", step=name, version=version, **more)) == here
        return placed(office, person)

    up = step("step_up", insurance="volunteer")
    assert up.stage == first + 1
    assert standing(office, person).stage is up.stage
    resting = step("rest", reason="tired", until_on="2026-12-01", words="少し休みたい")
    assert resting.state is PlacementState.RESTING
    assert "休んでいます" in office.mizuno.get(here).text
    assert person.name in office.mizuno.get("/placements").text
    step("resume")
    assert step("step_back").stage is first
    assert goal(send(office.mizuno, f"{here}/undo", version=str(placed(office, person).version)))
    assert placed(office, person).stage == first + 1
    refused = send(office.mizuno, f"{here}/step", step="end",
                   version=str(placed(office, person).version))  # fmt: skip
    assert refused.status_code == 422
    assert "理由が要ります" in refused.text
    ended = step("end", end_reason="reached", next_place="花の会")
    assert (ended.state, ended.end_reason) == (PlacementState.ENDED, "reached")
    assert taken(office, proposal.opening_id) == before
    assert standing(office, person).status is ParticipantStatus.WAITING
    assert office.proposal(proposal.id).status is not ProposalStatus.ADVANCED
    assert "花の会" in office.mizuno.get(here).text
    everyone = scope_of_everyone(office.wiring.city.code)
    versions = office.wiring.placing.versions_of_placement(everyone, ended.id)
    assert [each.version for each in versions] == list(range(1, len(versions) + 1))
    assert goal(send(office.mizuno, f"{here}/undo", version=str(ended.version))) == here
    assert taken(office, proposal.opening_id) == before + 1
    assert standing(office, person).status is ParticipantStatus.PLACED


def test_the_name_is_told_only_within_the_consent_and_is_noted(office: Office) -> None:
    page, _, person = agreed(office)
    refused = send(office.mizuno, f"{page}/placement", told="属性", told_words="名前", version="2")
    assert refused.status_code == 422
    assert not office.wiring.placing.placements_of(
        scope_of_everyone(office.wiring.city.code), person.id
    )
    fields = {"told": "属性", "told_words": "名前", "approved_by": "水野", "version": "2"}
    assert goal(send(office.mizuno, f"{page}/placement", **fields))
    everyone = scope_of_everyone(office.wiring.city.code)
    (told,) = office.wiring.records.disclosures_of(everyone, person.id)
    assert told.categories == {"属性"}
    assert told.agency == "hosts"


def test_the_last_place_is_not_given_twice(office: Office) -> None:
    """Somebody took it meanwhile: the refusal says so, and nothing is kept."""
    page, proposal, person = agreed(office)
    store = office.wiring.catalog
    opening = store.opening(proposal.opening_id)
    assert opening is not None
    event = AuditEvent("place_taken", "u", "opening", opening.id, office.clock())
    for _ in range(opening.capacity - opening.taken):
        store.take_place(opening.id, event)
    refused = send(office.mizuno, f"{page}/placement", version="2")
    assert refused.status_code == 422
    assert "空きがありません" in refused.text
    assert office.asked(person.id)[0].state is EnquiryState.ACCEPTED
    assert standing(office, person).status is ParticipantStatus.WAITING


def test_before_both_agree_nothing_begins(office: Office) -> None:
    proposal, person = next(office.proposals())
    page = office.ask(proposal)
    refused = send(office.mizuno, f"{page}/placement", version="1")
    assert refused.status_code == 422
    assert "そろっていません" in refused.text
    assert standing(office, person).status is ParticipantStatus.WAITING
