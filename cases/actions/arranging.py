"""What was settled before the search, read from the stores for one matching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from cases.matching.arrangements import Arrangements, arrange
from cases.matching.waiting import ASKING
from cases.permissions import PeopleScope
from cases.ports import CaseStore, CatalogStore, RuleStore, RunStore
from cases.proposal import Proposal, ProposalStatus
from catalog.dates import day_in_japan


def load_arrangements(
    everyone: PeopleScope,
    cases: CaseStore,
    catalog: CatalogStore,
    rules: RuleStore,
    decided: Sequence[Proposal],
    on: date,
    previous: Mapping[str, str] | None = None,
) -> Arrangements:
    """Return what holds on a day.

    Parameters
    ----------
    everyone
        The scope of a computation: what was settled about protected people counts as well.
    decided
        All proposals that were ever advanced or set aside.
    previous
        Opening of the last run that should be kept, by participant id.
    """
    asking = {each.id for each in cases.participants(everyone) if each.status in ASKING}
    advanced = [each for each in decided if each.status is ProposalStatus.ADVANCED]
    host_of = {each.id: each.host_id for each in catalog.openings()}
    came = Counter(host_of.get(each.opening_id, "") for each in advanced if _is_of_month(each, on))
    return arrange(
        rules.placing_rules(everyone),
        rules.bonds(everyone),
        on,
        under_way={
            each.participant_id: each.opening_id
            for each in advanced
            if each.participant_id in asking
        },
        asking=asking,
        previous=previous,
        came=came,
    )


def last_proposed(everyone: PeopleScope, runs: RunStore) -> dict[str, str]:
    """Return the openings that the last run proposed and nobody has decided about."""
    last = runs.latest_run(everyone)
    if last is None:
        return {}
    return {
        each.participant_id: each.opening_id
        for each in runs.proposals(everyone, last.id)
        if each.status is ProposalStatus.PROPOSED
    }


def _is_of_month(proposal: Proposal, on: date) -> bool:
    if proposal.decided_at is None:
        return False
    day = day_in_japan(proposal.decided_at)
    return (day.year, day.month) == (on.year, on.month)
