"""Backups as an office makes them: by a command, or every day while the application runs."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from api.command_refusals import CommandRefused
from api.settings import Settings
from catalog.dates import day_in_japan

if TYPE_CHECKING:
    from api.wiring import Wiring
    from db.backup import Backup
    from db.secrets import Keyring
    from db.session import Database

EVERY: Final = timedelta(days=1)
TOO_OLD: Final = timedelta(days=2)
SECONDS_BETWEEN_LOOKS: Final = 600
HOW: Final = (
    "コマンド tsunagite backup で作るか、TSUNAGITE_BACKUP_FOLDER に置き場所を決めてください。"
)
log: Final = logging.getLogger("tsunagite")


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, and the names of older ones that were removed for it."""

    file: Path
    backup: Backup
    removed: list[str]


def back_up(
    database: Database,
    code: str,
    keys: Keyring,
    settings: Settings,
    at: datetime,
    actor_id: str,
    file: Path | None = None,
    keep: int | None = None,
) -> Made:
    """Make a backup, note it, and remove those that are too many.

    Parameters
    ----------
    file
        Where to; the folder of the settings, under a dated name, where it is None.
    keep
        How many dated ones stay in that folder; as set, where it is None.

    Raises
    ------
    CommandRefused
        ``backup_nowhere`` when neither a file nor a folder is known.
    DatabaseError
        As `db.backup.make`.
    """
    from db import backup

    if file is None:
        if settings.backup_folder is None:
            raise CommandRefused("backup_nowhere")
        file = settings.backup_folder / backup.dated_name(code, at)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = backup.make(database, file, keys, at, settings.home)
    backup.note(database, code, made, actor_id)
    kept = settings.backup_keep if keep is None else keep
    return Made(file, made, backup.rotate(file.parent, code, kept, at))


def is_too_old(last: datetime | None, now: datetime) -> bool:
    """Tell whether a backup should have been made since the last one.

    One from the future tells nothing: the clock was wrong then, or is now.
    """
    return last is None or abs(now - last) > TOO_OLD


def age_words(last: datetime | None, now: datetime) -> str:
    """Say how old the last backup is.

    >>> from datetime import UTC
    >>> age_words(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC))
    '最後の控えは 3日前（2026-11-01）です'
    >>> age_words(datetime(2036, 2, 7, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC))
    '最後の控えの日付（2036-02-07）が、きょうより あとです（時計のくるい）'
    """
    if last is None:
        return "控え（バックアップ）は、まだ一度も作られていません"
    day = day_in_japan(last)
    days = (day_in_japan(now) - day).days
    if days < 0:
        return f"最後の控えの日付（{day.isoformat()}）が、きょうより あとです（時計のくるい）"
    return f"最後の控えは {f'{days}日前' if days else 'きょう'}（{day.isoformat()}）です"


class DailyBackups:
    """Makes a backup whenever the last one is a day old, if the office has set a folder."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, beside the pages."""
        if self._wiring.settings.backup_folder is not None:
            self._thread = threading.Thread(target=self._look_again, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop; a backup that is being made is finished first."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> bool:
        """Make a backup if it is time for one; tell whether one was made."""
        from db.backup import last_made_at

        wiring, now = self._wiring, self._wiring.clock()
        last = last_made_at(wiring.database, wiring.city.code)
        if last is not None and abs(now - last) < EVERY:
            return False
        back_up(wiring.database, wiring.city.code, wiring.keyring, wiring.settings, now, "system")
        return True

    def _look_again(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except Exception as error:  # the first page tells the administrator
                log.warning("backup failed: %s", getattr(error, "code", type(error).__name__))
            self._stop.wait(SECONDS_BETWEEN_LOOKS)
