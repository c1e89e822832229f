"""The places for one person with the others counted, from the stores."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TypeAlias

from cases.actions.matching import Stores
from cases.matching.waiting_counted import Counted, OthersCounted, count_others, weekly_arrivals
from cases.matching.weighing import Weighed
from cases.permissions import Action, PeopleScope, Relation, may, scope_of_everyone
from cases.run import MatchRun
from catalog.actor import Actor
from matcher.errors import MatcherError
from matcher.problem import Problem
from matcher.result import Assignment

Thaw: TypeAlias = Callable[[bytes, bytes], tuple[Problem, Assignment]]
"""Reads the frozen files of a run."""
MOST_KEPT: Final = 4
_kept: Final[OrderedDict[str, tuple[OthersCounted | None]]] = OrderedDict()
"""By the digest of a run: what a run weighs never changes."""


def count_for_person(
    actor: Actor, stores: Stores, thaw: Thaw, weighed: Weighed, participant_id: str
) -> tuple[Counted, ...]:
    """Order the openings of a person, the best for all together first.

    Everyone of the last run is counted, protected people included, as the run itself does; what
    comes out names nobody and no number. Empty without a run, and for whom may see none.
    """
    if not may(actor, Action.SEE_RUNS, frozenset(Relation)):
        return ()
    run = stores.runs.latest_run(PeopleScope(actor))
    others = _others(stores, actor, run, thaw) if run else None
    if others is None:
        return ()
    row = weighed.row(participant_id)
    total = weighed.considered.scores.total[row]
    fitting = weighed.considered.eligibility.candidates()[row].nonzero()[0].tolist()
    ids = weighed.considered.offers.ids
    best_first = sorted(fitting, key=lambda j: (-total[j], ids[j]))
    return others.of(participant_id, {ids[j]: float(total[j]) for j in best_first})


def _others(stores: Stores, actor: Actor, run: MatchRun, thaw: Thaw) -> OthersCounted | None:
    """Count the others of a run, once."""
    if kept := _kept.get(run.digest):  # one look: another request may drop it meanwhile
        return kept[0]
    everyone = scope_of_everyone(actor.municipality_code)
    since = (person.since_on for person in stores.cases.participants(everyone))
    found: OthersCounted | None
    try:
        weekly, seed = weekly_arrivals(since, run.on), int(run.digest[:16], 16)
        found = count_others(*thaw(run.problem, run.result), weekly, seed)
    except MatcherError:
        found = None
    _kept[run.digest] = (found,)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return found
