"""What is settled before a search, from the pages of a person to the list, a run and a conflict."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from cases.proposal import Proposal
from catalog.actor import Role
from tests.api.conftest import as_role, enter, form_token
from tests.office import Clock
from tests.sample_office import matched_office

RULES = "/matching/rules"


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city, which has been matched once."""
    return create_app(matched_office(tmp_path / "office"), clock)


@pytest.fixture
def mizuno(client: TestClient) -> TestClient:
    """Sign in as the coordinator of the sample who may open everybody."""
    assert enter(client) == 303
    return client


class Found:
    """The people of the sample and what the first run proposed."""

    def __init__(self, app: FastAPI) -> None:
        wiring: Wiring = app.state.wiring
        everyone = scope_of_everyone(wiring.city.code)
        run = wiring.stores.runs.latest_run(everyone)
        assert run is not None
        people = wiring.stores.cases.participants(everyone)
        self.people = {each.id: each for each in people}
        self.openings = {each.id: each for each in wiring.stores.catalog.openings()}
        self.proposals = wiring.stores.runs.proposals(everyone, run.id)
        self.unplaced = [each.participant_id for each in run.unplaced]

    def pair(self, capacity: int = 1) -> tuple[Proposal, Participant]:
        """Return a proposal for an opening with so few places, and somebody else in the run."""
        first = next(p for p in self.proposals if self.openings[p.opening_id].capacity == capacity)
        other = next(p for p in self.proposals if p.participant_id != first.participant_id)
        return first, self.people[other.participant_id]


def text_of(answer: Any) -> str:
    """Return what stands on a page, without its marks."""
    return html.unescape(re.sub(r"<[^>]+>", "", answer.text))


def send(client: TestClient, path: str, **fields: str | list[str]) -> Any:
    """Send a form of a page."""
    token = form_token(client, RULES)
    return client.post(path, data={"form_token": token, **fields})


def start(client: TestClient, **fields: str) -> Any:
    """Start a run and return the page that it leads to."""
    address: str = send(client, "/matching", **fields).headers["location"]
    answer = client.get(address)
    while answer.status_code == 303 or ("/progress/" in address and "探しています" in answer.text):
        address = answer.headers.get("location", address)
        answer = client.get(address)
    return answer


def test_a_lock_goes_from_a_card_into_the_next_run(app: FastAPI, mizuno: TestClient) -> None:
    """The card leads to the form, the form to the list, the run keeps it and says so."""
    found = Found(app)
    proposal = found.proposals[0]
    base = f"/people/{proposal.participant_id}/openings/{proposal.opening_id}"
    assert f"{base}/settle" in mizuno.get(f"/people/{proposal.participant_id}/openings").text
    page = mizuno.get(f"{base}/settle?kind=lock")
    assert re.search(r'value="lock" checked', page.text)
    empty = send(mizuno, f"{base}/settle", kind="lock")
    assert empty.status_code == 422
    assert "理由を書いてください" in empty.text
    answer = send(mizuno, f"{base}/settle", kind="lock", reason="本人の希望", until_on="R9.3.31")
    assert answer.headers["location"].startswith(f"{RULES}?saved=settled#rule-")
    listed = text_of(mizuno.get(RULES))
    assert "探す前に決めておいたことが 2件あります" in listed  # with the household of the sample
    assert "に決めてから ほかの方を探します。" in listed
    assert "令和9年3月31日まで。" in listed
    assert "本人の希望" in listed
    run = start(mizuno)
    assert "決めておいたこと 2件を守って探しました。" in run.text
    assert "決めた枠" in mizuno.get(base).text
    again = send(mizuno, f"{base}/settle", kind="lock", reason="もう一度")
    assert again.status_code == 409
    assert "もう決めてある枠があります" in again.text
    undo = re.findall(rf'action="({RULES}/(?:bonds/)?[\w-]+/undo)"', mizuno.get(RULES).text)
    assert len(undo) == 2
    for each in undo:
        assert send(mizuno, each).headers["location"] == f"{RULES}?saved=undone"
    assert "今はありません" in mizuno.get(RULES).text


def test_a_whole_host_can_be_kept_away(app: FastAPI, mizuno: TestClient) -> None:
    """The form offers the opening, and all openings of its host."""
    found = Found(app)
    proposal = found.proposals[0]
    path = f"/people/{proposal.participant_id}/openings/{proposal.opening_id}/settle"
    assert send(mizuno, path, kind="exclusion_host", reason="家族が働く").status_code == 303
    start(mizuno)
    now = Found(app).proposals
    host = found.openings[proposal.opening_id].host_id
    own = [each for each in now if each.participant_id == proposal.participant_id]
    assert all(found.openings[each.opening_id].host_id != host for each in own)


