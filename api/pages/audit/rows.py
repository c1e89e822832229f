"""One line of the record: when, who, what, where, about whom; never a name of anybody served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.labels import ROLES
from api.pages.matching.page import moment_words
from api.wiring import Wiring
from cases.words.audit import deed_words, was_emergency, where_words
from db.audit import Entry, people_of
from db.audit_people import pseudonym
from db.users import User

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line as it is read; `whom` is a pseudonym or a count, `href` leads to the same person."""

    number: int
    when: str
    who: str
    role: str
    what: str
    where: str
    whom: str = ""
    href: str = ""
    is_emergency: bool = False


def rows_of(entries: Iterable[Entry], wiring: Wiring) -> tuple[EntryRow, ...]:
    """Return the lines of events."""
    staff = {each.id: each for each in wiring.users.users()}
    return tuple(_row(each, staff, wiring.city.code) for each in entries)


def _row(entry: Entry, staff: Mapping[str, User], code: str) -> EntryRow:
    event = entry.event
    user = staff.get(event.actor_id)
    many = len(people_of(event.detail))
    is_one = event.subject_kind == "participant" and bool(event.subject_id)
    name = pseudonym(code, event.subject_id) if is_one else ""
    return EntryRow(
        number=entry.number,
        when=moment_words(event.at),
        who=who_did(event.actor_id, user),
        role=ROLES[user.role] if user else "",
        what=deed_words(event),
        where=where_words(event),
        whom=f"本人 {name[:6]}" if name else f"{many}人" if many else "",
        href=f"/audit/accesses?who={name}" if name else "",
        is_emergency=was_emergency(event),
    )


def who_did(actor_id: str, user: User | None) -> str:
    """Return the name of whoever acted."""
    if user is not None:
        return user.name
    return "サーバーの端末" if actor_id == SYSTEM else "登録のない利用者"
