"""Sealed values open only with their key and only where they stand."""

from __future__ import annotations

import dataclasses
import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.text_key import search_key
from db.errors import DatabaseError
from db.secrets import DataKey, Keyring, Place

CODE = "999999"
PLACE = Place(CODE, "participants", "name", "p1")
NAME = "山田 花子"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "keyring.json"


@pytest.fixture
def keyring(path: Path) -> Keyring:
    return Keyring.create(path)


@given(st.text(), st.text(), st.text())
def test_a_sealed_text_opens_again(text: str, column: str, row_id: str) -> None:
    key = DataKey(bytes(32))
    place = Place(CODE, "needs", column, row_id)
    assert key.open(key.seal(text, place), place) == text


def test_the_same_text_never_looks_the_same_twice() -> None:
    key = DataKey(bytes(32))
    assert len({key.seal(NAME, PLACE) for _ in range(50)}) == 50


@pytest.mark.parametrize("part", ["municipality_code", "table", "column", "row_id"])
def test_a_moved_value_does_not_open(part: str) -> None:
    key = DataKey(bytes(32))
    sealed = key.seal(NAME, PLACE)
    with pytest.raises(DatabaseError, match="cannot_decrypt"):
        key.open(sealed, dataclasses.replace(PLACE, **{part: "other"}))


def test_no_changed_byte_opens() -> None:
    key = DataKey(bytes(32))
    sealed = key.seal(NAME, PLACE)
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(DatabaseError, match="cannot_decrypt"):
            key.open(bytes(changed), PLACE)
    with pytest.raises(DatabaseError, match="cannot_decrypt"):
        key.open(sealed[:5], PLACE)


def test_the_keyring_is_a_file_for_its_owner_alone(keyring: Keyring, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Keyring.load(path) == keyring
    path.chmod(0o640)
    with pytest.raises(DatabaseError, match="keyring_too_open"):
        Keyring.load(path)


def test_keys_are_never_overwritten(keyring: Keyring, path: Path) -> None:
    with pytest.raises(DatabaseError, match="keyring_exists"):
        Keyring.create(path)
    assert Keyring.load(path) == keyring


def test_a_missing_keyring_is_said_so(path: Path) -> None:
    with pytest.raises(DatabaseError, match="keyring_missing"):
        Keyring.load(path)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other/1"},
        {"current": "9"},
        {"keys": {"1": "AAAA"}},
        {"keys": {"1": 5}},
        {"keys": []},
        {"index_key": "not base64!"},
    ],
)
def test_a_malformed_keyring_is_refused(
    keyring: Keyring, path: Path, change: dict[str, object]
) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(DatabaseError, match="keyring_malformed"):
        Keyring.load(path)


def test_what_is_no_json_is_refused(keyring: Keyring, path: Path) -> None:
    path.write_text("{")
    with pytest.raises(DatabaseError, match="keyring_malformed"):
        Keyring.load(path)


def test_a_data_key_opens_with_its_keyring_only(keyring: Keyring, tmp_path: Path) -> None:
    key, sealed = keyring.new_data_key(CODE, "p1")
    text = key.seal(NAME, PLACE)
    assert keyring.open_data_key(sealed, CODE, "p1").open(text, PLACE) == NAME
    with pytest.raises(DatabaseError, match="cannot_decrypt"):
        keyring.open_data_key(sealed, CODE, "p2")
    with pytest.raises(DatabaseError, match="cannot_decrypt"):
        Keyring.create(tmp_path / "other.json").open_data_key(sealed, CODE, "p1")


def test_an_earlier_key_still_opens_what_it_sealed(keyring: Keyring) -> None:
    _, sealed = keyring.new_data_key(CODE, "p1")
    newer = dataclasses.replace(keyring, keys={**keyring.keys, "2": bytes(32)}, current="2")
    newer.open_data_key(sealed, CODE, "p1")
    assert newer.new_data_key(CODE, "p1")[1].key_id == "2"
    with pytest.raises(DatabaseError, match="unknown_key"):
        keyring.open_data_key(newer.new_data_key(CODE, "p1")[1], CODE, "p1")


def test_keys_are_not_printed(keyring: Keyring) -> None:
    assert repr(keyring) == "Keyring(keys=['1'], current='1')"


names = st.text(st.sampled_from("やまだはなこヤマ山田 　Ａa"), max_size=6)


@given(names, names)
def test_the_blind_index_misses_no_name(name: str, part: str) -> None:
    keyring = Keyring({"1": bytes(32)}, "1", bytes(range(32)))
    if len(search_key(part)) >= 2 and search_key(part) in search_key(name):
        assert keyring.name_tokens(CODE, part) <= keyring.name_tokens(CODE, name)


def test_the_blind_index_depends_on_key_and_municipality(keyring: Keyring) -> None:
    other = dataclasses.replace(keyring, index_key=bytes(32))
    tokens = keyring.name_tokens(CODE, "やまだ")
    assert tokens == keyring.name_tokens(CODE, "ヤマダ")
    assert not tokens & other.name_tokens(CODE, "やまだ")
    assert not tokens & keyring.name_tokens("111111", "やまだ")
