"""Passwords: hashed slowly, and as slowly for nobody."""

from __future__ import annotations

from api.passwords import hash_password, password_fits


def test_only_the_right_password_fits() -> None:
    """The hash is argon2id with a salt of its own; the other password and no hash do not fit."""
    kept = hash_password("春の野に すみれ")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert kept != hash_password("春の野に すみれ")
    assert password_fits("春の野に すみれ", kept)
    assert not password_fits("春の野に たんぽぽ", kept)


def test_nobody_can_sign_in() -> None:
    """An unknown user and one whose password was never set are refused after a real check."""
    assert not password_fits("", None)
    assert not password_fits("the password of nobody", None)
    assert not password_fits("anything", "")
    assert not password_fits("anything", "not a hash")
