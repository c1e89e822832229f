"""What a provider, a network or another browser may try: nobody comes in by any of it.

Each defence is also taken away once, and the attack then succeeds: the tests see what they guard.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.testclient import TestClient

from api.cli import run
from api.oidc import asking, id_token
from api.oidc.errors import ProviderRefused
from catalog.actor import Role
from db.one_time import OneTime, Purpose, SqlOneTimeStore
from tests.api.conftest import as_role, enter, form_token
from tests.api.providers import (
    CLIENT,
    SUBJECT,
    LyingProvider,
    is_signed_in,
    kinds,
    leave,
    link,
    lying_provider,
    office_with,
    query_of,
    wiring_of,
)
from tests.office import PASSWORD, Clock

REFUSED = "/sign-in?done=provider"
FOREIGN = RSAKey.generate_key(2048, {"kid": "first"})


@pytest.fixture
def there(clock: Clock) -> Iterator[LyingProvider]:
    """Give a provider that does everything right until it is told not to."""
    with lying_provider(clock) as started:
        yield started


@pytest.fixture
def browser(tmp_path: Path, clock: Clock, there: LyingProvider) -> Iterator[TestClient]:
    """Give a browser at an office whose coordinator is linked."""
    with office_with(tmp_path / "office", there.issuer, clock) as opened:
        link(opened)
        yield opened


def come_in(browser: TestClient, there: LyingProvider, **answer: str) -> str:
    """Leave, come back, and return where that leads."""
    back = there.authorize(leave(browser), **answer)
    location: str = browser.get(back).headers["location"]
    return location


CLAIMS: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "of another browser"},
    "no nonce": {"nonce": None},
    "another office": {"aud": "another-office"},
    "no audience": {"aud": None},
    "another provider": {"iss": "https://id.elsewhere.example"},
    "almost the provider": {"iss": "http://127.0.0.1/"},
    "expired": {"exp": 1_700_000_000},
    "never ending": {"exp": None},
    "an end that is no number": {"exp": float("nan")},
    "from the future": {"iat": 4_000_000_000},
    "without a time": {"iat": None},
    "not valid yet": {"nbf": 4_000_000_000},
    "given to another": {"azp": "another-office"},
    "for two, given to nobody": {"aud": [CLIENT, "another-office"]},
    "nobody": {"sub": None},
    "empty subject": {"sub": ""},
    "long subject": {"sub": "a" * 256},
    "subject that is a list": {"sub": [SUBJECT]},
}


def test_an_honest_provider_lets_in(browser: TestClient, there: LyingProvider) -> None:
    """What the attacks below change is all right before they do; the rest is as it must be."""
    address = leave(browser, "/people")
    wanted = {name: values[0] for name, values in query_of(address).items()}
    assert browser.get(there.authorize(address, iss=there.issuer)).headers["location"] == "/people"
    assert is_signed_in(browser)
    assert wanted["response_type"] == "code"
    assert wanted["scope"] == "openid"
    assert wanted["code_challenge_method"] == "S256"
    ours = (wanted["state"], wanted["nonce"], there.sent["code_verifier"])
    assert [len(each) for each in ours] == [43, 43, 43]
    assert len(set(ours)) == 3
    assert there.authorization.startswith("Basic ")
    assert "client_secret" not in there.sent


def test_a_token_with_wrong_claims_opens_nothing(browser: TestClient, there: LyingProvider) -> None:
    """However well it is signed."""
    for name, claims in CLAIMS.items():
        there.claims = claims
        assert come_in(browser, there) == REFUSED, name
        assert not is_signed_in(browser), name


@pytest.mark.parametrize("name", ["another nonce", "another office", "another provider", "expired"])
def test_the_claims_are_what_keeps_it_shut(
    browser: TestClient, there: LyingProvider, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Without looking at them the same token opens the office."""
    monkeypatch.setattr(id_token, "_check_claims", lambda *_: None)
    there.claims = CLAIMS[name]
    assert come_in(browser, there) == "/"
    assert is_signed_in(browser)


