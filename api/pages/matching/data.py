"""A run with everything that its pages tell of it, as far as one reader may know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from fastapi import HTTPException

from api.wiring import Wiring
from cases.actions.cataloguing import seen_openings
from cases.actions.matching import Stores, load_city, policy_of_run
from cases.matching.city import City, locate
from cases.matching.run_changes import Change, changes_between
from cases.matching.run_groups import UNDER_WAY
from cases.participant import Participant
from cases.permissions import PeopleScope
from cases.proposal import Proposal, ProposalStatus
from cases.run import MatchRun
from catalog.actor import Actor
from catalog.opening import Opening
from catalog.resource import Resource
from db.records import DeletedInRun
from exchange.run_records import RunRecord, read_record
from geo.towns import Town
from matcher.policy import Policy

NOBODY: Final = DeletedInRun()


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where someone lives, as far as a list may tell: nothing of a protected person."""

    district: str = ""
    town: Town | None = None


@dataclass(frozen=True, eq=False)
class RunData:
    """A run as one reader may see it.

    Attributes
    ----------
    people
        By id: everybody of the run, and everybody else whom the reader may open.
    before
        Proposals of the run before; None for the first run.
    under_way
        Proposals of earlier runs with which people of this run already go forward.
    is_latest
        Whether no later run exists: decisions are made about the latest one only.
    policy
        The one that the run names.
    deleted
        How many whom the reader knew of have been deleted since.
    """

    actor: Actor
    run: MatchRun
    proposals: list[Proposal]
    before: list[Proposal] | None
    under_way: list[Proposal]
    is_latest: bool
    people: dict[str, Participant]
    openings: dict[str, Opening]
    city: City
    districts: tuple[str, ...]
    policy: Policy
    deleted: DeletedInRun = NOBODY

    @property
    def everybody(self) -> int:
        """How many people the reader knows of in this run."""
        left = len(self.run.unplaced) + len(self.run.not_considered)
        return len(self.proposals) + left

    @property
    def considered(self) -> int:
        """How many people that the reader knows of took part in the computation."""
        deleted = self.deleted.proposed + self.deleted.not_placed
        return len(self.proposals) + len(self.run.unplaced) + deleted

    @property
    def all_proposals(self) -> list[Proposal]:
        """Those of this run, and those with which people of it go forward already."""
        return [*self.proposals, *self.under_way]

    @cached_property
    def record(self) -> RunRecord:
        """What the frozen files say."""
        return read_record(self.run.problem, self.run.result)

    @property
    def is_whole(self) -> bool:
        """Whether the reader may know of everybody who took part.

        If not, nothing may be told that was counted over all: the difference would hint at them.
        """
        return self.considered == self.record.people

    @cached_property
    def changes(self) -> list[Change]:
        """What is different from the run before."""
        if self.before is None:
            return []
        return changes_between(self.before, self.run, self.proposals)

    @cached_property
    def whereabouts(self) -> dict[str, Whereabouts]:
        """Where people live, by id."""
        people = list(self.people.values())
        located = locate([p.town_id for p in people], [(p.lat, p.lon) for p in people], self.city)
        towns: list[Town | None] = [*self.city.towns, None]
        names = next(iter(self.city.districts.values()), {})
        found = {}
        for person, at in zip(people, located.towns.tolist(), strict=True):
            town = towns[at]
            if person.address_protected or town is None:
                found[person.id] = Whereabouts()
            else:
                found[person.id] = Whereabouts(names.get(town.id, ""), town)
        return found

    def name_of(self, opening: Opening) -> str:
        """Return how an opening is named with its place: けやき台サロン「お茶の会」."""
        resource = self.resource_of(opening)
        return f"{resource.name}「{opening.name}」" if resource else opening.name

    def resource_of(self, opening: Opening) -> Resource | None:
        """Return the place of an opening."""
        return self.city.resources.get(opening.resource_id)


def load_run(wiring: Wiring, stores: Stores, actor: Actor, run_id: str) -> RunData:
    """Read a run, within one picture of the database.

    Raises
    ------
    HTTPException
        404, where there is no such run.
    """
    scope = PeopleScope(actor)
    run = stores.runs.run(scope, run_id)
    if run is None:
        raise HTTPException(404)
    earlier = stores.runs.run_by_number(scope, run.number - 1)
    city = load_city(stores.catalog, stores.municipality, run.on)
    return RunData(
        actor=actor,
        run=run,
        proposals=list(stores.runs.proposals(scope, run.id)),
        before=None if earlier is None else list(stores.runs.proposals(scope, earlier.id)),
        under_way=_under_way(stores, scope, run),
        is_latest=stores.runs.run_by_number(scope, run.number + 1) is None,
        people={each.id: each for each in stores.cases.participants(scope)},
        openings=seen_openings(actor, stores.catalog),
        city=city,
        districts=_district_names(wiring, city),
        policy=policy_of_run(stores.municipality, run),
        deleted=wiring.records.deleted_in(scope, run.id),
    )


def _under_way(stores: Stores, scope: PeopleScope, run: MatchRun) -> list[Proposal]:
    going = {each.participant_id for each in run.not_considered if each.why == UNDER_WAY}
    if not going:
        return []
    return [
        each
        for each in stores.runs.decided_proposals(scope)
        if each.status is ProposalStatus.ADVANCED
        and each.run_id != run.id
        and each.participant_id in going
    ]


def _district_names(wiring: Wiring, city: City) -> tuple[str, ...]:
    """Return the names of the 圏域 that lists and maps use, in the order of the settings."""
    layer = next(iter(city.districts), None)
    return tuple(
        each.name
        for one in wiring.ground.settings().districts
        if one.key == layer
        for each in one.districts
    )
