"""Text of marks in a wrong order, whose one spelling (NFKC) takes quadratic time, stops nobody."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from api.passwords import password_fits
from api.second_factors import plain_code, recovery_hash
from cases.accounts import AccountError, account_rules
from cases.passwords import check_password
from exchange import cells
from exchange.errors import ExchangeError

MARKS = "a" + "\u0316\u0301" * 150_000
"""600 kB, as one field of a form may hold; uncut it stands every thread still for minutes."""


def refused(password: str) -> None:
    """Have a new password refused."""
    with pytest.raises(AccountError, match="password_length"):
        check_password(password, ("mizuno",), account_rules().password)


def no_day(text: str) -> None:
    with pytest.raises(ExchangeError):
        cells.day(text)


def no_number(text: str) -> None:
    with pytest.raises(ExchangeError):
        cells.integer(text)


@pytest.mark.parametrize(
    "read",
    [
        refused,
        lambda text: password_fits(text, None),
        plain_code,
        recovery_hash,
        no_day,
        no_number,
        cells.key,
        cells.plain,
    ],
)
def test_what_is_sent_is_cut_before_it_is_spelled(read: Callable[[str], object]) -> None:
    """By the time of the processor, with room for a machine that is busy."""
    began = time.process_time()
    read(MARKS)
    assert time.process_time() - began < 5


def test_a_password_of_the_most_characters_is_as_good_as_ever() -> None:
    """And one more is too long, however it is spelled."""
    most = account_rules().password.most_characters
    words = "かたつむり と あめんぼ の さんぽみち 7 ほん " * 100
    check_password(words[:most], (), account_rules().password)
    refused(words[: most + 1])
    refused("か\u3099" * 501)
