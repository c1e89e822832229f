"""Everything about one person, to be handed to them: 開示の求め (個人情報保護法 第76条).

The file `tsunagite.person/1` holds the values as they are kept, without the ids of other people;
what was written freely is listed to be read before it is handed over, for it may be about others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from cases.bond import Bond
from cases.closing import Evaluation, Watch
from cases.consent import Consent
from cases.disclosure import Disclosure
from cases.emergency import EmergencyAccess
from cases.following.follow_up import FollowUp
from cases.helper import Helper
from cases.intake.reception import Reception
from cases.intake.referral import Referral
from cases.meetings.meeting import AgendaItem
from cases.need import Need
from cases.outreach import Visit
from cases.participant import Household, Participant
from cases.placing.enquiry import Enquiry
from cases.placing.placement import Placement
from cases.placing_rule import PlacingRule
from cases.plan import SupportPlan
from cases.proposal import Proposal
from cases.retention import LegalHold
from cases.run import Unplaced
from cases.versions import Version
from catalog.audit import AuditEvent

FORMAT: Final = "tsunagite.person/1"
OF_OTHERS: Final = frozenset(
    {"named_staff_ids", "known_person_ids", "participant_ids", "lat", "lon"}
)
"""Fields that point to other people, or say a place more closely than the person was asked for."""
FREE_TEXTS: Final = frozenset(
    {
        "note", "own_words", "goal", "wishes_text", "avoid_text", "strengths", "existing_options",
        "text", "host_words", "person_words", "next_place",
        "next_step_reason", "reason", "given_by", "capacity", "items", "relation", "words",
        "title", "notes", "who", "what", "heard", "whom_to_ask", "does",
        "why", "answer", "outcome",
        "voice", "support",
        "aim", "long_goal", "short_goal", "direction", "signed_by", "end_reason",
        "reached", "left", "no_watch_reason", "reopen_reason", "how",
    }
)  # fmt: skip
"""Fields in which staff write freely, perhaps about somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """All that is kept about one person.

    Attributes
    ----------
    events
        What was done about them and who looked, the last first.
    receptions
        What was heard of them first, in all versions; so what agencies asked of one another.
    unplaced
        What runs said when they had no place for them, with the day of the run.
    meetings
        What meetings said about them; what the room of a 支援会議 holds never leaves it.
    talks
        What they and their hosts said in talks about placements, in all versions.
    enquiries, placements
        Each as it stands.
    staff, places
        Names of the accounts and of the openings by id.
    """

    person: Participant
    household: Household | None
    need: Need | None
    consents: Sequence[Consent]
    receptions: Sequence[Reception]
    versions: Sequence[Version]
    proposals: Sequence[Proposal]
    rules: Sequence[PlacingRule]
    bonds: Sequence[Bond]
    helper: Helper | None
    disclosures: Sequence[Disclosure]
    holds: Sequence[LegalHold]
    events: Sequence[AuditEvent]
    emergencies: Sequence[EmergencyAccess]
    unplaced: Sequence[tuple[date, Unplaced]]
    helper_proposals: Sequence[Proposal]
    enquiries: Sequence[Enquiry]
    placements: Sequence[Placement]
    meetings: Sequence[AgendaItem]
    talks: Sequence[FollowUp]
    plans: Sequence[SupportPlan] = ()
    evaluations: Sequence[Evaluation] = ()
    watches: Sequence[Watch] = ()
    referrals: Sequence[Referral] = ()
    visits: Sequence[Visit] = ()
    staff: Mapping[str, str]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ToRead:
    """A free text that somebody has to read before it is handed over; `where` is a path."""

    where: str
    words: str


