"""Second factors: codes of an authenticator (RFC 6238), and recovery codes on paper."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime
from typing import Final

from cases.accounts import account_event
from catalog.ids import new_id
from db.second_factors import Authenticator, SqlFactorStore
from db.users import CODE, RECOVERY_CODE

STEP_SECONDS: Final = 30
WINDOW: Final = (0, -1, 1)
"""The present step, and one either side for clocks that are not quite right."""
DIGITS: Final = 6
RECOVERY_CHARACTERS: Final = 24
"""Of 32 kinds: 120 bits, so that a plain hash of one is as good as a slow one."""
MOST_TYPED: Final = 100
_KINDS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans("OIL", "011")
ISSUER: Final = "つなぎ手"


def new_authenticator(user_id: str, now: datetime) -> Authenticator:
    """Return a fresh secret of 160 bits for somebody's device."""
    import pyotp

    return Authenticator(new_id(), user_id, pyotp.random_base32(), now)


def address_of(authenticator: Authenticator, login: str) -> str:
    """Return what the picture says to the device."""
    import pyotp

    return pyotp.TOTP(authenticator.secret).provisioning_uri(name=login, issuer_name=ISSUER)


def picture_of(address: str) -> str:
    """Return a QR code as an SVG element, without any inline style."""
    import segno

    picture = segno.make(address, error="m", micro=False)
    return picture.svg_inline(scale=4, border=4, svgclass="qr", lineclass=None, omitsize=False)


def in_groups(text: str) -> str:
    """Return a secret as one reads it: in fours."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def step_of(authenticator: Authenticator, code: str, now: datetime) -> int | None:
    """Return the step of 30 seconds to which a code belongs, or None.

    Whether the step was used before, the store says; every step of the window is compared, so
    that the time taken tells nothing.
    """
    import pyotp

    typed = plain_code(code)
    present = int(now.timestamp()) // STEP_SECONDS
    generator = pyotp.TOTP(authenticator.secret, digits=DIGITS)
    fitting = [
        step
        for step in (present + each for each in WINDOW)
        if hmac.compare_digest(generator.generate_otp(step).encode(), typed.encode())
    ]
    return fitting[0] if fitting else None


def plain_code(code: str) -> str:
    """Return a code as it is meant: full-width digits, spaces and hyphens do not matter."""
    text = unicodedata.normalize("NFKC", code[:MOST_TYPED]).upper()
    return "".join(each for each in text if each.isalnum())


def new_recovery_codes(count: int) -> tuple[str, ...]:
    """Return fresh recovery codes, as they are printed."""
    codes = (
        "".join(secrets.choice(_KINDS) for _ in range(RECOVERY_CHARACTERS)) for _ in range(count)
    )
    return tuple("-".join(in_groups(each).split()) for each in codes)


def recovery_hash(code: str) -> bytes:
    """Return what is kept of a recovery code; letters that look like digits are read as these."""
    return hashlib.sha256(plain_code(code).translate(_READ_AS).encode()).digest()


def use_factor(store: SqlFactorStore, user_id: str, code: str, now: datetime) -> str:
    """Use a code of the authenticator or a recovery code up.

    Returns
    -------
    str
        Which of the two it was (`db.users.CODE`, `RECOVERY_CODE`), nothing where it is wrong or
        was used before.
    """
    if len(plain_code(code)) == RECOVERY_CHARACTERS:
        return RECOVERY_CODE if store.use_code(user_id, recovery_hash(code)) else ""
    authenticator = store.authenticator(user_id)
    if authenticator is None:
        return ""
    step = step_of(authenticator, code, now)
    return CODE if step is not None and store.use_step(authenticator, step) else ""


def begin_enrolment(store: SqlFactorStore, user_id: str, now: datetime) -> Authenticator:
    """Make a secret for somebody's device; it counts once a first code has been shown."""
    new = new_authenticator(user_id, now)
    store.begin(new)
    return new


def finish_enrolment(
    store: SqlFactorStore, user_id: str, code: str, now: datetime, recovery_codes: int
) -> tuple[str, ...]:
    """Let the device count if its code is right; return new recovery codes, else nothing."""
    pending = store.pending(user_id)
    step = step_of(pending, code, now) if pending else None
    if pending is None or step is None:
        return ()
    codes = new_recovery_codes(recovery_codes)
    event = account_event("factor_added", user_id, now)
    store.confirm(pending, step, map(recovery_hash, codes), event)
    return codes
