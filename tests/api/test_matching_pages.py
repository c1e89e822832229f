"""The pages of matching everyone at once: start, result, decisions, record."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from catalog.actor import Role
from tests.api.conftest import as_role, enter, form_token
from tests.office import Clock
from tests.sample_office import sample_office

ROW = re.compile(r'action="(/matching/[\w-]+/proposals/[\w-]+)')


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path / "office"), clock)


@pytest.fixture
def mizuno(client: TestClient) -> TestClient:
    """Sign in as the coordinator of the sample who may open everybody."""
    assert enter(client) == 303
    return client


def start(client: TestClient) -> str:
    """Start a run and return the address of its page."""
    token = form_token(client, "/matching")
    address: str = client.post("/matching", data={"form_token": token}).headers["location"]
    while "/progress/" in address:
        address = client.get(address).headers.get("location", address)
    return address


def send(client: TestClient, action: str, **fields: str) -> int:
    """Send a decision as a form does and return the status of the answer."""
    form = {"form_token": form_token(client, "/matching"), **fields}
    return client.post(action, data=form).status_code


def sums(page: str) -> tuple[int, ...]:
    """Read how many are advanced, set aside and undecided."""
    found = re.search(r'id="sums">(.*?)</p>', page)
    assert found is not None
    return tuple(map(int, re.findall(r"<b>(\d+)人</b>", found[1])))


def test_the_result_adds_up(mizuno: TestClient) -> None:
    """The groups of the bar are everybody, the first line counts the proposals."""
    page = mizuno.get(start(mizuno)).text
    line = re.search(r"(\d+)人のうち (\d+)人に、つなぎ先の案があります。", page)
    assert line is not None
    assert int(line[1]) == 80
    parts = re.search(r'aria-label="80人のうち、([^"]+)"', page)
    assert parts is not None
    assert sum(map(int, re.findall(r"(\d+)人", parts[1]))) == 80
    assert "検算ずみ" in page
    assert len(set(ROW.findall(page))) == int(line[2])


def test_nothing_new_shows_the_run_of_before(mizuno: TestClient) -> None:
    """A second start without any change leads to the same run and says so."""
    first = start(mizuno)
    again = start(mizuno)
    assert again == f"{first}?same=1"
    assert "何も変わっていない" in mizuno.get(again).text


def test_decide_and_undo(mizuno: TestClient) -> None:
    """Advance, set aside with a reason, undo: the sums follow."""
    address = start(mizuno)
    page = mizuno.get(address).text
    actions = list(dict.fromkeys(ROW.findall(page)))
    before = sums(page)
    assert send(mizuno, actions[0], decision="advance") == 303
    assert send(mizuno, actions[1], decision="set_aside", reason="too_far") == 303
    page = mizuno.get(address).text
    assert sums(page) == (1, 1, before[2] - 2)
    assert "遠すぎる（この場所は出さない）" in page
    assert send(mizuno, actions[0], decision="undo") == 303
    assert send(mizuno, actions[1], decision="undo") == 303
    assert sums(mizuno.get(address).text) == before


def test_setting_aside_asks_for_the_reason(mizuno: TestClient) -> None:
    """Without a reason nothing is decided; the reasons tell what they do."""
    address = start(mizuno)
    page = mizuno.get(address).text
    form = {"form_token": form_token(mizuno, "/matching"), "decision": "set_aside"}
    answer = mizuno.post(ROW.findall(page)[0], data=form)
    assert answer.status_code == 200
    assert "2週間後にまた出す" in answer.text
    assert sums(mizuno.get(address).text) == sums(page)


@pytest.mark.parametrize("tab", ["unplaced", "waits", "advanced", "changed"])
def test_every_tab_opens(mizuno: TestClient, tab: str) -> None:
    """Each list says something, also when it is empty."""
    page = mizuno.get(start(mizuno), params={"tab": tab})
    assert page.status_code == 200
    assert 'aria-current="page"' in page.text


def test_a_protected_person_is_absent_for_others(app: FastAPI, client: TestClient) -> None:
    """Who is not named sees one person less, everywhere."""
    assert enter(client) == 303
    address = start(client)
    own = client.get(address).text
    others = as_role(app, client, Role.COORDINATOR).get(address).text
    assert "月丘 ともえ" in own
    assert "月丘 ともえ" not in others
    assert "79人のうち" in others
    assert client.get(f"{address}/problem.json").status_code == 404
    assert "問題のファイル" not in client.get(f"{address}/record").text


def test_the_frozen_files_hold_no_name(mizuno: TestClient) -> None:
    """The files of a run can be downloaded, and nobody is named in them."""
    address = start(mizuno)
    record = mizuno.get(f"{address}/record")
    assert "場所ごとの値段による証明" in record.text
    problem = mizuno.get(f"{address}/problem.json")
    assert problem.json()["format"] == "tsunagite.problem/1"
    assert "青葉" not in problem.text
    assert mizuno.get(f"{address}/result.json").json()["status"] == "optimal"


@pytest.mark.parametrize("role", [Role.PLANNER, Role.AUDITOR, Role.ADMINISTRATOR, Role.HOST])
def test_other_roles_find_no_such_page(app: FastAPI, client: TestClient, role: Role) -> None:
    """Who may not see runs gets the answer of a page that does not exist."""
    assert enter(client) == 303
    address = start(client)
    other = as_role(app, client, role)
    missing = other.get("/no-such-page")
    for path in ("/matching", address):
        answer = other.get(path)
        assert answer.status_code in (403, 404)
        assert "さん" not in answer.text
    assert missing.status_code == 404


def test_a_run_that_does_not_exist(mizuno: TestClient) -> None:
    """An unknown address is not found."""
    assert mizuno.get("/matching/no-such-run").status_code == 404
