"""Forms come from our own pages only."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from api.forms import SAFE, form_token_of
from tests.api.conftest import enter, form_token
from tests.office import PASSWORD


def test_every_unsafe_route_refuses_a_form_without_its_token(
    app: FastAPI, client: TestClient
) -> None:
    """Looked up from the application itself, so that no route can be forgotten."""
    enter(client)
    unsafe = [
        (method, route.path or "")
        for route in iter_route_contexts(app.routes)
        for method in (route.methods or ())
        if method not in SAFE
    ]
    assert ("POST", "/sign-out") in unsafe
    for method, path in unsafe:
        assert client.request(method, path, data={"a": "b"}).status_code == 403, path
        wrong = {"form_token": form_token_of("another cookie")}
        assert client.request(method, path, data=wrong).status_code == 403, path
    assert client.get("/").status_code == 200


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
