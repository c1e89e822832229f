"""Passkeys: what they let in, and what a stolen or bent answer does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from api.sites import NoSite, Site, site_at
from db.one_time import SqlOneTimeStore
from db.tables import audit_events
from tests.api.conftest import enter, form_token
from tests.api.device import Device, decoded
from tests.api.test_second_factor import another, code_step, password_step, post, set_up
from tests.office import PASSWORD, Clock, prepare

ORIGIN = "https://tsunagite.city.example"
COOKIE = "__Host-tsunagite"
ALONE, AFTER, PROOF = "/sign-in/passkey", "/sign-in/code/passkey", "/account/confirm/passkey"
NEW = "/account/passkeys"


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Return a browser at an address for which there are passkeys."""
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as opened:
        yield opened


def options(client: TestClient, path: str, page: str) -> dict[str, Any]:
    """Ask what a device is to sign, as the script does."""
    answer = client.post(path + "/options", headers={"X-Form-Token": form_token(client, page)})
    assert answer.status_code == 200, answer.headers.get("location")
    found: dict[str, Any] = answer.json()
    return found


def register(client: TestClient, device: Device, name: str = "職場のPC") -> int:
    """Have a device make a key for whoever is signed in."""
    answer = device.make(options(client, NEW, NEW + "/new"))
    return post(client, NEW, NEW + "/new", name=name, credential=answer)[0]


def alone(client: TestClient, device: Device) -> tuple[int, str]:
    """Sign in with a device and nothing else."""
    client.cookies.clear()
    return post(
        client, ALONE, "/sign-in", credential=device.sign(options(client, ALONE, "/sign-in"))
    )


def after_password(client: TestClient, device: Device) -> tuple[int, str]:
    """Sign in with a password, then with a device."""
    password_step(client)
    asked = options(client, AFTER, "/sign-in/code")
    return post(client, AFTER, "/sign-in/code", credential=device.sign(asked), next="/places")


def kinds(app: FastAPI) -> list[str]:
    """Return the kinds of all events, in their order."""
    with app.state.wiring.database.reading() as connection:
        return list(connection.scalars(select(audit_events.c.kind)))


@pytest.fixture
def device(client: TestClient) -> Device:
    """Return a device that has made a key for Mizuno, who is signed in."""
    enter(client)
    made = Device(ORIGIN)
    assert register(client, made) == 200  # the codes for paper
    return made


def test_a_device_alone_lets_in(client: TestClient, device: Device, app: FastAPI) -> None:
    assert alone(client, device) == (303, "/")
    assert client.get("/").status_code == 200
    assert "職場のPC" in client.get("/account").text
    assert kinds(app).count("passkey_added") == 1


def test_a_device_follows_the_password(client: TestClient, device: Device) -> None:
    """The password alone does no more; a code for paper does, where the device is not at hand."""
    assert after_password(client, device) == (303, "/places")
    assert client.get("/").status_code == 200


def test_a_code_for_paper_is_enough_without_the_device(client: TestClient) -> None:
    enter(client)
    first = Device(ORIGIN)
    made = first.make(options(client, NEW, NEW + "/new"))
    fields = {"form_token": form_token(client, "/account"), "name": "鍵", "credential": made}
    shown = client.post(NEW, data=fields).text
    codes = re.findall(r'<code class="recovery-code">([0-9A-Z-]{29})</code>', shown)
    assert len(codes) == 10
    password_step(client)
    assert "控えのコード" in client.get("/sign-in/code").text
    assert code_step(client, codes[0]) == (303, "/places")


def test_the_handle_and_the_challenge_are_random(client: TestClient, device: Device) -> None:
    """Nothing of the account but its login goes to the device."""
    asked = options(client, NEW, NEW + "/new")
    assert asked["rp"] == {"name": "つなぎ手", "id": "tsunagite.city.example"}
    assert asked["user"]["name"] == asked["user"]["displayName"] == "mizuno"
    assert decoded(asked["user"]["id"]) == device.handle
    assert len(device.handle) == 32
    assert len(decoded(asked["challenge"])) == 32
    assert [decoded(each["id"]) for each in asked["excludeCredentials"]] == [device.credential_id]
    assert options(client, NEW, NEW + "/new")["challenge"] != asked["challenge"]


