"""The accounts of the sample city; their passwords are printed for everyone to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from catalog.actor import Role
from db.users import User

CITY_OFFICE: Final = "つながり相談室"
COUNCIL: Final = "つなぎ市社会福祉協議会"
"""The two agencies for 参加支援 in the settings of the sample city, under their names there."""


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """An account with the password that everyone knows."""

    login: str
    name: str
    role: Role
    office: str
    password: str

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


SAMPLE_ACCOUNTS: Final = (
    SampleAccount("mizuno", "水野", Role.COORDINATOR, CITY_OFFICE, "mihon-no-machi"),
    SampleAccount("hara", "原", Role.COORDINATOR, COUNCIL, "mihon-no-machi"),
    SampleAccount("ogawa", "小川", Role.PLANNER, "福祉政策課", "mihon-no-machi"),
    SampleAccount("kansa", "沢", Role.AUDITOR, "監査", "mihon-no-machi"),
    SampleAccount("kanri", "森", Role.ADMINISTRATOR, "情報システム課", "mihon-no-machi"),
)
