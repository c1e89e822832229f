"""Since when the record of what was done reaches back, as the pages say it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from starlette.testclient import TestClient

from api.app import create_app
from db import audit
from db.audit_cuts import Cut
from db.audit_cutting import carry_out, plan_cut
from tests.api.conftest import enter
from tests.office import Clock, prepare

RECORD, RETENTION = ("kansa", "/audit"), ("mizuno", "/records/retention")


def test_the_pages_say_what_may_go_and_what_is_gone(tmp_path: Path) -> None:
    """First that its time is over, then since when it reaches back, why, and who decided."""
    clock = Clock()
    clock.now = datetime(2040, 5, 1, tzinfo=UTC)
    app = create_app(prepare(tmp_path), clock)
    wiring = app.state.wiring
    code = wiring.city.code
    with wiring.database.reading() as connection:
        end = audit.head(connection, code)
    with TestClient(app, follow_redirects=False) as mizuno:
        assert enter(mizuno) == 303
        told = mizuno.get(RETENTION[1]).text
        assert "期間がすぎた記録が" in told
        assert "tsunagite audit cut" in told
        assert "切り取りました" not in told
        with wiring.database.reading() as connection:
            plan = plan_cut(connection, code, [end], clock.now.date(), 7)
        cut = Cut(
            number=plan.to.number,
            hash=plan.to.hash,
            last_at=plan.last_at,
            at=clock.now,
            actor_id="system",
            decided_by="総務課長",
            years=7,
            rules="2026-11-23",
        )
        carry_out(wiring.database, code, cut, lambda _: None)
        for login, path in (RETENTION, RECORD):
            browser = TestClient(app, follow_redirects=False)
            assert enter(browser, login) == 303
            told = browser.get(path).text
            assert "令和22年5月1日からの" in told, path
            assert "残しておく期間（7年）がすぎたので、令和22年5月1日に切り取りました" in told
            assert "決めた人は 総務課長です" in told
            assert "期間がすぎた記録が" not in told
