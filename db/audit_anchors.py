"""Anchors: ends of the audit chain, noted in a file that is kept outside the database.

The chain alone cannot tell that its newest events were cut off, or that somebody with full power
over the database has written all of it anew. Who has noted an end elsewhere can. Where the oldest
part of the record is removed, the files learn of it, too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from db.audit import Head
from db.audit_cuts import Cut
from db.errors import DatabaseError

FORMAT: Final = "tsunagite.audit-anchor/1"
CUT_FORMAT: Final = "tsunagite.audit-cut/1"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of a municipality's chain at an instant, or of a part that was cut off its start."""

    municipality_code: str
    head: Head
    at: datetime
    is_cut: bool = False

    def is_cut_at(self, cut: Cut) -> bool:
        """Tell whether it notes a cut."""
        return self.is_cut and self.head == Head(cut.number, cut.hash)


def file_in(folder: Path, municipality_code: str) -> Path:
    """Return the file of a folder in which the anchors of a municipality stand."""
    return folder / f"tsunagite-audit-{municipality_code}.jsonl"


def write_anchor(path: Path, anchor: Anchor) -> None:
    """Add an anchor at the end of a file, and return when the disk has it.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    line = json.dumps(
        {
            "format": CUT_FORMAT if anchor.is_cut else FORMAT,
            "municipality": anchor.municipality_code,
            "number": anchor.head.number,
            "hash": anchor.head.hash.hex(),
            "at": anchor.at.astimezone(UTC).isoformat(),
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    # A line begins anew even where the one before was cut off by a loss of power.
    before = path.read_bytes()[-1:] if path.exists() else b"\n"
    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with open(descriptor, "ab") as file:
        file.write((b"" if before == b"\n" or not before else b"\n") + line.encode() + b"\n")
        file.flush()
        os.fsync(descriptor)


def read_anchors(path: Path, municipality_code: str) -> list[Anchor]:
    """Return the anchors of a municipality in a file, as they stand there.

    Raises
    ------
    DatabaseError
        ``anchors_unreadable`` when there is no such file or it is no file of anchors,
        ``anchors_of_others`` when it has none of this municipality.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise DatabaseError("anchors_unreadable", path=str(path), line=0) from error
    anchors = list(_anchors(path, lines))
    own = [each for each in anchors if each.municipality_code == municipality_code]
    if not own:
        raise DatabaseError("anchors_of_others", path=str(path), municipality=municipality_code)
    return own


def _anchors(path: Path, lines: Iterable[str]) -> Iterable[Anchor]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _anchor(json.loads(line))
        except (KeyError, TypeError, ValueError) as error:
            if _is_cut_off(line):
                continue
            raise DatabaseError("anchors_unreadable", path=str(path), line=number) from error


def _is_cut_off(line: str) -> bool:
    """Tell whether a line is the beginning of an anchor that the power did not let end."""
    return line.startswith("{") and not line.rstrip().endswith("}")


def _anchor(document: dict[str, object]) -> Anchor:
    if document["format"] not in (FORMAT, CUT_FORMAT):
        raise ValueError(document["format"])
    at = datetime.fromisoformat(str(document["at"]))
    if at.tzinfo is None:
        raise ValueError(document["at"])
    head = Head(int(str(document["number"])), bytes.fromhex(str(document["hash"])))
    return Anchor(str(document["municipality"]), head, at, document["format"] == CUT_FORMAT)
