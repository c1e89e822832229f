"""To what the work of an office or of one of the staff is limited: 担当の範囲."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cases.errors import CaseError, UnknownName
from cases.permissions import POLICY, Action, Relation
from cases.support import check_programme, near_words
from catalog.actor import Remit, Role
from catalog.municipality import Municipality


class Holder(StrEnum):
    """Whose work is limited."""

    OFFICE = "office"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemitSetting:
    """What an office is entrusted with (委託), or one of the staff looks after.

    Attributes
    ----------
    programmes
        Names of 事業, as in the settings of the city; None for all of them.
    districts
        圏域 as (key of the layer, name); None for the whole city.
    """

    holder: Holder
    holder_id: str
    programmes: frozenset[str] | None = None
    districts: frozenset[tuple[str, str]] | None = None


def check_remit(setting: RemitSetting, city: Municipality) -> None:
    """Raise `CaseError` where a remit names what the city has not, or nothing at all.

    Raises
    ------
    CaseError
        `remit_empty`, `programme_unknown`, `district_unknown`.
    """
    if setting.programmes == frozenset() or setting.districts == frozenset():
        raise CaseError("remit_empty")
    for programme in sorted(setting.programmes or ()):
        check_programme(programme, city)
    named = {(layer.key, each.name) for layer in city.districts for each in layer.districts}
    for layer, name in sorted(setting.districts or ()):
        if (layer, name) not in named:
            raise CaseError("district_unknown", value=name, near="")


def check_office(
    role: Role, office: str | None, settings: Iterable[RemitSetting], known: Collection[str]
) -> None:
    """Refuse an office that nobody knows where offices are entrusted with a part alone.

    An office without a remit works for the whole city: a misspelt name would open everybody.

    Parameters
    ----------
    known
        Names of offices in the settings of the city and of other accounts.

    Raises
    ------
    UnknownName
        `office_unknown`, with near names.
    """
    limited = {each.holder_id for each in settings if each.holder is Holder.OFFICE}
    if not limited or Relation.REMIT not in POLICY[role].get(Action.SEE_PEOPLE, frozenset()):
        return
    names = {*limited, *known}
    if office not in names:
        near = near_words(office or "", sorted(names))
        raise UnknownName("office_unknown", value=office or "", near=near)


def as_limit(setting: RemitSetting, memberships: Mapping[str, Mapping[str, str]]) -> Remit:
    """Return a remit with the towns that its 圏域 have, as `memberships` says of a day."""
    towns = None if setting.districts is None else _towns_in(setting.districts, memberships)
    return Remit(setting.programmes, towns)


def _towns_in(
    districts: Iterable[tuple[str, str]], memberships: Mapping[str, Mapping[str, str]]
) -> frozenset[str]:
    return frozenset(
        town_id
        for layer, name in districts
        for town_id, district in memberships.get(layer, {}).items()
        if district == name
    )
