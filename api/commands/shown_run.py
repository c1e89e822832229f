"""A matching run with everything that a terminal or a program is told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.commands.office import Office, onlooker_of

if TYPE_CHECKING:
    from cases.actions.matching import Stores
    from cases.participant import Participant
    from cases.proposal import Proposal
    from cases.run import MatchRun
    from catalog.opening import Opening
    from matcher.policy import Policy


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run with everything that its table names; proposals by fit, then by who has waited longer.

    `names_shown`: only in the fictional sample do names stand on a terminal.
    """

    run: MatchRun
    proposals: Sequence[Proposal]
    people: Mapping[str, Participant]
    openings: Mapping[str, Opening]
    policy: Policy
    names_shown: bool

    def document(self) -> dict[str, object]:
        """Return `tsunagite.match/1`."""
        from exchange.match_documents import match_document

        case_nos = {id_: person.case_no for id_, person in self.people.items()}
        return match_document(self.run, self.proposals, case_nos, self.openings)


def gather(office: Office, stores: Stores, run: MatchRun) -> ShownRun:
    """Read what the table of a run names."""
    from cases.actions.matching import policy_of_run
    from cases.permissions import PeopleScope

    scope = PeopleScope(onlooker_of(office))
    people = {person.id: person for person in stores.cases.participants(scope)}
    proposals = sorted(
        stores.runs.proposals(scope, run.id),
        key=lambda each: (
            -each.score,
            people[each.participant_id].since_on,
            people[each.participant_id].case_no,
        ),
    )
    return ShownRun(
        run=run,
        proposals=proposals,
        people=people,
        openings={opening.id: opening for opening in stores.catalog.openings()},
        policy=policy_of_run(stores.municipality, run),
        names_shown=office.is_sample,
    )
