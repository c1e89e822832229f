"""For which address a passkey is: browsers make none for an address that anyone could pretend."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fastapi import Request

from api.addresses import parts_of
from api.forms import is_secure
from api.refusals import Unreadable

WATCHED: Final = frozenset({"/healthz", "/readyz"})
_AUTHORITY: Final = re.compile(r"([a-z0-9.-]+)(?::\d+)?")


class NoSite(StrEnum):
    """Why there are no passkeys at an address."""

    NOT_SECURE = "not_secure"
    ONLY_A_NUMBER = "only_a_number"


@dataclass(frozen=True, slots=True)
class Site:
    """The origin as browsers write it, and the host name to which passkeys belong (the rpId)."""

    origin: str
    host: str


def site_at(scheme: str, authority: str) -> Site | NoSite:
    """Return what passkeys are for at an address (WebAuthn §5.1.3, §13.4.9).

    Parameters
    ----------
    authority
        Host and port, as a browser sends them.
    """
    found = _AUTHORITY.fullmatch(authority)
    host = found[1] if found else ""
    if not host or _is_number(host):
        return NoSite.ONLY_A_NUMBER
    if scheme != "https" and host != "localhost":
        return NoSite.NOT_SECURE
    return Site(f"{scheme}://{authority}", host)


def check_address(request: Request) -> None:
    """Refuse what was sent to another address than the office has set.

    Links are made of it and devices sign for it: another service at the same machine, or a name
    that somebody lets lead here, is another address. Whoever watches over the machine may ask by
    any name.

    Raises
    ------
    Unreadable
        ``another_address``.
    """
    wanted = request.app.state.wiring.settings.address
    sent = request.headers.get("Host", "").lower()
    if wanted and sent != parts_of(wanted).netloc and request.url.path not in WATCHED:
        raise Unreadable("another_address", address=wanted)


def site_of(request: Request) -> Site | NoSite:
    """Return what passkeys are for at the address that was asked.

    A device signs for the host and port that its browser sees, so a false name here makes nothing
    fit. Another port can be one of another service of that name: `check_address` keeps it out
    where the office has set its address.
    """
    scheme = "https" if is_secure(request) else "http"
    return site_at(scheme, request.headers.get("Host", "").lower())


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