def unsigned(there: LyingProvider, head: dict[str, Any], signature: str = "") -> str:
    """Return the right claims under a head of one's own."""
    from joserfc.util import urlsafe_b64encode

    claims = there.id_token().split(".")[1]
    return f"{urlsafe_b64encode(json.dumps(head).encode()).decode()}.{claims}.{signature}"


HEADS: dict[str, Callable[[LyingProvider], str]] = {
    "no signature": lambda there: unsigned(there, {"alg": "none"}),
    "no signature, a key": lambda there: unsigned(there, {"alg": "none", "kid": "first"}),
    "none in capitals": lambda there: unsigned(there, {"alg": "NONE", "kid": "first"}),
    "a signature of nothing": lambda there: unsigned(there, {"alg": "RS256", "kid": "first"}),
    "of another token": lambda there: unsigned(
        there, {"alg": "RS256", "kid": "first"}, there.id_token().split(".")[2]
    )[:-8],
    "critical and unknown": lambda there: unsigned(
        there, {"alg": "RS256", "kid": "first", "crit": ["x"], "x": 1}, "AAAA"
    ),
    "not a token": lambda there: "not a token",
    "encrypted": lambda there: "a.b.c.d.e",
    "deep": lambda there: "[" * 10_000,
}


def test_a_token_that_is_not_signed_opens_nothing(
    browser: TestClient, there: LyingProvider
) -> None:
    for name, make in HEADS.items():
        back = there.authorize(leave(browser))
        there.token = make(there)
        assert browser.get(back).headers["location"] == REFUSED, name
        assert not is_signed_in(browser), name


