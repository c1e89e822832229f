"""What every page shares on which somebody tries to show who they are."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.forms import cookie_secret
from api.headers import policy
from api.oidc.setting import ProviderSetting
from api.sessions import browser_words
from api.sign_in import Desk, Next, Outcome, Visit
from api.sites import Site, site_of

EMPTY_PASSWORD: Final = "パスワードを入れてください。"
WAIT: Final = (
    "続けて違っていたため、あと {minutes}分ほど 待ってから お試しください。"
    "お急ぎのときは、職場の管理の方に たずねてください。すぐに入れるようにできることがあります。"
)


def trouble_words(outcome: Outcome, wrong: str) -> str:
    """Say why nobody came in."""
    return WAIT.format(minutes=outcome.wait_minutes) if outcome.next is Next.WAIT else wrong


def visit_of(request: Request) -> Visit:
    """Return from where a request comes, and with what kind of browser."""
    address = request.client.host if request.client else ""
    browser = browser_words(request.headers.get("User-Agent", ""))
    return Visit(address, browser, cookie_secret(request))


def may_lead_to(response: HTMLResponse, setting: ProviderSetting) -> HTMLResponse:
    """Let the forms of a page lead to the provider; those of no other page may."""
    response.headers["Content-Security-Policy"] = policy(*setting.origins)
    return response


def offers_passkeys(request: Request, desk: Desk, user_id: str) -> bool:
    """Tell whether somebody has a passkey for the address that they are at."""
    site = site_of(request)
    own = desk.passkeys.passkeys_of(user_id)
    return isinstance(site, Site) and any(each.site == site.host for each in own)
