"""`audit cut`: what the person at the terminal reads, confirms, and can prove afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import delete, insert, text

from api.cli import run
from catalog.audit import AuditEvent
from db import audit, migrate
from db.audit_anchors import Anchor, file_in, read_anchors, write_anchor
from db.audit_cuts import KIND, Cut, told_of
from db.rows import to_row
from db.session import Database
from db.tables import audit_cuts, audit_events
from tests.api.homes import living_in

CODE: Final = "999997"
LONG_AGO: Final = datetime(2018, 6, 1, tzinfo=UTC)
LAST_DAY: Final = "2018-06-09"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Give an office whose record goes back to 2018, and the ends that were noted then."""
    home = tmp_path / "home"
    url = f"sqlite:///{home / 'cases.sqlite3'}"
    migrate.upgrade(url)
    database = Database(url)
    for number in range(1, 13):
        at = LONG_AGO + timedelta(days=number)
        with database.writing() as connection:
            event = AuditEvent("changed", "user-1", "opening", f"opening-{number}", at)
            end = audit.append(connection, CODE, event)
        if number in (3, 8):
            write_anchor(ends_of(tmp_path), Anchor(CODE, end, at))
    database.close()
    home.chmod(0o700)
    with living_in(home):
        assert run(["init", "--municipality", "sample"]) == 0
        yield home


def ends_of(folder: Path) -> Path:
    """Return the file of the ends, in another place than the database."""
    return file_in(folder / "ends", CODE)


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the office go on noting ends in that file."""
    monkeypatch.setenv("TSUNAGITE_ANCHOR_FOLDER", str(tmp_path / "ends"))
    return ends_of(tmp_path)


CUT: Final = ["audit", "cut", "--by", "総務課長", "--confirm", LAST_DAY]


def test_a_cut_is_told_and_proved(
    home: Path, in_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In plain words since when the record reaches back, why, and who decided."""
    old_copy = in_folder.with_name("copy.jsonl")
    shutil.copy(in_folder, old_copy)
    assert run(CUT) == 0
    told = capsys.readouterr().out
    assert f"{LAST_DAY} までの 8件を 切り取ります" in told
    assert "✓ 8件を切り取り、残りの 6件が確かなことを調べました" in told
    assert [each.is_cut for each in read_anchors(in_folder, CODE)] == [False, False, True]
    assert run(["audit", "verify", "--anchor", str(old_copy)]) == 0
    told = capsys.readouterr().out
    assert "✓ 監査の記録は 6件、とぎれていません" in told
    assert "記録は 2018-06-10 からのものです" in told
    assert "残しておく期間（7年）がすぎたので" in told
    assert "決めた人: 総務課長" in told
    assert "✓ この切り取りは、書きとめたファイルにもあります" in told
    assert "△ 書きとめてあった 2か所は、切り取りより前のものです" in told
    assert "書きかえられたという意味ではありません" in told
    assert run(["doctor"]) == 0
    assert "監査の記録は 6件、とぎれていない" in capsys.readouterr().out
    assert run(CUT) == 1
    assert "audit anchor で書きとめたファイル" in capsys.readouterr().err


def test_nothing_is_cut_unasked(
    home: Path, in_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever types another day, or nothing, changes nothing."""
    assert run(CUT[:-2]) == 1
    assert f"--confirm {LAST_DAY}" in capsys.readouterr().err
    assert run([*CUT[:-1], "2018-06-10"]) == 1
    assert "何も変えていません" in capsys.readouterr().err
    assert run(["audit", "cut", "--by", " "]) == 2
    assert run(["audit", "verify"]) == 0
    assert "監査の記録は 13件" in capsys.readouterr().out


def test_without_a_noted_end_nothing_is_cut(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The office has no folder, and names no file."""
    assert run(CUT) == 1
    assert "確かな切り口がありません" in capsys.readouterr().err


def test_a_file_by_hand_learns_of_the_cut_and_vouches_for_the_next(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a folder in the settings; a new file learns of it by one that knows."""
    ends, old_copy, new = ends_of(tmp_path), tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    shutil.copy(ends, old_copy)
    assert run([*CUT, "--anchor", str(ends)]) == 0
    assert run(["audit", "anchor", str(ends)]) == 0
    assert run(["audit", "verify", "--anchor", str(ends)]) == 0
    assert "書きとめたファイルにもあります" in capsys.readouterr().out
    assert run(["audit", "verify", "--anchor", str(old_copy)]) == 0
    assert "△ 書きとめたファイルは、切り取りより前に終わっているか" in capsys.readouterr().out
    assert run(["audit", "anchor", str(old_copy)]) == 1, "it would look like a forged one later"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TSUNAGITE_ANCHOR_FOLDER", str(ends.parent))
        assert run(["audit", "anchor", str(new)]) == 0
    assert [each.is_cut for each in read_anchors(new, CODE)] == [True, False]


def test_a_file_that_cannot_be_written_stops_the_cut(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody would know afterwards that it was the office."""
    ends = ends_of(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TSUNAGITE_ANCHOR_FOLDER", str(home / "cases.sqlite3"))
        assert run([*CUT, "--anchor", str(ends)]) == 1
    assert "書けません" in capsys.readouterr().err
    assert run(["audit", "verify"]) == 0
    assert "監査の記録は 13件" in capsys.readouterr().out


def forge(home: Path, number: int) -> None:
    """Cut as somebody would who has the database and knows how the product does it."""
    database = Database(f"sqlite:///{home / 'cases.sqlite3'}")
    now = datetime.now(UTC)
    with database.writing() as connection:
        connection.execute(text("DROP TRIGGER audit_events_no_delete"))
        query = audit_events.select().where(audit_events.c.number == number)
        row = connection.execute(query).one()
        cut = Cut(
            number=number,
            hash=row.hash,
            last_at=row.at,
            at=now,
            actor_id="system",
            decided_by="総務課長",
            years=7,
            rules="2026-11-23",
        )
        audit.append(
            connection, CODE, AuditEvent(KIND, "system", "audit", CODE, now, told_of([cut]))
        )
        connection.execute(insert(audit_cuts).values(to_row(CODE, cut)))
        connection.execute(delete(audit_events).where(audit_events.c.number <= number))
    database.close()


def test_a_forged_cut_is_found(
    home: Path, in_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the folder of the office, in `audit verify` as in `doctor`; nothing hides it later."""
    forge(home, 8)
    for command in (["audit", "verify"], ["doctor"], CUT, ["audit", "anchor", str(in_folder)]):
        assert run(command) == 1, command
        told = capsys.readouterr()
        assert "書きとめたファイルに その切り取りがありません" in told.out + told.err
    assert len(read_anchors(in_folder, CODE)) == 2
