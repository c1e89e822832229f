"""The end of the audit record, noted every hour in a folder that the office has chosen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from db import audit
from db.audit import Head
from db.audit_anchors import Anchor, file_in, write_anchor
from db.session import Database

logger: Final = logging.getLogger("tsunagite")
EVERY: Final = timedelta(hours=1)


class Anchoring:
    """Notes the end of one municipality's chain from time to time; nothing without a folder.

    A folder that cannot be written to stops nobody's work: the log tells of it.
    """

    def __init__(
        self, folder: Path | None, municipality_code: str, clock: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._code = municipality_code
        self._clock = clock
        self._kept_at: datetime | None = None
        self._kept: Head | None = None

    def keep(self, end: Head) -> None:
        """Note an end, if the last one is an hour old."""
        now = self._clock()
        if self._kept_at is None or abs(now - self._kept_at) >= EVERY:
            self._write(end, now)

    def keep_last(self, database: Database) -> None:
        """Note the end as it is now, if it is another one than was noted last."""
        if self._folder is None:
            return
        with database.reading() as connection:
            end = audit.head(connection, self._code)
        if end != self._kept:
            self._write(end, self._clock())

    def _write(self, end: Head, now: datetime) -> None:
        if self._folder is None:
            return
        self._kept_at, self._kept = now, end
        try:
            write_anchor(file_in(self._folder, self._code), Anchor(self._code, end, now))
        except OSError as error:
            logger.warning("the end of the audit record could not be noted: %s", error.strerror)
