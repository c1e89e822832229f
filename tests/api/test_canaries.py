"""What somebody types or sends comes back in no log, no address and no page about an error.

A canary is put wherever a request can carry words: in the path, the query, the fields of a form,
a JSON body, headers and cookies. Pages that show a form again show what was typed; nothing else.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from api.app import create_app
from api.forms import SAFE
from tests.api.conftest import enter
from tests.api.test_v1 import PERSON
from tests.figures import figure
from tests.office import Clock
from tests.sample_office import sample_office

CANARY: Final = "カナリア鳥の名前"
ASCII_CANARY: Final = "canary-bird-name"
CANARIES: Final = (CANARY, ASCII_CANARY, "%E3%82%AB%E3%83%8A", r"\u30ab\u30ca")
OF_THE_TEST: Final = ("httpx2", "httpcore2", "asyncio", "hypothesis")
"""Loggers of the one who asks, not of the one who answers."""
UNSPEAKABLE: Final = ("\ud800", "a\x00b")
"""Half a character, and what PostgreSQL keeps in no text."""
DEEP: Final = 100_000
MALFORMED: Final[dict[str, bytes]] = {
    "half": b'{"name": "canary-bird-name',
    "nothing": b"",
    "nul": b"\x00canary-bird-name",
    "no utf-8": b'{"name": "\xff\xfecanary-bird-name"}',
    "deep list": b"[" * DEEP + b"]" * DEEP,
    "deep object": b'{"name":' * DEEP + b"1" + b"}" * DEEP,
    "list": b'["canary-bird-name"]',
    "text": b'"canary-bird-name"',
    "null": b"null",
    "number that is none": b'{"name": NaN, "number": Infinity, "note": -Infinity}',
    "number without end": b'{"max_minutes": ' + b"9" * 5_000 + b', "name": "canary-bird-name"}',
    "number beyond numbers": b'{"travel_limit_minutes": 1e999, "name": "canary-bird-name"}',
    "key without a name": b'{"": "canary-bird-name", "__proto__": {"canary-bird-name": 1}}',
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path_factory.mktemp("canaries")), Clock())


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    """Sign in as a coordinator, without hiding trouble from the one who answers."""
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as opened:
        assert enter(opened) == 303
        yield opened


@pytest.fixture(scope="module")
def token(client: TestClient) -> str:
    """Return the token of the session."""
    told: str = client.get("/api/v1/session").json()["form_token"]
    return told


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Return the method and the pattern of every address but the one that ends the session."""
    found = [
        (method, str(route.path))
        for route in iter_route_contexts(app.routes)
        for method in sorted(route.methods or ())
    ]
    return [each for each in found if each != ("POST", "/sign-out")]


def canaries_in(text: str) -> list[str]:
    """Return which canaries a text holds."""
    return [each for each in CANARIES if each in text]


def logged(records: list[logging.LogRecord]) -> str:
    """Return what the one who answers has written, traces of errors too."""
    form = logging.Formatter()
    return "\n".join(form.format(each) for each in records if not each.name.startswith(OF_THE_TEST))


@pytest.mark.parametrize("name", MALFORMED)
def test_no_body_causes_trouble_or_comes_back(
    app: FastAPI, client: TestClient, token: str, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """Every operation that reads a body answers 4xx in the documented shape, without a value."""
    headers = {"X-Form-Token": token, "Content-Type": "application/json"}
    tried = 0
    with caplog.at_level(logging.DEBUG):
        for method, pattern in routes(app):
            if method in SAFE or not pattern.startswith("/api/"):
                continue
            path = re.sub(r"{\w+}", "nobody", pattern)
            answer = client.request(method, path, content=MALFORMED[name], headers=headers)
            if pattern != "/api/v1/matching":  # that takes no body
                assert 400 <= answer.status_code < 500, f"{pattern}: {answer.text}"
                assert answer.headers["content-type"] == "application/problem+json", pattern
            assert canaries_in(answer.text) == [], pattern
            tried += 1
    assert tried >= 9
    assert canaries_in(logged(caplog.records)) == []


def test_words_reach_no_log_and_no_address(
    app: FastAPI, client: TestClient, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Asked at every address, in every place of a request that can carry words."""
    words = {"ascii": ASCII_CANARY, "japanese": CANARY}
    names = ("q", "words", "name", "login", "reason", "note", "password", "next", "district")
    tried = 0
    with caplog.at_level(logging.DEBUG):
        for method, pattern in routes(app):
            for word in words.values():
                path = re.sub(r"{\w+}", word, pattern)
                fields: dict[str, Any] = dict.fromkeys(names, word)
                sent: dict[str, Any] = {"params": fields}
                if method not in SAFE:
                    is_json = pattern.startswith("/api/")
                    sent["json" if is_json else "data"] = {**fields, "form_token": token}
                answer = client.request(
                    method,
                    path,
                    headers={"X-Form-Token": token, "User-Agent": ASCII_CANARY},
                    **sent,
                )
                assert answer.status_code < 500, f"{method} {pattern}"
                location = answer.headers.get("location", "")
                assert canaries_in(location) == [], f"{method} {pattern} {location}"
                is_error = answer.status_code in (400, 401, 403, 404, 405, 413)
                if is_error or answer.headers.get("content-type") == "application/problem+json":
                    assert canaries_in(answer.text) == [], f"{method} {pattern}"
                tried += 1
    told = logged(caplog.records)
    assert told.count("\n") > tried / 2
    assert canaries_in(told) == []
    figure(f"canaries: {tried} requests, {len(told)} characters of logs")


def test_a_log_that_repeats_what_was_asked_is_noticed(
    client: TestClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search above can fail: with the address in the place of its pattern, it does."""
    monkeypatch.setattr("api.access_log.pattern_of", lambda scope: scope["path"])
    with caplog.at_level(logging.DEBUG):
        client.get(f"/people/{ASCII_CANARY}")
    assert canaries_in(logged(caplog.records)) == [ASCII_CANARY]


@pytest.mark.parametrize("text", [*UNSPEAKABLE, "\u202e", "💮" * 40, "'; DROP TABLE x;--"])
def test_odd_characters_are_kept_or_refused(client: TestClient, token: str, text: str) -> None:
    """In a record that is fine but for them: as they are, or with 422; never with trouble."""
    body = {**PERSON, "name": f"月丘{text}", "own_words": text}
    answer = client.post(
        "/api/v1/people",
        content=json.dumps(body),
        headers={"X-Form-Token": token, "Content-Type": "application/json"},
    )
    if answer.status_code == 422:
        assert text in UNSPEAKABLE
    else:
        assert answer.status_code == 201, answer.text
        kept = client.get(f"/api/v1/people/{answer.json()['id']}").json()
        assert kept["name"] == body["name"]
    fields = {"form_token": token, "words": text.encode("utf-8", "surrogatepass")}
    assert client.post("/people/search", data=fields).status_code in (200, 400, 422)
