"""職員の一覧: invitations, changes, and what an administrator can do to an account."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from cases.remit import Holder, RemitSetting
from catalog.audit import AuditEvent
from db.sample.accounts import COUNCIL, account_id
from tests.api.conftest import enter, form_token
from tests.api.test_second_factor import another, post, set_up
from tests.office import PASSWORD, Clock

NEW_PASSWORD = "春の野に すみれ つみにと"


@pytest.fixture
def kanri(client: TestClient) -> TestClient:
    """Sign in as the administrator."""
    assert enter(client, "kanri") == 303
    return client


def link_in(text: str) -> str:
    """Return the path of the link that a page shows."""
    found = re.search(r"http://testserver(/invitation/[\w-]{43})<", text)
    assert found is not None
    return found[1]


def invite(client: TestClient, login: str = "hayashi", role: str = "planner") -> str:
    """Invite somebody and return the path of their link."""
    fields = {"login": login, "name": "林", "role": role, "office": "福祉政策課"}
    answer = client.post("/staff/new", data={"form_token": form_token(client, "/staff"), **fields})
    assert answer.status_code == 200
    return link_in(answer.text)


def follow(app: FastAPI, link: str, new: str = NEW_PASSWORD, again: str = "") -> tuple[int, str]:
    """Open a link in another browser and set a password."""
    other = another(app)
    other.get("/sign-in")
    token = form_token(other)
    fields = {"form_token": token, "new": new, "again": again or new}
    answer = other.post(link, data=fields)
    return answer.status_code, answer.headers.get("location", "")


def signs_in(app: FastAPI, login: str, password: str = PASSWORD) -> bool:
    """Tell whether somebody can sign in from elsewhere."""
    other = another(app)
    return enter(other, login, password) == 303


def kinds(folder: Path, user_id: str) -> list[str]:
    """Return what is recorded about an account."""
    connection = sqlite3.connect(folder / "cases.sqlite3")
    query = "SELECT kind, detail FROM audit_events WHERE subject_id = ? ORDER BY number"
    rows = connection.execute(query, [user_id]).fetchall()
    connection.close()
    assert not any("林" in detail or "hayashi" in detail for _, detail in rows)
    return [kind for kind, _ in rows]


def test_an_invited_person_sets_a_password_once(
    kanri: TestClient, app: FastAPI, tmp_path: Path
) -> None:
    """The link is good for one password; what is kept of it opens nothing."""
    link = invite(kanri)
    assert "招待中" in kanri.get("/staff").text
    assert not signs_in(app, "hayashi", "")
    assert follow(app, link, "password1234")[0] == 422
    assert follow(app, link, NEW_PASSWORD, "another one entirely")[0] == 422
    assert follow(app, link) == (303, "/sign-in?next=/account&done=password")
    assert signs_in(app, "hayashi", NEW_PASSWORD)
    assert follow(app, link, "秋の夜の 月を ながめて いた")[0] == 404
    assert signs_in(app, "hayashi", NEW_PASSWORD)
    connection = sqlite3.connect(tmp_path / "cases.sqlite3")
    assert link.split("/")[-1] not in "\n".join(connection.iterdump())
    connection.close()
    user_id = app.state.wiring.users.user_by_login("hayashi").id
    assert kinds(tmp_path, user_id) == [
        "user_added",
        "invited",
        "password_changed",
        "sessions_ended",
        "signed_in",
        "signed_in",
    ]


def test_every_link_that_does_not_count_is_answered_alike(
    kanri: TestClient, app: FastAPI, clock: Clock
) -> None:
    """Used, overdue, replaced, of a stopped account, or never made: the same words."""
    answers = [kanri.get("/invitation/nowhere")]
    used, replaced, overdue = invite(kanri), invite(kanri, "abe"), invite(kanri, "baba")
    stopped = invite(kanri, "chiba")
    assert follow(app, used)[0] == 303
    users = app.state.wiring.users
    abe, chiba = (users.user_by_login(login).id for login in ("abe", "chiba"))
    assert post(kanri, f"/staff/{abe}/link", "/staff")[0] == 200
    assert post(kanri, f"/staff/{chiba}/act", "/staff", act="disable")[0] == 303
    answers += [kanri.get(each) for each in (used, replaced, stopped)]
    assert kanri.get(overdue).status_code == 200
    clock.forward(hours=72)
    answers.append(kanri.get(overdue))
    bare = {re.sub(r'value="[0-9a-f]{64}"', "", each.text) for each in answers}
    assert len(bare) == 1
    assert {each.status_code for each in answers} == {404}


def test_a_reset_ends_sessions_and_keeps_the_second_factor(
    kanri: TestClient, app: FastAPI, clock: Clock
) -> None:
    """Until the link is used the old password holds; the new one alone does not let in."""
    mizuno = another(app)
    enter(mizuno)
    set_up(mizuno, clock)
    answer = kanri.post(
        "/staff/sample-mizuno/link", data={"form_token": form_token(kanri, "/staff")}
    )
    assert mizuno.get("/").status_code == 200
    assert follow(app, link_in(answer.text))[0] == 303
    assert mizuno.get("/").status_code == 303
    fields = {"form_token": form_token(mizuno), "login": "mizuno", "password": NEW_PASSWORD}
    answer = mizuno.post("/sign-in", data=fields)
    assert answer.headers["location"].startswith("/sign-in/code")


def test_disabling_is_at_once_and_never_the_last_administrator(
    kanri: TestClient, app: FastAPI
) -> None:
    mizuno = another(app)
    enter(mizuno)
    goal = "/staff/sample-mizuno"
    assert post(kanri, f"{goal}/act", "/staff", act="disable") == (303, f"{goal}?done=disable")
    assert mizuno.get("/").status_code == 303
    assert not signs_in(app, "mizuno")
    assert post(kanri, f"{goal}/act", "/staff", act="enable")[0] == 303
    assert signs_in(app, "mizuno")
    own = "/staff/sample-kanri"
    assert post(kanri, f"{own}/act", "/staff", act="disable")[0] == 422
    assert post(kanri, own, "/staff", name="森", role="planner", office="x")[0] == 422
    invite(kanri, "second", "administrator")  # who has no password yet manages nothing
    assert post(kanri, f"{own}/act", "/staff", act="disable")[0] == 422
    assert kanri.get("/staff").status_code == 200


def test_another_role_signs_in_again(kanri: TestClient, app: FastAPI) -> None:
    """A new name does not; a role or an office does: nobody goes on with rights of before."""
    ogawa = another(app)
    enter(ogawa, "ogawa")
    path = "/staff/sample-ogawa"
    fields = {"name": "小川 みどり", "role": "planner", "office": "福祉政策課"}
    assert post(kanri, path, "/staff", **fields) == (303, f"{path}?done=saved")
    assert "小川 みどり" in ogawa.get("/").text
    assert post(kanri, path, "/staff", **{**fields, "role": "auditor"})[0] == 303
    assert ogawa.get("/").status_code == 303


def test_an_administrator_opens_a_lock_and_ends_sessions(
    kanri: TestClient, app: FastAPI, clock: Clock
) -> None:
    mizuno = another(app)
    enter(mizuno)
    other = another(app)
    for _ in range(6):
        assert enter(other, "mizuno", "wrong") == 422
    assert enter(other, "mizuno") == 422
    assert "待っています" in kanri.get("/staff").text
    assert post(kanri, "/staff/sample-mizuno/act", "/staff", act="unlock")[0] == 303
    assert enter(other, "mizuno") == 303
    assert mizuno.get("/").status_code == 200
    assert post(kanri, "/staff/sample-mizuno/act", "/staff", act="end_sessions")[0] == 303
    assert mizuno.get("/").status_code == 303
    enter(mizuno)
    set_up(mizuno, clock)
    assert post(kanri, "/staff/sample-mizuno/act", "/staff", act="remove_factor")[0] == 303
    assert mizuno.get("/").status_code == 303
    assert enter(mizuno) == 303
    assert mizuno.get("/").status_code == 200


def test_an_administrator_ends_the_sessions_of_everybody(
    kanri: TestClient, app: FastAPI, clock: Clock, tmp_path: Path
) -> None:
    """Once the word is written; whoever does it has to sign in again as well."""
    page = "/staff/sessions/end"
    mizuno, ogawa = another(app), another(app)
    enter(mizuno)
    clock.forward(minutes=40)
    for login, browser in (("ogawa", ogawa), ("kanri", kanri)):
        assert enter(browser, login) == 303
    assert "画面が 2か所あります" in kanri.get(page).text, "the first has run out"
    enter(mizuno)
    for wrong in ("", "はい", "全員です"):
        status, _ = post(kanri, page, "/staff", word=wrong)
        assert status == 422
    assert [each.get("/").status_code for each in (mizuno, ogawa, kanri)] == [200, 200, 200]
    token = form_token(kanri, page)
    answer = kanri.post(page, data={"form_token": token, "word": " 全員 "})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=/staff&done=everybody",
    )
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert [each.get("/").status_code for each in (mizuno, ogawa, kanri)] == [303, 303, 303]
    assert "全員のサインインを 終わりにしました" in kanri.get(answer.headers["location"]).text
    assert enter(mizuno) == 303
    assert mizuno.get("/").status_code == 200
    connection = sqlite3.connect(tmp_path / "cases.sqlite3")
    query = "SELECT actor_id, detail FROM audit_events WHERE kind = 'all_sessions_ended'"
    assert connection.execute(query).fetchall() == [("sample-kanri", '{"count":"3"}')]
    connection.close()


def test_only_an_administrator_who_has_just_shown_it_ends_them(
    kanri: TestClient, app: FastAPI, clock: Clock
) -> None:
    """Others may not; after ten minutes the password is asked for again."""
    page = "/staff/sessions/end"
    mizuno = another(app)
    enter(mizuno)
    assert mizuno.get(page).status_code == 403
    assert post(mizuno, page, "/", word="全員")[0] == 403
    clock.forward(minutes=11)
    status, goal = post(kanri, page, "/staff", word="全員")
    assert (status, goal) == (303, f"/account/confirm?next={page}")
    assert mizuno.get("/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("login", "ha yashi", "空白のない半角"),
        ("login", "mizuno", "ほかの人が使っています"),
        ("name", " ", "名前を書いてください"),
        ("role", "system", "役割を選んでください"),
        ("role", "", "役割を選んでください"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    kanri: TestClient, app: FastAPI, field: str, value: str, words: str
) -> None:
    """Nothing is kept, and what was typed stays."""
    before = app.state.wiring.users.users()
    fields = {"login": "hayashi", "name": "林", "role": "planner", "office": "課", field: value}
    token = form_token(kanri, "/staff")
    answer = kanri.post("/staff/new", data={"form_token": token, **fields})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="課"' in answer.text
    assert app.state.wiring.users.users() == before


def test_a_change_asks_who_one_is_after_ten_minutes(kanri: TestClient, clock: Clock) -> None:
    """The list can be read; to change something the password is asked for again."""
    clock.forward(minutes=11)
    assert kanri.get("/staff").status_code == 200
    for path in ("/staff/new", "/staff/sample-mizuno", "/staff/sample-mizuno/link"):
        status, goal = post(kanri, path, "/staff", name="x")
        assert (status, goal.split("?")[0]) == (303, "/account/confirm")
    confirm = "/account/confirm"
    for _ in range(2):
        assert post(kanri, confirm, confirm, password="wrong")[0] == 422
    assert post(kanri, confirm, confirm, password=PASSWORD, next="/staff") == (303, "/staff")
    invite(kanri)
    clock.forward(**{"seconds": timedelta(minutes=10).total_seconds()})
    assert post(kanri, "/staff/sample-mizuno/link", "/staff")[0] == 303


def test_no_misspelt_office_opens_the_whole_city(kanri: TestClient, app: FastAPI) -> None:
    """Where an office is entrusted with some 事業 alone."""
    user = account_id("hara")
    entrusted = RemitSetting(
        holder=Holder.OFFICE, holder_id=COUNCIL, programmes=frozenset({"参加支援事業"})
    )
    event = AuditEvent("remit_set", "system", "office", COUNCIL, app.state.wiring.clock())
    app.state.wiring.rights.save_remit(entrusted, event)
    before = app.state.wiring.users.user(user)
    token = form_token(kanri, "/staff")
    for office in (f"{COUNCIL}　本所", ""):
        fields = {"name": "原", "role": "coordinator", "office": office}
        answer = kanri.post(f"/staff/{user}", data={"form_token": token, **fields})
        assert answer.status_code == 422
        assert "機関は、市の設定にも職員の所属にも ありません" in answer.text
        assert app.state.wiring.users.user(user) == before
