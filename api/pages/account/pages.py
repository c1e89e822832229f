"""What 自分の設定 shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from api.labels import ROLES
from api.pages.matching.page import moment_words
from api.sites import NoSite, Site
from api.wiring import Wiring
from db.users import Session, User

DONE: Final[Mapping[str, str]] = {
    "password": "パスワードを変えました。ほかの画面の サインインは 終わりました。",
    "passkey": "パスキーを足しました。ほかの画面の サインインは 終わりました。",
    "passkey_removed": "パスキーを外しました。ほかの画面の サインインは 終わりました。",
    "removed": "2つめの確かめを やめました。",
    "ended": "その画面の サインインを 終わりにしました。",
    "linked": "つなげました。次からは、そちらでも サインインできます。"
    "ほかの画面の サインインは 終わりました。",
    "unlinked": "つながりを 外しました。ほかの画面の サインインは 終わりました。",
    "others": "ほかの画面の サインインを すべて 終わりにしました。",
}
NO_SITE: Final[Mapping[NoSite, str]] = {
    NoSite.NOT_SECURE: "パスキーは、https で始まるアドレスで つなぎ手を開いたときに 使えます。",
    NoSite.ONLY_A_NUMBER: "パスキーは、数字でなく 名前のアドレスで "
    "つなぎ手を開いたときに 使えます。",
}
TROUBLES: Final[Mapping[str, str]] = {
    "provider": "つなげられませんでした。もう一度 試すか、職場の管理の方に たずねてください。",
    "needs_password": "外すと 入れなくなります。先に、職場の管理の方に "
    "パスワードを決めるリンクを たのんでください。",
}


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Somewhere one is signed in."""

    id: str
    browser: str
    since: str
    last: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey as its owner knows it; `site` is the address for which it is."""

    id: str
    name: str
    site: str
    added: str
    used: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One's own account: who, how one signs in, and where one is signed in.

    `no_site` says why no passkey can be made here, nothing where one can; `provider` is what the
    city's identity provider is called, where there is one.
    """

    name: str
    login: str
    role: str
    office: str
    has_factor: bool
    needs_factor: bool
    codes_left: int
    sessions: tuple[SessionRow, ...]
    passkeys: tuple[PasskeyRow, ...]
    no_site: str
    provider: str = ""
    is_linked: bool = False
    notice: str = ""
    trouble: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """A form for a password; `lead` says for whom and why."""

    title: str
    lead: str
    action: str
    back: str = ""
    asks_present: bool = False
    login: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    least: int = 0


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """Who one is, once more; `provider` names where somebody can show it who signs in there."""

    next: str
    asks_code: bool
    has_app: bool
    passkeys: bool
    provider: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def account_page(
    wiring: Wiring, user: User, here: Session, site: Site | NoSite, done: str = ""
) -> AccountPage:
    """Gather what somebody may know and change about their own account."""
    desk, now = wiring.desk, wiring.clock()
    setting = wiring.provider.setting if wiring.provider else None
    return AccountPage(
        name=user.name,
        login=user.login,
        role=ROLES[user.role],
        office=user.office_id or "",
        has_factor=desk.factors.authenticator(user.id) is not None,
        needs_factor=desk.rules.needs_second_factor(
            user.role, is_required=desk.limits.second_factor
        ),
        codes_left=desk.factors.codes_left(user.id),
        sessions=session_rows(wiring, user.id, now, here),
        passkeys=passkey_rows(wiring, user.id),
        no_site=NO_SITE[site] if isinstance(site, NoSite) else "",
        provider=setting.name if setting else "",
        is_linked=setting is not None
        and wiring.identities.identity_of(setting.issuer, user.id) is not None,
        notice=DONE.get(done, ""),
        trouble=TROUBLES.get(done, ""),
    )


def passkey_rows(wiring: Wiring, user_id: str) -> tuple[PasskeyRow, ...]:
    """Return somebody's passkeys, the oldest first."""
    return tuple(
        PasskeyRow(
            id=each.id,
            name=each.name,
            site=each.site,
            added=moment_words(each.added_at),
            used=moment_words(each.used_at) if each.used_at else "まだ使っていません",
        )
        for each in wiring.desk.passkeys.passkeys_of(user_id)
    )


def session_rows(
    wiring: Wiring, user_id: str, now: datetime, here: Session | None = None
) -> tuple[SessionRow, ...]:
    """Return where somebody is signed in, this very place first."""
    running = [
        each for each in wiring.users.sessions_of(user_id) if wiring.limits.counts(each, now)
    ]
    this = here.token_hash if here else b""
    ordered = sorted(running, key=lambda each: each.token_hash != this)
    return tuple(
        SessionRow(
            id=each.id,
            browser=each.browser or "ブラウザー",
            since=moment_words(each.created_at),
            last=moment_words(each.last_seen_at),
            is_this=each.token_hash == this,
        )
        for each in ordered
    )
