"""Consent: what is in force on a day, and who may make a `Consented`."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cases.consent import (
    HOSTS,
    Consent,
    ConsentState,
    WhyNot,
    find_consent,
    require_consent,
)
from cases.errors import CaseError, ConsentMissing
from cases.participant import Participant

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 12)
PERSON = Participant(id="p1", case_no="K-1", name="小春 ちよ", since_on=date(2026, 4, 1))
WRITTEN = Consent(
    id="c1",
    participant_id="p1",
    state=ConsentState.WRITTEN,
    given_by="本人",
    on=date(2026, 10, 1),
    agencies=frozenset({HOSTS}),
)


def said(state: ConsentState, on: date, hour: int | None = None) -> Consent:
    """Return a statement of a day, recorded at an hour of it."""
    at = None if hour is None else datetime(on.year, on.month, on.day, hour, tzinfo=UTC)
    return replace(WRITTEN, id=f"c-{state}-{on}", state=state, on=on, recorded_at=at)


def test_written_consent_gives_a_consented() -> None:
    consented = require_consent(PERSON, [WRITTEN], TODAY)
    assert consented.participant is PERSON
    assert consented.consent is WRITTEN


@pytest.mark.parametrize(
    ("consents", "why"),
    [
        ([], WhyNot.NONE_YET),
        ([said(ConsentState.NONE_YET, date(2026, 10, 1))], WhyNot.NONE_YET),
        ([said(ConsentState.REFUSED, date(2026, 10, 1))], WhyNot.REFUSED),
        ([said(ConsentState.VERBAL, date(2026, 10, 1))], WhyNot.VERBAL_ONLY),
        ([WRITTEN, said(ConsentState.WITHDRAWN, date(2026, 10, 20))], WhyNot.WITHDRAWN),
        ([replace(WRITTEN, until_on=date(2026, 11, 11))], WhyNot.EXPIRED),
        ([replace(WRITTEN, agencies=frozenset({"council"}))], WhyNot.HOSTS_NOT_INCLUDED),
        ([replace(WRITTEN, on=date(2026, 11, 13))], WhyNot.NONE_YET),
    ],
)
def test_each_way_of_not_consenting_has_its_code(consents: list[Consent], why: WhyNot) -> None:
    assert find_consent(consents, TODAY) is why
    with pytest.raises(ConsentMissing) as caught:
        require_consent(PERSON, consents, TODAY)
    assert caught.value.code == f"consent_{why}"


def test_the_first_and_the_last_day_are_in_force() -> None:
    last = replace(WRITTEN, until_on=TODAY)
    assert find_consent([last], TODAY) is last
    assert find_consent([last], last.on) is last


def test_later_verbal_word_ends_nothing() -> None:
    assert find_consent([WRITTEN, said(ConsentState.VERBAL, TODAY)], TODAY) is WRITTEN


def test_written_anew_after_a_withdrawal_is_in_force() -> None:
    anew = replace(WRITTEN, id="c2", on=TODAY)
    consents = [anew, WRITTEN, said(ConsentState.WITHDRAWN, date(2026, 10, 20))]
    assert find_consent(consents, TODAY) is anew


def test_statements_of_one_day_count_in_the_order_of_recording() -> None:
    written, withdrawn = (
        said(ConsentState.WRITTEN, TODAY, 9),
        said(ConsentState.WITHDRAWN, TODAY, 15),
    )
    assert find_consent([withdrawn, written], TODAY) is WhyNot.WITHDRAWN


def test_consent_of_another_person_does_not_count() -> None:
    with pytest.raises(ConsentMissing):
        require_consent(PERSON, [replace(WRITTEN, participant_id="p2")], TODAY)


def test_consent_ends_not_before_it_starts() -> None:
    with pytest.raises(CaseError, match="consent_ends_before_start"):
        replace(WRITTEN, until_on=date(2026, 9, 30))


def test_written_consent_names_its_giver() -> None:
    with pytest.raises(CaseError, match="consent_without_giver"):
        replace(WRITTEN, given_by=" ")


def test_who_agrees_for_somebody_tells_how_their_will_was_made_sure_of() -> None:
    """The person needs no such note, a refusal agrees to nothing, old statements say neither."""
    for giver in ("family", "guardian", "written_for"):
        for state in (ConsentState.WRITTEN, ConsentState.VERBAL):
            with pytest.raises(CaseError, match="consent_without_capacity"):
                replace(WRITTEN, state=state, giver=giver, capacity=" ")
            replace(WRITTEN, state=state, giver=giver, capacity="うなずかれた")
        replace(WRITTEN, state=ConsentState.REFUSED, giver=giver)
    assert replace(WRITTEN, giver="person").capacity is None
    assert WRITTEN.giver is None


def producers_of_consented(root: Path) -> list[tuple[str, str]]:
    """Return (file, function) of each place that calls `Consented`, or hides its name."""
    found = []
    rooms = ("api", "exchange", "db", "cases", "catalog", "matcher", "geo", "tests", "benchmarks")
    for path in sorted(p for room in rooms for p in (root / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        for imported in (n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)):
            if any(alias.name == "Consented" and alias.asname for alias in imported.names):
                found.append((str(path.relative_to(root)), "import"))
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else None
            name = call.func.id if isinstance(call.func, ast.Name) else name
            if name != "Consented":
                continue
            inside = [f for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)]
            found.append((str(path.relative_to(root)), inside[-1].name if inside else ""))
    return found


def test_only_require_consent_makes_a_consented() -> None:
    assert producers_of_consented(ROOT) == [("cases/consent.py", "require_consent")]


def test_a_second_producer_would_be_found(tmp_path: Path) -> None:
    """The scan above sees a call through a module, and an import under another name."""
    room = tmp_path / "api"
    room.mkdir()
    (room / "x.py").write_text("def cheat():\n    return consent.Consented(1, 2)\n")
    (room / "y.py").write_text("from cases.consent import Consented as Fine\n")
    assert producers_of_consented(tmp_path) == [("api/x.py", "cheat"), ("api/y.py", "import")]
