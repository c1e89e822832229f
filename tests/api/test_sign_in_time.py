"""Whether somebody exists cannot be told from how long the refusal takes.

Time itself decides nothing here; what takes the time is counted: hashes and statements.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from api.passwords import hash_password
from api.sign_in import Next, Visit, sign_in
from api.wiring import Wiring
from tests.figures import figure
from tests.office import Clock, prepare

WAYS = {"known": "mizuno", "unknown": "nobody", "stopped": "kansa"}


@contextmanager
def statements(wiring: Wiring) -> Iterator[Counter[str]]:
    """Count what the database is asked, by its first words."""
    asked: Counter[str] = Counter()

    def note(*given: Any) -> None:
        asked[" ".join(given[2].split()[:3])] += 1

    event.listen(wiring.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(wiring.database.engine, "before_cursor_execute", note)


def test_the_database_is_asked_the_same_for_everybody(app: FastAPI, client: TestClient) -> None:
    """A wrong password, a login that does not exist and a stopped account: the same statements."""
    assert client.get("/sign-in").status_code == 200
    wiring: Wiring = app.state.wiring
    stop(wiring)
    asked = {}
    for way, login in WAYS.items():
        with statements(wiring) as counted:
            outcome = sign_in(wiring.desk, login, "wrong", Visit(way), wiring.clock())
        assert outcome.next is Next.WRONG
        asked[way] = counted
    assert asked["known"] == asked["unknown"] == asked["stopped"]
    assert sum(asked["known"].values()) > 10


def stop(wiring: Wiring) -> None:
    """Stop one account."""
    with wiring.database.writing() as connection:
        connection.exec_driver_sql("UPDATE users SET disabled = true WHERE login = 'kansa'")


@pytest.mark.full
def test_how_long_a_refusal_takes(tmp_path: Path) -> None:
    """With the real cost of a hash; the medians are told, with the number of tries."""
    clock = Clock()
    wiring = Wiring(prepare(tmp_path), clock)
    stop(wiring)
    kept = hash_password("the real cost of a hash")
    with wiring.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE users SET password_hash = '{kept}'")
    sign_in(wiring.desk, "first", "x", Visit(), clock())
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(20):
        for way, login in WAYS.items():
            clock.forward(hours=1)
            begun = time.process_time()
            outcome = sign_in(wiring.desk, login, "wrong", Visit(way), clock())
            taken[way].append((time.process_time() - begun) * 1000)
            assert outcome.next is Next.WRONG
    wiring.close()
    told = ", ".join(f"{way} {median(times):.0f} ms" for way, times in taken.items())
    figure(f"refused sign-ins, median CPU time of {len(taken['known'])}: {told}")