def person_document(record: PersonRecord, at: datetime) -> dict[str, Any]:
    """Return the file `tsunagite.person/1` as JSON values."""
    content = {
        "person": _plain(record.person),
        "household": _plain(record.household),
        "need": _plain(record.need),
        "consents": _plain(record.consents),
        "receptions": _plain(record.receptions),
        "referrals": _plain(record.referrals),
        "visits": _plain(record.visits),
        "plans": _plain(record.plans),
        "evaluations": _plain(record.evaluations),
        "watches": _plain(record.watches),
        "versions": _plain(record.versions),
        "proposals": _proposals(record, record.proposals),
        "without_place": [{"on": on.isoformat()} | _plain(each) for on, each in record.unplaced],
        "settled": _plain(record.rules),
        "bonds": [
            _plain(each) | {"others_people": len(each.participant_ids) - 1} for each in record.bonds
        ],
        "helper": _plain(record.helper),
        "helper_proposals": _proposals(record, record.helper_proposals),
        "enquiries": _plain(record.enquiries),
        "placements": _plain(record.placements),
        "emergencies": _plain(record.emergencies),
        "meetings": _plain(record.meetings),
        "talks": _plain(record.talks),
        "disclosures": _plain(record.disclosures),
        "holds": _plain(record.holds),
        "events": [
            {"at": each.at.isoformat(), "kind": each.kind, "by": _by(record, each.actor_id)}
            for each in record.events
        ],
    }
    return {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "staff": {id_: name for id_, name in record.staff.items() if id_ in _mentioned(content)},
        **content,
        "to_read": [{"where": each.where, "words": each.words} for each in to_read(record)],
    }


def write_person(record: PersonRecord, at: datetime) -> bytes:
    """Return the file `tsunagite.person/1`."""
    document = person_document(record, at)
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def to_read(record: PersonRecord) -> tuple[ToRead, ...]:
    """List every free text of the record: names of others are to be covered before it goes out."""
    parts: list[tuple[str, object]] = [
        ("person", record.person),
        ("household", record.household),
        ("need", record.need),
        ("helper", record.helper),
        *_numbered("consents", record.consents),
        *_numbered("receptions", record.receptions),
        *_numbered("referrals", record.referrals),
        *_numbered("visits", record.visits),
        *_numbered("plans", record.plans),
        *_numbered("evaluations", record.evaluations),
        *_numbered("watches", record.watches),
        *_numbered("looks", [look for watch in record.watches for look in watch.looks]),
        *_numbered("plan_roles", [role for plan in record.plans for role in plan.roles]),
        *_numbered("versions", [each.content for each in record.versions]),
        *_numbered("settled", record.rules),
        *_numbered("bonds", record.bonds),
        *_numbered("meetings", record.meetings),
        *_numbered("meetings/decisions", [d for each in record.meetings for d in each.decisions]),
        *_numbered("talks", record.talks),
        *_numbered("talks/worries", [worry for each in record.talks for worry in each.worries]),
        *_numbered("enquiries", record.enquiries),
        *_numbered("placements", record.placements),
        *_numbered("placements/moves", [m for each in record.placements for m in each.moves]),
        *_numbered("disclosures", record.disclosures),
        *_numbered("holds", record.holds),
        *_numbered("emergencies", record.emergencies),
    ]
    found: dict[str, ToRead] = {}
    for where, part in parts:
        for each in free_texts(where, part):
            found.setdefault(each.words, each)  # what stands in many versions is read once
    return tuple(found.values())


def _proposals(record: PersonRecord, made: Sequence[Proposal]) -> list[dict[str, Any]]:
    return [_plain(each) | {"place": record.places.get(each.opening_id, "")} for each in made]


def _numbered(name: str, values: Sequence[object]) -> list[tuple[str, object]]:
    return [(f"{name}/{at}", each) for at, each in enumerate(values)]


def free_texts(where: str, value: object) -> Iterator[ToRead]:
    """Yield what staff have written freely in one part of a record."""
    if not is_dataclass(value):
        return
    for each in fields(value):
        words = getattr(value, each.name)
        if isinstance(value, EmergencyAccess) and each.name == "reason":
            continue  # the code of a list; the free text beside it are its words
        if each.name in FREE_TEXTS and isinstance(words, str) and words.strip():
            yield ToRead(f"{where}/{each.name}", words)


def _by(record: PersonRecord, actor_id: str) -> str:
    return record.staff.get(actor_id, "")


def _mentioned(content: Any) -> set[str]:
    match content:
        case str():
            return {content}
        case Mapping():
            return set[str]().union(*map(_mentioned, content.values()))
        case list():
            return set[str]().union(*map(_mentioned, content))
    return set()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            each.name: _plain(getattr(value, each.name))
            for each in fields(value)
            if each.name not in OF_OTHERS
        }
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case frozenset() | set():
            return sorted((_plain(each) for each in value), key=str)
        case tuple() | list():
            return [_plain(each) for each in value]
    return value
