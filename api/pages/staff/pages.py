"""What 職員の一覧 shows: who may sign in and as what, never what they have read or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from api.answers import Typed
from api.invitations import Link
from api.labels import ROLES
from api.pages.account.pages import SessionRow, session_rows
from api.pages.matching.page import moment_words
from api.staff import EVERYBODY, ROLES_OF_PEOPLE, StaffAct
from api.wiring import Wiring
from catalog.actor import Role
from db.unattended import protected_without_staff
from db.users import User

DONE: Final[Mapping[str, str]] = {
    "saved": "保存しました。",
    StaffAct.DISABLE: "止めました。サインインしていた画面も 終わりました。",
    StaffAct.ENABLE: "また使えるようにしました。",
    StaffAct.UNLOCK: "この方の 待ち時間を なくしました。",
    StaffAct.END_SESSIONS: "この方の サインインを すべて 終わりにしました。",
    "linked": "つなげました。この方の サインインは すべて 終わりました。",
    "unlinked": "つながりを 外しました。この方の サインインは すべて 終わりました。",
    StaffAct.REMOVE_FACTOR: "2つめの確かめを 外しました。",
}
ROLE_OPTIONS: Final = tuple((role.value, ROLES[role]) for role in ROLES_OF_PEOPLE)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """An account in the list; `state` says what is unusual about it."""

    id: str
    name: str
    login: str
    role: str
    office: str
    state: str
    has_factor: bool
    last: str


@dataclass(frozen=True, slots=True)
class StaffPage:
    """All accounts, in one sentence how many, and for whom somebody has to be found.

    `unattended` counts, by office, the protected people whom none of the staff can open.
    """

    sentence: str
    rows: tuple[StaffRow, ...]
    unattended: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StaffFormPage:
    """The form of a new account."""

    typed: Typed
    offices: tuple[tuple[str, str], ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[tuple[str, str], ...] = ROLE_OPTIONS


@dataclass(frozen=True, slots=True)
class OnePage:
    """One account: what it is, and what can be done.

    `provider` is what the city's identity provider is called, where there is one; `subject` who
    the person is there.
    """

    row: StaffRow
    typed: Typed
    offices: tuple[tuple[str, str], ...]
    sessions: tuple[SessionRow, ...]
    is_disabled: bool
    is_locked: bool
    was_invited: bool
    provider: str = ""
    subject: str = ""
    notice: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[tuple[str, str], ...] = ROLE_OPTIONS


@dataclass(frozen=True, slots=True)
class EverybodyPage:
    """The form that signs everybody out."""

    running: int
    typed: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    word: str = EVERYBODY


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A link to hand over, shown this once."""

    id: str
    name: str
    login: str
    address: str
    until: str
    is_first: bool


def staff_page(wiring: Wiring) -> StaffPage:
    """Gather all accounts; who can sign in comes first."""
    users = wiring.users.users()
    rows = staff_rows(wiring, users)
    able = sum(not each.disabled for each in users)
    stopped = len(users) - able
    more = f"ほかに、止めてある方が {stopped}人 います。" if stopped else ""
    unattended = protected_without_staff(wiring.database, wiring.city.code)
    return StaffPage(f"サインインできる方は {able}人です。{more}", rows, unattended)


def staff_rows(wiring: Wiring, users: list[User]) -> tuple[StaffRow, ...]:
    """Return accounts as the list shows them."""
    desk, now = wiring.desk, wiring.clock()
    locked = desk.tries.locked((each.login for each in users), now)
    invited, protected = (
        desk.one_time.invited(now),
        desk.factors.protected() | desk.passkeys.owners(),
    )
    ordered = sorted(users, key=lambda each: (each.disabled, each.login))
    return tuple(
        StaffRow(
            id=each.id,
            name=each.name,
            login=each.login,
            role=ROLES[each.role],
            office=each.office_id or "",
            state=_state(each, invited.get(each.id), is_locked=each.login in locked),
            has_factor=each.id in protected,
            last=_last(wiring, each, now),
        )
        for each in ordered
    )


def one_page(
    wiring: Wiring,
    user: User,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    done: str = "",
) -> OnePage:
    """Gather one account."""
    now = wiring.clock()
    (row,) = staff_rows(wiring, [user])
    setting = wiring.provider.setting if wiring.provider else None
    identity = wiring.identities.identity_of(setting.issuer, user.id) if setting else None
    return OnePage(
        row=row,
        typed=typed or typed_of(user),
        offices=office_options(wiring),
        sessions=session_rows(wiring, user.id, now),
        is_disabled=user.disabled,
        is_locked=bool(wiring.desk.tries.locked([user.login], now)),
        was_invited=not user.password_hash,
        provider=setting.name if setting else "",
        subject=identity.subject if identity else "",
        notice=DONE.get(done, ""),
        errors=errors or {},
    )


def typed_of(user: User) -> Typed:
    """Return the fields of an account as it is kept."""
    return Typed({"name": (user.name,), "role": (user.role,), "office": (user.office_id or "",)})


def office_options(wiring: Wiring) -> tuple[tuple[str, str], ...]:
    """Return the offices that are known: of the settings and of those who are here already."""
    named = [agency.name for agency in wiring.ground.settings().agencies]
    used = [each.office_id for each in wiring.users.users() if each.office_id]
    return tuple((name, "") for name in dict.fromkeys([*named, *used]))


def link_page(user: User, link: Link, origin: str) -> LinkPage:
    """Show a link with the address of this office before it."""
    address = origin.rstrip("/") + link.path
    until = moment_words(link.until)
    return LinkPage(user.id, user.name, user.login, address, until, link.is_first)


def _state(user: User, invited_until: datetime | None, *, is_locked: bool) -> str:
    if user.disabled:
        return "止めてある"
    if is_locked:
        return "続けて違ったため 待っています"
    if invited_until is not None:
        return f"招待中（{moment_words(invited_until)}まで）"
    if not user.password_hash:
        return "パスワードが まだ ありません"
    return ""


def _last(wiring: Wiring, user: User, now: datetime) -> str:
    sessions = wiring.users.sessions_of(user.id)
    running = [each.last_seen_at for each in sessions if wiring.limits.counts(each, now)]
    return moment_words(max(running)) if running else ""


def role_named(name: str) -> Role | None:
    """Return a role that people can have."""
    return next((role for role in ROLES_OF_PEOPLE if role == name), None)
