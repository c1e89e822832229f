"""Signing in over the provider, and letting an account be entered so.

Nobody gets an account by signing in there, and no address or name is compared: an account belongs
to a subject of the provider because an administrator or its owner has linked the two.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.forms import new_secret
from api.oidc.errors import ProviderRefused
from api.oidc.id_token import Shown
from api.oidc.provider import Provider, Secrets
from api.oidc.setting import ProviderSetting
from api.sessions import hash_of
from api.sign_in import NOBODY, Desk, Outcome, Visit, after_first_factor, let_in
from cases.accounts import account_event
from db.errors import DatabaseError
from db.identities import Identity, SqlIdentityStore
from db.one_time import OneTime, Purpose, SqlOneTimeStore
from db.users import PROVIDER, PROVIDER_TWICE, User

LASTS: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Departure:
    """What the browser keeps, and where it goes."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Detour:
    """Where a browser goes once it has come back.

    `user_id` is whose account is to be linked; None where somebody signs in.
    """

    user_id: str | None
    goal: str


def leave_for(
    provider: Provider,
    secrets: SqlOneTimeStore,
    now: datetime,
    goal: str = "/",
    linking: User | None = None,
    *,
    afresh: bool = False,
) -> Departure:
    """Begin a sign-in over the provider, or the linking of somebody's account.

    With `afresh` the password is asked for there in any case: the browser may still know who sat
    here before.

    Raises
    ------
    ProviderRefused
        The provider is down, or is not what is set.
    """
    secret = new_secret()
    address = provider.way_there(secret, afresh=afresh)
    whose = linking.id if linking else None
    left = OneTime(Purpose.DETOUR, hash_of(secret), whose, now, now + LASTS, goal.encode())
    secrets.begin(left)
    return Departure(secret, address)


def come_back(
    secrets: SqlOneTimeStore, secret: str, answer: Mapping[str, str], now: datetime
) -> Detour:
    """Return the detour that ends with this answer, which is used up by that.

    Raises
    ------
    ProviderRefused
        ``another_browser``, ``state``, ``used_or_late``.
    """
    if not secret:
        raise ProviderRefused("another_browser")
    if not hmac.compare_digest(answer.get("state", "").encode(), Secrets.of(secret).state.encode()):
        raise ProviderRefused("state")
    left = secrets.use_up(hash_of(secret), now, Purpose.DETOUR)
    if left is None:
        raise ProviderRefused("used_or_late")
    return Detour(left.user_id, left.payload.decode())


def enter_over(
    provider: Provider,
    store: SqlIdentityStore,
    desk: Desk,
    shown: Shown,
    visit: Visit,
    now: datetime,
) -> Outcome:
    """Sign in whoever the provider has named.

    Raises
    ------
    ProviderRefused
        ``nobody_of_ours``, also where the account is closed.
    """
    identity = store.identity(provider.setting.issuer, shown.subject)
    user = desk.users.user(identity.user_id) if identity else None
    if user is None or user.disabled:
        raise ProviderRefused("nobody_of_ours")
    if has_second_factor(provider.setting, shown):
        return let_in(desk, user, visit, now, PROVIDER_TWICE, shown.at)
    return after_first_factor(desk, user, visit, now, PROVIDER, shown.at)


def has_second_factor(setting: ProviderSetting, shown: Shown) -> bool:
    """Tell whether the provider says all that is set about a second factor.

    Of several values named for `acr` or `amr` one is enough; with neither set, nothing is.
    """
    if not setting.acr and not setting.amr:
        return False
    return (not setting.acr or shown.acr in setting.acr) and (
        not setting.amr or not shown.amr.isdisjoint(setting.amr)
    )


def link(
    store: SqlIdentityStore, identity: Identity, actor_id: str, desk: Desk, but: bytes = b""
) -> None:
    """Let an account be entered over the provider; its other sessions end.

    Raises
    ------
    DatabaseError
        ``identity_taken``.
    """
    user_id, now = identity.user_id, identity.linked_at
    with store.database.writing():
        store.link(identity, account_event("identity_linked", user_id, now, by=actor_id))
        desk.end_sessions(user_id, actor_id, now, but)


def link_own(
    provider: Provider,
    store: SqlIdentityStore,
    desk: Desk,
    shown: Shown,
    user: User,
    held: bytes,
    now: datetime,
) -> None:
    """Link whoever came back to the account of whoever left.

    Raises
    ------
    ProviderRefused
        ``taken``.
    """
    identity = Identity(provider.setting.issuer, shown.subject, user.id, now)
    try:
        link(store, identity, user.id, desk, held)
    except DatabaseError as error:
        raise ProviderRefused("taken") from error


def unlink(
    store: SqlIdentityStore,
    issuer: str,
    user_id: str,
    actor_id: str,
    desk: Desk,
    now: datetime,
    but: bytes = b"",
) -> None:
    """Let an account be entered over the provider no more; its other sessions end."""
    with store.database.writing():
        event = account_event("identity_removed", user_id, now, by=actor_id)
        if store.remove(issuer, user_id, event):
            desk.end_sessions(user_id, actor_id, now, but)


def note_refused(desk: Desk, why: str, now: datetime, who: str = NOBODY) -> None:
    """Write down that nobody came in, and why; whoever tried is not told."""
    detail = {"by": PROVIDER, "why": why}
    desk.users.record(account_event("sign_in_failed", who, now, detail))
