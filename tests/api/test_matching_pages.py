"""The pages of matching everyone at once: result, decisions, record."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.matching import crowded
from catalog.actor import Role
from matcher.errors import NotSupported
from tests.api.conftest import as_role, enter, form_token
from tests.office import Clock
from tests.sample_office import matched_office

ROW = re.compile(r'action="(/matching/[\w-]+/proposals/[\w-]+)')


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city, which has been matched once."""
    return create_app(matched_office(tmp_path / "office"), clock)


@pytest.fixture
def mizuno(client: TestClient) -> TestClient:
    """Sign in as the coordinator of the sample who may open everybody."""
    assert enter(client) == 303
    return client


def latest(client: TestClient) -> str:
    """Return the address of the newest result; the sample city has one from the beginning."""
    address: str = client.get("/matching/latest").headers["location"]
    return address


def start(client: TestClient) -> str:
    """Start a run and return the address of its page."""
    token = form_token(client, "/matching")
    address: str = client.post("/matching", data={"form_token": token}).headers["location"]
    while "/progress/" in address:
        address = client.get(address).headers.get("location", address)
    return address


def post(client: TestClient, action: str, *, in_place: bool = False, **fields: str) -> Any:
    """Send a decision as a form does, or as a page does that takes the answer in place."""
    form = {"form_token": form_token(client, "/matching"), **fields}
    headers = {"HX-Request-Type": "partial"} if in_place else {}
    return client.post(action, data=form, headers=headers)


def send(client: TestClient, action: str, **fields: str) -> int:
    """Send a decision as a form does and return the status of the answer."""
    status: int = post(client, action, in_place=False, **fields).status_code
    return status


def actions_of(client: TestClient, address: str) -> list[str]:
    """Return the addresses that take decisions about the proposals of a run, in its order."""
    return list(dict.fromkeys(ROW.findall(client.get(address).text)))


def sums(page: str) -> tuple[int, ...]:
    """Read how many are advanced, set aside and undecided."""
    found = re.search(r'id="sums">(.*?)</p>', page)
    assert found is not None
    return tuple(map(int, re.findall(r"<b>(\d+)人</b>", found[1])))


def test_the_result_adds_up(mizuno: TestClient) -> None:
    """The groups of the bar are everybody, the first line counts the proposals."""
    page = mizuno.get(latest(mizuno)).text
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
    first = latest(mizuno)
    again = start(mizuno)
    assert again == f"{first}?same=1"
    assert "何も変わっていない" in mizuno.get(again).text


def test_decide_and_undo(mizuno: TestClient) -> None:
    """Advance, set aside with a reason, undo: the sums follow."""
    address = latest(mizuno)
    page = mizuno.get(address).text
    actions = list(dict.fromkeys(ROW.findall(page)))
    before = sums(page)
    assert send(mizuno, actions[0], decision="advance") == 303
    assert send(mizuno, actions[1], decision="set_aside", reason="too_far") == 303
    page = mizuno.get(address).text
    assert sums(page) == (1, 1, before[2] - 2)
    assert "遠すぎる<br>→ この場所は出さない" in page
    assert send(mizuno, actions[0], decision="undo") == 303
    assert send(mizuno, actions[1], decision="undo") == 303
    assert sums(mizuno.get(address).text) == before


def test_without_scripts_one_comes_back_to_the_row(mizuno: TestClient) -> None:
    """In the same tab and order, at the row that was decided."""
    address = latest(mizuno)
    action = actions_of(mizuno, address)[3]
    answer = post(mizuno, f"{action}?sort=fit", decision="advance")
    proposal_id = action.rpartition("/")[2]
    assert answer.headers["location"] == f"{address}?sort=fit#row-{proposal_id}"
    row = mizuno.get(f"{action}?sort=fit")
    assert row.headers["location"] == answer.headers["location"]


def test_in_place_only_what_changes_comes_back(mizuno: TestClient) -> None:
    """The row, the sums, the counts of the tabs and the way back; nothing of anybody else."""
    address = latest(mizuno)
    first, second = actions_of(mizuno, address)[:2]
    part = post(mizuno, first, in_place=True, decision="advance")
    assert part.text.count("<tr ") == 1
    assert 'id="sums"' in part.text
    assert re.search(r"進める 1<", part.text)
    assert "data-undo" in part.text
    assert second not in part.text
    assert "\\u9032\\u3081\\u308b\\u306b\\u3057\\u307e\\u3057\\u305f" in part.headers["HX-Trigger"]
    undone = post(mizuno, first, in_place=True, decision="undo")
    assert "data-undo" not in undone.text
    alone = mizuno.get(first, headers={"HX-Request-Type": "partial"})
    assert alone.text.count("<tr ") == 1


