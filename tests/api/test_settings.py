"""What an office can set, and what holds when it sets nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings


def test_everything_has_a_default_below_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """With only a home folder, both databases and the key file lie in it."""
    monkeypatch.setenv("TSUNAGITE_HOME", "/srv/tsunagite")
    settings = Settings()
    assert settings.database_url == "sqlite:////srv/tsunagite/cases.sqlite3"
    assert settings.hosts_database_url == "sqlite:////srv/tsunagite/hosts.sqlite3"
    assert settings.key_file == Path("/srv/tsunagite/keys.json")
    assert not settings.styleguide


def test_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of the environment is used instead of the default."""
    monkeypatch.setenv("TSUNAGITE_DATABASE_URL", "postgresql://office@db/cases")
    monkeypatch.setenv("TSUNAGITE_SESSION_IDLE_MINUTES", "15")
    settings = Settings()
    assert settings.database_url == "postgresql://office@db/cases"
    assert settings.session_idle_minutes == 15


def test_impossible_limits_are_refused() -> None:
    """A session without an end, or without a beginning, cannot be set."""
    with pytest.raises(ValidationError):
        Settings(session_idle_minutes=0)
    with pytest.raises(ValidationError):
        Settings(session_hours=100)


@pytest.mark.parametrize(
    "address", ["tsunagite.city.example", "https://a.example/path", "https://A.example", "ftp://a"]
)
def test_an_address_is_a_scheme_and_a_name(address: str) -> None:
    """Else nothing would ever fit it."""
    with pytest.raises(ValidationError):
        Settings(address=address)
    assert Settings(address="https://tsunagite.city.example:8443").address
