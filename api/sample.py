"""The accounts of the fictional sample city, whose password everybody may know."""

from __future__ import annotations

from db.sample.accounts import SAMPLE_ACCOUNTS, SampleAccount, account_id
from db.users import SqlUserStore


def open_sample_accounts(users: SqlUserStore) -> list[SampleAccount]:
    """Return the sample accounts with which one can sign in here."""
    enabled = {user.id for user in users.users() if not user.disabled}
    return [account for account in SAMPLE_ACCOUNTS if account_id(account.login) in enabled]
