"""The policy's pages: what holds now, trying a draft, adopting one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from cases.permissions import scope_of_everyone
from catalog.actor import Role
from tests.api.conftest import as_role, enter
from tests.office import Clock
from tests.sample_office import matched_office

POLICY = "/settings/policy"
PREVIEW = f"{POLICY}/preview"
DRAFT = 'from = 2026-12-01\nsource = "第3回会議"\n[weights]\ntravel = 60\nwish = 10\n'


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return create_app(matched_office(tmp_path), Clock())


@pytest.fixture
def browser(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened


def fields_of(page: str) -> dict[str, str]:
    """Return what a browser would send of the form of the draft."""
    form = page.partition('id="draft"')[2].partition("</form>")[0]
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    return {name: html.unescape(value) for name, value in found.items()}


def lead(page: str) -> str:
    """Return the first line under the heading."""
    found = re.search(r'class="lead">([^<]+)', page)
    assert found is not None
    return found[1]


def figures(page: str) -> dict[str, list[list[int]]]:
    """Return the figures of each table of groups, row by row."""
    tables = re.findall(r'<table class="policy-table">(.*?)</table>', page, re.DOTALL)
    return {
        re.findall(r"<caption>(.*?)ごと", table)[0]: [
            [int(each) for each in re.findall(r'class="figures">(\d+)人<', row)]
            for row in table.partition("<tbody>")[2].split("</tr>")[:-1]
        ]
        for table in tables
    }


def test_the_present_policy_is_shown_with_its_day_and_source(browser: TestClient) -> None:
    enter(browser, "mizuno")
    page = browser.get(POLICY).text
    assert lead(page) == (
        "いまは、つなぎ手に はじめから入っている 令和8年4月1日（水）の決まりで 案を出しています。"
    )
    assert "統計の裏づけはまだありません" in page
    assert fields_of(page)["weights.wish"] == "30"
    assert fields_of(page)["calm.bears"] == "1・0・0／1・0.6・0／1・1・0.8"
    for address in ("/", "/matching"):
        assert f'href="{POLICY}"' in browser.get(address).text


def test_the_form_unchanged_changes_nothing_and_nobody(app: FastAPI, browser: TestClient) -> None:
    """Every number survives being shown and read; a preview keeps no run and no policy."""
    enter(browser, "mizuno")
    sent = fields_of(browser.get(POLICY).text) | {"source": "会議"}
    answer = browser.post(PREVIEW, data=sent)
    assert answer.status_code == 200
    assert "今の決まりと、どの数も同じです。" in answer.text
    assert lead(answer.text).endswith("の案は、だれも変わりません。")
    wiring = app.state.wiring
    everyone = scope_of_everyone(wiring.city.code)
    assert len(wiring.stores.runs.runs(everyone)) == 1
    assert wiring.ground.policies() == []


def test_sums_add_up_and_only_some_see_people(app: FastAPI, browser: TestClient) -> None:
    """Who may open people sees who; the others see counts without the protected person."""
    wiring = app.state.wiring
    everybody = wiring.stores.cases.participants(scope_of_everyone(wiring.city.code))
    (hidden,) = (person for person in everybody if person.address_protected)
    totals, people = {}, {}
    for login in ("mizuno", "hara", "ogawa", "elsewhere"):
        browser.cookies.clear()
        if login == "elsewhere":
            as_role(app, browser, Role.COORDINATOR)
        else:
            enter(browser, login)
        sent = fields_of(browser.get(POLICY).text)
        answer = browser.post(PREVIEW, data={"text": DRAFT, "form_token": sent["form_token"]})
        sums = {tuple(map(sum, zip(*rows, strict=True))) for rows in figures(answer.text).values()}
        assert len(sums) == 1, "each table adds up to everybody"
        (sum_,) = sums
        totals[login] = sum_[0]
        if login != "mizuno":
            for mark in (hidden.name, hidden.id, hidden.case_no):
                assert mark not in html.unescape(answer.text)
        assert sum_[2] - sum_[1] == sum_[3] - sum_[4]
        assert lead(answer.text).startswith(f"待っている方は {sum_[0]}人。")
        people[login] = len(re.findall('href="/people/', answer.text))
    assert totals["mizuno"] == totals["elsewhere"] + 1, "one person is protected"
    assert totals["elsewhere"] == totals["ogawa"]
    assert totals["hara"] < totals["elsewhere"], "some 事業 are not the council's"
    assert people["ogawa"] == 0 < people["hara"]


def test_an_administrator_reads_no_figure_of_few_people(browser: TestClient) -> None:
    """No number from 1 to 4 stands anywhere, nor how many are placed, which would tell it."""
    enter(browser, "kanri")
    token = fields_of(browser.get(POLICY).text)["form_token"]
    page = browser.post(PREVIEW, data={"text": DRAFT, "form_token": token}).text
    assert "/people/" not in page
    told = [int(each) for each in re.findall(r"(\d+)人", page)]
    assert [each for each in told if each >= 5]
    assert not [each for each in told if 0 < each < 5]
    assert "今の案" not in page
    assert "<caption>" not in page, "two drafts a person apart would tell the group of that one"
    assert "年代や圏域ごとの数と、5人より少ない数" in page


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"source": ""}, "source", "だれが 何をもとに決めたかがありません"),
        ({"weights.wish": "たくさん"}, "weights.wish", "数として読めません"),
        ({"wish.unsaid": "2"}, "wish.unsaid", "0から1まで"),
        ({"words.fair": "0.9"}, "words.good", "だんだん小さくなる数"),
        ({"calm.people": "6・15"}, "calm.people", "0より大きい数を3つ"),
        ({"from": "いつか"}, "from", "日付として読めません"),
    ],
)
def test_a_mistake_in_the_form_is_told_at_its_field(
    browser: TestClient, changes: dict[str, str], field: str, words: str
) -> None:
    enter(browser, "mizuno")
    sent = fields_of(browser.get(POLICY).text) | {"source": "会議", **changes}
    answer = browser.post(PREVIEW, data=sent)
    assert answer.status_code == 422
    told = re.search(rf'id="{re.escape(field)}-wrong">.*?<span>([^<]+)', answer.text)
    assert told is not None
    assert words in told[1]
    assert fields_of(answer.text)["weights.time"] == "20"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.toml", DRAFT.replace("travel", "trave").encode(), "直すところは 4行目です。"),
        ("x.toml", b"\x83\x5c", "UTF-8 で保存しなおしてください"),
        ("", b"", "ファイルが選ばれていません"),
    ],
)
def test_a_wrong_file_is_told_beside_it(
    browser: TestClient, name: str, content: bytes, words: str
) -> None:
    enter(browser, "mizuno")
    token = fields_of(browser.get(POLICY).text)["form_token"]
    answer = browser.post(
        PREVIEW,
        data={"form_token": token, "by": "file"},
        files={"file": (name, content, "text/plain")},
    )
    assert answer.status_code == 422
    assert words in answer.text


def test_an_administrator_adopts_what_was_tried(app: FastAPI, browser: TestClient) -> None:
    """It holds from its day on, with its reason; the draft is refused without one."""
    enter(browser, "kanri")
    token = fields_of(browser.get(POLICY).text)["form_token"]
    draft = DRAFT.replace("2026-12-01", "2026-11-12")
    files = {"file": ("x.toml", draft.encode(), "text/plain")}
    tried = browser.post(PREVIEW, data={"form_token": token, "by": "file"}, files=files)
    assert 'action="/settings/policy"' in tried.text
    assert "保護" not in tried.text
    sent = {"form_token": token, "text": draft, "reason": " "}
    refused = browser.post(POLICY, data=sent)
    assert refused.status_code == 422
    assert "変える理由がありません" in refused.text
    assert browser.post(POLICY, data=sent | {"reason": "遠い枠が多いため"}).status_code == 303
    page = browser.get(POLICY).text
    assert lead(page).startswith("いまは、市が決めた 令和8年11月12日")
    assert "遠い枠が多いため" in page
    assert fields_of(page)["weights.travel"] == "60"
    (adopted,) = app.state.wiring.ground.policies()
    assert adopted.text == draft
    again = browser.post(POLICY, data=sent | {"reason": "もう一度"})
    assert again.status_code == 422
    assert "どの数も同じです" in again.text


def test_a_coordinator_adopts_nothing(app: FastAPI, browser: TestClient) -> None:
    enter(browser, "mizuno")
    token = fields_of(browser.get(POLICY).text)["form_token"]
    sent = {"form_token": token, "text": DRAFT, "reason": "ためし"}
    assert browser.post(POLICY, data=sent).status_code in (403, 404)
    assert app.state.wiring.ground.policies() == []
