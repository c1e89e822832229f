"""The accounts of the sample city; their passwords are printed for everyone to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cases.remit import Holder, RemitSetting
from catalog.actor import Role
from catalog.municipality import Municipality
from db.users import User

CITY_OFFICE: Final = "つながり相談室"
COUNCIL: Final = "つなぎ市社会福祉協議会"
"""The two agencies for 参加支援 in the settings of the sample city, under their names there."""
WINDOW: Final = "まちの福祉窓口（南台福祉の家）"
"""A window of the settings, at one of its places: for the people of one 圏域."""
WINDOW_DISTRICT: Final = ("community_welfare", "南台")
LEAD: Final = "基幹相談支援センター"
MEMBER: Final = "高齢者相談センター"
"""Agencies of the settings: the one leads cases of its own, the other takes part in plans."""
NOBODY_SEEN: Final = "個人の方は 見えません"


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """An account with the password that everyone knows; `sees` says whom it meets."""

    login: str
    name: str
    role: Role
    office: str
    sees: str = NOBODY_SEEN
    password: str = "mihon-no-machi"

    def user(self, hash_password: Callable[[str], str]) -> User:
        """Return the user as the database keeps one."""
        return User(
            id=account_id(self.login),
            login=self.login,
            name=self.name,
            role=self.role,
            office_id=self.office,
            password_hash=hash_password(self.password),
        )


def account_id(login: str) -> str:
    """Return the id of a sample account."""
    return f"sample-{login}"


def office_of(user_id: str) -> str:
    """Return the office of a sample account."""
    return next(each.office for each in SAMPLE_ACCOUNTS if account_id(each.login) == user_id)


def sample_remits(city: Municipality) -> tuple[RemitSetting, ...]:
    """Return what offices are entrusted with: the council its 事業, the window its 圏域."""
    entrusted = frozenset(each.programme for each in city.agencies if each.name == COUNCIL)
    return (
        RemitSetting(holder=Holder.OFFICE, holder_id=COUNCIL, programmes=entrusted),
        RemitSetting(
            holder=Holder.OFFICE, holder_id=WINDOW, districts=frozenset({WINDOW_DISTRICT})
        ),
    )


SAMPLE_ACCOUNTS: Final = (
    SampleAccount("mizuno", "水野", Role.COORDINATOR, CITY_OFFICE, "市全体の方"),
    SampleAccount("hara", "原", Role.COORDINATOR, COUNCIL, "委託された 3つの事業の方"),
    SampleAccount("oka", "岡", Role.COORDINATOR, WINDOW, "南台に住む方"),
    SampleAccount("tsutsumi", "堤", Role.LEAD_AGENCY, LEAD, "この機関が 中心になる方"),
    SampleAccount("tani", "谷", Role.MEMBER_AGENCY, MEMBER, "プランに加わっている方"),
    SampleAccount("ogawa", "小川", Role.PLANNER, "福祉政策課"),
    SampleAccount("kansa", "沢", Role.AUDITOR, "監査"),
    SampleAccount("kanri", "森", Role.ADMINISTRATOR, "情報システム課"),
)