def test_a_key_of_somebody_else_opens_nothing(
    browser: TestClient, there: LyingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not under the name of the right one, not sent along in the token; unless it were believed."""
    there.signing = FOREIGN
    assert come_in(browser, there) == REFUSED
    assert kinds(browser)[-1] == ("sign_in_failed", "token_forged")
    there.head = {"jwk": FOREIGN.as_dict(private=False)}
    assert come_in(browser, there) == REFUSED
    there.head = {"jku": f"{there.issuer}/foreign", "kid": "foreign"}
    assert come_in(browser, there) == REFUSED
    assert "/foreign" not in there.asked
    assert not is_signed_in(browser)
    there.head = {}
    believed = id_token.key_set({"keys": [FOREIGN.as_dict(private=False)]})
    monkeypatch.setattr("api.oidc.provider.key_set", lambda _: believed)
    wiring_of(browser).provider._keys = None  # type: ignore[union-attr]
    assert come_in(browser, there) == "/"


def test_the_public_key_is_no_secret(
    browser: TestClient, there: LyingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token signed with what everybody can read opens nothing, nor does a weaker algorithm."""
    shared = OctKey.import_key("a secret that the provider gives out" * 2, {"kid": "shared"})
    there.published, there.signing, there.head = [shared], shared, {"alg": "HS256"}
    published = {"keys": [shared.as_dict(private=True)]}
    there.plain["/keys"] = 200, {}, json.dumps(published).encode()
    assert come_in(browser, there) == REFUSED
    monkeypatch.setattr(id_token, "ALGORITHMS", ("HS256",))
    monkeypatch.setattr(id_token, "_signs", lambda _: True)
    assert come_in(browser, there) == "/"


def test_elliptic_keys_count_and_others_do_not(browser: TestClient, there: LyingProvider) -> None:
    """ES256 is taken; PS256 and keys that are for sealing are not."""
    elliptic = ECKey.generate_key("P-256", {"kid": "second"})
    there.published, there.signing, there.head = [elliptic], elliptic, {"alg": "ES256"}
    assert come_in(browser, there) == "/"
    there.signing, there.head = there.key, {"alg": "PS256"}
    assert come_in(browser, there) == REFUSED
    sealing = RSAKey.generate_key(2048, {"kid": "third", "use": "enc"})
    there.published, there.head = [sealing], {}
    there.signing = RSAKey.import_key(sealing.as_dict(private=True) | {"use": "sig"})
    assert come_in(browser, there) == REFUSED


def test_a_new_key_is_asked_for_once(browser: TestClient, there: LyingProvider) -> None:
    """A provider changes its keys; one that names keys which it does not have is not asked on."""
    assert come_in(browser, there) == "/"
    there.key = RSAKey.generate_key(2048, {"kid": "next"})
    assert come_in(browser, there) == "/"
    assert there.asked.count("/keys") == 2
    there.signing = RSAKey.generate_key(2048, {"kid": "unknown"})
    assert come_in(browser, there) == REFUSED
    assert there.asked.count("/keys") == 3
    assert kinds(browser)[-1] == ("sign_in_failed", "key_unknown")


@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt"])
def test_a_token_for_something_else_is_no_id_token(
    browser: TestClient, there: LyingProvider, kind: str
) -> None:
    there.head = {"typ": kind}
    assert come_in(browser, there) == REFUSED
    assert kinds(browser)[-1] == ("sign_in_failed", "token_of_another_type")


# ------------------------------------------------------------------ the way back
def test_an_answer_counts_once(
    browser: TestClient, there: LyingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even with the cookie of then; without the record of detours it would count again."""
    address = leave(browser)
    kept = browser.cookies["tsunagite-provider"]
    back = there.authorize(address)
    assert browser.get(back).headers["location"] == "/"
    browser.cookies.clear()
    browser.cookies.set("tsunagite-provider", kept)
    assert browser.get(back).headers["location"] == REFUSED
    assert kinds(browser)[-1] == ("sign_in_failed", "used_or_late")
    monkeypatch.setattr(
        SqlOneTimeStore,
        "use_up",
        lambda _, hash_, now, *of: OneTime(Purpose.DETOUR, hash_, None, now, now, b"/"),
    )
    browser.cookies.set("tsunagite-provider", kept)
    assert browser.get(back).headers["location"] == "/"


def test_an_answer_counts_for_ten_minutes(
    browser: TestClient, there: LyingProvider, clock: Clock
) -> None:
    back = there.authorize(leave(browser))
    clock.forward(minutes=10)
    assert browser.get(back).headers["location"] == REFUSED
    back = there.authorize(leave(browser))
    clock.forward(minutes=9)
    assert browser.get(back).headers["location"] == "/"


def test_nobody_is_signed_in_by_the_answer_to_another(
    browser: TestClient, there: LyingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link with one's own code and state opens nothing in a browser that did not ask."""
    foreign = there.authorize(leave(browser))
    browser.cookies.clear()
    assert browser.get(foreign).headers["location"] == REFUSED
    leave(browser)
    assert browser.get(foreign).headers["location"] == REFUSED
    assert kinds(browser)[-1] == ("sign_in_failed", "state")
    without = "/sign-in/provider/back?code=a-code"
    assert browser.get(without).headers["location"] == REFUSED
    believing = SimpleNamespace(compare_digest=lambda *_: True)
    monkeypatch.setattr("api.oidc.entering.hmac", believing)
    there.authorize(leave(browser))
    assert browser.get(without).headers["location"] == "/"


def test_a_code_of_another_browser_is_worth_nothing(
    browser: TestClient, there: LyingProvider
) -> None:
    """The provider wants what only the browser holds for whom the code is (PKCE)."""
    there.authorize(leave(browser))
    stolen_from = there.wanted
    back = there.authorize(leave(browser))
    there.wanted = stolen_from
    assert browser.get(back).headers["location"] == REFUSED
    assert kinds(browser)[-1] == ("sign_in_failed", "answer_refused")


def test_the_answer_of_another_provider_is_not_taken_for_this_one(
    browser: TestClient, there: LyingProvider
) -> None:
    """By its name in the answer; a provider that says it names itself must do so (RFC 9207)."""
    assert come_in(browser, there, iss="https://id.elsewhere.example") == REFUSED
    assert kinds(browser)[-1] == ("sign_in_failed", "answer_of_another")
    assert "/token" not in there.asked
    there.metadata = {"authorization_response_iss_parameter_supported": True}
    wiring_of(browser).provider._metadata = None  # type: ignore[union-attr]
    assert come_in(browser, there) == REFUSED
    assert come_in(browser, there, iss=there.issuer) == "/"


@pytest.mark.parametrize("more", ["&state=x", "&code=other", "&error=access_denied"])
def test_an_answer_that_says_two_things_says_nothing(
    browser: TestClient, there: LyingProvider, more: str
) -> None:
    back = there.authorize(leave(browser))
    assert browser.get(back + more).headers["location"] == REFUSED
    assert not is_signed_in(browser)


# ------------------------------------------------------------------ what the provider says
@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://id.elsewhere.example"},
        {"issuer": None},
        {"token_endpoint": "http://id.city.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"jwks_uri": "http://localhost:1/keys"},
        {"token_endpoint": "https://[/token"},
        {"authorization_endpoint": "https://elsewhere.example/authorize"},
        {"authorization_endpoint": ["x"]},
    ],
)
def test_a_provider_that_is_another_than_set_is_not_used(
    browser: TestClient, there: LyingProvider, metadata: dict[str, Any]
) -> None:
    there.metadata = metadata
    assert leave(browser) == REFUSED


ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "a redirect": (302, {"Location": "/elsewhere"}, b""),
    "an error": (500, {}, b"{}"),
    "a page": (200, {}, b"<html></html>"),
    "a list": (200, {}, b"[]"),
    "too much": (200, {}, b'{"a": "' + b"a" * asking.MOST_BYTES + b'"}'),
    "depths": (200, {}, b"[" * 100_000),
    "packed": (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b\x08\x00"),
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_an_answer_that_is_none_lets_nobody_in(
    browser: TestClient, there: LyingProvider, path: str
) -> None:
    """Nothing breaks, nothing else is asked, and who tried is told kindly."""
    for name, answer in ANSWERS.items():
        there.plain[path] = answer
        if path.startswith("/.well-known"):
            assert leave(browser) == REFUSED, name
        else:
            assert come_in(browser, there) == REFUSED, name
        assert not is_signed_in(browser), name
    assert "/elsewhere" not in there.asked


def test_a_provider_whose_certificate_is_not_trusted_is_not_spoken_to(
    tmp_path: Path, clock: Clock
) -> None:
    """A city's own certificate can be given; then it, and the name in it, are what counts."""
    assert run(["certificate", "localhost", "--out", str(tmp_path)]) == 0
    trusted = tmp_path / "certificate.pem"
    with lying_provider(clock, trusted, tmp_path / "certificate-key.pem") as there:
        with office_with(tmp_path / "a", there.issuer, clock) as browser:
            assert leave(browser) == REFUSED
            assert kinds(browser)[-1] == ("sign_in_failed", "unreachable")
        with office_with(tmp_path / "b", there.issuer, clock, oidc_ca_file=trusted) as browser:
            link(browser)
            assert come_in(browser, there) == "/"
        there.issuer = there.issuer.replace("localhost", "127.0.0.1")
        with office_with(tmp_path / "c", there.issuer, clock, oidc_ca_file=trusted) as browser:
            assert leave(browser) == REFUSED


def test_an_answer_that_trickles_is_not_waited_for(
    browser: TestClient, there: LyingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_SECONDS", -1.0)
    assert leave(browser) == REFUSED
    assert kinds(browser)[-1] == ("sign_in_failed", "answer_too_slow")


@pytest.mark.parametrize(
    "metadata", [{"token_endpoint_auth_methods_supported": each} for each in (5, "x", {"a": 1})]
)
def test_metadata_of_a_strange_kind_breaks_nothing(
    browser: TestClient, there: LyingProvider, metadata: dict[str, Any]
) -> None:
    there.metadata = metadata
    assert come_in(browser, there) == "/"


@pytest.mark.parametrize("keys", [["x"], [None, 5], "x", {"a": 1}, 5])
def test_keys_of_a_strange_kind_let_nobody_in(
    browser: TestClient, there: LyingProvider, keys: object
) -> None:
    there.plain["/keys"] = 200, {}, json.dumps({"keys": keys}).encode()
    assert come_in(browser, there) == REFUSED


# ------------------------------------------------------------------ second factors, and how old
def test_our_second_factor_is_asked_for_unless_the_provider_vouches(
    tmp_path: Path, clock: Clock, there: LyingProvider
) -> None:
    """Where the office requires one: by `acr` and `amr` as set, and only by all that is set."""
    options = {"require_second_factor": True, "oidc_acr": "loa2 loa3", "oidc_amr": "hwk otp"}
    with office_with(tmp_path / "office", there.issuer, clock, **options) as browser:
        link(browser)
        for claims in ({}, {"acr": "loa1"}, {"acr": "loa2"}, {"amr": ["otp"]}, {"acr": ["loa2"]}):
            there.claims = claims
            assert come_in(browser, there) == "/sign-in/factor?next=/"
            assert not is_signed_in(browser)
        there.claims = {"acr": "loa2", "amr": ["pwd", "otp"]}
        assert query_of(leave(browser))["acr_values"] == ["loa2 loa3"]
        assert come_in(browser, there) == "/"
        assert is_signed_in(browser)
        # Showing the password again takes nothing back of that.
        fields = {"form_token": form_token(browser, "/account/confirm"), "password": PASSWORD}
        assert browser.post("/account/confirm", data=fields).status_code == 303
        assert is_signed_in(browser)


def test_who_sits_down_later_is_asked_there_again(
    browser: TestClient, there: LyingProvider, clock: Clock
) -> None:
    """A session begins fresh only where the provider says that the password was shown just now."""
    eight_hours_ago = int((clock.now - timedelta(hours=8)).timestamp())
    for said in (None, eight_hours_ago, "now", True, -(10**400)):
        there.claims = {"auth_time": said}
        come_in(browser, there)
        assert is_signed_in(browser)
        assert not is_fresh(browser)
    page = browser.get("/account/confirm?next=/account/passkeys/new")
    assert "市の共通アカウントで サインインしなおして 進む" in page.text
    assert there.issuer in page.headers["Content-Security-Policy"]
    fields = {"form_token": form_token(browser, "/account/confirm"), "afresh": "true"}
    goal = {"next": "/account/passkeys/new"}
    asked = query_of(browser.post("/sign-in/provider", data=fields | goal).headers["location"])
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    for seconds in (30, -30):
        there.claims = {"auth_time": int(clock.now.timestamp()) - seconds}
        come_in(browser, there)
        assert is_fresh(browser)


def is_fresh(browser: TestClient) -> bool:
    """Tell whether one may begin a new device without showing who one is."""
    fields = {"form_token": form_token(browser, "/account")}
    there = browser.post("/account/factor/new", data=fields).headers["location"]
    return there == "/account/factor"


def test_who_signed_in_there_long_ago_does_so_again(
    tmp_path: Path, clock: Clock, there: LyingProvider
) -> None:
    now = int(clock.now.timestamp())
    options = {"oidc_max_age_minutes": 30}
    with office_with(tmp_path / "office", there.issuer, clock, **options) as browser:
        link(browser)
        assert query_of(leave(browser))["max_age"] == ["1800"]
        for auth_time in (None, now - 1861, "yesterday", True):
            there.claims = {"auth_time": auth_time}
            assert come_in(browser, there) == REFUSED
        there.claims = {"auth_time": now - 1800}
        assert come_in(browser, there) == "/"


# ------------------------------------------------------------------ linking
def test_only_who_left_is_linked(browser: TestClient, there: LyingProvider) -> None:
    """Whoever signs in here in between, or out, gets nobody's identity; nor is one taken over."""
    there.claims = {"sub": "somebody-else"}
    enter(browser, "kanri")
    fields = {"form_token": form_token(browser, "/account")}
    back = there.authorize(browser.post("/account/provider", data=fields).headers["location"])
    kept = browser.cookies["tsunagite-provider"]
    as_role(browser.app, browser, Role.PLANNER)  # type: ignore[arg-type]
    browser.cookies.set("tsunagite-provider", kept)
    assert browser.get(back).headers["location"] == "/account?done=provider"
    assert "つながっていません" in browser.get("/account").text
    there.claims = {"sub": SUBJECT}
    fields = {"form_token": form_token(browser, "/account")}
    back = there.authorize(browser.post("/account/provider", data=fields).headers["location"])
    assert browser.get(back).headers["location"] == "/account?done=provider"
    assert kinds(browser)[-1] == ("sign_in_failed", "taken")


def test_linking_asks_again_who_one_is(
    browser: TestClient, there: LyingProvider, clock: Clock
) -> None:
    enter(browser)
    clock.forward(minutes=20)
    for path in ("/account/provider", "/account/provider/remove"):
        fields = {"form_token": form_token(browser, "/account")}
        answer = browser.post(path, data=fields)
        assert answer.headers["location"] == "/account/confirm?next=/account"
    assert there.asked == []


def test_an_administrator_links_and_unlinks(browser: TestClient, there: LyingProvider) -> None:
    """By the number that the provider's own administrator gives; nobody has two accounts."""
    enter(browser, "kanri")
    page = "/staff/sample-mizuno"
    assert SUBJECT in browser.get(page).text

    def post(path: str, **fields: str) -> Any:
        return browser.post(path, data={"form_token": form_token(browser, page), **fields})

    assert post("/staff/sample-kansa/identity", subject=SUBJECT).status_code == 422
    assert post("/staff/sample-kansa/identity", subject="two words").status_code == 422
    assert post(f"{page}/identity/remove").headers["location"] == f"{page}?done=unlinked"
    linked = post("/staff/sample-kansa/identity", subject=SUBJECT)
    assert linked.headers["location"] == "/staff/sample-kansa?done=linked"
    browser.cookies.clear()
    assert come_in(browser, there) == "/"
    assert "監査" in browser.get("/account").text


def test_the_page_lets_its_forms_lead_to_the_provider_alone(
    browser: TestClient, there: LyingProvider, client: TestClient
) -> None:
    """Only pages with such a form do, and only where a provider is set."""
    allowed = f"form-action 'self' {there.issuer};"
    assert allowed in browser.get("/sign-in").headers["content-security-policy"]
    assert "form-action 'self';" in client.get("/sign-in").headers["content-security-policy"]
    assert "/sign-in/provider" not in client.get("/sign-in").text
    enter(browser)
    assert allowed in browser.get("/account").headers["content-security-policy"]
    assert "form-action 'self';" in browser.get("/").headers["content-security-policy"]


def test_a_sign_in_does_not_begin_by_itself(browser: TestClient, there: LyingProvider) -> None:
    """It takes a form of ours: no address that another site could link to, no foreign form."""
    assert browser.get("/sign-in/provider").status_code == 405
    assert browser.post("/sign-in/provider", data={"next": "/"}).status_code == 403
    assert there.asked == []


def test_the_secret_of_the_office_is_not_shown(browser: TestClient) -> None:
    """Nor by accident in a trace."""
    assert "s3cret" not in repr(wiring_of(browser).provider.setting)  # type: ignore[union-attr]


def test_keys_that_are_too_short_do_not_count() -> None:
    with pytest.raises(ProviderRefused, match="keys_malformed"):
        id_token.key_set({"keys": [{"kty": "RSA", "n": "A" * 341, "e": "AQAB", "kid": "short"}]})
