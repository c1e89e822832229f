"""What the office has set about its identity provider, checked before anything is served."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from api.command_refusals import CommandRefused
from api.settings import Settings

BACK: Final = "/sign-in/provider/back"
"""The path to which the provider sends a browser back."""
_NEEDED: Final = ("oidc_client_id", "oidc_client_secret_file", "oidc_redirect_uri")


@dataclass(frozen=True, slots=True)
class ProviderSetting:
    """The one identity provider of the office, and what it must say of a sign-in.

    `origins` are those that are asked and to which our forms may lead, the issuer's first. `acr`
    and `amr` name what counts as a second factor there; with neither, ours is asked for.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    name: str
    origins: tuple[str, ...]
    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    max_age: timedelta | None = None
    ca_file: Path | None = None


def provider_setting(settings: Settings) -> ProviderSetting | None:
    """Return what is set, None where sign-in over a provider is off. Nothing is fetched.

    Raises
    ------
    CommandRefused
        ``oidc_incomplete``, ``oidc_address``, ``oidc_way_back``, ``oidc_file_unusable``.
    """
    if not settings.oidc_issuer:
        return None
    missing = [f"TSUNAGITE_{name.upper()}" for name in _NEEDED if not getattr(settings, name)]
    if missing:
        raise CommandRefused("oidc_incomplete", names="、".join(missing))
    _check_address("TSUNAGITE_OIDC_ISSUER", settings.oidc_issuer)
    _check_address("TSUNAGITE_OIDC_REDIRECT_URI", settings.oidc_redirect_uri)
    if urlsplit(settings.oidc_redirect_uri).path != BACK:
        raise CommandRefused("oidc_way_back", path=BACK)
    further = settings.oidc_origins.split()
    for each in further:
        _check_address("TSUNAGITE_OIDC_ORIGINS", each)
    age = settings.oidc_max_age_minutes
    return ProviderSetting(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=_secret(settings.oidc_client_secret_file),
        redirect_uri=settings.oidc_redirect_uri,
        name=settings.oidc_name,
        origins=tuple(dict.fromkeys(map(origin_of, (settings.oidc_issuer, *further)))),
        acr=tuple(settings.oidc_acr.split()),
        amr=tuple(settings.oidc_amr.split()),
        max_age=None if age is None else timedelta(minutes=age),
        ca_file=_readable(settings.oidc_ca_file),
    )


def is_guarded(address: str) -> bool:
    """Tell whether nobody can listen on the way to an address: HTTPS, or within this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or not address.isascii():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address; nothing that could be set where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_address(name: str, address: str) -> None:
    """Refuse what could be listened to, or what would break out of a header or an address."""
    if not is_guarded(address) or any(each in address for each in "?#;, \"'\\"):
        raise CommandRefused("oidc_address", name=name, value=address)


def _secret(file: Path | None) -> str:
    assert file is not None
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandRefused("oidc_file_unusable", file=file, reason=type(error).__name__) from None
    if not secret:
        raise CommandRefused("oidc_file_unusable", file=file, reason="空です")
    return secret


def _readable(file: Path | None) -> Path | None:
    """Return a file of certificates that can be used."""
    import ssl

    if file is not None:
        try:
            ssl.create_default_context(cafile=str(file))
        except (OSError, ssl.SSLError) as error:
            reason = type(error).__name__
            raise CommandRefused("oidc_file_unusable", file=file, reason=reason) from None
    return file
