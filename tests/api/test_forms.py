"""Forms come from our own pages only."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from api.app import create_app
from api.forms import SAFE, form_token_of
from tests.api.conftest import enter, form_token
from tests.figures import figure
from tests.office import PASSWORD, Clock, prepare


def unsafe_routes(app: FastAPI) -> list[tuple[str, str]]:
    """Return method and path of every route that changes something, pages and interface alike."""
    found = [
        (method, route.path or "")
        for route in iter_route_contexts(app.routes)
        for method in sorted(route.methods or ())
        if method not in SAFE
    ]
    assert {("POST", "/sign-out"), ("POST", "/api/v1/people")} <= set(found)
    return found


def test_every_unsafe_route_refuses_what_no_page_of_ours_has_sent(
    app: FastAPI, client: TestClient
) -> None:
    """Looked up from the application itself: without a token, with another's, from elsewhere."""
    enter(client)
    token = form_token(client, "/")
    other = form_token_of("another cookie")
    elsewhere = ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"})
    tried = 0
    for method, path in unsafe_routes(app):
        for headers, fields in (
            ({}, {}),
            ({}, {"form_token": other}),
            *((headers, {"form_token": token}) for headers in elsewhere),
        ):
            answer = client.request(method, path, data={"a": "b", **fields}, headers=headers)
            assert answer.status_code == 403, path
            named = {"X-Form-Token": fields["form_token"]} if fields else {}
            answer = client.request(method, path, json={}, headers=headers | named)
            assert answer.status_code == 403, path
            tried += 2
    figure(f"forms from elsewhere: {tried} refused on {len(unsafe_routes(app))} routes")
    assert client.get("/").status_code == 200


def test_the_refusal_is_the_work_of_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the check switched off, another site signs somebody out."""
    monkeypatch.setattr("api.app.check_form", lambda: None)
    with TestClient(create_app(prepare(tmp_path), Clock()), follow_redirects=False) as victim:
        enter(victim)
        sent = victim.post("/sign-out", data={}, headers={"Origin": "https://elsewhere.example"})
        assert sent.status_code == 303
        assert victim.get("/").headers["location"] == "/sign-in"


@pytest.mark.parametrize("half", ["origin", "token"])
def test_token_and_origin_are_two_defences(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, half: str
) -> None:
    """Each refuses alone where the other is switched off, and only then."""
    enter(client)
    fields = {"form_token": form_token(client, "/")} if half == "origin" else {}
    headers = {"Origin": "https://elsewhere.example"} if half == "origin" else {}
    assert client.post("/sign-out", data=fields, headers=headers).status_code == 403
    if half == "origin":
        monkeypatch.setattr("api.forms.check_same_origin", lambda _: None)
    else:
        monkeypatch.setattr("api.forms.hmac.compare_digest", lambda *_: True)
    assert client.post("/sign-out", data=fields, headers=headers).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 303),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, 403),
        ({}, 303),
    ],
)
def test_another_site_cannot_send_our_form(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    """Even with the right token: the browser says where the form was sent from."""
    fields = {"form_token": form_token(client), "login": "mizuno", "password": PASSWORD}
    assert client.post("/sign-in", data=fields, headers=headers).status_code == status


def test_token_of_before_the_sign_in_is_void(client: TestClient) -> None:
    """A form that was open before belongs to nobody now."""
    old = form_token(client)
    enter(client)
    assert client.post("/sign-out", data={"form_token": old}).status_code == 403


def test_programs_send_the_token_as_a_header(client: TestClient) -> None:
    """A request without a form body names its token in a header."""
    enter(client)
    token = form_token(client, "/")
    assert client.post("/sign-out", json={}).status_code == 403
    assert client.post("/sign-out", json={}, headers={"X-Form-Token": token}).status_code == 303
