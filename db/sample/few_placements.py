"""A few placements of the sample city with what was said in talks about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from cases.following.follow_up import FollowUp, FollowUpState, Side, Worry
from cases.following.scale_packs import default_scale
from cases.participant import Participant
from cases.placing.placement import Moved, Placement, PlacementState, PlacementStep
from catalog.dates import day_in_japan
from catalog.ids import IdSource
from catalog.opening import Opening, Stage
from db.sample.places import read


def make_few_placements(
    participants: Iterable[Participant],
    openings: Iterable[Opening],
    new_id: IdSource,
    at: datetime,
) -> tuple[list[Placement], list[FollowUp]]:
    """Return the placements of data/few_placements.toml and the talks about them."""
    people = {person.name: person for person in participants}
    places = {opening.name: opening for opening in openings}
    placed, talks = [], []
    for row in read("few_placements")["placements"]:
        person = people.get(row["who"])
        if person is None or person.since_on > _before(day_in_japan(at), row["begun"]):
            continue
        placement = _placement(row, person, places[row["opening"]], new_id(), at)
        placed.append(placement)
        talks += [_talk(said, placement, new_id(), at) for said in row.get("talks", [])]
    return placed, talks


def _placement(
    row: Mapping[str, Any], person: Participant, opening: Opening, id_: str, at: datetime
) -> Placement:
    today, stage = day_in_japan(at), Stage[row["stage"].upper()]
    rest = row.get("rests")
    moved = (
        (Moved(PlacementStep.REST, _before(today, rest["ago"]), stage, words="休みたい"),)
        if rest
        else ()
    )
    return Placement(
        id=id_,
        participant_id=person.id,
        opening_id=opening.id,
        host_id=opening.host_id,
        state=PlacementState.RESTING if rest else PlacementState.RUNNING,
        stage=stage,
        begun_on=_before(today, row["begun"]),
        moves=moved,
        rests_until_on=_before(today, -rest["again"]) if rest else None,
        coordinator_id=person.coordinator_id,
        recorded_at=at,
    )


def _talk(said: Mapping[str, Any], placement: Placement, id_: str, at: datetime) -> FollowUp:
    on, scale = _before(day_in_japan(at), said["ago"]), default_scale()
    fits: Sequence[int | None] = said.get("fits", (None, None))
    worry = said.get("worry")
    return FollowUp(
        id=id_,
        placement_id=placement.id,
        participant_id=placement.participant_id,
        side=Side(said["side"]),
        due_on=on,
        occasion=said["occasion"],
        state=FollowUpState.DONE,
        done_on=on,
        how="phone",
        fits_state=fits[0],
        fits_wishes=fits[1],
        came=said["came"],
        planned=said["planned"],
        absence_reason=said.get("absence", ""),
        voice=said.get("voice", ""),
        worries=(Worry(worry, said["weight"], said["support"]),) if worry else (),
        scales=((scale.id, scale.version, tuple(said["axes"])),) if "axes" in said else (),
        made_by=placement.coordinator_id or "",
        recorded_at=at - timedelta(said["ago"]),
    )


def _before(today: date, days: int) -> date:
    return today - timedelta(days)
