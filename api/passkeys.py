"""Passkeys (WebAuthn): keys that stay in a device and sign for one site only.

Each answer of a device belongs to one challenge, which one browser was given for one purpose and
which is used up by the first answer, right or wrong.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from api.sign_in import Desk
from api.sites import Site
from cases.accounts import account_event
from catalog.ids import new_id
from db.one_time import OneTime, Purpose
from db.passkeys import Passkey
from db.users import User

ISSUER: Final = "つなぎ手"
CHALLENGE_BYTES: Final = 32
HANDLE_BYTES: Final = 32
MOST_ANSWER_CHARACTERS: Final = 20_000
ALONE: Final = frozenset({Purpose.PASSKEY_ALONE, Purpose.PASSKEY_PROOF})
"""Where a passkey is all that is shown: the device must have asked for a PIN or a finger."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks a device for what: the browser by its cookie, the site, the instant."""

    purpose: Purpose
    secret: str
    site: Site
    now: datetime

    @property
    def bound_to(self) -> bytes:
        """Return what is kept of the browser's secret."""
        return hashlib.sha256(b"tsunagite.passkey/1" + self.secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class Challenge:
    """Random bytes that one browser is to have signed; `user_handle` for a new passkey only."""

    signed: bytes
    user_handle: bytes


def ask_for_new(desk: Desk, user: User, asking: Asking) -> str:
    """Return what a browser needs to have a device make a key (JSON); the login is in it."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    own = desk.passkeys.passkeys_of(user.id)
    handle = own[0].user_handle if own else secrets.token_bytes(HANDLE_BYTES)
    options = generate_registration_options(
        rp_id=asking.site.host,
        rp_name=ISSUER,
        user_name=user.login,
        user_id=handle,
        challenge=_challenge(desk, asking, handle),
        timeout=_milliseconds(desk),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(each.credential_id) for each in own],
    )
    return options_to_json(options)


def new_passkey(desk: Desk, user: User, name: str, answer: str, asking: Asking) -> Passkey | None:
    """Return the key that a device has made, not kept yet; None where the answer is not right."""
    from webauthn import verify_registration_response

    challenge = _taken(desk, asking)
    document = _document(answer)
    if challenge is None or document is None:
        return None
    try:
        made = verify_registration_response(
            credential=document,
            expected_challenge=challenge.signed,
            expected_rp_id=asking.site.host,
            expected_origin=asking.site.origin,
        )
    except Exception:  # what is malformed can fail in any way
        return None
    return Passkey(
        id=new_id(),
        user_id=user.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        user_handle=challenge.user_handle,
        site=asking.site.host,
        name=name,
        added_at=asking.now,
    )


def ask_for_use(desk: Desk, asking: Asking, user: User | None = None) -> str:
    """Return what a browser needs to have a device sign (JSON).

    Parameters
    ----------
    user
        Whose devices may sign; None lets the person choose among those that the browser knows.
    """
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

    own = desk.passkeys.passkeys_of(user.id) if user else []
    options = generate_authentication_options(
        rp_id=asking.site.host,
        challenge=_challenge(desk, asking),
        timeout=_milliseconds(desk),
        allow_credentials=[
            PublicKeyCredentialDescriptor(each.credential_id)
            for each in own
            if each.site == asking.site.host
        ],
        user_verification=UserVerificationRequirement.REQUIRED
        if asking.purpose in ALONE
        else UserVerificationRequirement.DISCOURAGED,
    )
    return options_to_json(options)


def used_passkey(desk: Desk, answer: str, asking: Asking, user_id: str = "") -> Passkey | None:
    """Check what a device has signed and note its use; None where anything is not right.

    Parameters
    ----------
    user_id
        Whose device it must be; empty: whosever it is.
    """
    challenge = _taken(desk, asking)
    document = _document(answer)
    if challenge is None or document is None:
        return None
    found = _named(desk, document, is_unknown=not user_id)
    if found is None or found.site != asking.site.host or user_id not in ("", found.user_id):
        return None
    sign_count = _checked(found, document, challenge, asking)
    if sign_count is None:
        return None
    if not desk.passkeys.note_use(found, sign_count, asking.now):
        who = found.user_id
        desk.users.record(account_event("passkey_copied", who, asking.now))
        return None
    return found


def _checked(
    found: Passkey, document: dict[str, Any], challenge: Challenge, asking: Asking
) -> int | None:
    """Return how often a device has signed if this is its signature, else None."""
    from webauthn import verify_authentication_response

    try:
        checked = verify_authentication_response(
            credential=document,
            expected_challenge=challenge.signed,
            expected_rp_id=asking.site.host,
            expected_origin=asking.site.origin,
            credential_public_key=found.public_key,
            # The store compares the count, in one statement, after the signature.
            credential_current_sign_count=0,
            require_user_verification=asking.purpose in ALONE,
        )
    except Exception:  # what is malformed can fail in any way
        return None
    return checked.new_sign_count


def _named(desk: Desk, document: dict[str, Any], *, is_unknown: bool) -> Passkey | None:
    """Return the passkey that an answer names.

    The handle must be its own; of whoever is not known yet it must be there (§7.2 step 6).
    """
    from webauthn.helpers import parse_authentication_credential_json

    try:
        credential = parse_authentication_credential_json(document)
    except Exception:  # what is malformed can fail in any way
        return None
    found = desk.passkeys.passkey(credential.raw_id)
    handle = credential.response.user_handle
    if found is None or (handle is None and is_unknown):
        return None
    return found if handle in (None, found.user_handle) else None


def _challenge(desk: Desk, asking: Asking, handle: bytes = b"") -> bytes:
    made = secrets.token_bytes(CHALLENGE_BYTES)
    until = asking.now + desk.rules.challenge
    desk.one_time.begin(
        OneTime(asking.purpose, asking.bound_to, None, asking.now, until, made + handle)
    )
    return made


def _taken(desk: Desk, asking: Asking) -> Challenge | None:
    """Use the browser's challenge up, whatever comes of it; None where there is none."""
    kept = desk.one_time.use_up(asking.bound_to, asking.now, asking.purpose)
    if kept is None:
        return None
    return Challenge(kept.payload[:CHALLENGE_BYTES], kept.payload[CHALLENGE_BYTES:])


def _milliseconds(desk: Desk) -> int:
    return int(desk.rules.challenge.total_seconds() * 1000)


def _document(answer: str) -> dict[str, Any] | None:
    if len(answer) > MOST_ANSWER_CHARACTERS:
        return None
    try:
        document = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
