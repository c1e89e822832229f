"""What happened so far with a person, as a line of dated sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.pages.people.head import SAID, date_without_weekday
from api.wiring import Wiring
from cases.actions.cataloguing import seen_openings
from cases.actions.matching import Stores
from cases.consent import Consent
from cases.participant import Participant
from cases.permissions import PeopleScope
from cases.proposal import Proposal, ProposalStatus
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from db import audit

MOST: Final = 12
_EVENTS: Final[Mapping[str, str]] = {
    "participant_registered": "登録しました",
    "need_changed": "希望を書きました",
    "address_shown": "守られている住まいを表示しました",
    "lock_settled": "探す前に、枠を決めました",
    "lock_undone": "決めた枠を取り消しました",
    "exclusion_settled": "案を出さない枠を決めました",
    "exclusion_undone": "案を出さない枠を取り消しました",
    "override_settled": "相談室の判断で、合うことにする枠を決めました",
    "override_undone": "相談室の判断を取り消しました",
}
_CHANGES: Final[Mapping[str, str]] = {
    "stage": "段階を変えました",
    "status": "様子を変えました",
    "coordinator_id": "担当を変えました",
    "own_words": "本人の言葉を書きました",
    "town_id": "住まいを直しました",
    "address_protected": "住まいの保護を変えました",
}
"""What a change of a field is worth telling; other changes are corrections."""
_DECIDED: Final[Mapping[ProposalStatus, str]] = {
    ProposalStatus.ADVANCED: "「{place}」の案を進めることにしました",
    ProposalStatus.SET_ASIDE: "「{place}」の案を見送りました",
}


_TOLD: Final = frozenset({*_EVENTS, "participant_changed"})


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing on a day; `kind` is a class of the time line, empty for most."""

    on: date
    words: str
    kind: str = ""

    @property
    def date_words(self) -> str:
        """The day, with its era."""
        return date_without_weekday(self.on)


def history_of(
    person: Participant, wiring: Wiring, stores: Stores, actor: Actor
) -> tuple[Happened, ...]:
    """Return what happened so far, the last things at the end."""
    scope = PeopleScope(actor)
    with wiring.database.reading() as connection:
        events = audit.events(connection, wiring.city.code, subject_id=person.id, kinds=_TOLD)
    names = {user.id: user.name for user in wiring.users.users()}
    openings = seen_openings(actor, stores.catalog)
    places = {id_: each.name for id_, each in openings.items()}
    told = [
        Happened(person.since_on, "相談が始まりました"),
        *_of_consents(stores.cases.consents_of(scope, person.id)),
        *_of_proposals(stores.runs.proposals_for(scope, person.id), places),
        *_of_events(reversed(events), names),
    ]
    return tuple(sorted(told, key=lambda each: each.on)[-MOST:])


def _of_consents(consents: Sequence[Consent]) -> Iterable[Happened]:
    for consent in consents:
        who = f"{consent.given_by}が" if consent.given_by else ""
        yield Happened(consent.on, f"{who}{SAID[consent.state]}", "meeting")


def _of_proposals(proposals: Sequence[Proposal], places: Mapping[str, str]) -> Iterable[Happened]:
    for proposal in proposals:
        words = _DECIDED.get(proposal.status)
        if words and proposal.decided_at:
            place = places.get(proposal.opening_id, "")
            yield Happened(day_in_japan(proposal.decided_at), words.format(place=place))


def _of_events(events: Iterable[AuditEvent], names: Mapping[str, str]) -> Iterable[Happened]:
    for event in events:
        by = names.get(event.actor_id)
        for words in _event_words(event):
            yield Happened(day_in_japan(event.at), f"{words}（{by}）" if by else words)


def _event_words(event: AuditEvent) -> list[str]:
    if event.kind in _EVENTS:
        return [_EVENTS[event.kind]]
    if event.kind == "participant_changed":
        changed = event.detail.get("fields", "").split(",")
        return [_CHANGES[field] for field in changed if field in _CHANGES]
    return []
