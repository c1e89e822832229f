"""Headers of every answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.headers import HEADERS, HTTPS_ONLY
from api.rendering import HERE


@pytest.mark.parametrize("path", ["/sign-in", "/", "/no-such-page", "/healthz", "/api/v1/docs"])
def test_policy_and_no_store_on_every_answer(client: TestClient, path: str) -> None:
    """Pages, redirects and errors alike; nothing inline, nothing kept."""
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


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
    for name, value in (HEADERS | HTTPS_ONLY).items():
        assert answer.headers[name] == value, name
    for cookie in answer.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "domain" not in cookie.lower()


def test_static_files_carry_the_headers_but_may_be_kept(client: TestClient) -> None:
    """Nobody else's page may show them, and no browser takes them for something else."""
    headers = client.get("/static/favicon.svg").headers
    kept = {name: value for name, value in HEADERS.items() if name != "Cache-Control"}
    assert {name: headers[name] for name in kept} == kept


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
    secure = client.get("https://testserver/healthz")
    assert "max-age" in secure.headers["strict-transport-security"]


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
