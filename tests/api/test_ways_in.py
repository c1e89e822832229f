"""Whom an administrator lets in is told: to whoever has the account, and to the auditor."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.api.conftest import enter
from tests.api.test_second_factor import another, post
from tests.api.test_staff_pages import invite
from tests.office import Clock

CHANGED = "ほかの人が あなたのアカウントの入り方を変えました"


def entered(app: FastAPI, login: str) -> TestClient:
    """Return a browser in which somebody is signed in."""
    browser = another(app)
    assert enter(browser, login) == 303
    return browser


def test_the_owner_is_told_what_others_have_done_to_the_account(
    app: FastAPI, client: TestClient, clock: Clock
) -> None:
    """When, who and what, for thirty days: also to whoever comes in after the thief."""
    enter(client, "kanri")
    assert CHANGED not in entered(app, "mizuno").get("/").text
    assert post(client, "/staff/sample-mizuno/link", "/staff/sample-mizuno")[0] == 200
    assert post(client, "/staff/sample-mizuno/act", "/staff", act="remove_factor")[0] == 303
    for _ in range(2):
        shown = entered(app, "mizuno").get("/").text
        assert CHANGED in shown
        assert "森：パスワードを決めなおすリンクを作りました" in shown
        assert "森：2つめの確かめを 外しました" in shown
    assert CHANGED not in entered(app, "hara").get("/").text
    clock.forward(days=31)
    assert CHANGED not in entered(app, "mizuno").get("/").text


def test_what_one_does_oneself_is_no_news(app: FastAPI, client: TestClient) -> None:
    enter(client)
    assert post(client, "/account/factor/remove")[0] == 303
    assert CHANGED not in client.get("/").text


def test_the_auditor_sees_who_was_let_in_to_meet_people(app: FastAPI, client: TestClient) -> None:
    """New accounts and new ways into old ones; those that never meet people are left out."""
    enter(client, "kanri")
    invite(client, "spy", "coordinator")
    invite(client, "keikaku", "planner")
    assert post(client, "/staff/sample-hara/link", "/staff/sample-hara")[0] == 200
    shown = entered(app, "kansa").get("/audit").text
    listed = shown[shown.index('<details class="card">') :]
    listed = listed[: listed.index("</details>")]
    assert "林 さん・コーディネーター" in listed
    assert "原 さん・コーディネーター" in listed
    assert listed.count("<li>") == 2
