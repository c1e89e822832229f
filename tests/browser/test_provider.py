"""Over the identity provider and back, as a person does it, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.wiring import Wiring
from catalog.audit import AuditEvent
from db.identities import Identity
from db.sample.accounts import account_id
from tests.api.providers import CLIENT, SUBJECT, real_provider
from tests.browser.server import free_port, serving
from tests.browser.watch import Window
from tests.office import prepare

BUTTON = "市の共通アカウントで サインインする"
IS_PAINTED = "document.fonts.status === 'loaded' && performance.getEntriesByType('paint').length"
"""What is pressed before the first paint, or while letters still move, is lost."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an office with a provider on another site; its coordinator is linked."""
    home = tmp_path_factory.mktemp("office")
    secret = home / "provider-secret"
    secret.write_text("s3cret", encoding="utf-8")
    with real_provider() as issuer, free_port() as port:
        settings = prepare(
            Path(home),
            oidc_issuer=issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret_file=secret,
            oidc_redirect_uri=f"http://localhost:{port.getsockname()[1]}/sign-in/provider/back",
        )
        wiring = Wiring(settings)
        now, user = wiring.clock(), account_id("mizuno")
        event = AuditEvent("identity_linked", "system", "user", user, now)
        wiring.identities.link(Identity(issuer, SUBJECT, user, now), event)
        wiring.close()
        with serving(settings, port=port) as origin:
            yield origin


def sign_in_page(window: Window, office: str, *, javascript: bool) -> Page:
    """Open the sign-in of the office in a fresh browser that may visit the provider."""
    context = window.browser.new_context(java_script_enabled=javascript, locale="ja-JP")
    page = context.new_page()
    page.on("response", lambda answer: print(answer.status, answer.url))
    page.on("requestfailed", lambda request: print(request.failure, request.url))
    page.goto(f"{office}/sign-in?next=/places")
    page.screenshot()  # without a frame on its way a page may wait for its first paint for ever
    page.wait_for_function(IS_PAINTED, polling=50)
    return page


@pytest.mark.parametrize("javascript", [True, False])
def test_over_the_provider_and_back(window: Window, office: str, javascript: bool) -> None:
    """The form may lead there, the cookies come back from there, and one is where one wanted."""
    page = sign_in_page(window, office, javascript=javascript)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("heading", name="Authorize Client")).to_be_visible()
    page.get_by_role("button", name=SUBJECT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("受け入れ先を さがす")
    assert page.url == f"{office}/places"
    page.context.close()


def test_the_form_leads_there_only_because_the_page_allows_it(
    window: Window, office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the policy of every other page the browser stays where it is."""
    monkeypatch.setattr("api.pages.sign_in.may_lead_to", lambda response, _setting: response)
    page = sign_in_page(window, office, javascript=True)
    with page.expect_console_message(lambda message: "form-action" in message.text):
        page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    page.context.close()
