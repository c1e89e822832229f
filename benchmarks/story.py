"""How long the story of one case takes to open: three years of weekly talks with both sides.

Asked as a browser asks, through the whole application, with a database of the sample city.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.following.follow_up import FollowUp, FollowUpState, Side
from cases.permissions import scope_of_everyone
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import sample_office

WEEKS: Final = 156
TIMES: Final = 15
TARGET_MS: Final = 300


def run(weeks: int = WEEKS, times: int = TIMES) -> dict[str, Any]:
    """Measure the page of the last year.

    Returns
    -------
    dict
        The median and the longest time in ms, and how many talks there were.
    """
    with tempfile.TemporaryDirectory() as home:
        app = create_app(sample_office(Path(home), rate_factor=0), Clock())
        with TestClient(app, follow_redirects=False) as browser:
            enter(browser)
            wiring: Wiring = app.state.wiring
            person_id, talks = _talk_weekly(wiring, weeks)
            took = [_time(browser, f"/people/{person_id}/story") for _ in range(times + 1)][1:]
    return {
        "name": "story",
        "question": f"a case with three years of weekly records opens, target {TARGET_MS} ms",
        "talks": talks,
        "ms": {"median": statistics.median(took), "longest": max(took)},
    }


def _talk_weekly(wiring: Wiring, weeks: int) -> tuple[str, int]:
    """Write a talk with each side for every week, and return whose case it is and how many."""
    everyone = scope_of_everyone(wiring.city.code)
    placement = wiring.placing.placements(everyone)[0]
    talk = FollowUp(
        id="t", placement_id=placement.id, participant_id=placement.participant_id,
        side=Side.PERSON, due_on=placement.begun_on, done_on=placement.begun_on,
        occasion="then", state=FollowUpState.DONE,
        how="phone", fits_state=3, fits_wishes=4, came=1, planned=1, made_by="sample-mizuno",
        voice="水をやるだけなら、できた。来週も行ってみる。", recorded_at=wiring.clock(),
    )  # fmt: skip
    today = day_in_japan(wiring.clock())
    event = AuditEvent(
        "talk_written", "system", "participant", placement.participant_id, wiring.clock()
    )
    with wiring.database.writing():
        for week in range(weeks):
            on = today - timedelta(weeks=week)
            for side in Side:
                said = replace(talk, id=f"{side}-{week}", side=side, due_on=on, done_on=on)
                wiring.following.save_follow_up(said, event)
    return placement.participant_id, 2 * weeks


def _time(browser: TestClient, path: str) -> float:
    started = time.perf_counter()
    assert browser.get(path).status_code == 200
    return (time.perf_counter() - started) * 1000