@pytest.mark.parametrize("in_place", [True, False])
def test_setting_aside_asks_for_the_reason(mizuno: TestClient, in_place: bool) -> None:
    """Without a reason nothing is decided; each reason tells what it does."""
    address = latest(mizuno)
    before = sums(mizuno.get(address).text)
    action = actions_of(mizuno, address)[0]
    answer = post(mizuno, action, in_place=in_place, decision="set_aside")
    assert answer.status_code == 200
    assert len(re.findall(r'name="reason" value="', answer.text)) == 12
    assert "本人が迷っている<small>2週間後にまた出す</small>" in answer.text
    assert ("<h1" in answer.text) is not in_place
    assert sums(mizuno.get(address).text) == before


def test_what_the_state_does_not_allow_is_said_and_nothing_kept(mizuno: TestClient) -> None:
    """The second to advance the same proposal reads why not, at the row or on the page."""
    address = latest(mizuno)
    action = actions_of(mizuno, address)[0]
    assert send(mizuno, action, decision="advance") == 303
    in_place = post(mizuno, action, in_place=True, decision="undo")
    assert in_place.status_code == 200
    refused = post(mizuno, action, decision="undo")
    assert refused.status_code == 409
    told = re.search(r'role="alert">.*?<p>(.*?)</p>', refused.text)
    assert told is not None
    assert "の案は、前のままです。画面を開いたあとで、だれかが先に決めました" in told[1]
    assert "決めなおしてください。" in told[1]
    anchor = re.search(r'href="#([\w-]+)"', told[1])
    assert anchor is not None
    assert f'id="{anchor[1]}"' in refused.text
    assert sums(mizuno.get(address).text)[0] == 0
    unknown = post(mizuno, action, in_place=True, decision="set_aside", reason="no_such_reason")
    assert 'role="alert"' in unknown.text
    assert sums(mizuno.get(address).text)[1] == 0


def test_only_the_newest_result_is_decided_about(mizuno: TestClient) -> None:
    """After a decision a new run differs; the earlier one can still be read and undone."""
    first = latest(mizuno)
    going, other = actions_of(mizuno, first)[:2]
    assert send(mizuno, going, decision="advance") == 303
    second = start(mizuno)
    assert second != first
    assert mizuno.get("/matching/latest").headers["location"] == second
    earlier = mizuno.get(first).text
    assert "これは前の計算です" in earlier
    assert 'value="advance"' not in earlier
    assert send(mizuno, other, decision="advance") == 409
    under_way = mizuno.get(f"{second}?tab=advanced").text
    assert going in under_way
    assert "先に案を進めている" in under_way
    assert send(mizuno, going, decision="undo") == 303
    runs = mizuno.get("/matching").text
    assert "これまでに 2回 調べました" in runs


def test_a_later_run_says_what_changed(mizuno: TestClient) -> None:
    """Who lost the place that was set aside is among the changes, with both places."""
    first = latest(mizuno)
    assert send(mizuno, actions_of(mizuno, first)[0], decision="set_aside", reason="too_far") == 303
    page = mizuno.get(f"{start(mizuno)}?tab=changed").text
    assert re.search(r"前回から変わった [1-9]", page)
    assert re.search(r"場所が変わりました|案がなくなりました", page)


@pytest.mark.parametrize("sort", ["district", "fit", "waiting", "nonsense"])
def test_every_order_shows_everybody(mizuno: TestClient, sort: str) -> None:
    """An order that does not exist is the usual one."""
    address = latest(mizuno)
    assert len(actions_of(mizuno, f"{address}?sort={sort}")) == 60


def test_who_has_no_place_is_counted_by_what_is_missing(mizuno: TestClient) -> None:
    """The counts on the card add up to the people of the list, who carry the same words."""
    page = mizuno.get(latest(mizuno), params={"tab": "unplaced"}).text
    card = page[page.index('id="missing-title"') :]
    total = re.search(r"今は見つからない (\d+)人", card)
    counts = re.findall(r"<dt>([^<]+)</dt><dd>(\d+)人</dd>", card)
    assert total is not None
    assert sum(int(count) for _, count in counts) == int(total[1])
    for words, count in counts:
        assert page.count(f"<b>{words}</b>") == int(count)
    assert "あと1人 受け入れると、1人つながります。" in card