Bend = Callable[[Device], object]
BENT: dict[str, Bend] = {
    "another origin": lambda device: setattr(device, "origin", "https://tsunagite.city.examp1e"),
    "without TLS": lambda device: setattr(device, "origin", ORIGIN.replace("https", "http")),
    "another port": lambda device: setattr(device, "origin", ORIGIN + ":8443"),
    "another site": lambda device: setattr(device, "host", "city.example"),
    "another key": lambda device: setattr(device, "key", Device(ORIGIN).key),
    "another handle": lambda device: setattr(device, "handle", b"x" * 32),
    "no handle": lambda device: setattr(device, "handle", b""),
    "nobody's device": lambda device: setattr(device, "credential_id", b"x" * 16),
    "nobody was asked for a PIN": lambda device: setattr(device, "verifies", False),
    "the count stands": lambda device: setattr(device, "step", 0),
    "the count goes back": lambda device: setattr(device, "step", -1),
}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT)
def test_a_bent_answer_lets_nobody_in(
    client: TestClient, device: Device, app: FastAPI, bend: Bend
) -> None:
    for _ in range(2):
        assert alone(client, device)[0] == 303
    bend(device)
    assert alone(client, device)[0] == 422
    assert client.get("/").status_code == 303
    assert kinds(app)[-1] == "sign_in_failed"
    assert ("passkey_copied" in kinds(app)) is (device.step < 1)


@pytest.mark.parametrize("name", ["another origin", "another site"])
def test_a_bent_answer_makes_no_key(client: TestClient, name: str) -> None:
    enter(client)
    bent = Device(ORIGIN)
    BENT[name](bent)
    assert register(client, bent) == 422
    assert not re.search(r"/account/passkeys/[\w-]+/remove", client.get("/account").text)


def replayed(client: TestClient, device: Device) -> int:
    """Sign in, then send the same answer again from the same browser."""
    device.step = 0  # as devices do that share their keys: the count gives nothing away
    client.cookies.clear()
    answer = device.sign(options(client, ALONE, "/sign-in"))
    token, cookie = form_token(client, "/sign-in"), client.cookies[COOKIE]
    fields = {"form_token": token, "credential": answer}
    assert client.post(ALONE, data=fields).status_code == 303
    client.cookies.clear()
    client.cookies.set(COOKIE, cookie)
    return client.post(ALONE, data=fields).status_code


@pytest.fixture
def silent(client: TestClient) -> Device:
    """Return a device that does not count."""
    enter(client)
    made = Device(ORIGIN)
    register(client, made)
    return made


def test_an_answer_is_good_for_once(client: TestClient, silent: Device) -> None:
    assert replayed(client, silent) == 422


