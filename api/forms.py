"""Forms come from our own pages only: a token in each form, bound to the visitor's cookie.

The cookie is a random secret that no script can read. The token of the forms is derived from it,
so nothing about forms needs to be stored, and a new cookie (at sign-in) makes old forms void.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from fastapi import Request, Response

from api.addresses import parts_of
from api.limits import MOST_FIELD_BYTES, MOST_FIELDS, MOST_FILES
from api.refusals import FormRefused

FIELD: Final = "form_token"
HEADER: Final = "X-Form-Token"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OUR_OWN: Final = frozenset({"same-origin", "none"})
FORM_TYPES: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def new_secret() -> str:
    """Return a fresh secret for a cookie: 256 bits."""
    return secrets.token_urlsafe(32)


def form_token_of(secret: str) -> str:
    """Return the token that goes into the forms of whoever holds this cookie."""
    return hmac.new(secret.encode(), b"tsunagite.form/1", hashlib.sha256).hexdigest()


def cookie_name(request: Request) -> str:
    """Return the name of the cookie; by HTTPS the browser guards its origin by the name."""
    return "__Host-tsunagite" if is_secure(request) else "tsunagite"


def is_secure(request: Request) -> bool:
    """Tell whether the cookie may travel by HTTPS only."""
    return request.url.scheme == "https" or bool(request.app.state.wiring.settings.secure_cookies)


def cookie_secret(request: Request) -> str:
    """Return the secret that the browser sent, or nothing."""
    return request.cookies.get(cookie_name(request), "")


def set_cookie(request: Request, response: Response, secret: str) -> None:
    """Give the browser its secret, until it is closed."""
    response.set_cookie(
        cookie_name(request),
        secret,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response) -> None:
    """Have the browser forget its secret, and every page that it keeps in store.

    By plain HTTP browsers heed the second only on their own machine. What a machine remembers for
    whoever sits at it (whether keys are switched on) stays; nothing about people is stored there.
    """
    response.headers["Clear-Site-Data"] = '"cache"'
    response.delete_cookie(
        cookie_name(request),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def form_token(request: Request) -> str:
    """Return the token for the forms of a page; who has no cookie yet will get one with it."""
    secret = cookie_secret(request) or getattr(request.state, "fresh_secret", "")
    if not secret:
        secret = request.state.fresh_secret = new_secret()
    return form_token_of(secret)


def keep_fresh_secret(request: Request, response: Response) -> None:
    """Send the cookie along whose token is in the page."""
    fresh = getattr(request.state, "fresh_secret", "")
    if fresh:
        set_cookie(request, response, fresh)


async def check_form(request: Request) -> None:
    """Refuse a request that changes something unless it comes from a form of ours.

    Raises
    ------
    FormRefused
        Another site sent it, or its token does not belong to the cookie.
    """
    if request.method in SAFE:
        return
    check_sender(request)
    secret, sent = cookie_secret(request), (await sent_token(request)).encode()
    if not hmac.compare_digest(sent, form_token_of(secret).encode()):
        raise FormRefused("form_outdated")


def check_sender(request: Request) -> None:
    """Refuse a request that changes something where its head shows that it is from no page of ours.

    Raises
    ------
    FormRefused
        Another site sent it, or there is no cookie that a token could belong to.
    """
    if request.method in SAFE:
        return
    check_same_origin(request)
    if not cookie_secret(request):
        raise FormRefused("form_outdated")


def check_same_origin(request: Request) -> None:
    """Refuse what a browser says was sent by another site, in either of two headers.

    Old browsers send no Sec-Fetch-Site but an Origin; programs send neither, and have no cookie
    of somebody else either.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in OUR_OWN:
        raise FormRefused("form_from_elsewhere")
    origin = request.headers.get("Origin")
    if origin is not None and parts_of(origin).netloc != request.headers.get("Host"):
        raise FormRefused("form_from_elsewhere")


async def sent_token(request: Request) -> str:
    """Return the token of the header, or of the form's hidden field."""
    header = request.headers.get(HEADER)
    if header is not None:
        return header
    if request.headers.get("Content-Type", "").startswith(FORM_TYPES):
        field = (
            await request.form(
                max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD_BYTES
            )
        ).get(FIELD)
        return field if isinstance(field, str) else ""
    return ""
