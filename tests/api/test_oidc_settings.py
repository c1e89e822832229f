"""What an office sets about its provider is checked at the start, in words it understands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.command_refusals import CommandRefused
from api.oidc.setting import is_guarded, provider_setting
from api.settings import Settings

ISSUER = "https://id.city.example/realms/city"
BACK = "https://tsunagite.city.example/sign-in/provider/back"


def settings(folder: Path, **changes: Any) -> Settings:
    """Return settings that are complete, but for some."""
    file = folder / "secret"
    file.write_text("s3cret\n", encoding="utf-8")
    whole: dict[str, Any] = {
        "oidc_issuer": ISSUER,
        "oidc_client_id": "tsunagite",
        "oidc_client_secret_file": file,
        "oidc_redirect_uri": BACK,
    }
    return Settings(**(whole | changes))


def test_nothing_set_is_off() -> None:
    assert provider_setting(Settings()) is None


def test_what_is_set_is_read_without_asking_anybody(tmp_path: Path) -> None:
    found = provider_setting(
        settings(tmp_path, oidc_origins="https://login.city.example", oidc_acr="a b")
    )
    assert found is not None
    assert found.client_secret == "s3cret"
    assert found.origins == ("https://id.city.example", "https://login.city.example")
    assert found.acr == ("a", "b")
    assert found.amr == ()
    assert found.max_age is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"oidc_client_id": ""}, "TSUNAGITE_OIDC_CLIENT_ID も要ります"),
        ({"oidc_client_secret_file": None}, "TSUNAGITE_OIDC_CLIENT_SECRET_FILE"),
        ({"oidc_redirect_uri": ""}, "TSUNAGITE_OIDC_REDIRECT_URI"),
        ({"oidc_issuer": "http://id.city.example"}, "https:// で始まる"),
        ({"oidc_issuer": f"{ISSUER}?a=1"}, "TSUNAGITE_OIDC_ISSUER の"),
        ({"oidc_issuer": "id.city.example"}, "https:// で始まる"),
        ({"oidc_origins": "https://a.example;script-src"}, "TSUNAGITE_OIDC_ORIGINS の"),
        ({"oidc_redirect_uri": "http://tsunagite.city.example/sign-in/provider/back"}, "https://"),
        ({"oidc_redirect_uri": "https://tsunagite.city.example/"}, "/sign-in/provider/back"),
        ({"oidc_client_secret_file": Path("/nowhere/secret")}, "/nowhere/secret"),
        ({"oidc_ca_file": Path("/nowhere/ca")}, "/nowhere/ca"),
    ],
)
def test_what_cannot_work_is_said_at_the_start(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(CommandRefused) as refused:
        provider_setting(settings(tmp_path, **changes))
    assert words in refused.value.in_japanese()


def test_an_empty_secret_is_none(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(CommandRefused, match="oidc_file_unusable") as refused:
        provider_setting(settings(tmp_path, oidc_client_secret_file=empty))
    assert "空です" in refused.value.in_japanese()


@pytest.mark.parametrize(
    ("address", "guarded"),
    [
        ("https://id.city.example/a", True),
        ("http://127.0.0.1:9400", True),
        ("http://[::1]:9400", True),
        ("http://localhost", True),
        ("http://id.city.example", False),
        ("http://localhost.elsewhere.example", False),
        ("https://", False),
        ("https://user@id.city.example", False),
        ("https://id.city.example:port", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_nobody_listens_on_the_way(address: str, guarded: bool) -> None:
    assert is_guarded(address) is guarded
