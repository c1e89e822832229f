"""Headers of every answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.rendering import HERE

POLICY = frozenset(
    {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    }
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""Written out once more: a header that the product loses is missed here."""
ONE_YEAR_SECONDS = 31_536_000


def guards(headers: Mapping[str, str], policy: frozenset[str] = POLICY) -> bool:
    """Tell whether an answer carries everything that guards a page."""
    told = {name: headers.get(name) for name in HEADERS}
    return told == HEADERS and set(headers["Content-Security-Policy"].split("; ")) == policy


def promises_https(headers: Mapping[str, str]) -> bool:
    """Tell whether a browser is to come back by HTTPS alone, for a year at least."""
    promised = headers["strict-transport-security"].split("; ")
    return (
        "includeSubDomains" in promised
        and int(promised[0].removeprefix("max-age=")) >= ONE_YEAR_SECONDS
    )


@pytest.mark.parametrize("path", ["/sign-in", "/", "/no-such-page", "/healthz"])
def test_policy_and_no_store_on_every_answer(client: TestClient, path: str) -> None:
    """Pages, redirects and errors alike; nothing inline, nothing kept."""
    headers = client.get(path).headers
    assert guards(headers)
    assert headers["cache-control"] == "no-store"


def test_the_description_of_the_interface_may_show_its_marks(client: TestClient) -> None:
    """Its program carries small pictures in itself; for the rest it is guarded like a page."""
    own_pictures = POLICY - {"img-src 'self'"} | {"img-src 'self' data:"}
    assert guards(client.get("/api/v1/docs").headers, own_pictures)


REFUSED: list[tuple[str, str, dict[str, Any], int]] = [
    # method, path, what is sent, how it is answered
    ("GET", "/people/nobody", {}, 303),
    ("GET", "/api/v1/people", {}, 401),
    ("POST", "/sign-in", {"data": {"login": "a"}}, 403),
    ("GET", "/no-such-page", {}, 404),
    ("GET", "/static/no-such-file", {}, 404),
    ("DELETE", "/sign-in", {}, 405),
    ("POST", "/sign-in", {"content": b"a" * 10_000_001}, 413),
    ("GET", "/breaks", {}, 500),
]


@pytest.mark.parametrize(("method", "path", "sent", "status"), REFUSED)
def test_refusals_carry_the_headers_too(
    app: FastAPI, client: TestClient, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    """What goes wrong is guarded as everything else; only files of ours may be kept."""

    @app.get("/breaks")
    def breaks() -> None:
        raise ValueError

    answer = client.request(method, f"https://testserver{path}", **sent)
    assert answer.status_code == status
    assert guards(answer.headers)
    assert answer.headers["cache-control"] == "no-store"
    assert promises_https(answer.headers)
    for cookie in answer.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "domain" not in cookie.lower()


def test_static_files_carry_the_headers_but_may_be_kept(client: TestClient) -> None:
    """Nobody else's page may show them, and no browser takes them for something else."""
    headers = client.get("/static/favicon.svg").headers
    assert guards(headers)
    assert headers["cache-control"] != "no-store"


def test_static_files_are_kept_for_ever_under_their_mark(client: TestClient) -> None:
    """The address changes with the content, so the browser never asks again."""
    page = client.get("/sign-in").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) > 8
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in client.get("/static/favicon.svg").headers["cache-control"]


def test_only_https_promises_https(client: TestClient) -> None:
    """A server on this machine without a certificate must stay reachable."""
    assert "strict-transport-security" not in client.get("/healthz").headers
    assert promises_https(client.get("https://testserver/healthz").headers)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("TRACE", "/sign-in", 405),
        ("CONNECT", "/sign-in", 405),
        ("GET", "/static/", 404),
        ("GET", "/static/css", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/%2e%2e/app.py", 404),
        ("GET", "/static//etc/passwd", 404),
        ("GET", "/.git/config", 404),
        ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404),
    ],
)
def test_nothing_of_the_machine_is_told(
    client: TestClient, method: str, path: str, status: int
) -> None:
    """No echo, no list of files, nothing outside the folder, no description but the known one."""
    sent_secret = {"X-Canary": "canary"}
    answer = client.request(method, path, headers=sent_secret)
    assert answer.status_code == status
    assert "canary" not in answer.text
    assert not {"server", "x-powered-by", "access-control-allow-origin"} & set(answer.headers)


@pytest.mark.parametrize("template", sorted(HERE.glob("templates/**/*.html")), ids=lambda p: p.stem)
def test_templates_hold_no_inline_code(template: Path) -> None:
    """What the policy would block does not get written."""
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:|https?://", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script
