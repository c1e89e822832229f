"""An error of the database repeats no value, wherever its text may go."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.session import Database


def test_an_error_and_a_log_repeat_no_value(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither as a text nor at the most talkative setting of the log."""
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(DBAPIError) as caught,
        database.reading() as connection,
    ):
        connection.execute(text("SELECT * FROM no_such_table WHERE a = :a"), {"a": "canary"})
    assert "no_such_table" in str(caught.value)
    assert "canary" not in str(caught.value) + caplog.text
