"""How personal data is made unreadable in the database, and how a name is found nevertheless.

Each person has a data key of their own. It seals all that is personal in their rows with
AES-256-GCM, bound to municipality, table, column and row, so that no value can be moved
elsewhere unnoticed. The data key lies in the database, itself sealed by a key of the `Keyring`,
a file that is kept outside the database and its backups. To forget a person is to destroy their
data key; to change the keyring's key is to seal the data keys anew.

A name is found by a blind index: keyed hashes of the pairs of neighbouring characters. Whoever
has the database alone learns from it which people share pairs, and how many, but no character.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from catalog.text_key import bigrams, search_key
from db.errors import DatabaseError

FORMAT = "tsunagite.keyring/1"
_VERSION = b"\x01"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TOKEN_BYTES = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands; it opens nowhere else."""

    municipality_code: str
    table: str
    column: str
    row_id: str

    def as_bytes(self) -> bytes:
        """Spell the place so that no two places have one spelling."""
        parts = (self.municipality_code, self.table, self.column, self.row_id)
        return json.dumps(parts).encode()


class DataKey:
    """The key of one person's data, or of one household's."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, text: str, place: Place) -> bytes:
        """Make a text unreadable."""
        return self.seal_bytes(text.encode(), place)

    def open(self, sealed: bytes, place: Place) -> str:
        """Read a sealed text.

        Raises
        ------
        DatabaseError
            ``cannot_decrypt`` when the value was changed, moved, or sealed by another key.
        """
        return self.open_bytes(sealed, place).decode()

    def seal_bytes(self, content: bytes, place: Place) -> bytes:
        """Make bytes unreadable."""
        return _seal(self._cipher, content, place)

    def open_bytes(self, sealed: bytes, place: Place) -> bytes:
        """Read sealed bytes; raises as `open`."""
        return _open(self._cipher, sealed, place)


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A data key as the database keeps it, and the key of the keyring that opens it."""

    key_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys that are kept outside the database.

    Attributes
    ----------
    keys, current
        By id; `current` seals, the others only open what they sealed before.
    index_key, index_id
        Makes the tokens by which names are found, and what the rows of the index call it.
    path
        The file, looked at again where a key is missing: another process may have changed it.
    """

    keys: Mapping[str, bytes]
    current: str
    index_key: bytes
    index_id: str = "1"
    path: Path | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        """Name the keys without telling them."""
        return f"Keyring(keys={sorted(self.keys)}, current={self.current!r})"

    @classmethod
    def create(cls, path: Path) -> Keyring:
        """Make new keys and write them to a new file that only its owner may read.

        Raises
        ------
        DatabaseError
            ``keyring_exists``: overwriting keys would lose everything that they sealed.
        """
        keyring = cls(
            keys={"1": secrets.token_bytes(_KEY_BYTES)},
            current="1",
            index_key=secrets.token_bytes(_KEY_BYTES),
            path=path,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError as error:
            raise DatabaseError("keyring_exists", path=str(path)) from error
        with open(number, "w", encoding="utf-8") as file:
            keyring._write(file)
        return keyring

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """Read the keys.

        Raises
        ------
        DatabaseError
            ``keyring_missing``, ``keyring_too_open`` when others may read it, or
            ``keyring_malformed``.
        """
        try:
            # Windows keeps rights elsewhere; there the folder's owner is the guard.
            if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise DatabaseError("keyring_too_open", path=str(path))
            data = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise DatabaseError("keyring_missing", path=str(path)) from error
        except ValueError as error:
            raise DatabaseError("keyring_malformed", path=str(path)) from error
        try:
            if data["format"] != FORMAT:
                raise ValueError(data["format"])
            keys = {str(name): _decode(key) for name, key in data["keys"].items()}
            index_id = str(data.get("index_id", "1"))
            keyring = cls(keys, data["current"], _decode(data["index_key"]), index_id, path)
            keyring.keys[keyring.current]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DatabaseError("keyring_malformed", path=str(path)) from error
        return keyring

    def save(self, path: Path) -> Keyring:
        """Put these keys in the place of those in a file; after a crash one of the two is there."""
        beside = path.with_name(f".{path.name}.new")
        beside.unlink(missing_ok=True)
        number = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with open(number, "w", encoding="utf-8") as file:
            self._write(file)
        beside.replace(path)
        if os.name == "posix":  # the new name has to outlive a power cut as well
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        return replace(self, path=path)

    def with_new_key(self) -> Keyring:
        """Return a keyring that seals with a new key and still opens what the others sealed."""
        id_ = str(1 + max(int(each) for each in self.keys))
        return replace(self, keys={**self.keys, id_: secrets.token_bytes(_KEY_BYTES)}, current=id_)

    def with_new_index_key(self) -> Keyring:
        """Return a keyring whose tokens nobody can compare with those of before."""
        new = secrets.token_bytes(_KEY_BYTES)
        return replace(self, index_key=new, index_id=str(1 + int(self.index_id)))

    def with_newest_index(self) -> Keyring:
        """Return these keys with the index key of the file, where that has changed since."""
        if self.path is None or not self.path.exists():
            return self
        held = load_current(self.path)
        return held if int(held.index_id) > int(self.index_id) else self

    def without(self, key_ids: Collection[str]) -> Keyring:
        """Return a keyring that has forgotten some keys."""
        kept = {id_: key for id_, key in self.keys.items() if id_ not in key_ids}
        return replace(self, keys=kept)

    def reseal(self, sealed: SealedKey, municipality_code: str, subject_id: str) -> SealedKey:
        """Seal a data key anew with the current key; what it sealed itself stays as it is.

        Raises
        ------
        DatabaseError
            As `open_data_key`.
        """
        place = _place_of_key(municipality_code, subject_id)
        content = _open(AESGCM(self._key(sealed.key_id)), sealed.sealed, place)
        return SealedKey(self.current, _seal(AESGCM(self.keys[self.current]), content, place))

    def new_data_key(self, municipality_code: str, subject_id: str) -> tuple[DataKey, SealedKey]:
        """Make the data key of a new person or household."""
        key = secrets.token_bytes(_KEY_BYTES)
        place = _place_of_key(municipality_code, subject_id)
        sealed = _seal(AESGCM(self.keys[self.current]), key, place)
        return DataKey(key), SealedKey(self.current, sealed)

    def open_data_key(self, sealed: SealedKey, municipality_code: str, subject_id: str) -> DataKey:
        """Open a data key.

        Raises
        ------
        DatabaseError
            ``unknown_key`` when this keyring is not the one that sealed it, or
            ``cannot_decrypt``.
        """
        place = _place_of_key(municipality_code, subject_id)
        return DataKey(_open(AESGCM(self._key(sealed.key_id)), sealed.sealed, place))

    def _key(self, key_id: str) -> bytes:
        found = self.keys.get(key_id)
        if found is None and self.path is not None and self.path.exists():
            found = load_current(self.path).keys.get(key_id)
        if found is None:
            raise DatabaseError("unknown_key", key_id=key_id)
        return found

    def name_tokens(self, municipality_code: str, name: str) -> frozenset[bytes]:
        """Return the blind index of a name: one keyed hash for each pair of characters.

        A name is in the index under all its pairs; a search asks for all pairs of its text.
        """
        return frozenset(
            hmac.digest(self.index_key, f"{municipality_code}/{pair}".encode(), hashlib.sha256)[
                :_TOKEN_BYTES
            ]
            for pair in bigrams(search_key(name))
        )

    def scope_token(self, municipality_code: str, kind: str, value: str) -> bytes:
        """Return the token under which people of one 事業 or of one town are found."""
        text = f"{municipality_code}/{kind}/{value}".encode()
        return hmac.digest(self.index_key, text, hashlib.sha256)[:_TOKEN_BYTES]

    def _write(self, file: TextIO) -> None:
        json.dump(self._as_json(), file, indent=1)
        file.flush()
        os.fsync(file.fileno())

    def _as_json(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "current": self.current,
            "keys": {name: base64.b64encode(key).decode() for name, key in self.keys.items()},
            "index_id": self.index_id,
            "index_key": base64.b64encode(self.index_key).decode(),
        }


def load_current(path: Path) -> Keyring:
    """Read the keys as they are now; a file that has not changed is read once.

    Raises
    ------
    DatabaseError
        As `Keyring.load`.
    """
    try:
        seen = path.stat()
    except FileNotFoundError:
        return Keyring.load(path)  # says what is missing
    return _loaded(path, seen.st_mtime_ns, seen.st_ino, seen.st_mode)


@lru_cache(maxsize=8)
def _loaded(path: Path, _changed_at: int, _file: int, _rights: int) -> Keyring:
    return Keyring.load(path)


def _decode(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != _KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key


def _place_of_key(municipality_code: str, subject_id: str) -> Place:
    return Place(municipality_code, "data_keys", "sealed", subject_id)


def _seal(cipher: AESGCM, content: bytes, place: Place) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + cipher.encrypt(nonce, content, place.as_bytes())


def _open(cipher: AESGCM, sealed: bytes, place: Place) -> bytes:
    try:
        if sealed[:1] != _VERSION:
            raise InvalidTag
        return cipher.decrypt(
            sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], place.as_bytes()
        )
    except (InvalidTag, ValueError) as error:
        raise DatabaseError("cannot_decrypt", table=place.table, column=place.column) from error
