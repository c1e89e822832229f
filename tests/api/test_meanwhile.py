"""What is changed while a password is being checked or hashed is not taken back by that."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pyotp
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import sign_in
from api.app import create_app
from api.invitations import set_password
from api.pages.account import routes
from api.sign_in import Desk, Visit, half_signed_in
from api.staff import StaffAct, do_to_account, find_user, save_account, sign_everybody_out
from catalog.actor import Role
from db.errors import DatabaseError
from db.one_time import Purpose
from db.users import PROVIDER, PROVIDER_TWICE, User
from tests.api.conftest import enter
from tests.api.test_second_factor import another, post, set_up
from tests.office import PASSWORD, Clock, kept_hash, prepare

MIZUNO = "sample-mizuno"
NEW = "kirin to zou ga 7 hiki"
FIELDS = {"present": PASSWORD, "new": NEW, "again": NEW}


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    """Return what the sign-in works with."""
    made: Desk = app.state.wiring.desk
    return made


def during(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, act: Callable[[], None]
) -> None:
    """Have something happen while a function is at work."""
    real = getattr(module, name)

    def slow(*values: object) -> object:
        found = real(*values)
        act()
        return found

    monkeypatch.setattr(module, name, slow)


@pytest.mark.parametrize("act", [StaffAct.DISABLE, StaffAct.END_SESSIONS, StaffAct.REMOVE_FACTOR])
def test_a_change_of_password_takes_nothing_back(
    client: TestClient,
    desk: Desk,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    act: StaffAct,
) -> None:
    """Who is stopped or signed out, and gets another role, while the hash is made, stays so."""
    enter(client)

    def administrator() -> None:
        do_to_account(desk, find_user(desk, MIZUNO), act, "sample-kanri", clock())
        changed = replace(find_user(desk, MIZUNO), role=Role.HOST)
        save_account(desk, changed, "sample-kanri", clock())

    during(monkeypatch, routes, "hash_password", administrator)
    before = find_user(desk, MIZUNO).password_hash
    assert post(client, "/account/password", **FIELDS)[0] in (303, 409)
    after = find_user(desk, MIZUNO)
    assert (after.role, after.disabled) == (Role.HOST, act is StaffAct.DISABLE)
    assert after.password_hash == before
    assert desk.users.sessions_of(MIZUNO) == []
    assert client.get("/").status_code == 303


def test_an_act_of_the_staff_brings_no_old_password_back(desk: Desk, clock: Clock) -> None:
    """They may look at a page for a long time before they press."""
    seen = find_user(desk, MIZUNO)
    set_password(desk, seen, kept_hash(NEW), MIZUNO, clock())
    now = find_user(desk, MIZUNO).password_hash
    assert now != seen.password_hash
    do_to_account(desk, seen, StaffAct.DISABLE, "sample-kanri", clock())
    do_to_account(desk, seen, StaffAct.ENABLE, "sample-kanri", clock())
    save_account(desk, replace(seen, name="水野 みずき"), "sample-kanri", clock())
    assert find_user(desk, MIZUNO) == replace(seen, name="水野 みずき", password_hash=now)


@pytest.mark.parametrize("change", [{"disabled": True}, {"password_hash": "another"}])
def test_a_password_is_set_as_was_checked_or_not_at_all(
    desk: Desk, clock: Clock, change: dict[str, object]
) -> None:
    """Also at the terminal, where somebody types for a while."""
    seen = replace(find_user(desk, MIZUNO), **change)  # type: ignore[arg-type]
    with pytest.raises(DatabaseError, match="account_changed"):
        set_password(desk, seen, kept_hash(NEW), "system", clock())
    assert find_user(desk, MIZUNO).password_hash not in ("another", NEW)


def test_a_session_that_was_ended_does_not_come_back(
    client: TestClient, desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever shows again who they are meanwhile is out as well."""
    enter(client)

    def administrator() -> None:
        do_to_account(desk, find_user(desk, MIZUNO), StaffAct.END_SESSIONS, "kanri", clock())

    during(monkeypatch, routes, "prove", administrator)
    where = post(client, "/account/confirm", "/account/confirm", password=PASSWORD)
    assert where[1].startswith("/sign-in")
    assert desk.users.sessions_of(MIZUNO) == []