def test_a_refusal_that_may_be_overridden_offers_it(app: FastAPI, mizuno: TestClient) -> None:
    """With the reason, the refused opening becomes a fitting one, told as the office's decision."""
    who = Found(app).proposals[0].participant_id
    refused = mizuno.get(f"/people/{who}/openings/refused?reason=time").text
    opening = re.findall(rf"/people/{who}/openings/([\w-]+)\" data-open", refused)
    offered = [
        path
        for path in (f"/people/{who}/openings/{id_}" for id_ in opening)
        if "相談室の判断で合うことにする" in mizuno.get(path).text
    ]
    assert offered
    page = mizuno.get(f"{offered[0]}/settle?kind=override")
    assert "今は合っていません" in page.text
    answer = send(mizuno, f"{offered[0]}/settle", kind="override", reason="本人と相談した")
    assert answer.status_code == 303
    why = text_of(mizuno.get(offered[0]))
    assert "相談室の判断で合うことにしている条件：「" in why
    assert "は合うことにしています。" in why
    listed = text_of(mizuno.get(RULES))
    assert "相談室の判断で合うことにした枠" in listed


def test_a_full_opening_offers_no_override(app: FastAPI, mizuno: TestClient) -> None:
    """A place is asked of the host."""
    who = Found(app).proposals[0].participant_id
    refused = mizuno.get(f"/people/{who}/openings/refused?reason=full").text
    opening = re.findall(rf"/people/{who}/openings/([\w-]+)\" data-open", refused)[0]
    path = f"/people/{who}/openings/{opening}"
    assert "相談室の判断で合うことにする" not in mizuno.get(path).text
    answer = send(mizuno, f"{path}/settle", kind="override", reason="どうしても")
    assert answer.status_code == 409
    assert "「空き」は、相談室の判断で変えられない条件です。" in answer.text


def test_a_household_is_bound_from_its_page(app: FastAPI, mizuno: TestClient) -> None:
    """The members are ticked already; what is missing is asked at its field."""
    who = next(each for each in Found(app).people.values() if each.household_id)
    assert f"/people/{who.id}/together" in mizuno.get(f"/people/{who.id}").text
    form = mizuno.get(f"/people/{who.id}/together").text
    (member,) = re.findall(r'name="with" value="([\w-]+)" checked', form)
    missing = send(mizuno, f"/people/{who.id}/together")
    assert missing.status_code == 422
    for words in ("どう決めるか", "だれと", "理由"):
        assert f"{words}を" in missing.text or words in missing.text
    unknown = send(
        mizuno, f"/people/{who.id}/together", case_no="X-9", kind="same_slot", reason="理由"
    )
    assert "「X-9」の番号の方は見つかりません" in unknown.text
    fields: dict[str, Any] = {"with": member, "kind": "all_or_none", "reason": "世帯の都合"}
    answer = send(mizuno, f"/people/{who.id}/together", **fields, until_on="")
    assert answer.status_code == 303
    assert "全員に枠があるときだけ" in mizuno.get(f"/people/{who.id}").text
    again = send(mizuno, f"/people/{who.id}/together", **fields)
    assert again.status_code == 409
    run = start(mizuno)
    assert "件を守って探しました" in run.text


def test_somebody_outside_the_household_is_named_by_number(
    app: FastAPI, mizuno: TestClient
) -> None:
    """In any spelling of the number."""
    _, other = Found(app).pair()
    who = next(each for each in Found(app).people.values() if each.id != other.id)
    number = other.case_no.lower().replace("-", "－")
    path = f"/people/{who.id}/together"
    answer = send(mizuno, path, case_no=number, kind="apart_opening", reason="理由")
    assert answer.status_code == 303
    assert "別々の枠にします" in mizuno.get(RULES).text


