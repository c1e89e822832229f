"""Identity providers for tests: a real one in a process of its own, and one that can lie."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring, present
from catalog.audit import AuditEvent
from db import audit
from db.identities import Identity
from tests.api.conftest import form_token
from tests.browser.server import free_port
from tests.office import Clock, prepare

CLIENT = "tsunagite-test"
WAY_BACK = "http://localhost:8000/sign-in/provider/back"
SUBJECT = "a1b2c3"
START_SECONDS = 60


@contextmanager
def real_provider() -> Iterator[str]:
    """Run a provider in a process of its own; gives its issuer."""
    with free_port() as port:
        number = port.getsockname()[1]
    issuer = f"http://127.0.0.1:{number}"
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(number), "--user", SUBJECT]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"NO_COLOR": "1"}
    )
    try:
        _wait_for(issuer, process)
        yield issuer
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _wait_for(issuer: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(START_SECONDS * 10):
        try:
            httpx2.get(f"{issuer}/.well-known/openid-configuration")
        except httpx2.ConnectError:
            assert process.poll() is None, "the provider did not start"
            time.sleep(0.1)
        else:
            assert process.poll() is None, "somebody else answers at the port of the provider"
            return
    raise AssertionError("the provider does not answer")


def office_with(home: Path, issuer: str, clock: Clock | None = None, **options: Any) -> TestClient:
    """Return a browser at an office that has set a provider; nobody is linked yet."""
    home.mkdir(parents=True, exist_ok=True)
    secret = home / "provider-secret"
    secret.write_text(str(options.pop("secret", "s3cret")), encoding="utf-8")
    set_here = {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret_file": secret,
        "oidc_redirect_uri": WAY_BACK,
    }
    settings = prepare(home, **(set_here | options))
    app = create_app(settings, clock or present)
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


def wiring_of(browser: TestClient) -> Wiring:
    """Return what an office works with."""
    wiring: Wiring = browser.app.state.wiring  # type: ignore[attr-defined]
    return wiring


def link(browser: TestClient, login: str = "mizuno", subject: str = SUBJECT) -> str:
    """Link an account; return its id."""
    wiring = wiring_of(browser)
    user = wiring.users.user_by_login(login)
    assert user is not None
    assert wiring.provider is not None
    now = wiring.clock()
    identity = Identity(wiring.provider.setting.issuer, subject, user.id, now)
    wiring.identities.link(identity, AuditEvent("identity_linked", "system", "user", user.id, now))
    return user.id


def leave(browser: TestClient, goal: str = "/") -> str:
    """Press the button on the sign-in page in a fresh browser; return where it leads."""
    browser.cookies.clear()
    fields = {"form_token": form_token(browser), "next": goal}
    answer = browser.post("/sign-in/provider", data=fields)
    assert answer.status_code == 303
    return answer.headers["location"]


def is_signed_in(browser: TestClient) -> bool:
    """Tell whether the first page is shown."""
    return browser.get("/").status_code == 200


def kinds(browser: TestClient) -> list[tuple[str, str]]:
    """Return what the record says of signing in, with the reason or the means."""
    wiring = wiring_of(browser)
    with wiring.database.reading() as connection:
        events = audit.events(connection, wiring.city.code)
    return [
        (each.kind, each.detail.get("why", each.detail.get("by", "")))
        for each in reversed(events)
        if each.kind.startswith(("sign", "identity", "provider"))
    ]


@cache
def first_key() -> RSAKey:
    """Return the key of each provider: making one takes long."""
    return RSAKey.generate_key(2048, {"kid": "first"})


@dataclass
class LyingProvider:
    """A small provider of which each answer can be made wrong.

    `claims`, `head` and `metadata` are put over what would be right; None takes something away.
    """

    clock: Clock
    issuer: str = ""
    key: RSAKey = field(default_factory=first_key)
    signing: Any = None
    published: list[Any] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    token: str | None = None
    plain: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    authorization: str = ""
    wanted: dict[str, str] = field(default_factory=dict)

    def authorize(self, address: str, **more: str) -> str:
        """Take a browser's wish as if somebody had signed in; return the way back for it."""
        self.wanted = dict(parse_qsl(urlsplit(address).query))
        answer = {"code": "a-code", "state": self.wanted["state"], **more}
        return f"{urlsplit(WAY_BACK).path}?{urlencode(answer)}"

    def answer(self, path: str, form: str, authorization: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and content."""
        self.asked.append(path)
        if path in self.plain:
            return self.plain[path]
        if path == "/token":
            self.sent, self.authorization = dict(parse_qsl(form)), authorization
            return self._token()
        found = self._metadata() if path.startswith("/.well-known") else self._keys()
        return 200, {}, json.dumps(found).encode()

    def _metadata(self) -> Mapping[str, Any]:
        right = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return _over(right, self.metadata)

    def _keys(self) -> Mapping[str, Any]:
        return dict(KeySet([self.key, *self.published]).as_dict(private=False))

    def _token(self) -> tuple[int, dict[str, str], bytes]:
        digest = hashlib.sha256(self.sent["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != self.wanted["code_challenge"]:
            return 400, {}, b'{"error": "invalid_grant"}'
        token = self.token or self.id_token()
        return 200, {}, json.dumps({"token_type": "Bearer", "id_token": token}).encode()

    def id_token(self) -> str:
        """Return the token that answers what was wanted last."""
        now = int(self.clock.now.timestamp())
        right = {
            "iss": self.issuer,
            "sub": SUBJECT,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": self.wanted["nonce"],
        }
        signing = self.signing or self.key
        head = _over({"alg": "RS256", "kid": signing.kid}, self.head)
        allowed = ["RS256", "ES256", "HS256", "PS256"]
        return jwt.encode(dict(head), dict(_over(right, self.claims)), signing, allowed)


def _over(right: Mapping[str, Any], wrong: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**right, **wrong}.items() if value is not None}


@contextmanager
def lying_provider(
    clock: Clock, certfile: Path | None = None, keyfile: Path | None = None
) -> Iterator[LyingProvider]:
    """Serve one on this machine, by HTTPS with a certificate for localhost."""
    provider = LyingProvider(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply("")

        def do_POST(self) -> None:
            self.reply(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def reply(self, form: str) -> None:
            authorization = self.headers.get("Authorization", "")
            status, headers, content = provider.answer(self.path, form, authorization)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_request(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    if certfile is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certfile, keyfile)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        provider.issuer = f"https://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def query_of(address: str) -> dict[str, list[str]]:
    """Return what an address asks for."""
    return parse_qs(urlsplit(address).query)
