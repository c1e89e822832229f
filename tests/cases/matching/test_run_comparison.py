"""Two runs side by side: what is different for whom, and for which reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from cases.matching.run_changes import Kind
from cases.matching.run_comparison import Cause, OpeningsChanged, RunSeen, compare
from cases.proposal import Proposal
from cases.run import NotConsidered, Unplaced, UsedRule
from matcher.explanation import Word
from matcher.problem import Problem
from matcher.rules import Fixed, Forbidden, Rule
from tests.cases.runs import proposal, run_of

LEFT_OUT = UsedRule(kind="exclusion", participant_ids=("p1",), opening_id="field")
BEFORE = {("p1", "field"): 900_000, ("p1", "shed"): 500_000, ("p2", "field"): 700_000}


def seen(
    pairs: Mapping[tuple[str, str], int],
    places: Mapping[str, int],
    placed: Sequence[Proposal],
    rules: Sequence[Rule] = (),
    why_not: Mapping[str, str] | None = None,
    version: str = "2026-04-01",
    used: Sequence[UsedRule] = (),
) -> RunSeen:
    """Return a run in which everyone of the pairs took part."""
    people = sorted({person for person, _ in pairs} | {each.participant_id for each in placed})
    openings = list(places)
    with_place = {each.participant_id for each in placed}
    run = run_of(
        policy_version=version,
        used=tuple(used),
        unplaced=tuple(
            Unplaced(participant_id=each, reason="crowded_out", candidates=1, refused=())
            for each in people
            if each not in with_place
        ),
        not_considered=tuple(
            NotConsidered(participant_id=who, why=why) for who, why in (why_not or {}).items()
        ),
    )
    problem = Problem.from_arrays(
        participant_ids=people,
        opening_ids=openings,
        capacity=list(places.values()),
        pair_participant=[people.index(person) for person, _ in pairs],
        pair_opening=[openings.index(opening) for _, opening in pairs],
        pair_score=list(pairs.values()),
        rules=rules,
    )
    return RunSeen(run, list(placed), problem)


PLACES = {"field": 1, "shed": 1}
FIRST = seen(BEFORE, PLACES, [proposal("p1", "field")])


def without(*gone: tuple[str, str]) -> dict[tuple[str, str], int]:
    """Return the pairs but some."""
    return {pair: score for pair, score in BEFORE.items() if pair not in gone}


@pytest.mark.parametrize(
    ("after", "cause"),
    [
        (seen(BEFORE, PLACES, [proposal("p1", "shed")], [Fixed("p1", "shed")]), Cause.LOCKED),
        (seen(BEFORE, PLACES, [proposal("p1", "shed")], [Forbidden("p1", "field")],
              used=[LEFT_OUT]), Cause.EXCLUDED),
        # Forbidden by a bond: the partner, whom the reader may not know, must not be hinted at.
        (seen(BEFORE, PLACES, [proposal("p1", "shed")], [Forbidden("p1", "field")]), Cause.OTHERS),
        (seen(without(("p1", "field"), ("p2", "field")), PLACES, [proposal("p1", "shed")]),
         Cause.CLOSED),
        (seen(without(("p1", "field")), PLACES, [proposal("p1", "shed")]), Cause.NO_LONGER_FITS),
        (seen(BEFORE, {"field": 0, "shed": 1}, [proposal("p1", "shed")]), Cause.FEWER),
        (seen(BEFORE, {"field": 1, "shed": 2}, [proposal("p1", "shed")]), Cause.MORE),
        (seen(BEFORE, PLACES, [proposal("p1", "shed")], version="2027"), Cause.POLICY),
        (seen(BEFORE, PLACES, [proposal("p1", "shed")]), Cause.OTHERS),
    ],
)  # fmt: skip
def test_why_someone_moved(after: RunSeen, cause: Cause) -> None:
    (found,) = compare(FIRST, after).differences
    assert (found.change.kind, found.cause) == (Kind.MOVED, cause)
    assert found.words.endswith("。")


def test_who_may_not_be_matched_any_more_reads_why() -> None:
    """With the words that the run itself has, without the next step."""
    after = seen({("p2", "field"): 1}, PLACES, [proposal("p2", "field")],
                 why_not={"p1": "consent_withdrawn"})  # fmt: skip
    lost = next(e for e in compare(FIRST, after).differences if e.change.kind is Kind.NO_LONGER)
    assert lost.cause is Cause.NOT_CONSIDERED
    assert lost.words == "同意が撤回されたため、つなぎ先を探していません。"


@pytest.mark.parametrize(
    ("before", "cause"),
    [
        (seen({("p1", "field"): 1}, PLACES, []), Cause.NEW_PERSON),
        (seen({("p1", "field"): 1}, PLACES, [], why_not={"p2": "consent_verbal_only"}),
         Cause.READY),
        (seen({("p2", "shed"): 1}, PLACES, []), Cause.NEW_OPENING),
        (seen({("p2", "shed"): 1, ("p1", "field"): 1}, PLACES, []), Cause.FITS_NOW),
    ],
)  # fmt: skip
def test_why_someone_has_a_place_now(before: RunSeen, cause: Cause) -> None:
    after = seen(BEFORE, PLACES, [proposal("p2", "field")])
    placed = next(e for e in compare(before, after).differences if e.change.after)
    assert (placed.change.kind, placed.cause) == (Kind.PLACED, cause)


def test_what_is_the_same_is_counted_and_all_adds_up() -> None:
    before = seen(BEFORE, PLACES, [proposal("p1", "field"), proposal("p2", "shed")])
    after = seen(
        {("p1", "field"): 1, ("p2", "tea"): 1},
        {"field": 2, "tea": 1},
        [proposal("p1", "field"), proposal("p2", "tea", word="fair")],
    )
    found = compare(before, after)
    assert (found.same, len(found.differences)) == (1, 1)
    assert found.fits[:2] == ((Word.GOOD, 2, 1), (Word.FAIR, 0, 1))
    assert found.openings == OpeningsChanged(new=1, closed=1, more=1, fewer=0)
    assert not found.is_other_policy
