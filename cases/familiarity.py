"""What somebody already knows: places, hosts, and people who are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cases.need import Need
from cases.participant import Participant, ParticipantStatus
from cases.proposal import Proposal, ProposalStatus
from cases.receiving import Receiving
from matcher.profiles import Bools


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """At which openings people take part, by participant id.

    Attributes
    ----------
    own
        Of everyone who is placed: what they themselves know.
    told
        Of those of whom others may learn that someone they know is there: nobody protected.
    """

    own: Mapping[str, frozenset[str]] = field(default_factory=dict)
    told: Mapping[str, frozenset[str]] = field(default_factory=dict)


def whereabouts_of(decided: Iterable[Proposal], participants: Iterable[Participant]) -> Whereabouts:
    """Return where people are who are placed, by the proposals that were advanced for them.

    What is only under way is not counted: nobody has been there yet.
    """
    placed = {each.id: each for each in participants if each.status is ParticipantStatus.PLACED}
    at: defaultdict[str, set[str]] = defaultdict(set)
    for proposal in decided:
        if proposal.status is ProposalStatus.ADVANCED and proposal.participant_id in placed:
            at[proposal.participant_id].add(proposal.opening_id)
    own = {person: frozenset(openings) for person, openings in at.items()}
    told = {id_: places for id_, places in own.items() if not placed[id_].address_protected}
    return Whereabouts(own, told)


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
    needs: Sequence[Need], receiving: Sequence[Receiving], whereabouts: Whereabouts
) -> Bools:
    """Tell at which openings someone is whom each person knows, [n, m]."""
    acquainted = np.zeros((len(needs), len(receiving)), np.bool_)
    for row, need in enumerate(needs):
        there = {
            opening
            for person in need.known_person_ids
            for opening in whereabouts.told.get(person, ())
        }
        if there:
            acquainted[row] = [each.opening.id in there for each in receiving]
    return acquainted