def test_an_old_password_does_not_let_in_that_was_right_a_moment_ago(
    client: TestClient, desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was checked, then another one was set, then the session would have begun."""

    def reset() -> None:
        set_password(desk, find_user(desk, MIZUNO), kept_hash(NEW), MIZUNO, clock())

    during(monkeypatch, sign_in, "password_fits", reset)
    assert enter(client) == 422
    assert desk.users.sessions_of(MIZUNO) == []


# ------------------------------------------------------------------ what is half done
def test_ending_all_sessions_ends_sign_ins_that_are_half_done(
    app: FastAPI, client: TestClient, desk: Desk, clock: Clock
) -> None:
    """An administrator does, the owner does, a new device does; a link that was sent stays."""
    enter(client)
    set_up(client, clock)

    def half() -> str:
        return sign_in.sign_in(desk, "mizuno", PASSWORD, Visit(), clock()).secret

    def lives(secret: str) -> bool:
        return half_signed_in(desk, secret, Purpose.SECOND_STEP, clock()) is not None

    secret = half()
    assert lives(secret)
    assert post(client, "/account/sessions/others/end")[0] == 303
    assert not lives(secret)
    secret = half()
    clock.forward(seconds=60)
    set_up(client, clock)
    assert not lives(secret)
    secret = half()
    kanri = another(app)
    enter(kanri, "kanri")
    assert (
        "/invitation/"
        in kanri.post(f"/staff/{MIZUNO}/link", data={"form_token": _token(kanri)}).text
    )
    assert post(kanri, f"/staff/{MIZUNO}/act", "/staff", act="end_sessions")[0] == 303
    assert not lives(secret)
    secret = half()
    assert lives(secret)
    sign_everybody_out(desk, "sample-kanri", clock())
    assert not lives(secret)
    assert MIZUNO in desk.one_time.invited(clock())


def _token(browser: TestClient) -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', browser.get("/staff").text)
    assert found is not None
    return found[1]


# ------------------------------------------------------------------ the first second factor
@pytest.fixture
def strict(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> FastAPI:
    """Build the application of an office that wants a second factor."""
    home = tmp_path_factory.mktemp("strict")
    return create_app(prepare(home, require_second_factor=True), clock)


def _secret(browser: TestClient) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', browser.get(FACTOR).text)
    return found[1].replace(" ", "") if found else ""


FACTOR = "/sign-in/factor"


def test_who_knows_the_password_does_not_see_what_its_owner_scans(
    strict: FastAPI, clock: Clock
) -> None:
    """The thief came first; what they had begun counts no more when the owner begins."""
    with TestClient(strict, follow_redirects=False) as owner:
        thief = another(strict)
        assert enter(thief) == 303
        assert _secret(thief)
        assert enter(owner) == 303
        assert _secret(thief) == ""
        device = pyotp.TOTP(_secret(owner))
        assert post(owner, FACTOR, FACTOR, code=device.at(clock.now))[0] == 200
        assert owner.get("/").status_code == 200


def test_with_the_voiding_switched_off_the_thief_sees_it(
    strict: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what keeps the two apart."""
    monkeypatch.setattr("db.one_time.SqlOneTimeStore.void_half_done", lambda *_: None)
    with TestClient(strict, follow_redirects=False) as owner:
        thief = another(strict)
        enter(thief)
        enter(owner)
        assert _secret(thief) == _secret(owner) != ""


def test_a_first_factor_is_none_beside_another(
    strict: FastAPI, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has one sets the next one up signed in, and nobody else does with it."""
    with TestClient(strict, follow_redirects=False) as owner:
        enter(owner)
        device = pyotp.TOTP(_secret(owner))
        thief = another(strict)
        monkeypatch.setattr("db.one_time.SqlOneTimeStore.void_half_done", lambda *_: None)
        enter(thief)
        device = pyotp.TOTP(_secret(owner))
        assert post(owner, FACTOR, FACTOR, code=device.at(clock.now))[0] == 200
        clock.forward(minutes=2)
        assert post(owner, "/account/factor/new")[0] == 303
        assert thief.get(FACTOR).headers["location"] == "/sign-in"
        pending = strict.state.wiring.desk.factors.pending(MIZUNO)
        code = pyotp.TOTP(pending.secret).at(clock.now)
        sent = post(thief, FACTOR, "/sign-in", code=code)
        assert sent == (303, "/sign-in")
        assert strict.state.wiring.desk.factors.pending(MIZUNO) is not None


# ------------------------------------------------------------------ over the provider
@pytest.mark.parametrize("kind", [PROVIDER, PROVIDER_TWICE])
def test_who_came_over_the_provider_has_shown_nothing_here(
    client: TestClient, desk: Desk, clock: Clock, kind: str
) -> None:
    """Whoever finds its session open at a shared machine sets up no device of theirs."""
    user: User = find_user(desk, MIZUNO)
    made = sign_in.let_in(desk, user, Visit(), clock(), kind).secret
    client.cookies.set("tsunagite", made)
    assert post(client, "/account/factor/new") == (303, "/account/confirm?next=/account")