def test_the_way_out_of_missing_consent_is_there(mizuno: TestClient) -> None:
    """Recording one is a link away, but for those who said no: with them comes a talk."""
    page = mizuno.get(latest(mizuno), params={"tab": "waits"}).text
    assert "同意などを待つ 8" in page
    assert len(re.findall(r'href="/people/[\w-]+/consent"', page)) == 6
    assert "気持ちが変わったかを、次に会うときに聞く" in page
    assert "続けたいかを、次に会うときに聞く" in page


@pytest.mark.parametrize("tab", ["unplaced", "waits", "advanced", "changed"])
def test_every_tab_opens(mizuno: TestClient, tab: str) -> None:
    """Each list says something, also when it is empty."""
    page = mizuno.get(latest(mizuno), params={"tab": tab})
    assert page.status_code == 200
    assert 'aria-current="page"' in page.text


def test_a_protected_person_is_absent_for_others(app: FastAPI, client: TestClient) -> None:
    """Who is not named sees one person less, everywhere."""
    assert enter(client) == 303
    address = latest(client)
    own = client.get(address).text
    others = as_role(app, client, Role.COORDINATOR).get(address).text
    assert "月丘 ともえ" in own
    assert "月丘 ともえ" not in others
    assert "79人のうち" in others
    assert client.get(f"{address}/problem.json").status_code == 404
    assert "問題のファイル" not in client.get(f"{address}/record").text


def test_the_frozen_files_hold_no_name(mizuno: TestClient) -> None:
    """The files of a run can be downloaded, and nobody is named in them."""
    address = latest(mizuno)
    record = mizuno.get(f"{address}/record")
    assert "場合分け" in record.text
    assert "これより良い案はありません" in record.text
    problem = mizuno.get(f"{address}/problem.json")
    assert problem.json()["format"] == "tsunagite.problem/1"
    assert "青葉" not in problem.text
    assert mizuno.get(f"{address}/result.json").json()["status"] == "optimal"


@pytest.mark.parametrize("role", [Role.PLANNER, Role.AUDITOR, Role.ADMINISTRATOR, Role.HOST])
def test_other_roles_find_no_such_page(app: FastAPI, client: TestClient, role: Role) -> None:
    """Who may not see runs gets the answer of a page that does not exist."""
    assert enter(client) == 303
    address = latest(client)
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


def test_an_agency_that_accompanies_nobody_sees_an_empty_result(
    app: FastAPI, client: TestClient
) -> None:
    """Counts over everybody would tell it how many there are, so it gets none."""
    assert enter(client) == 303
    address = latest(client)
    agency = as_role(app, client, Role.LEAD_AGENCY)
    page = agency.get(address).text
    assert "つなぎ先を探せる方が、今はいません。" in page
    assert "あと1人 受け入れると" not in page
    record = agency.get(f"{address}/record").text
    assert "どこまで届いたか" not in record
    assert agency.get(f"{address}/result.json").status_code == 404
    assert agency.post("/matching").status_code == 403


def test_who_is_crowded_out_learns_by_whom_and_at_what_price(
    app: FastAPI, client: TestClient
) -> None:
    """The page names who has the place and what taking it would change; only to whom may know."""
    assert enter(client) == 303
    address = latest(client)
    unplaced = client.get(address, params={"tab": "unplaced"}).text
    links = re.findall(rf'href="({address}/crowded/[\w-]+)"', unplaced)
    assert links
    page = client.get(links[0]).text
    assert "いまの案：" in page
    assert re.search(r"この枠を使うと、.+ほかの\d+人は変わりません。", page)
    assert client.get(f"{address}/crowded/nobody").status_code == 404
    assert as_role(app, client, Role.MEMBER_AGENCY).get(links[0]).status_code in (403, 404)


def test_where_moves_are_too_much_to_compute_the_page_says_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules between people in a large run: a sentence, and the way on."""

    def refuse(*_: object) -> None:
        raise NotSupported("too_large_to_solve_again")

    assert enter(client) == 303
    address = latest(client)
    unplaced = client.get(address, params={"tab": "unplaced"}).text
    (link, *_) = re.findall(rf'href="({address}/crowded/[\w-]+)"', unplaced)
    monkeypatch.setattr(crowded, "crowding_of", refuse)
    page = client.get(link)
    assert page.status_code == 200
    assert "すぐには計算できません" in page.text
    assert "0枠" not in page.text