def test_what_cannot_all_hold_is_told_with_its_undoing(app: FastAPI, mizuno: TestClient) -> None:
    """Two people for one place: the run ends with both locks, and undoing one lets it go on."""
    found = Found(app)
    first, _ = found.pair()
    second = next(
        id_
        for id_ in found.people
        if id_ != first.participant_id
        and f"/openings/{first.opening_id}/settle"
        in mizuno.get(f"/people/{id_}/openings?show=all").text
    )
    for who in (first.participant_id, second):
        path = f"/people/{who}/openings/{first.opening_id}/settle"
        assert send(mizuno, path, kind="lock", reason="本人の希望").status_code == 303
    before = mizuno.get("/matching/latest").headers["location"]
    conflict = start(mizuno)
    assert conflict.status_code == 409
    told = text_of(conflict)
    assert "次の2件は、いっしょには守れません。" in told
    for who in (first.participant_id, second):
        assert found.people[who].name in told
    assert mizuno.get("/matching/latest").headers["location"] == before
    token = mizuno.get("/api/v1/session").json()["form_token"]
    answer = mizuno.post("/api/v1/matching", json={}, headers={"X-Form-Token": token})
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["rule"] == "rules_contradict"
    assert [each["kind"] for each in problem["conflict"]] == ["lock", "lock"]
    undo = re.findall(rf'action="({RULES}/[\w-]+/undo)"', conflict.text)
    assert len(undo) == 2
    send(mizuno, undo[0])
    assert start(mizuno).status_code == 200


def test_hosts_have_limits(app: FastAPI, mizuno: TestClient) -> None:
    """Chosen on the list, kept in its form, undone by emptying the field."""
    found = Found(app)
    busiest = max(
        {each.host_id for each in found.openings.values()},
        key=lambda host: sum(
            found.openings[each.opening_id].host_id == host for each in found.proposals
        ),
    )
    chosen = mizuno.get(f"{RULES}/hosts?host={busiest}").headers["location"]
    assert chosen == f"/hosts/{busiest}/limits"
    wrong = send(mizuno, chosen, most_at_once="たくさん")
    assert wrong.status_code == 422
    assert "一度に受け入れられる人数" in wrong.text
    assert send(mizuno, chosen, newcomers_a_month="0").status_code == 303
    assert "新しい方は 月に 0人まで" in mizuno.get(RULES).text
    start(mizuno)
    now = Found(app)
    assert all(now.openings[each.opening_id].host_id != busiest for each in now.proposals)
    assert send(mizuno, chosen, newcomers_a_month="").status_code == 303
    assert "上限のある受け入れ先は、ありません" in mizuno.get(RULES).text
    assert mizuno.get(f"{RULES}/hosts").headers["location"] == RULES


def test_whoever_settles_nothing_is_led_back_to_the_places(
    app: FastAPI, client: TestClient
) -> None:
    """An administrator may write the limits of a host, but not read what was settled."""
    host = next(iter(Found(app).openings.values())).host_id
    path = f"/hosts/{host}/limits"
    as_role(app, client, Role.ADMINISTRATOR)
    assert RULES not in client.get(path).text
    fields = {"form_token": form_token(client, path), "most_at_once": "9"}
    saved = client.post(path, data=fields)
    assert saved.headers["location"] == "/places?saved=limits"
    assert client.get(saved.headers["location"]).status_code == 200


def test_the_last_proposals_can_be_kept(app: FastAPI, mizuno: TestClient) -> None:
    """A box beside the button; nothing changed, so everyone keeps their proposal."""
    assert 'name="stay"' in mizuno.get("/matching").text
    before = {each.participant_id: each.opening_id for each in Found(app).proposals}
    assert start(mizuno, stay="true").status_code == 200
    assert {each.participant_id: each.opening_id for each in Found(app).proposals} == before


def test_programs_settle_and_undo(app: FastAPI, mizuno: TestClient) -> None:
    """The interface knows the same rules, with ids for names."""
    found = Found(app)
    proposal, other = found.pair()
    token = mizuno.get("/api/v1/session").json()["form_token"]

    def call(path: str, body: dict[str, object], status: int) -> Any:
        headers = {"X-Form-Token": token}
        answer = mizuno.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    sent = {"kind": "lock", "person": proposal.participant_id, "opening": proposal.opening_id}
    rule = call("/rules", {**sent, "reason": "本人の希望"}, 201)
    assert (rule["overrides"], rule["host"], rule["undone_at"]) == ([], None, None)
    assert mizuno.get("/api/v1/rules").json() == [rule]
    assert call("/rules", {**sent, "reason": "また"}, 409)["rule"] == "already_locked"
    call("/rules", {**sent, "reason": "理由", "more": 1}, 422)
    assert call(f"/rules/{rule['id']}/undo", {}, 200)["undone_at"]
    people = [proposal.participant_id, other.id]
    before = mizuno.get("/api/v1/bonds").json()
    bond = call("/bonds", {"kind": "apart_host", "people": people, "reason": "理由"}, 201)
    assert bond in mizuno.get("/api/v1/bonds").json()
    call(f"/bonds/{bond['id']}/undo", {}, 200)
    assert mizuno.get("/api/v1/bonds").json() == before
