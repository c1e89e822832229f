"""Headers of every answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

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


@pytest.mark.parametrize("template", sorted(HERE.glob("templates/**/*.html")), ids=lambda p: p.stem)
def test_templates_hold_no_inline_code(template: Path) -> None:
    """What the policy would block does not get written."""
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:|https?://", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script
