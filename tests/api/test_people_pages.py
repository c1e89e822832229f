"""The pages of persons on the sample city: who is found, what is kept, who may know of whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.actions.matching import start_matching
from cases.consent import ConsentState
from cases.need import NextStep
from cases.participant import Participant
from cases.permissions import PeopleScope, scope_of_everyone
from cases.words.audit import Kind
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from catalog.schedule import Band
from db import audit
from db.sample.accounts import CITY_OFFICE, account_id
from exchange.frozen_runs import freeze
from tests.api.conftest import as_role, enter, form_token
from tests.office import Clock
from tests.sample_office import sample_office

PROTECTED = "T-0401"
NEED = {
    "kind": ["not_sure_yet"],
    "wish_menu": ["music", "salon_gathering"],
    "wish_strength": ["5", "4"],
    "available": ["1-0", "1-1", "3-0"],
    "modes": ["walk", "pickup"],
    "travel_limit_minutes": ["30"],
    "companion": ["wish"],
}
CONSENT = {
    "state": ["written"],
    "giver": ["person"],
    "on": ["令和8年11月12日"],
    "until_on": ["令和9年3月31日"],
    "agencies": ["hosts"],
}


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path), clock)


@pytest.fixture
def staff(client: TestClient) -> TestClient:
    """Sign in as the coordinator of the protected person."""
    assert enter(client) == 303
    return client


@pytest.fixture
def other(app: FastAPI) -> Iterator[TestClient]:
    """Sign in as a coordinator of three 事業, who may not know of the protected person."""
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        assert enter(client, "hara") == 303
        yield client


def person(app: FastAPI, case_no: str) -> Participant:
    """Return a person of the sample city."""
    wiring: Wiring = app.state.wiring
    scope = scope_of_everyone(wiring.city.code)
    found = wiring.stores.cases.participant_by_case_no(scope, case_no)
    assert found is not None
    return found


def mizuno(app: FastAPI) -> Actor:
    """Return the coordinator as the rules know them."""
    code = app.state.wiring.city.code
    return Actor(account_id("mizuno"), "水野", Role.COORDINATOR, code, CITY_OFFICE)


def send(
    client: TestClient, path: str, fields: Mapping[str, str | list[str]], page: str = ""
) -> tuple[int, str, str]:
    """Send a form with everything hidden in it; return status, where it leads and the text."""
    shown = client.get(page or path).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    answer = client.post(path, data={**hidden, **fields})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def search(client: TestClient, words: str) -> tuple[int, str, str]:
    """Search for people from the bar at the top."""
    return send(client, "/people/search", {"words": words}, "/people")


def rows(page: str) -> list[str]:
    """Return the names in a list of people."""
    return re.findall(r'<a class="who"[^>]*>([^<]+)</a>', page)


def kinds_told(app: FastAPI, subject_id: str) -> list[str]:
    """Return what the audit record holds about somebody, newest first."""
    wiring: Wiring = app.state.wiring
    with wiring.database.reading() as connection:
        found = audit.events(connection, wiring.city.code, subject_id=subject_id)
    return [each.kind for each in found if each.kind not in set(Kind)]


class TestListing:
    """`/people` and the search."""

    def test_everybody_is_listed_who_came_first_first(self, staff: TestClient) -> None:
        """One sentence, fifty to a page, and each with a next step."""
        page = staff.get("/people").text
        assert "つなぎ先を待っている方は 80人です。うち 8人は、文書の同意がまだありません。" in page
        assert rows(page)[0] == "雪村 あかり"
        assert len(rows(page)) == 50
        assert len(rows(staff.get("/people?page=2").text)) == 30
        assert rows(staff.get("/people?page=99").text) == rows(staff.get("/people?page=2").text)

    @pytest.mark.parametrize(
        ("show", "count"),
        [("mine", 46), ("without_consent", 8), ("paused", 0), ("nonsense", 50)],
    )
    def test_filters_leave_as_many_as_they_say(
        self, staff: TestClient, show: str, count: int
    ) -> None:
        """What nobody knows is no filter; an empty one leads back to everybody."""
        page = staff.get(f"/people?show={show}").text
        assert len(rows(page)) == min(count, 50)
        assert ("この分け方に入る方は、今はいません" in page) == (count == 0)

    @pytest.mark.parametrize(
        "words", ["風早 しげる", "かざはや しげる", "t-0335", "0335", "Ｔ－0335", "Ｔー０３３５"]
    )
    def test_the_only_one_found_is_opened(
        self, app: FastAPI, staff: TestClient, words: str
    ) -> None:
        """By name, reading or number, in any spelling."""
        status, goal, _ = search(staff, words)
        assert (status, goal) == (303, f"/people/{person(app, 'T-0335').id}")

    def test_several_are_listed_and_none_is_told(self, staff: TestClient) -> None:
        """Words that find nobody stay in the form; no words lead to the list."""
        _, _, page = search(staff, "風早")
        assert f"{len(rows(page))}人 見つかりました。" in page
        assert {name.split()[0] for name in rows(page)} == {"風早"}
        _, _, page = search(staff, "<どこにもいない>")
        assert "「&lt;どこにもいない&gt;」に当たる方は、あなたが開ける方の中に いません" in page
        assert search(staff, " ")[1] == "/people"
        assert staff.get("/people/search").headers["Location"] == "/people"

    @pytest.mark.parametrize("role", [Role.PLANNER, Role.AUDITOR, Role.ADMINISTRATOR, Role.HOST])
    def test_roles_without_people_see_none(
        self, app: FastAPI, client: TestClient, role: Role
    ) -> None:
        """Neither the list nor the way there, nor a search."""
        as_role(app, client, role)
        assert client.get("/people").status_code == 403
        assert 'action="/people/search"' not in client.get("/").text
        assert send(client, "/people/search", {"words": "風早"}, "/")[0] == 403
        assert client.get("/people/new").status_code == 403


class TestRegistering:
    """`/people/new`, then need, then consent, then the places."""

    def test_somebody_is_registered_step_by_step(self, app: FastAPI, staff: TestClient) -> None:
        """From a name to ranked places; each step is kept and recorded."""
        who = {"name": "新 はじめ", "birth_on": "昭和35年5月1日", "own_words": "土をさわりたい"}
        who |= {"town": person_town(app), "since_on": "令和8年11月12日"}
        status, goal, _ = send(staff, "/people/new", who)
        assert status == 303
        id_ = goal.split("/")[2]
        assert goal == f"/people/{id_}/need?new=1"
        status, goal, _ = send(staff, goal, {**NEED, "then": "consent"})
        assert (status, goal) == (303, f"/people/{id_}/consent?new=1")
        status, goal, _ = send(staff, goal, CONSENT)
        assert (status, goal) == (303, f"/people/{id_}/openings")
        page = staff.get(goal).text
        assert "合いそうな場所" in page
        assert 'class="card proposal"' in page

        cases, scope = app.state.wiring.stores.cases, PeopleScope(mizuno(app))
        kept, need = cases.participant(scope, id_), cases.need(scope, id_)
        assert (kept.name, kept.case_no, str(kept.birth_on)) == (
            "新 はじめ",
            "T-0412",
            "1960-05-01",
        )
        assert kept.coordinator_id == account_id("mizuno")
        assert [(wish.menu, wish.strength) for wish in need.wishes] == [
            ("music", 5),
            ("salon_gathering", 4),
        ]
        assert need.available == {(1, Band.MORNING), (1, Band.AFTERNOON), (3, Band.MORNING)}
        assert [each.state for each in cases.consents_of(scope, id_)] == [ConsentState.WRITTEN]
        assert kinds_told(app, id_) == [
            "consent_recorded",
            "need_changed",
            "participant_registered",
        ]

    def test_a_second_press_registers_nobody_twice(self, app: FastAPI, staff: TestClient) -> None:
        """The same form leads to the same person."""
        shown = staff.get("/people/new").text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
        fields = {**hidden, "name": "二度 おした"}
        goals = {staff.post("/people/new", data=fields).headers["Location"] for _ in range(2)}
        assert len(goals) == 1
        assert len(app.state.wiring.stores.cases.case_numbers()) == 82

    def test_mistakes_keep_what_was_typed(self, app: FastAPI, staff: TestClient) -> None:
        """Each is told at its field and at the top, and nobody is registered."""
        wrong = {"name": " ", "birth_on": "きのう", "note": "聞いたこと", "town": "どこにもない町"}
        status, _, page = send(staff, "/people/new", wrong)
        assert status == 422
        assert "3か所を 直してください" in page
        for field in ("name", "birth_on", "town"):
            assert f'href="#{field}"' in page
        assert 'value="きのう"' in page
        assert ">聞いたこと</textarea>" in page
        assert len(app.state.wiring.stores.cases.case_numbers()) == 81

    @pytest.mark.parametrize("written", ["つばめ町１丁目", "つばめちょう いっちょうめ"])
    def test_a_town_is_found_by_any_spelling_and_by_its_reading(
        self, app: FastAPI, staff: TestClient, written: str
    ) -> None:
        """It is kept as the town, whatever was typed."""
        _, goal, _ = send(staff, "/people/new", {"name": "町 さがす", "town": written})
        edit = staff.get(f"/people/{goal.split('/')[2]}/edit").text
        assert 'name="town" type="text" value="つばめ町一丁目"' in edit

    def test_a_town_that_may_be_several_is_asked_again(self, staff: TestClient) -> None:
        """The towns that may be meant are named."""
        status, _, page = send(staff, "/people/new", {"name": "町 さがす", "town": "つばめ町"})
        assert status == 422
        assert "「つばめ町」に当たる町が" in page
        assert "つばめ町一丁目、つばめ町二丁目" in page

    def test_a_new_household_is_made_and_shown_to_both(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """The second member chooses it by its name."""
        home = {"household": "new", "household_name": "雲井さんの世帯", "relation": "娘"}
        send(staff, "/people/new", {"name": "雲井 さえ", **home, "then": "end"})
        shown = staff.get("/people/new").text
        id_ = re.findall(r'<option value="([^"]+)">雲井さんの世帯', shown)[0]
        father = {"name": "雲井 たく", "household": id_, "relation": "父", "then": "end"}
        _, goal, _ = send(staff, "/people/new", father)
        assert "世帯：娘 さえ さん" in staff.get(goal).text

    def test_nobody_shuts_themselves_out(self, app: FastAPI, staff: TestClient) -> None:
        """A protected person needs somebody who can open them: the one who writes."""
        fields = {"name": "守 まもる", "address_protected": "yes"}
        fields |= {"coordinator_id": account_id("hara")}
        status, _, page = send(staff, "/people/new", fields)
        assert status == 422
        assert "あなた自身がこの方を開けなくなります" in page
        assert len(app.state.wiring.stores.cases.case_numbers()) == 81

    def test_a_need_that_cannot_be_is_sent_back_whole(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """What is wished cannot be avoided; the week stays ticked, the kept need stays."""
        who = person(app, "T-0335")
        path, scope = f"/people/{who.id}/need", PeopleScope(mizuno(app))
        before = app.state.wiring.stores.cases.need(scope, who.id)
        wrong = NEED | {"avoid_menu": ["music"], "avoid_how": ["must"], "max_minutes": ["長く"]}
        status, _, page = send(staff, path, wrong)
        assert status == 422
        assert 'href="#avoid_menu"' in page
        assert re.search(r'name="available" value="1-0" checked', page)
        assert 'value="長く"' in page
        assert app.state.wiring.stores.cases.need(scope, who.id) == before

    def test_the_next_step_and_what_is_known_are_kept(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """Who goes back says so with reason and day; a protected person cannot be named."""
        stores = app.state.wiring.stores
        who, friend = person(app, "T-0335"), person(app, "T-0340")
        place = next(iter(stores.catalog.resources()))
        path = f"/people/{who.id}/need"
        hidden = person(app, PROTECTED)
        assert hidden.id not in staff.get(path).text
        fields = NEED | {
            "next_step": ["back"],
            "next_step_reason": ["しばらく見学だけにしたい"],
            "known_place": [place, ""],
            "known_person": [friend.id, ""],
        }
        assert send(staff, path, fields)[0] == 303
        kept = stores.cases.need(PeopleScope(mizuno(app)), who.id)
        assert (kept.next_step, kept.next_step_on) == (NextStep.BACK, date(2026, 11, 12))
        assert (kept.known_place_ids, kept.known_person_ids) == ({place}, {friend.id})
        page = staff.get(f"/people/{who.id}").text
        assert "いったん 前の段に もどりたい（しばらく見学だけにしたい・" in page
        assert friend.name not in page
        assert send(staff, path, fields | {"known_person": [hidden.id]})[0] == 422

    def test_known_people_who_are_hidden_leave_no_gap_in_the_form(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """No empty choice stands for them, and saving the form does not lose them."""
        stores = app.state.wiring.stores
        who, hidden = person(app, "T-0335"), person(app, PROTECTED)
        path, scope = f"/people/{who.id}/need", PeopleScope(mizuno(app))
        assert send(staff, path, NEED)[0] == 303
        empty = staff.get(path).text.count('name="known_person"')
        kept = replace(stores.cases.need(scope, who.id), known_person_ids={hidden.id})
        event = AuditEvent("need_changed", "u", "participant", who.id, Clock().now)
        stores.cases.save_need(kept, event)
        assert staff.get(path).text.count('name="known_person"') == empty == 1
        assert send(staff, path, as_typed(staff, path))[0] == 303
        assert stores.cases.need(scope, who.id).known_person_ids == {hidden.id}

    def test_a_pause_until_a_day_is_kept_and_shown(self, app: FastAPI, staff: TestClient) -> None:
        who = person(app, "T-0335")
        path = f"/people/{who.id}/edit"
        typed = as_typed(staff, path)
        pause = {"status": ["paused"], "paused_until_on": ["令和8年12月20日"]}
        assert send(staff, path, typed | pause)[0] == 303
        assert person(app, "T-0335").paused_until_on == date(2026, 12, 20)
        assert "12月20日（日）に、また探します" in staff.get(f"/people/{who.id}").text
        assert send(staff, path, as_typed(staff, path) | {"status": ["waiting"]})[0] == 303
        assert person(app, "T-0335").paused_until_on is None

    def test_a_daughter_agrees_and_tells_how_her_mother_was_asked(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """Without the note nothing is kept; with it, it is kept, shown and offered again."""
        who = person(app, "T-0332")
        path, scope = f"/people/{who.id}/consent", PeopleScope(mizuno(app))
        before = app.state.wiring.stores.cases.consents_of(scope, who.id)
        daughter = CONSENT | {"giver": ["family"], "given_by": ["長女 あき"]}
        status, _, page = send(staff, path, daughter)
        assert status == 422
        assert "本人の意思をどう確かめたかが" in page
        assert send(staff, path, CONSENT | {"giver": [""]})[0] == 422
        assert app.state.wiring.stores.cases.consents_of(scope, who.id) == before
        told = daughter | {"capacity": ["絵を見せて二度たずね、うなずかれた"]}
        assert send(staff, path, told)[0] == 303
        said = app.state.wiring.stores.cases.consents_of(scope, who.id)[-1]
        assert (said.giver, said.given_by) == ("family", "長女 あき")
        assert said.capacity == "絵を見せて二度たずね、うなずかれた"
        page = staff.get(path).text
        assert "長女 あきが文書で同意しました" in page
        assert "本人の意思：絵を見せて二度たずね、うなずかれた" in page

    def test_a_consent_that_cannot_be_is_sent_back_whole(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """A day to come, and nobody with whom one may speak; nothing is added."""
        who = person(app, "T-0332")
        path, scope = f"/people/{who.id}/consent", PeopleScope(mizuno(app))
        before = app.state.wiring.stores.cases.consents_of(scope, who.id)
        wrong = CONSENT | {"on": ["令和8年11月13日"], "agencies": [], "note": ["覚えておく"]}
        status, _, page = send(staff, path, wrong)
        assert status == 422
        assert "同意した日が、今日より先です" in page
        assert "話してよい相手が選ばれていません" in page
        assert ">覚えておく</textarea>" in page
        assert app.state.wiring.stores.cases.consents_of(scope, who.id) == before

    def test_a_form_without_its_token_changes_nothing(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """Another site cannot write here."""
        assert staff.post("/people/new", data={"name": "だれか"}).status_code == 403
        assert len(app.state.wiring.stores.cases.case_numbers()) == 81


class TestEditing:
    """`/people/{id}/edit` and taking consent back."""

    def test_a_change_is_kept_and_told(self, app: FastAPI, staff: TestClient) -> None:
        """The audit record names the field, the page says that it is saved."""
        who = person(app, "T-0335")
        fields = as_typed(staff, f"/people/{who.id}/edit") | {"own_words": ["歌をうたいたい"]}
        status, goal, _ = send(staff, f"/people/{who.id}/edit", fields)
        assert (status, goal) == (303, f"/people/{who.id}?saved=person")
        page = staff.get(goal).text
        assert "保存しました。" in page
        assert "「歌をうたいたい」" in page
        assert person(app, "T-0335").birth_on == who.birth_on
        assert kinds_told(app, who.id)[0] == "participant_changed"

    def test_nobody_else_is_meant_by_a_field_sent_twice(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """The path says who, the form says what, first of all; the address adds nothing."""
        who, else_ = person(app, "T-0335"), person(app, "T-0401")
        path = f"/people/{who.id}/edit"
        fields = as_typed(staff, path) | {"own_words": ["歌いたい", "走りたい"]}
        more = {"participant_id": [else_.id], "id": [else_.id]}
        query = f"?participant_id={else_.id}&own_words=泳ぎたい"
        assert send(staff, path + query, fields | more, path)[0] == 303
        assert person(app, "T-0335").own_words == "歌いたい"
        assert person(app, "T-0401") == else_
        token = form_token(staff, path)
        assert staff.post(f"{path}?form_token={token}", data={"name": "だれか"}).status_code == 403

    def test_the_second_window_sees_both_texts(self, app: FastAPI, staff: TestClient) -> None:
        """Nothing is overwritten until somebody says which to keep."""
        who = person(app, "T-0335")
        path = f"/people/{who.id}/edit"
        fields = as_typed(staff, path)
        send(staff, path, fields | {"note": ["はじめの窓"]})
        late = staff.post(path, data=fields | {"note": ["あとの窓"]})
        assert late.status_code == 409
        assert "どちらを残しますか" in late.text
        assert "はじめの窓" in late.text
        assert "あとの窓" in late.text
        assert person(app, "T-0335").note == "はじめの窓"

    def test_taking_consent_back_stops_everything_at_once(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """The page lists what stopped; places are no longer sought; a second press does nothing."""
        who = person(app, "T-0335")
        path = f"/people/{who.id}/consent/withdraw"
        status, _, page = send(staff, path, {"given_by": ""})
        assert status == 422
        assert "だれが撤回したかを書いてください" in page
        for _ in range(2):
            assert send(staff, path, {"given_by": "本人"})[0] == 200
        page = staff.get(f"/people/{who.id}/openings").text
        assert "proposal" not in re.findall(r'<article class="([^"]+)"', page)
        assert 'class="card stopped"' in page
        assert kinds_told(app, who.id).count("consent_recorded") == 1

    def test_what_will_stop_names_helping_too(self, app: FastAPI, staff: TestClient) -> None:
        """Whoever is accompanied here and helps a group stops both."""
        stores = app.state.wiring.stores
        scope = scope_of_everyone(app.state.wiring.city.code)
        helper = next(each for each in stores.helping.helpers(scope) if each.participant_id)
        page = staff.get(f"/people/{helper.participant_id}/consent/withdraw").text
        assert "<li>支え手として 手伝う会を探すこと</li>" in page
        other = person(app, "T-0335")
        assert "手伝う会" not in staff.get(f"/people/{other.id}/consent/withdraw").text


class TestSecrecy:
    """A protected person does not exist for who may not know; titles name nobody."""

    def test_the_other_coordinator_finds_no_trace(
        self, app: FastAPI, staff: TestClient, other: TestClient
    ) -> None:
        """Not in the list, its numbers, its filters, nor by the search."""
        hidden = person(app, PROTECTED)
        for path in ("/people", "/people?page=2", "/people?show=mine", "/people/new"):
            page = other.get(path).text
            assert hidden.name not in page
            assert hidden.id not in page
        assert "待っている方は 60人です" in other.get("/people").text
        assert "すべて 60" in other.get("/people").text
        assert "すべて 80" in staff.get("/people").text
        for words in (hidden.name, hidden.case_no, "0401"):
            assert "当たる方は、あなたが開ける方の中に いません" in search(other, words)[2]
            assert search(staff, words)[1] == f"/people/{hidden.id}"

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "/edit",
            "/need",
            "/consent",
            "/consent/withdraw",
            "/openings",
            "/openings/refused",
            "/openings/nothing",
        ],
    )
    def test_forbidden_and_missing_are_answered_alike(
        self, app: FastAPI, other: TestClient, path: str
    ) -> None:
        """The same status and the same page, to the letter."""
        hidden = person(app, PROTECTED)
        missing = other.get(f"/people/nobody{path}")
        forbidden = other.get(f"/people/{hidden.id}{path}")
        assert missing.status_code == forbidden.status_code == 404
        assert missing.text == forbidden.text

    @pytest.mark.parametrize(
        "path", ["/edit", "/need", "/consent", "/consent/withdraw", "/address"]
    )
    def test_nothing_is_written_about_the_unknown(
        self, app: FastAPI, other: TestClient, path: str
    ) -> None:
        """A form that is sent anyway finds nobody, and leaves no mark."""
        hidden = person(app, PROTECTED)
        token = {"form_token": form_token(other, "/people")}
        answers = [
            other.post(f"/people/{id_}{path}", data={**token, "given_by": "本人", "name": "別"})
            for id_ in (hidden.id, "nobody")
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text == answers[1].text
        assert person(app, PROTECTED) == hidden
        assert kinds_told(app, hidden.id) == []

    def test_the_address_is_shown_on_request_and_that_is_recorded(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """Neither the overview nor the form shows it before; saving the form keeps it."""
        hidden = person(app, PROTECTED)
        overview = f"/people/{hidden.id}"
        for path in (overview, f"{overview}/edit", f"{overview}/openings"):
            page = staff.get(path).text
            assert hidden.address not in page
            assert hidden.phone not in page
        fields = as_typed(staff, f"{overview}/edit")
        send(staff, f"{overview}/edit", fields | {"note": ["電話は昼に"]})
        assert person(app, PROTECTED).address == hidden.address
        status, _, page = send(staff, f"{overview}/address", {}, overview)
        assert status == 200
        assert hidden.address in page
        assert f'<noscript><meta http-equiv="refresh" content="60;url={overview}">' in page
        assert kinds_told(app, hidden.id)[0] == "address_shown"

    def test_titles_name_the_kind_of_page(self, app: FastAPI, staff: TestClient) -> None:
        """Whoever looks over a shoulder, or into the history of the browser, reads no name."""
        who = person(app, "T-0335")
        top = f"/people/{who.id}"
        best = re.findall(r"/openings/([\w-]{22})", staff.get(f"{top}/openings").text)[0]
        paths = ("", "/edit", "/need", "/consent", "/openings", "/openings/refused")
        for path in (*paths, f"/openings/{best}"):
            title = re.search("<title>(.*?)</title>", staff.get(top + path).text)
            assert title is not None
            assert who.name.split()[0] not in title[1]
            assert title[1].endswith(" – つなぎ手")


class TestOpenings:
    """`/people/{id}/openings`: ranked, why, and why not."""

    def test_numbers_add_up_and_every_no_has_a_reason(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """Those that fit and those that do not are all openings there are."""
        path = f"/people/{person(app, 'T-0335').id}/openings"
        page = staff.get(path).text
        told = re.search(r"(\d+)枠を調べ、(\d+)枠が条件に合いました", page)
        refused = re.search(r"合わなかった (\d+)枠：([^<]+)", page)
        assert told is not None
        assert refused is not None
        assert int(told[1]) == int(told[2]) + int(refused[1]) == 150
        assert sum(map(int, re.findall(r" (\d+)", refused[2]))) == int(refused[1])
        assert page.count('class="card proposal"') == 3
        everything = staff.get(f"{path}?show=all").text
        assert everything.count('class="card proposal"') == int(told[2])
        listed = [
            row
            for number in range(1, 4)
            for row in re.findall(
                r'data-column="合わなかった理由">([^<]+)',
                staff.get(f"{path}/refused?page={number}").text,
            )
        ]
        assert len(listed) == int(refused[1])
        assert all(sentence.endswith("。") for sentence in listed)

    def test_why(self, app: FastAPI, staff: TestClient) -> None:
        """All conditions are met, the parts are told in words; the person gets no figure."""
        path = f"/people/{person(app, 'T-0335').id}/openings"
        listing = staff.get(path).text
        best = re.findall(rf'href="{path}/([\w-]{{22}})"', listing)[0]
        page = staff.get(f"{path}/{best}").text
        assert "14件 すべて満たしています" in page
        for part in ("やりたいこと", "曜日と時間", "通いやすさ", "静かさと人数"):
            assert part in page
        assert "スコア" not in page + listing
        assert "人の点数ではなく" in page
        assert f'href="{path}/{best}"' not in page

    def test_why_not(self, app: FastAPI, staff: TestClient) -> None:
        """The reason of the list is the first of the page; reasons and names narrow the list."""
        path = f"/people/{person(app, 'T-0335').id}/openings"
        page = staff.get(f"{path}/refused?reason=&name=スーパー").text
        row = re.search(
            rf'href="{path}/([\w-]{{22}})" data-open>([^<]+)</a>.*?理由">([^<]+)</td>', page
        )
        assert row is not None
        assert "スーパー" in row[2]
        told = staff.get(f"{path}/{row[1]}").text
        failed = re.search(r'<ul class="failed">.*?<span>([^<]+)</span>', told, re.DOTALL)
        assert failed is not None
        assert failed[1] == row[3]
        assert "今は合わない" in told
        assert "人の点数ではなく" in told

    def test_an_opening_that_is_not_there_is_not_found(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """An id of nothing."""
        path = f"/people/{person(app, 'T-0335').id}/openings/nothing"
        assert staff.get(path).status_code == 404

    def test_without_consent_the_rule_and_the_way_out(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """No place is shown, nor why one would not fit."""
        path = f"/people/{person(app, 'T-0332').id}/openings"
        page = staff.get(path).text
        assert "同意が口頭だけのため、つなぎ先を探していません。" in page
        assert f'href="{path.removesuffix("/openings")}/consent"' in page
        for below in ("/refused", "/nothing"):
            assert staff.get(path + below).headers["Location"] == path

    def test_deciding_from_the_person_and_undoing_it(self, app: FastAPI, staff: TestClient) -> None:
        """After a run the proposal can be advanced here, taken back, and set aside."""
        wiring: Wiring = app.state.wiring
        actor = mizuno(app)
        with wiring.writing() as stores:
            run = start_matching(actor, stores, wiring.clock, freeze, "test").run
            proposal = stores.runs.proposals(PeopleScope(actor), run.id)[0]
        path = f"/people/{proposal.participant_id}/openings"
        decide = f"/people/{proposal.participant_id}/proposals/{proposal.id}"
        assert decide in staff.get(f"{path}?show=all").text

        def decided(**fields: str) -> tuple[str, str]:
            status, goal, _ = send(staff, decide, fields, path)
            assert status == 303
            kept = wiring.stores.runs.proposal(PeopleScope(actor), proposal.id)
            assert kept is not None
            return kept.status, goal

        status, goal = decided(decision="advance")
        assert status == "advanced"
        assert "進めることにしました。まだ、だれにも伝わっていません。" in staff.get(goal).text
        assert decided(decision="undo") == ("proposed", path)
        assert decided(decision="set_aside", reason="too_far")[0] == "set_aside"
        assert send(staff, decide, {"decision": "sing"}, path)[0] == 404
        elsewhere = f"/people/{person(app, 'T-0332').id}/proposals/{proposal.id}"
        assert send(staff, elsewhere, {"decision": "undo"}, path)[0] == 404

    def test_a_refused_decision_says_what_where_and_how_to_go_on(
        self, app: FastAPI, staff: TestClient
    ) -> None:
        """Without scripts: the places as they stand now, and above them why nothing changed."""
        wiring: Wiring = app.state.wiring
        actor = mizuno(app)
        with wiring.writing() as stores:
            run = start_matching(actor, stores, wiring.clock, freeze, "test").run
            proposal = stores.runs.proposals(PeopleScope(actor), run.id)[0]
        opening = wiring.stores.catalog.opening(proposal.opening_id)
        assert opening is not None
        path = f"/people/{proposal.participant_id}/openings"
        decide = f"/people/{proposal.participant_id}/proposals/{proposal.id}"
        for fields, why in (
            ({"decision": "undo"}, "だれかが先に決めました（今は「まだ」）"),
            ({"decision": "set_aside"}, "見送る理由が選ばれていません。理由を選んでください。"),
        ):
            status, _, page = send(staff, decide, fields, path)
            assert status == 409
            told = re.search(r'role="alert">.*?<p>(.*?)</p>', page)
            assert told is not None
            assert told[1].startswith(f"「{opening.name}」の案は、前のままです。")
            assert why in told[1]
            assert decide in page
        kept = wiring.stores.runs.proposal(PeopleScope(actor), proposal.id)
        assert kept == proposal


def person_town(app: FastAPI) -> str:
    """Return the name of the town in which somebody of the sample city lives."""
    wiring: Wiring = app.state.wiring
    towns = wiring.ground.towns()
    return next(town.name for town in towns if town.id == person(app, "T-0335").town_id)


def as_typed(client: TestClient, path: str) -> dict[str, list[str]]:
    """Return the fields of the form of a person as a browser would send them."""
    page = client.get(path).text
    page = page[page.index('id="record-form"') :]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]+>", page):
        kind, name = re.search(r'type="(\w+)"', tag), re.search(r' name="(\w+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name and value and kind and (kind[1] not in ("radio", "checkbox") or " checked" in tag):
            fields.setdefault(name[1], []).append(value[1])
    for name_, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)<', page):
        fields[name_] = [text]
    for name_, options in re.findall(r'<select[^>]* name="(\w+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)"[^>]*selected', options)
        fields[name_] = [chosen[1] if chosen else ""]
    return fields
