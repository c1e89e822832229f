"""The criteria of cases, and that their review is told until it is noted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from starlette.testclient import TestClient

from api.app import create_app
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import sample_office

LATER = datetime(2027, 3, 10, 1, tzinfo=UTC)
TOLD = "支援の基準は、令和9年4月1日（木）までに 見直す決まりです。"


def test_the_review_is_told_until_it_is_noted(tmp_path: Path) -> None:
    """The planner and the coordinator read it, an agency does not; noting it ends it for all."""
    settings = sample_office(tmp_path)
    with TestClient(create_app(settings, Clock()), follow_redirects=False) as early:
        assert enter(early) == 303
        assert "見直す決まりです" not in early.get("/").text
    clock = Clock()
    clock.now = LATER
    app = create_app(settings, clock)
    with (
        TestClient(app, follow_redirects=False) as ogawa,
        TestClient(app, follow_redirects=False) as mizuno,
        TestClient(app, follow_redirects=False) as tani,
    ):
        browsers = {"ogawa": ogawa, "mizuno": mizuno, "tani": tani}
        for login, browser in browsers.items():
            assert enter(browser, login) == 303
            assert (TOLD in browser.get("/").text) is (login != "tani")
        assert "参加支援を始めるとき" in ogawa.get("/settings/criteria").text
        token = ogawa.get("/api/v1/session").json()["form_token"]
        noted = ogawa.post("/settings/criteria", data={"form_token": token})
        assert noted.headers["location"] == "/settings/criteria?saved=1"
        assert TOLD not in mizuno.get("/").text
        assert "令和10年3月10日" in ogawa.get("/settings/criteria").text
