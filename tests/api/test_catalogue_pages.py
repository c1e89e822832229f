"""The catalogue for staff on the sample city: what is found, what is shown, who may write."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from catalog.actor import Role
from catalog.audit import AuditEvent
from catalog.opening import Opening, OpeningStatus, Preference, Stage
from catalog.schedule import ClosedPeriod, Schedule, parse_recurrence
from tests.api.conftest import as_role, enter, form_token
from tests.office import Clock
from tests.sample_office import sample_office

EVENT = AuditEvent("set_up", "system", "opening", "o", datetime(2026, 11, 12, tzinfo=UTC))


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path), clock)


@pytest.fixture
def staff(client: TestClient) -> TestClient:
    """Sign in as a coordinator."""
    assert enter(client) == 303
    return client


def found(page: str) -> int:
    """Return the number that the page names."""
    told = re.search(r"(\d+)か所 見つかりました", page)
    return int(told[1]) if told else 0


def names(page: str) -> list[str]:
    """Return the names of the places in the list."""
    return re.findall(r'<h3><a href="/places/[^"]+" data-open>([^<]+)</a>', page)


def counts(page: str, name: str) -> dict[str, int]:
    """Return the number beside each choice of a filter."""
    pattern = rf'name="{name}" id="{name}-(?!any")([^"]+)".*?<span class="left">(\d+)'
    return {value: int(count) for value, count in re.findall(pattern, page, re.DOTALL)}


def marks(page: str) -> list[dict[str, Any]]:
    """Return the places on the map."""
    data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert data is not None
    features = json.loads(data[1])["features"]
    return [each["properties"] for each in features if each["properties"]["kind"] == "place"]


class TestFinding:
    """`/places`: words, filters, numbers, pages, and what to do when nothing is found."""

    def test_everything_is_there_before_anything_is_asked(self, staff: TestClient) -> None:
        """In pages of twenty, free places first; the rest of the map is passed over by keys."""
        page = staff.get("/places").text
        assert found(page) == 149
        assert len(names(page)) == 20
        drawn = marks(page)
        assert sum(mark["current"] for mark in drawn) == sum(not mark["aside"] for mark in drawn)
        assert 0 < sum(mark["current"] for mark in drawn) <= 20
        last = staff.get("/places?page=8").text
        assert len(names(last)) == 9
        assert names(staff.get("/places?page=99").text) == names(last)
        assert "受け入れの枠は、まだありません" in last

    def test_the_numbers_beside_the_choices_are_what_one_finds(self, staff: TestClient) -> None:
        """Pressing a choice leads to exactly as many places as it said."""
        page = staff.get("/places?accommodation=small_group").text
        weekdays = counts(page, "weekday")
        assert len(weekdays) == 7
        for day, count in weekdays.items():
            narrowed = staff.get(f"/places?accommodation=small_group&weekday={day}").text
            assert found(narrowed) == count
        for value, count in counts(page, "district").items():
            narrowed = staff.get(f"/places?accommodation=small_group&district={value}").text
            assert found(narrowed) == count

    @pytest.mark.parametrize(
        ("words", "address"),
        [("水曜", "weekday=2"), ("水曜日 午前", "weekday=2&band=0"), ("夕方", "band=2")],
    )
    def test_days_among_the_words_are_understood(
        self, staff: TestClient, words: str, address: str
    ) -> None:
        """Whoever types a weekday means the weekday."""
        assert found(staff.get("/places", params={"q": words}).text) == found(
            staff.get(f"/places?{address}").text
        )

    def test_words_and_filters_are_met_together(self, staff: TestClient) -> None:
        """And can be taken away one by one."""
        page = staff.get("/places?q=いす体操&district=community_welfare/西原&free=yes").text
        assert 0 < found(page) < 20
        assert len(re.findall(r'<a class="chip fit" href="([^"]+)">', page)) == 3
        assert all(
            "西原圏域" in row for row in re.findall(r'<li class="card place-card".*?</li>', page)
        )

    def test_when_nothing_is_found_one_change_is_offered(self, staff: TestClient) -> None:
        """With the number of places it leads to; following it keeps the promise."""
        page = staff.get("/places?q=囲碁&weekday=6&accommodation=small_group").text
        assert "条件に合う場所は、今はありません" in page
        ways = re.findall(r'<li><a href="([^"]+)">([^<]+)</a> <b>(\d+)か所</b>', page)
        assert "土曜なら" in {words for _, words, _ in ways}
        for href, _, count in ways:
            assert found(staff.get(href.replace("&amp;", "&")).text) == int(count)

    def test_addresses_that_no_longer_make_sense_are_understood_as_far_as_they_go(
        self, staff: TestClient
    ) -> None:
        """An old link is no error."""
        page = staff.get("/places?weekday=9&menu=gone&page=x&stage=0&q=" + "あ" * 500)
        assert page.status_code == 200
        assert page.text.count("あ" * 101) == 0

    def test_words_are_shown_as_they_were_typed(self, staff: TestClient) -> None:
        """And never as markup."""
        page = staff.get("/places", params={"q": '"><b>x'}).text
        assert '"><b>x' not in page
        assert "&#34;&gt;&lt;b&gt;x" in page


def place_named(client: TestClient, name: str) -> str:
    """Return the address of a place."""
    page = client.get("/places", params={"q": name}).text
    address = re.search(r'<a href="(/places/[^"]+)" data-open', page)
    assert address is not None, name
    return address[1]


def openings_at(app: FastAPI, place: str) -> list[Opening]:
    """Return the openings of a place, by name."""
    stores = app.state.wiring.stores
    at_place = [o for o in stores.catalog.openings() if o.resource_id == place.rsplit("/", 1)[1]]
    return sorted(at_place, key=lambda opening: opening.name)


class TestPlace:
    """`/places/{id}`: everything one has to know before asking there."""

    def test_a_place_tells_days_room_host_and_freshness(self, staff: TestClient) -> None:
        """In words first, as four weeks beside."""
        page = staff.get(place_named(staff, "こもれび文庫")).text
        assert "受け入れの枠が 2件 あります" in page
        assert "毎週水曜 10時〜11時30分" in page
        assert '次は <span class="whole">11月18日（水）</span>' in page
        assert page.count('class="days"') == 2
        assert "15歳以上の方・市外の方も" in page
        assert "受け入れ先：こもれび文庫" in page
        assert "ファックス" in page
        assert "この枠に合いそうな人" in page

    def test_whoever_meets_no_people_is_shown_no_way_to_them(self, client: TestClient) -> None:
        """And whoever may not write is shown no pencil."""
        enter(client, "ogawa")
        page = client.get(place_named(client, "こもれび文庫")).text
        assert "受け入れ先：こもれび文庫" in page
        assert "合いそうな人" not in page
        assert "枠を直す" not in page
        assert "電話で確かめた" not in page

    def test_a_host_is_not_shown_whom_to_call_elsewhere(
        self, app: FastAPI, client: TestClient
    ) -> None:
        """Other hosts' places are seen as the public sees them, one's own may be written."""
        own = openings_at(app, place_named(as_role(app, client, Role.COORDINATOR), "こもれび文庫"))
        public = place_named(client, "けやき台三の通いの場")
        hidden = f"/places/{own[0].resource_id}"
        as_role(app, client, Role.HOST)
        assert client.get(hidden).status_code == 404
        page = client.get(public).text
        assert "受け入れ先：" not in page
        assert "枠を直す" not in page
        as_role(app, client, Role.HOST, office=own[0].host_id)
        page = client.get(hidden).text
        assert "受け入れ先：こもれび文庫" in page
        assert "枠を直す" in page
        assert "合いそうな人" not in page

    def test_an_unknown_place_is_said_plainly(self, staff: TestClient) -> None:
        """With the same page as any address that leads nowhere."""
        assert staff.get("/places/nowhere").status_code == 404

    def test_confirming_by_phone_is_one_press(self, app: FastAPI, staff: TestClient) -> None:
        """The opening is fresh from today on."""
        address = place_named(staff, "こもれび文庫")
        opening = openings_at(app, address)[0]
        answer = staff.post(
            f"/openings/{opening.id}/confirm",
            data={"form_token": form_token(staff, address), "how": "phone"},
        )
        assert answer.headers["location"] == f"{address}?done=confirmed"
        page = staff.get(answer.headers["location"]).text
        assert "11月12日に確認" in page
        assert "今日 確かめたことを記録しました" in page


class TestPeople:
    """`/openings/{id}/people`: who fits, and why not the others."""

    def test_everyone_who_waits_is_counted(self, app: FastAPI, staff: TestClient) -> None:
        """Who fits and who does not are all who were looked at."""
        opening = openings_at(app, place_named(staff, "こもれび文庫"))[0]
        page = staff.get(f"/openings/{opening.id}/people").text
        told = re.search(r"(\d+)人のうち (\d+)人に、この枠が合いそうです", page)
        assert told is not None
        everyone, fitting = int(told[1]), int(told[2])
        refused = re.search(r"今は合わない (\d+)人：([^　<]+)", page)
        assert refused is not None
        assert fitting + int(refused[1]) == everyone
        assert sum(map(int, re.findall(r" (\d+)", refused[2]))) == int(refused[1])
        assert page.count('class="card proposal fitting"') == min(fitting, 20)
        table = staff.get(f"/openings/{opening.id}/people?show=refused").text
        assert table.count('<td data-column="理由">') == int(refused[1])

    def test_only_people_whom_the_reader_may_open(self, app: FastAPI, client: TestClient) -> None:
        """Somebody of a member agency with no case of their own meets nobody, and no number."""
        as_role(app, client, Role.COORDINATOR)
        opening = openings_at(app, place_named(client, "けやき台三の通いの場"))[0]
        as_role(app, client, Role.MEMBER_AGENCY)
        page = client.get(f"/openings/{opening.id}/people").text
        assert "つなぎ先を待っている人は、今はいません" in page
        assert "さん</a>" not in page
        as_role(app, client, Role.PLANNER)
        assert client.get(f"/openings/{opening.id}/people").status_code == 403

    def test_an_opening_that_takes_nobody_says_so(self, app: FastAPI, staff: TestClient) -> None:
        """Nobody is weighed for a draft."""
        opening = openings_at(app, place_named(staff, "こもれび文庫"))[0]
        catalog = app.state.wiring.catalog
        catalog.save_opening(replace(opening, status=OpeningStatus.ENDED), EVENT)
        page = staff.get(f"/openings/{opening.id}/people").text
        assert "今は受け付けていないため" in page


ENTRY: dict[str, str | list[str]] = {
    "name": "花だんの世話",
    "menu": ["gardening"],
    "form": "volunteering",
    "role": "helper",
    "first_stage": "1",
    "last_stage": "3",
    "often": "monthly",
    "weeks": ["2", "4"],
    "weekdays": ["1"],
    "starts_at": "9:30",
    "ends_at": "10時30分",
    "closed": ["holidays", "12-29/01-03"],
    "min_minutes": "30",
    "leave_early_ok": "yes",
    "capacity": "６",
    "taken": "",
    "residents": "yes",
    "noise": "1",
    "crowd": "1",
    "companion_welcome": "yes",
    "cost_yen": "0",
    "stipend_yen": "",
    "insurance": "volunteer",
    "agreement_required": "",
    "visibility": "agencies",
}


class TestWriting:
    """The form of an opening: said back in words, every mistake at its field, nothing lost."""

    @pytest.fixture
    def place(self, staff: TestClient) -> str:
        """Return the address of a place."""
        return place_named(staff, "こもれび文庫")

    @pytest.fixture
    def entry(self, app: FastAPI, staff: TestClient, place: str) -> dict[str, Any]:
        """Return the fields of an opening that can be kept."""
        host = openings_at(app, place)[0].host_id
        return {**ENTRY, "host_id": host, "form_token": form_token(staff, place)}

    def add(self, staff: TestClient, place: str, fields: dict[str, Any]) -> Any:
        """Send the form of a new opening."""
        return staff.post(f"/openings/new?place={place.rsplit('/', 1)[1]}", data=fields)

    def test_a_new_opening_takes_people_at_once(
        self, app: FastAPI, staff: TestClient, place: str, entry: dict[str, Any]
    ) -> None:
        """As it was typed: full width, kanji hours, several weeks; and as a draft when asked."""
        answer = self.add(staff, place, {**entry, "do": "open"})
        assert answer.headers["location"] == f"{place}?done=saved"
        kept = next(o for o in openings_at(app, place) if o.name == "花だんの世話")
        assert kept.status is OpeningStatus.OPEN
        assert kept.capacity == 6
        assert kept.schedule is not None
        assert kept.schedule.recurrence.code == "24Tu"
        assert (kept.schedule.starts_at, kept.schedule.ends_at) == (time(9, 30), time(10, 30))
        assert kept.schedule.closed_on_holidays
        assert kept.schedule.closed == (ClosedPeriod("12-29", "01-03", "年末年始は休み"),)
        page = staff.get(answer.headers["location"]).text
        assert "第2・第4火曜 9時30分〜10時30分" in page
        self.add(staff, place, {**entry, "name": "下書き", "menu": [], "do": "draft"})
        drafts = [o for o in openings_at(app, place) if o.status is OpeningStatus.DRAFT]
        assert [each.name for each in drafts] == ["下書き"]

    def test_how_many_helpers_a_group_wants_is_kept_and_shown(
        self, app: FastAPI, staff: TestClient, place: str, entry: dict[str, Any]
    ) -> None:
        answer = self.add(staff, place, {**entry, "helpers_wanted": "２", "do": "open"})
        kept = next(o for o in openings_at(app, place) if o.name == "花だんの世話")
        assert kept.helpers_wanted == 2
        assert "2人 いるとよい" in staff.get(answer.headers["location"]).text
        fields = fields_of_page(staff.get(f"/openings/{kept.id}/edit").text)
        assert fields["helpers_wanted"] == ["2"]

    def test_whom_a_host_would_be_glad_of_is_kept_and_shown(
        self, app: FastAPI, staff: TestClient, place: str, entry: dict[str, Any]
    ) -> None:
        """In words on the page of the place; emptied again, nothing of it stays."""
        glad: dict[str, Any] = {
            "glad_words": "土が好きな方",
            "glad_min_age": "６０",
            "glad_stages": ["1"],
            "glad_menu": ["gardening"],
            "glad_weekdays": ["0", "2"],
        }
        self.add(staff, place, {**entry, **glad, "do": "open"})
        kept = next(o for o in openings_at(app, place) if o.name == "花だんの世話")
        assert kept.preference == Preference(
            min_age=60,
            stages=frozenset({Stage.VISIT}),
            menu=frozenset({"gardening"}),
            weekdays=frozenset({0, 2}),
            words="土が好きな方",
        )
        assert "「土が好きな方」、60歳以上の方、月・水曜に来られる方、今「見学」の方" in (
            staff.get(place).text
        )
        address = f"/openings/{kept.id}/edit"
        fields = fields_of_page(staff.get(address).text)
        assert {name: fields.get(name) for name in glad if name != "glad_min_age"} == {
            name: [each] if isinstance(each, str) else each
            for name, each in glad.items()
            if name != "glad_min_age"
        }
        silent = {name: each for name, each in fields.items() if not name.startswith("glad_")}
        assert staff.post(address, data=silent).status_code == 303
        (kept,) = (o for o in openings_at(app, place) if o.id == kept.id)
        assert kept.preference is None

    @pytest.mark.parametrize(
        ("wrong", "field", "words"),
        [
            (
                {"ends_at": "9:00"},
                "ends_at",
                "終わる時刻（09:00）が、始まる時刻（09:30）より後では",
            ),
            ({"starts_at": "25時"}, "starts_at", "時刻として読めません"),
            ({"ends_at": ""}, "ends_at", "終わる時刻がありません"),
            ({"capacity": "0"}, "capacity", "1から 999までの数"),
            ({"capacity": ""}, "capacity", "定員がありません"),
            ({"capacity": "三人"}, "capacity", "定員"),
            ({"taken": "7"}, "taken", "いま来ている人数（7人）が、定員（6人）より多く"),
            ({"often": ""}, "often", "くりかえしが選ばれていません"),
            ({"weeks": []}, "weeks", "第何週かが選ばれていません"),
            ({"weekdays": []}, "weekdays", "曜日が選ばれていません"),
            ({"often": "fortnightly"}, "anchor_on", "行う日を1つ書いてください"),
            (
                {"often": "fortnightly", "anchor_on": "2026/11/18"},
                "anchor_on",
                "この日は水曜で、選んだ曜日と合いません",
            ),
            (
                {"weeks": ["5"], "starts_on": "2026/11/16", "ends_on": "2026/12/20"},
                "weekdays",
                "行う日が1日もありません",
            ),
            ({"min_minutes": "90"}, "min_minutes", "行う時間（60分）より長く"),
            ({"max_minutes": "10"}, "max_minutes", "10分は、最短の30分より短く"),
            ({"starts_on": "2026/12/1", "ends_on": "2026/11/1"}, "ends_on", "より後です"),
            ({"ends_on": "いつか"}, "ends_on", "日付として読めません"),
            ({"min_age": "65", "max_age": "60"}, "max_age", "60歳は、65歳より下です"),
            (
                {"glad_min_age": "65", "glad_max_age": "60"},
                "glad_max_age",
                "60歳は、65歳より下です",
            ),
            ({"glad_weekdays": ["8"]}, "glad_weekdays", "もう一度 選んでください"),
            ({"first_stage": "4"}, "last_stage", "「参加」は「役割」より前の段です"),
            ({"sex": "female"}, "sex_reason", "理由を書いてください"),
            ({"menu": []}, "menu", "することが選ばれていません"),
            ({"form": "work_experience", "insurance": "none"}, "insurance", "保険が要ります"),
            ({"form": "work_experience"}, "agreement_required", "確認書が要ります"),
            ({"host_id": ""}, "host_id", "受け入れ先が選ばれていません"),
            ({"name": "　"}, "name", "枠の名前がありません"),
            ({"name": "あ" * 201}, "name", "200文字まで"),
            ({"menu": ["smuggling"]}, "menu", "もう一度 選んでください"),
            ({"cost_yen": "-5"}, "cost_yen", "0から 1,000,000までの数"),
        ],
    )
    def test_each_mistake_stands_at_its_field(
        self,
        app: FastAPI,
        staff: TestClient,
        place: str,
        entry: dict[str, Any],
        wrong: dict[str, Any],
        field: str,
        words: str,
    ) -> None:
        """In Japanese, with what was typed still there, and nothing kept."""
        before = len(openings_at(app, place))
        answer = self.add(staff, place, {**entry, **wrong, "do": "open"})
        assert answer.status_code == 422
        at_field = re.search(rf'id="{field}-wrong">.*?<span>([^<]+)</span>', answer.text, re.DOTALL)
        assert at_field is not None, answer.text
        assert words in at_field[1]
        assert f'href="#{field}"' in answer.text
        assert len(openings_at(app, place)) == before
        if "name" not in wrong:
            assert 'value="花だんの世話"' in answer.text

    def test_all_mistakes_are_told_at_once_in_the_order_of_the_form(
        self, staff: TestClient, place: str, entry: dict[str, Any]
    ) -> None:
        """One need not send it five times."""
        page = self.add(staff, place, {"form_token": entry["form_token"], "do": "open"}).text
        summary = page.partition("か所を 直してください")[2].partition("</section>")[0]
        assert re.findall(r'href="#([a-z_]+)"', summary) == [
            "name", "menu", "often", "capacity", "host_id",
        ]  # fmt: skip

    def test_the_schedule_is_said_back_before_anything_is_kept(
        self, app: FastAPI, staff: TestClient, place: str, entry: dict[str, Any]
    ) -> None:
        """Even while the rest of the form is still empty."""
        fields = {name: entry[name] for name in ("often", "weeks", "weekdays", "form_token")}
        hours = {"starts_at": "9:30", "ends_at": "10:30", "do": "look"}
        before = len(openings_at(app, place))
        answer = self.add(staff, place, {**fields, **hours})
        assert answer.status_code == 200
        assert "第2・第4火曜 9時30分〜10時30分" in answer.text
        assert 'class="days"' in answer.text
        assert "か所を 直してください" not in answer.text
        answer = self.add(staff, place, {**fields, **hours, "ends_at": "8:00"})
        assert "より後ではありません" in answer.text
        assert len(openings_at(app, place)) == before

    def test_an_opening_is_shown_as_it_is_kept(self, app: FastAPI, staff: TestClient) -> None:
        """Sending the form back unchanged changes nothing, whatever the opening is like."""
        for opening in app.state.wiring.stores.catalog.openings()[::9]:
            page = staff.get(f"/openings/{opening.id}/edit").text
            answer = staff.post(f"/openings/{opening.id}/edit", data=fields_of_page(page))
            assert answer.status_code == 303, answer.text
            assert app.state.wiring.catalog.opening(opening.id) == opening

    def test_what_is_woven_too_finely_for_the_form_stays(
        self, app: FastAPI, staff: TestClient, place: str
    ) -> None:
        """Mondays every week and Fridays of the first one, and holidays of its own."""
        opening = openings_at(app, place)[0]
        schedule = Schedule(
            parse_recurrence("0Mo1Fr"), time(10), time(12),
            closed=(ClosedPeriod(date(2026, 12, 1), date(2026, 12, 5)),),
        )  # fmt: skip
        woven = replace(opening, schedule=schedule)
        app.state.wiring.catalog.save_opening(woven, EVENT)
        page = staff.get(f"/openings/{opening.id}/edit").text
        assert "今のまま（毎週月曜と第1金曜）" in page
        staff.post(f"/openings/{opening.id}/edit", data={**fields_of_page(page), "capacity": "9"})
        assert app.state.wiring.catalog.opening(opening.id) == replace(woven, capacity=9)

    def test_the_second_of_two_writers_sees_both(
        self, app: FastAPI, staff: TestClient, place: str
    ) -> None:
        """And decides which one stays; nothing is lost on the way."""
        opening = openings_at(app, place)[0]
        first = fields_of_page(staff.get(f"/openings/{opening.id}/edit").text)
        staff.post(f"/openings/{opening.id}/edit", data={**first, "capacity": "7"})
        answer = staff.post(f"/openings/{opening.id}/edit", data={**first, "capacity": "9"})
        assert answer.status_code == 409
        assert "どちらを残しますか" in answer.text
        row = answer.text.partition('<th scope="row">定員</th>')[2].partition("</tr>")[0]
        assert re.findall(r">(\d+)<", row) == ["7", "9"]
        again = fields_of_page(answer.text)
        assert staff.post(f"/openings/{opening.id}/edit", data=again).status_code == 303
        kept = app.state.wiring.catalog.opening(opening.id)
        assert kept is not None
        assert kept.capacity == 9

    def test_a_step_asks_for_its_reason_and_is_told_on_the_place(
        self, app: FastAPI, staff: TestClient, place: str
    ) -> None:
        """Without one it stays as it was."""
        opening = openings_at(app, place)[0]
        token = {"form_token": form_token(staff, place)}
        address = f"/openings/{opening.id}/status"
        wrong = staff.post(address, data={**token, "to": "paused"})
        assert wrong.status_code == 422
        assert "理由が要ります。理由を書いてください" in wrong.text
        assert "どうするかが選ばれていません" in staff.post(address, data=token).text
        assert (
            "どうするかが選ばれていません"
            in staff.post(address, data={**token, "to": "submitted"}).text
        )
        done = staff.post(address, data={**token, "to": "paused", "reason": "冬のあいだ"})
        assert done.status_code == 303
        page = staff.get(done.headers["location"]).text
        assert "冬のあいだ" in page
        assert app.state.wiring.catalog.opening(opening.id).status is OpeningStatus.PAUSED

    def test_the_place_is_asked_for_first(self, staff: TestClient, place: str) -> None:
        """Without a place there is a list of all of them."""
        page = staff.get("/openings/new").text
        assert f'value="{place.rsplit("/", 1)[1]}"' in page
        assert page.count("<option") > 140
        assert staff.get("/openings/new?place=nowhere").status_code == 404

    def test_hosts_write_for_themselves_only(self, app: FastAPI, client: TestClient) -> None:
        """They send a draft; whoever may write nothing is told so."""
        place = place_named(as_role(app, client, Role.COORDINATOR), "こもれび文庫")
        own, other = (
            openings_at(app, place)[0],
            openings_at(app, place_named(client, "けやき台三の通いの場"))[0],
        )
        as_role(app, client, Role.HOST, office=own.host_id)
        page = client.get(f"/openings/{own.id}/edit").text
        assert page.count("<option value=") < 60
        assert "満員にする" in page
        for method, address in (
            ("GET", f"/openings/{other.id}/edit"),
            ("POST", f"/openings/{other.id}/confirm"),
            ("POST", f"/openings/{other.id}/status"),
        ):
            token = {"form_token": form_token(client, f"/openings/{own.id}/edit")}
            assert client.request(method, address, data=token).status_code in (403, 404)
        fields = {**ENTRY, "host_id": other.host_id, "form_token": form_token(client, place)}
        answer = self.add(client, place, {**fields, "do": "draft"})
        assert answer.status_code == 422
        assert "受け入れ先を、もう一度 選んでください" in answer.text
        assert self.add(client, place, {**fields, "host_id": own.host_id}).status_code == 303
        as_role(app, client, Role.PLANNER)
        assert client.get(f"/openings/{own.id}/edit").status_code == 403
        assert client.get("/openings/new").status_code == 403


def fields_of_page(page: str) -> dict[str, Any]:
    """Return the fields of the form of an opening as a browser would send them."""
    reader = FormReader()
    reader.feed(page)
    return reader.fields


class FormReader(HTMLParser):
    """Reads the fields of the form `opening-form`."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.inside = False
        self.name = ""
        self.writing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what is filled in, ticked or chosen."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == "opening-form"
        if not self.inside:
            return
        match tag:
            case "input" if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.add(given["name"], given.get("value", ""))
            case "select" | "textarea":
                self.name = given["name"]
                if tag == "textarea":
                    self.writing = self.name
                    self.add(self.name, "")
            case "option" if "selected" in given:
                self.add(self.name, given["value"])

    def handle_endtag(self, tag: str) -> None:
        """Leave the form, or a text."""
        if tag == "form":
            self.inside = False
        self.writing = "" if tag == "textarea" else self.writing

    def handle_data(self, data: str) -> None:
        """Take what is written in a text."""
        if self.writing:
            self.fields[self.writing][-1] += data

    def add(self, name: str, value: str) -> None:
        """Note a value of a field."""
        self.fields.setdefault(name, []).append(value)
