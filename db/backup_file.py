"""The file of a backup: a readable first part, then the database, sealed in pieces.

It is sealed with a key that the keyring gives, so that whoever finds the file learns from it only
of which city it is and when it was made. Without the key file nobody opens it, the office neither.

The pieces are numbered and the last one is marked (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár 2015, doi:10.1007/978-3-662-47989-6_24): a file that was cut, mixed up or changed
in any place does not open.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.errors import DatabaseError
from db.secrets import Keyring

FORMAT: Final = "tsunagite.backup/1"
_PIECE_BYTES: Final = 1 << 20
_TAG_BYTES: Final = 16
_SALT_BYTES: Final = 32
_MOST_HEADER_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class About:
    """What anybody can read of a backup.

    `revision` is that of the tables; `key_id` names the key of the keyring, `salt` makes the
    file's own key of it, and `check` tells whether a keyring has the right one.
    """

    municipality_code: str
    made_at: datetime
    revision: str
    key_id: str
    salt: bytes
    check: bytes


def seal(
    source: Path, target: Path, municipality_code: str, revision: str, at: datetime, keys: Keyring
) -> About:
    """Seal a file into a new one that only its owner may read."""
    salt = secrets.token_bytes(_SALT_BYTES)
    key, check = _derived(keys, keys.current, salt)
    about = About(municipality_code, at, revision, keys.current, salt, check)
    head, cipher = _head(about), AESGCM(key)
    number = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with source.open("rb") as plain, open(number, "wb") as sealed:
        sealed.write(head)
        piece, at_piece, following = plain.read(_PIECE_BYTES), 0, b""
        while piece or at_piece == 0:
            following = plain.read(_PIECE_BYTES)
            sealed.write(cipher.encrypt(_nonce(at_piece, is_last=not following), piece, head))
            piece, at_piece = following, at_piece + 1
        sealed.flush()
        os.fsync(number)
    return about


def read_about(file: Path) -> About:
    """Read what anybody can read of a backup.

    Raises
    ------
    DatabaseError
        ``not_a_backup``.
    """
    with file.open("rb") as sealed:
        return _read_head(sealed, file)[0]


def unseal(file: Path, target: Path, keys: Keyring) -> About:
    """Open a sealed file into a new one that only its owner may read.

    Raises
    ------
    DatabaseError
        ``not_a_backup``; ``backup_other_keys`` when the keyring is not the one that sealed it;
        ``backup_damaged`` when it is not, byte for byte, what was written.
    """
    with file.open("rb") as sealed:
        about, head = _read_head(sealed, file)
        if about.key_id not in keys.keys:
            raise DatabaseError("backup_other_keys", file=file.name)
        key, check = _derived(keys, about.key_id, about.salt)
        if not hmac.compare_digest(check, about.check):
            raise DatabaseError("backup_other_keys", file=file.name)
        number = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with open(number, "wb") as plain:
            try:
                _unseal_pieces(sealed, plain, AESGCM(key), head)
            except InvalidTag as error:
                raise DatabaseError("backup_damaged", file=file.name) from error
            plain.flush()
            os.fsync(number)
    return about


def _unseal_pieces(sealed: BinaryIO, plain: BinaryIO, cipher: AESGCM, head: bytes) -> None:
    size = _PIECE_BYTES + _TAG_BYTES
    piece, at_piece = sealed.read(size), 0
    while piece or at_piece == 0:
        following = sealed.read(size)
        plain.write(cipher.decrypt(_nonce(at_piece, is_last=not following), piece, head))
        piece, at_piece = following, at_piece + 1


def _derived(keys: Keyring, key_id: str, salt: bytes) -> tuple[bytes, bytes]:
    """Return the key of one file, and what tells that it is the right one."""
    made = HKDF(SHA256(), 64, salt, FORMAT.encode()).derive(keys.keys[key_id])
    return made[:32], made[32:48]


def _nonce(piece: int, *, is_last: bool) -> bytes:
    return piece.to_bytes(11, "big") + bytes([is_last])


def _head(about: About) -> bytes:
    told = asdict(about) | {
        "made_at": about.made_at.isoformat(),
        "salt": base64.b64encode(about.salt).decode(),
        "check": base64.b64encode(about.check).decode(),
    }
    return f"{json.dumps({'format': FORMAT, **told})}\n".encode()


def _read_head(sealed: BinaryIO, file: Path) -> tuple[About, bytes]:
    head = sealed.readline(_MOST_HEADER_BYTES)
    try:
        told = json.loads(head)
        if told.pop("format") != FORMAT:
            raise ValueError(told)
        told["made_at"] = datetime.fromisoformat(told["made_at"])
        for name in ("salt", "check"):
            told[name] = base64.b64decode(told[name], validate=True)
        return About(**told), head
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DatabaseError("not_a_backup", file=file.name) from error
