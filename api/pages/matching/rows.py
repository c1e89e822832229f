"""The rows of the lists of a run: who, where to, how it fits, and what was decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from api.city_map import collection, line_feature, point_feature
from api.pages.contexts import NearPlace
from api.pages.matching.contexts import (
    ChangeRow,
    PersonRow,
    ProposalRow,
    Reason,
    View,
    Who,
)
from api.pages.matching.data import RunData
from cases.matching.run_changes import Change, change_words
from cases.matching.run_groups import UNDER_WAY, missing_words
from cases.participant import age_on
from cases.permissions import Action, may_with
from cases.proposal import Proposal, ProposalStatus
from cases.run import NotConsidered, Unplaced
from cases.words.dates import day_words, schedule_days_words
from cases.words.wording import fit_word, not_considered_words
from catalog.opening import Opening
from catalog.vocabulary import Vocabulary
from matcher.explanation import Word

AROUND_METRES: Final = 250
"""The dashed circle at the centre of a town; nobody lives at a point of the map."""
REASON_KEYS: Final = "1234567890qwertyuiop"
DECIDED: Final = ("consent_refused", "consent_withdrawn")
"""Who said no is not asked to sign; the next step is a talk."""
NOWHERE: Final = "場所の記録がありません"
FITS: Final = [str(word) for word in Word]


def proposal_order(data: RunData, sort: str) -> Callable[[Proposal], tuple[Any, ...]]:
    """Return the key that puts proposals in an order; of equals who has waited longer comes first.

    Where somebody protected lives decides nothing: they stand last among the 圏域.
    """

    def waited(proposal: Proposal) -> tuple[Any, ...]:
        person = data.people[proposal.participant_id]
        return person.since_on, person.case_no

    def by_district(proposal: Proposal) -> tuple[Any, ...]:
        name = data.whereabouts[proposal.participant_id].district
        known = name in data.districts
        at = data.districts.index(name) if known else len(data.districts)
        return at, *waited(proposal)

    def by_fit(proposal: Proposal) -> tuple[Any, ...]:
        return FITS.index(proposal.word), *waited(proposal)

    return {"district": by_district, "fit": by_fit, "waiting": waited}[sort]


def who_of(data: RunData, participant_id: str) -> Who:
    """Return how a list names someone."""
    person = data.people[participant_id]
    if person.address_protected:
        return Who(person.name, f"/people/{person.id}", is_protected=True)
    age = age_on(person.birth_on, data.run.on)
    district = data.whereabouts[person.id].district
    about = "・".join(filter(None, (f"{age}歳" if age is not None else "", district)))
    return Who(person.name, f"/people/{person.id}", about)


def place_of(data: RunData, proposal: Proposal) -> tuple[str, str, str]:
    """Return the name of the place, what one does there, and on which days."""
    opening = data.openings.get(proposal.opening_id)
    if opening is None:
        return NOWHERE, "", ""
    resource = data.resource_of(opening)
    name = resource.name if resource else opening.name
    return name, opening.name, schedule_days_words(opening.schedule)


def action_of(proposal: Proposal, view: View) -> str:
    """Return the address that takes decisions about a proposal."""
    return f"/matching/{proposal.run_id}/proposals/{proposal.id}{view.query()}"


def proposal_row(data: RunData, proposal: Proposal, view: View) -> ProposalRow:
    """Return the row of a proposal."""
    place, what, days = place_of(data, proposal)
    person = data.people[proposal.participant_id]
    may_decide = may_with(data.actor, Action.DECIDE_PROPOSAL, person)
    aside, effect = aside_words(proposal, data.city.vocabulary)
    return ProposalRow(
        anchor=f"row-{proposal.id}",
        who=who_of(data, person.id),
        place=place,
        what=what,
        days=days,
        fit=fit_word(proposal.word),
        why=proposal.short,
        reasons_href=f"/matching/{data.run.id}/pairs/{person.id}/{proposal.opening_id}",
        status=proposal.status.value,
        action=action_of(proposal, view),
        aside=aside,
        aside_effect=effect,
        can_decide=may_decide and data.is_latest and proposal.run_id == data.run.id,
        can_undo=may_decide,
        on_map=_on_map(data, proposal),
    )


def aside_words(proposal: Proposal, vocabulary: Vocabulary) -> tuple[str, str]:
    """Return the reason for which a proposal was set aside and what it does, or nothing."""
    if proposal.status is not ProposalStatus.SET_ASIDE:
        return "", ""
    code = vocabulary.codes("set_aside_reason").get(proposal.set_aside_reason)
    return (code.label, code.note) if code else (proposal.set_aside_reason, "")


def choosing(row: ProposalRow, vocabulary: Vocabulary) -> ProposalRow:
    """Return a row that asks for the reason to set it aside."""
    codes = vocabulary.codes("set_aside_reason").values()
    keys = REASON_KEYS.ljust(len(codes))
    return replace(
        row,
        reasons=tuple(
            Reason(code.code, key.strip(), code.label, code.note)
            for code, key in zip(codes, keys, strict=False)
        ),
    )


def person_row(data: RunData, each: Unplaced | NotConsidered) -> PersonRow:
    """Return the row of someone without a proposal: why, and the next step."""
    person = data.people[each.participant_id]
    own = f"/people/{person.id}"
    if isinstance(each, Unplaced):
        head, words = missing_words(each), each.words
        href, verb = f"{own}/openings", "枠ごとの理由を見る"
        if each.reason == "crowded_out":
            href, verb = (
                f"/matching/{data.run.id}/crowded/{person.id}",
                "だれの案か、動かすとどうなるか",
            )
    else:
        head = ""
        words, _, verb = map(str.strip, not_considered_words(each.why).partition("→"))
        asks_consent = each.why.startswith("consent_") and each.why not in DECIDED
        href, verb = (f"{own}/consent", "同意を記録する") if asks_consent else (own, verb)
    return PersonRow(
        anchor=f"row-{person.id}",
        who=who_of(data, person.id),
        head=head,
        words=words,
        days=(data.run.on - person.since_on).days,
        since=day_words(person.since_on),
        href=href,
        verb=verb,
        near=_near(data, each) if isinstance(each, Unplaced) else (),
    )


def _near(data: RunData, each: Unplaced) -> tuple[NearPlace, ...]:
    """Return the openings within reach that are still known."""
    return tuple(
        NearPlace(
            data.name_of(opening),
            f"/people/{each.participant_id}/openings/{opening.id}",
            near.change,
        )
        for near in each.near
        if (opening := data.openings.get(near.opening_id)) is not None
    )


def waits(each: NotConsidered) -> bool:
    """Tell whether something is still to be asked, and the person does not go forward already."""
    return each.why != UNDER_WAY


def change_row(data: RunData, change: Change) -> ChangeRow:
    """Return the row of a change: what is different, the place before and now."""
    before, after = (
        "　".join(filter(None, place_of(data, each))) if each else ""
        for each in (change.before, change.after)
    )
    return ChangeRow(
        anchor=f"row-{change.participant_id}",
        who=who_of(data, change.participant_id),
        what=change_words(change.kind),
        before=before,
        after=after,
    )


def place_feature(data: RunData, opening: Opening, **properties: object) -> dict[str, Any] | None:
    """Return the place of an opening on the map, or None where its point is not known."""
    resource = data.resource_of(opening)
    if resource is None or resource.lat is None or resource.lon is None:
        return None
    return point_feature("place", resource.lat, resource.lon, name=resource.name, **properties)


def _on_map(data: RunData, proposal: Proposal) -> Any:
    """Return what the map shows of one proposal: the town, the way, the place.

    The two labels stand away from the line between them.
    """
    opening = data.openings.get(proposal.opening_id)
    place = place_feature(data, opening, current=True) if opening else None
    town = data.whereabouts[proposal.participant_id].town
    features = []
    lies_south = True
    if town is not None and town.lat is not None and town.lon is not None:
        start = (town.lat, town.lon)
        features.append(point_feature("around", *start, metres=AROUND_METRES))
        if place is not None and proposal.way:
            lon, lat = place["geometry"]["coordinates"]
            lies_south = lat <= town.lat
            features.append(line_feature("way", (start, (lat, lon))))
            side = "above" if lies_south else "below"
            features.append(point_feature("label", *start, name=proposal.way, of="way", side=side))
    if place is not None:
        lon, lat = place["geometry"]["coordinates"]
        name, side = place["properties"]["name"], "below" if lies_south else "above"
        features += [place, point_feature("label", lat, lon, name=name, of="place", side=side)]
    return collection(features)
