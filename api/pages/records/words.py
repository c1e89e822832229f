"""Words about keeping, telling and deleting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api.pages.people.head import date_without_weekday
from cases.consent_scope import agency_words, in_order
from cases.disclosure import NAMED, Disclosure, own_legal_bases
from cases.retention import Keeping, LegalHold
from catalog.dates import TOKYO
from db.records import DeletedInRun


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold that stands, in words."""

    id: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One time that something was told, in words."""

    on: str
    recipient: str
    what: str
    basis: str
    reason: str
    approved: str


def at_words(at: datetime | None) -> str:
    """Return an instant as people in Japan read it: 令和8年11月12日 9時05分."""
    if at is None:
        return ""
    local = at.astimezone(TOKYO)
    return f"{date_without_weekday(local.date())} {local.hour}時{local.minute:02d}分"


def keeping_words(keeping: Keeping, today: date, *, is_closed: bool) -> str:
    """Return how long the records are to be kept."""
    if not is_closed:
        return "支援が続いているあいだは、ずっと残します。"
    if keeping.ended_on is None or keeping.until_on is None:
        return "支援が終わった日の記録がありません。期間は数えられないので、残しています。"
    ended, until = (date_without_weekday(day) for day in (keeping.ended_on, keeping.until_on))
    if keeping.until_on < today:
        return f"{ended}に支援が終わり、残しておく期間は {until}で終わりました。"
    return f"{ended}に支援が終わりました。{until}まで残します。"


def hold_rows(holds: Sequence[LegalHold], names: Mapping[str, str]) -> tuple[HoldRow, ...]:
    """Return the holds that stand, in words."""
    return tuple(
        HoldRow(
            each.id,
            each.reason,
            f"{at_words(each.made_at)}に {names.get(each.made_by, '職員')}が決めました。"
            + (f"{date_without_weekday(each.until_on)}まで。" if each.until_on else ""),
        )
        for each in holds
    )


def deleted_words(deleted: DeletedInRun) -> str:
    """Return how many people of a run have been deleted since, and how it went for them.

    >>> deleted_words(DeletedInRun(1, 0, 1))
    'ほかに 消した人 2人（案のあった方 1、案のなかった方 0、数に入らなかった方 1）。'
    """
    if not deleted.total:
        return ""
    return (
        f"ほかに {deleted_count(deleted)}（案のあった方 {deleted.proposed}、"
        f"案のなかった方 {deleted.not_placed}、数に入らなかった方 {deleted.not_asked}）。"
    )


def deleted_count(deleted: DeletedInRun) -> str:
    """Return the one expression that every page of a run has for it, nothing for nobody.

    >>> deleted_count(DeletedInRun(1, 0, 1))
    '消した人 2人'
    """
    return f"消した人 {deleted.total}人" if deleted.total else ""


def told_rows(told: Sequence[Disclosure]) -> tuple[ToldRow, ...]:
    """Return what was told, the last first."""
    bases = own_legal_bases()
    rows = []
    for each in reversed(told):
        basis = bases.basis(each.basis)
        kinds = "、".join(in_order(each.categories))
        rows.append(
            ToldRow(
                on=date_without_weekday(each.on),
                recipient=NAMED.join(filter(None, (agency_words(each.agency), each.name))),
                what=f"{kinds}（{each.items}）" if each.items else kinds,
                basis=f"{basis.name}（{basis.law}）",
                reason=each.reason,
                approved=each.approved_by,
            )
        )
    return tuple(rows)