def test_with_the_using_up_switched_off_it_is_good_for_ever(
    client: TestClient, silent: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the test above sees is that defence and no other."""
    monkeypatch.setattr(SqlOneTimeStore, "use_up", SqlOneTimeStore.look)
    assert replayed(client, silent) == 303


def test_an_answer_is_good_in_its_own_browser_only(
    client: TestClient, device: Device, app: FastAPI
) -> None:
    """Whoever reads an answer along cannot send it themselves."""
    client.cookies.clear()
    answer = device.sign(options(client, ALONE, "/sign-in"))
    thief = TestClient(app, base_url=ORIGIN, follow_redirects=False)
    options(thief, ALONE, "/sign-in")
    assert post(thief, ALONE, "/sign-in", credential=answer)[0] == 422


def test_an_answer_is_good_for_five_minutes_and_one_purpose(
    client: TestClient, device: Device, clock: Clock
) -> None:
    client.cookies.clear()
    answer = device.sign(options(client, ALONE, "/sign-in"))
    clock.forward(minutes=5)
    assert post(client, ALONE, "/sign-in", credential=answer)[0] == 422
    password_step(client)
    answer = device.sign(options(client, ALONE, "/sign-in"))
    assert post(client, AFTER, "/sign-in/code", credential=answer)[0] == 422
    assert client.get("/").status_code == 303


def test_somebody_elses_device_follows_no_password_of_mine(
    client: TestClient, device: Device
) -> None:
    client.cookies.clear()
    enter(client, "kanri")
    other = Device(ORIGIN)
    assert register(client, other, "管理のPC") == 200
    assert after_password(client, other)[0] == 422
    assert client.get("/").status_code == 303
    assert after_password(client, device)[0] == 303


def test_a_device_belongs_to_one_account(client: TestClient, device: Device) -> None:
    client.cookies.clear()
    enter(client, "kanri")
    assert register(client, device) == 422


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{",
        "[]",
        "[" * 15_000,
        "{}",
        '{"id": 5}',
        json.dumps({"id": "a", "rawId": "a"}),
        "x" * 30_000,
    ],
)
def test_what_is_no_answer_is_refused_kindly(client: TestClient, answer: str) -> None:
    enter(client)
    options(client, NEW, NEW + "/new")
    assert post(client, NEW, NEW + "/new", name="鍵", credential=answer)[0] == 422
    client.cookies.clear()
    options(client, ALONE, "/sign-in")
    token = form_token(client)
    shown = client.post(ALONE, data={"form_token": token, "credential": answer})
    assert shown.status_code == 422
    assert "このパスキーでは 入れませんでした" in shown.text


def test_a_name_is_needed_and_ten_are_enough(client: TestClient, device: Device) -> None:
    assert register(client, Device(ORIGIN), " ") == 422
    assert register(client, Device(ORIGIN), "名" * 41) == 422
    for number in range(9):
        assert register(client, Device(ORIGIN), f"鍵{number}") == 303
    assert register(client, Device(ORIGIN), "多すぎる鍵") == 422
    shown = client.get("/account").text
    assert "10個 あります" in shown
    assert "鍵8" in shown
    assert "多すぎる鍵" not in shown


def test_making_and_removing_ask_who_one_is_and_end_other_sessions(
    client: TestClient, device: Device, app: FastAPI, clock: Clock
) -> None:
    """After ten minutes password and device; a proof by the device alone will do as well."""
    elsewhere = TestClient(app, base_url=ORIGIN, follow_redirects=False)
    alone(elsewhere, device)
    assert elsewhere.get("/").status_code == 200
    clock.forward(minutes=11)
    client.get("/")
    found = re.search(r"/account/passkeys/([\w-]+)/remove", client.get("/account").text)
    assert found is not None
    goal = "/account/confirm?next=/account"
    assert client.get(NEW + "/new").headers["location"] == goal + "/passkeys/new"
    assert post(client, found[0]) == (303, goal)
    confirm = "/account/confirm"
    assert post(client, confirm, confirm, password=PASSWORD)[0] == 422
    device.verifies = False
    asked = options(client, PROOF, confirm)
    assert post(client, PROOF, confirm, credential=device.sign(asked))[0] == 422
    device.verifies = True
    asked = options(client, PROOF, confirm)
    before = client.cookies[COOKIE]
    assert post(client, PROOF, confirm, credential=device.sign(asked), next="/account")[0] == 303
    assert client.cookies[COOKIE] != before
    assert post(client, found[0]) == (303, "/account?done=passkey_removed")
    assert kinds(app)[-2:] == ["passkey_removed", "sessions_ended"]
    assert elsewhere.get("/").status_code == 303
    assert alone(client, device)[0] == 422
    enter(client)
    assert client.get("/").status_code == 200  # no factor is left, nor a code for paper
    assert app.state.wiring.desk.factors.codes_left("sample-mizuno") == 0


def test_nobody_removes_somebody_elses(client: TestClient, device: Device) -> None:
    found = re.search(r"/account/passkeys/([\w-]+)/remove", client.get("/account").text)
    assert found is not None
    client.cookies.clear()
    enter(client, "kanri")
    post(client, found[0])
    assert alone(client, device)[0] == 303


def test_app_and_passkey_stand_beside_each_other(client: TestClient, clock: Clock) -> None:
    """Giving one up leaves the other, and the codes for paper."""
    enter(client)
    _, codes = set_up(client, clock)
    device = Device(ORIGIN)
    assert register(client, device) == 303  # there are codes already
    assert post(client, "/account/factor/remove")[0] == 303
    password_step(client)
    assert code_step(client, codes[0])[0] == 303
    assert after_password(client, device)[0] == 303


def test_an_administrator_takes_lost_devices_away(client: TestClient, device: Device) -> None:
    client.cookies.clear()
    enter(client, "kanri")
    staff = "/staff/sample-mizuno"
    assert post(client, staff + "/act", staff, act="remove_factor")[0] == 303
    assert alone(client, device)[0] == 422
    enter(client)
    assert client.get("/").status_code == 200


def test_a_closed_account_is_closed_for_devices_too(client: TestClient, device: Device) -> None:
    client.cookies.clear()
    enter(client, "kanri")
    staff = "/staff/sample-mizuno"
    assert post(client, staff + "/act", staff, act="disable")[0] == 303
    assert alone(client, device)[0] == 422


def test_guessing_passwords_keeps_no_device_out(client: TestClient, device: Device) -> None:
    """Nor do wrong answers go on for ever from one address."""
    client.cookies.clear()
    for _ in range(7):
        enter(client, password="not this one")
    assert alone(client, device)[0] == 303
    for _ in range(30):
        client.cookies.clear()
        post(client, ALONE, "/sign-in", credential="{}")
    assert "待ってから" in client.post(ALONE, data={"form_token": form_token(client)}).text


def test_nor_after_the_password_nor_as_a_proof(
    client: TestClient, device: Device, app: FastAPI
) -> None:
    """Whoever guesses meanwhile keeps the codes out, which can be guessed, not the device."""
    password_step(client)
    for _ in range(7):
        assert enter(another(app), password="not this one") == 422
    asked = options(client, AFTER, "/sign-in/code")
    assert post(client, AFTER, "/sign-in/code", credential=device.sign(asked))[0] == 303
    for _ in range(7):
        assert enter(another(app), password="not this one") == 422
    asked = options(client, PROOF, "/account/confirm")
    assert post(client, PROOF, "/account/confirm", credential=device.sign(asked))[0] == 303


def test_the_header_of_the_host_makes_nothing_fit(client: TestClient, device: Device) -> None:
    """A site that lies about its name gets signatures for its own name only."""
    liar = "https://evil.example"
    device.origin, device.host = liar, "evil.example"
    client.cookies.clear()
    client.headers["Host"] = "evil.example"
    assert alone(client, device)[0] == 422


def test_another_service_of_the_same_name_relays_nothing(tmp_path: Path, clock: Clock) -> None:
    """It has a port of its own, for which the device has signed, and would send that along."""
    with TestClient(
        create_app(prepare(tmp_path, address=ORIGIN), clock),
        base_url=ORIGIN,
        follow_redirects=False,
    ) as client:
        enter(client)
        relayed = {"Host": ORIGIN.removeprefix("https://") + ":8443"}
        assert client.get("/", headers=relayed).status_code == 400
        assert ORIGIN in client.get("/sign-in", headers=relayed).text
        assert client.get("/healthz", headers=relayed).status_code == 200


def test_challenges_are_not_given_without_end(tmp_path: Path) -> None:
    """Whoever asks too often waits; each of the rest is gone after five minutes."""
    app = create_app(prepare(tmp_path, rate_factor=0.05))  # three a minute
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as client:
        token = {"X-Form-Token": form_token(client)}
        statuses = [client.post(ALONE + "/options", headers=token).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("scheme", "authority", "expected"),
    [
        ("https", "city.example", Site("https://city.example", "city.example")),
        ("https", "city.example:8443", Site("https://city.example:8443", "city.example")),
        ("http", "localhost:8000", Site("http://localhost:8000", "localhost")),
        ("http", "city.example", NoSite.NOT_SECURE),
        ("http", "localhost.city.example", NoSite.NOT_SECURE),
        ("https", "192.0.2.7", NoSite.ONLY_A_NUMBER),
        ("http", "127.0.0.1:8000", NoSite.ONLY_A_NUMBER),
        ("https", "[::1]:8443", NoSite.ONLY_A_NUMBER),
        ("https", "a@b.example", NoSite.ONLY_A_NUMBER),
        ("https", "", NoSite.ONLY_A_NUMBER),
    ],
)
def test_for_which_addresses_there_are_passkeys(
    scheme: str, authority: str, expected: Site | NoSite
) -> None:
    assert site_at(scheme, authority) == expected


@pytest.mark.parametrize(
    ("address", "words"),
    [("http://tsunagite.city.example", "https で始まる"), ("https://192.0.2.7", "数字でなく")],
)
def test_where_there_are_none_the_page_says_why(app: FastAPI, address: str, words: str) -> None:
    here = another(app)
    here.base_url = address
    assert "パスキーでサインイン" not in here.get("/sign-in").text
    enter(here)
    assert words in here.get("/account").text
    assert "passkeys.js" not in here.get("/account").text
    assert here.get(NEW + "/new").headers["location"] == "/account"
    token = {"X-Form-Token": form_token(here, "/account")}
    for path in (NEW, PROOF, ALONE, AFTER):
        assert here.post(path + "/options", headers=token).status_code == 303
