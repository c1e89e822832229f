"""Sign-in over an identity provider that runs in a process of its own, by real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from catalog.audit import AuditEvent
from tests.api.conftest import enter, form_token
from tests.api.providers import (
    SUBJECT,
    WAY_BACK,
    is_signed_in,
    kinds,
    leave,
    link,
    office_with,
    query_of,
    real_provider,
    wiring_of,
)

REFUSED = "/sign-in?done=provider"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Give the provider."""
    with real_provider() as started:
        yield started


@pytest.fixture(scope="module")
def registered(issuer: str) -> dict[str, Any]:
    """Register the office there, as a client that must show its secret."""
    answer = httpx2.post(f"{issuer}/oauth2/clients", json={"redirect_uris": [WAY_BACK]})
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def browser(tmp_path: Path, issuer: str, registered: dict[str, Any]) -> Iterator[TestClient]:
    """Give a browser at an office that has set the provider."""
    who = {"oidc_client_id": registered["client_id"], "secret": registered["client_secret"]}
    with office_with(tmp_path / "office", issuer, **who) as opened:
        yield opened


def at_the_provider(address: str, **answer: str) -> str:
    """Answer the provider's own form there; return the path to which it sends the browser back."""
    sent = httpx2.post(address, data=answer or {"sub": SUBJECT})
    assert sent.status_code == 302, sent.text
    back = sent.headers["location"]
    assert back.startswith(WAY_BACK)
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def test_who_is_linked_comes_in(browser: TestClient) -> None:
    """By the button, over the provider, to the page that was wanted; the record says how."""
    link(browser)
    assert "市の共通アカウントで サインインする" in browser.get("/sign-in").text
    back = at_the_provider(leave(browser, "/people"))
    fresh = browser.get(back)
    assert fresh.headers["location"] == "/people"
    assert is_signed_in(browser)
    assert "tsunagite-provider" not in browser.cookies
    assert kinds(browser)[-1] == ("signed_in", "provider")


def test_who_is_not_linked_does_not(browser: TestClient) -> None:
    """No account is made, and none is found by its name or address."""
    before = wiring_of(browser).users.users()
    for subject in (SUBJECT, "mizuno", "mizuno@example.jp"):
        answer = browser.get(at_the_provider(leave(browser), sub=subject))
        assert answer.headers["location"] == REFUSED
    assert not is_signed_in(browser)
    assert wiring_of(browser).users.users() == before
    assert kinds(browser)[-1] == ("sign_in_failed", "nobody_of_ours")


def test_a_closed_account_stays_closed(browser: TestClient) -> None:
    """Whatever the provider says."""
    wiring, user_id = wiring_of(browser), link(browser)
    user = wiring.users.user(user_id)
    assert user is not None
    event = AuditEvent("user_disabled", "system", "user", user.id, wiring.clock())
    wiring.users.save_user(replace(user, disabled=True), event)
    answer = browser.get(at_the_provider(leave(browser)))
    assert answer.headers["location"] == REFUSED
    assert not is_signed_in(browser)


def test_a_no_of_the_provider_is_told_alike(browser: TestClient) -> None:
    """As is an answer that comes a second time."""
    link(browser)
    address = leave(browser)
    sent = httpx2.post(address, data={"action": "deny"})
    path = urlsplit(sent.headers["location"])
    answer = browser.get(f"{path.path}?{path.query}&state={query_of(address)['state'][0]}")
    assert answer.headers["location"] == REFUSED
    back = at_the_provider(leave(browser))
    assert browser.get(back).headers["location"] == "/"
    browser.cookies.clear()
    assert browser.get(back).headers["location"] == REFUSED
    shown = browser.get(REFUSED).text
    assert "サインインできませんでした。" in shown


def test_one_links_ones_own_account(browser: TestClient) -> None:
    """After signing in with the password; from then on one comes in without it."""
    assert enter(browser) == 303
    fields = {"form_token": form_token(browser, "/account")}
    there = browser.post("/account/provider", data=fields).headers["location"]
    assert query_of(there)["prompt"] == ["login"]
    assert browser.get(at_the_provider(there)).headers["location"] == "/account?done=linked"
    assert "つながっています" in browser.get("/account").text
    browser.cookies.clear()
    browser.get(at_the_provider(leave(browser)))
    assert is_signed_in(browser)
    fields = {"form_token": form_token(browser, "/account")}
    answer = browser.post("/account/provider/remove", data=fields)
    assert answer.headers["location"] == "/account?done=unlinked"
    browser.cookies.clear()
    assert browser.get(at_the_provider(leave(browser))).headers["location"] == REFUSED
    told = [kind for kind, _ in kinds(browser) if kind.startswith("identity")]
    assert told == ["identity_linked", "identity_removed"]


def test_the_provider_asks_for_the_secret_of_the_office(
    tmp_path: Path, issuer: str, registered: dict[str, Any]
) -> None:
    """A wrong one gives no token, and nobody comes in."""
    who = {"oidc_client_id": registered["client_id"], "secret": "another"}
    with office_with(tmp_path / "office", issuer, **who) as browser:
        link(browser)
        answer = browser.get(at_the_provider(leave(browser)))
        assert answer.headers["location"] == REFUSED
        assert kinds(browser)[-1] == ("sign_in_failed", "answer_refused")


def test_a_provider_that_is_down_stops_nothing_else(tmp_path: Path) -> None:
    """The office starts, says so kindly, and lets people in by their passwords."""
    with office_with(tmp_path / "office", "http://127.0.0.1:9") as browser:
        assert browser.get("/readyz").status_code == 200
        assert leave(browser) == REFUSED
        assert kinds(browser)[-1] == ("sign_in_failed", "unreachable")
        assert enter(browser) == 303
        assert is_signed_in(browser)
