"""What somebody already knows: places, hosts, and people who are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from cases.need import Need
from cases.participant import Participant, ParticipantStatus
from cases.proposal import Proposal, ProposalStatus
from cases.receiving import Receiving
from matcher.profiles import Bools

MayKnow: TypeAlias = Callable[[Participant, Participant], bool]
"""Whether it may be counted for the first person that the second, whom they know, is somewhere."""


def is_of_same_office(asking: Participant, known: Participant) -> bool:
    """Tell whether one office accompanies both; what is counted for all its readers rests on it."""
    return asking.office_id == known.office_id


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """At which openings people take part.

    Attributes
    ----------
    own
        By participant id, of everyone who is placed: what they themselves know.
    placed
        Those of whom others may learn that someone they know is there: nobody protected.
    may_know
        Of which of them whoever reads about a person may learn it.
    """

    own: Mapping[str, frozenset[str]] = field(default_factory=dict)
    placed: Mapping[str, Participant] = field(default_factory=dict)
    may_know: MayKnow = is_of_same_office

    def of_known(self, asking: Participant, known_ids: Iterable[str]) -> frozenset[str]:
        """Return the openings at which people are whom a person knows."""
        told = (self.placed[id_] for id_ in known_ids if id_ in self.placed)
        return frozenset(
            opening
            for known in told
            if self.may_know(asking, known)
            for opening in self.own.get(known.id, ())
        )


def whereabouts_of(
    decided: Iterable[Proposal],
    participants: Iterable[Participant],
    may_know: MayKnow = is_of_same_office,
) -> Whereabouts:
    """Return where people are who are placed, by the proposals that were advanced for them.

    What is only under way is not counted: nobody has been there yet.
    """
    placed = {each.id: each for each in participants if each.status is ParticipantStatus.PLACED}
    at: defaultdict[str, set[str]] = defaultdict(set)
    for proposal in decided:
        if proposal.status is ProposalStatus.ADVANCED and proposal.participant_id in placed:
            at[proposal.participant_id].add(proposal.opening_id)
    own = {person: frozenset(openings) for person, openings in at.items()}
    told = {id_: each for id_, each in placed.items() if not each.address_protected}
    return Whereabouts(own, told, may_know)


def find_familiar(
    needs: Sequence[Need], receiving: Sequence[Receiving], whereabouts: Whereabouts
) -> Bools:
    """Tell which openings are at a place or host that each person knows, [n, m]."""
    resource_of = {each.opening.id: each.opening.resource_id for each in receiving}
    familiar = np.zeros((len(needs), len(receiving)), np.bool_)
    for row, need in enumerate(needs):
        been_at = whereabouts.own.get(need.participant_id, frozenset())
        places = need.known_place_ids | {resource_of.get(opening) for opening in been_at}
        if places or need.known_host_ids:
            familiar[row] = [
                each.opening.resource_id in places or each.opening.host_id in need.known_host_ids
                for each in receiving
            ]
    return familiar


def find_acquainted(
    people: Sequence[Participant],
    needs: Sequence[Need],
    receiving: Sequence[Receiving],
    whereabouts: Whereabouts,
) -> Bools:
    """Tell at which openings someone is whom each person knows, [n, m]."""
    acquainted = np.zeros((len(needs), len(receiving)), np.bool_)
    for row, (person, need) in enumerate(zip(people, needs, strict=True)):
        there = whereabouts.of_known(person, need.known_person_ids)
        if there:
            acquainted[row] = [each.opening.id in there for each in receiving]
    return acquainted
