"""What the provider says of somebody, and whether it was the provider who said it, to us, now."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from api.oidc.errors import ProviderRefused

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS: Final = ("RS256", "ES256")
"""Signatures with a key that only the provider has; never `none`, never a shared secret."""
TYPES: Final = (None, "JWT")
"""What may stand as type of an ID token: no access token, no sign-out token (RFC 8725 §3.11)."""
CLOCKS_DIFFER: Final = timedelta(seconds=60)
MOST_SUBJECT: Final = 255
LEAST_RSA_BITS: Final = 2048
_LONG_AGO_SECONDS: Final = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: who issues it, to whom, in answer to what, how old it may be."""

    issuer: str
    client_id: str
    nonce: str
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Who somebody is at the provider, how they showed it there, and when if it says so."""

    subject: str
    acr: str = ""
    amr: frozenset[str] = frozenset()
    at: datetime | None = None


class UnknownKey(ProviderRefused):
    """The token names a key that is not among those known; they may have been changed."""


def key_set(found: Mapping[str, Any]) -> KeySet:
    """Return the keys with which the provider signs; other kinds are left out.

    Raises
    ------
    ProviderRefused
        ``keys_malformed``.
    """
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        return KeySet.import_key_set({"keys": [each for each in found["keys"] if _signs(each)]})
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise ProviderRefused("keys_malformed") from error


def read_id_token(token: str, keys: KeySet, expected: Expected, now: datetime) -> Shown:
    """Return who a token says somebody is (OpenID Connect Core 1.0 §3.1.3.7).

    Raises
    ------
    UnknownKey
        ``key_unknown``.
    ProviderRefused
        ``token_malformed``, ``token_forged``, ``token_of_another_type``, ``token_expired``,
        ``token_claims``, ``nonce``, ``too_long_ago``.
    """
    from joserfc import jwt
    from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
    from joserfc.jws import JWSRegistry

    # A parameter of the head that is not known says nothing (RFC 7515 §4), a critical one does.
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        read = jwt.decode(token, keys, registry=registry)
    except InvalidKeyIdError as error:
        raise UnknownKey("key_unknown") from error
    except BadSignatureError as error:
        raise ProviderRefused("token_forged") from error
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise ProviderRefused("token_malformed") from error
    if read.header.get("typ") not in TYPES:
        raise ProviderRefused("token_of_another_type")
    _check_claims(read.claims, expected, now)
    return _shown(read.claims, now)


def _check_claims(claims: Mapping[str, Any], expected: Expected, now: datetime) -> None:
    from joserfc.errors import ClaimError, ExpiredTokenError
    from joserfc.jwt import JWTClaimsRegistry

    registry = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=int(CLOCKS_DIFFER.total_seconds()),
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
        azp={"essential": _has_others(claims), "value": expected.client_id},
    )
    try:
        registry.validate(dict(claims))
    except ExpiredTokenError as error:
        raise ProviderRefused("token_expired") from error
    except ClaimError as error:
        raise ProviderRefused("token_claims") from error
    if not hmac.compare_digest(str(claims["nonce"]).encode(), expected.nonce.encode()):
        raise ProviderRefused("nonce")
    if expected.max_age is not None:
        _check_age(claims.get("auth_time"), expected.max_age, now)


def _check_age(auth_time: object, max_age: timedelta, now: datetime) -> None:
    if not isinstance(auth_time, int) or isinstance(auth_time, bool):
        raise ProviderRefused("too_long_ago")
    if int(now.timestamp()) - auth_time > (max_age + CLOCKS_DIFFER).total_seconds():
        raise ProviderRefused("too_long_ago")


def _has_others(claims: Mapping[str, Any]) -> bool:
    """Tell whether a token is for others too; then it must say to whom it was given."""
    audience = claims.get("aud")
    return isinstance(audience, list) and len(audience) > 1


def _shown(claims: Mapping[str, Any], now: datetime) -> Shown:
    subject, acr, amr = claims["sub"], claims.get("acr"), claims.get("amr")
    if not subject or len(subject) > MOST_SUBJECT:
        raise ProviderRefused("token_claims")
    return Shown(
        subject,
        acr if isinstance(acr, str) else "",
        frozenset(each for each in amr if isinstance(each, str))
        if isinstance(amr, list)
        else frozenset(),
        _instant(claims.get("auth_time"), now),
    )


def _instant(auth_time: object, now: datetime) -> datetime | None:
    """Return when somebody showed who they are, never later than now; None where it is not said."""
    if not isinstance(auth_time, int) or isinstance(auth_time, bool):
        return None
    ago_seconds = int(now.timestamp()) - auth_time
    return now - timedelta(seconds=min(max(ago_seconds, 0), _LONG_AGO_SECONDS))


def _signs(key: Any) -> bool:
    """Tell whether a key is of a kind with which tokens are signed here, and long enough."""
    if not isinstance(key, dict):
        return False
    if key.get("use", "sig") != "sig":
        return False
    if key.get("kty") == "RSA":
        return len(key["n"]) * 6 >= LEAST_RSA_BITS
    return key.get("kty") == "EC" and key.get("crv") == "P-256"
