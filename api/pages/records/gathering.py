"""Everything about one person gathered for handing it out, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from api.pages.people import closing_form, plan_form
from api.pages.people.head import date_without_weekday, told_of_consent
from api.pages.people.options import Options, load_options
from api.pages.people.words import need_rows, person_rows, whereabouts_rows
from api.pages.placing_lists.words import answer_words
from api.pages.records.changes import Change, changes_of
from api.pages.records.words import ToldRow, at_words, told_rows
from api.talk_words import talk_words
from api.wiring import Wiring
from cases.actions.intake import find_person
from cases.actions.matching import Stores
from cases.actions.planning import judgements_on
from cases.emergency import own_terms
from cases.life_words import state_word
from cases.need import Need
from cases.participant import Participant
from cases.permissions import Action, PeopleScope, check_may_with
from cases.placing import enquiry
from cases.placing_rule import PlacingKind
from cases.proposal import Proposal, ProposalStatus
from cases.versions import Version
from cases.words.audit import deed_words, was_emergency, where_words
from cases.words.dates import date_words
from cases.words.wording import own_wording
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.vocabulary import Vocabulary
from exchange.person_export import PersonRecord, to_read

DECIDED: Final = {
    ProposalStatus.PROPOSED: "案",
    ProposalStatus.ADVANCED: "進めることにしました",
    ProposalStatus.SET_ASIDE: "見送りました",
}
SETTLED: Final = {
    PlacingKind.LOCK: "枠を決めました",
    PlacingKind.EXCLUSION: "案を出さないことにしました",
    PlacingKind.OVERRIDE: "相談室の判断で、合うことにしました",
}


PARTS: Final = {
    "person": "本人のこと",
    "household": "世帯",
    "need": "希望",
    "helper": "支え手として",
    "consents": "同意",
    "receptions": "受付",
    "referrals": "つなぎ",
    "visits": "訪問",
    "plans": "支援プラン",
    "plan_roles": "支援プラン",
    "evaluations": "評価",
    "watches": "見守り",
    "looks": "見守り",
    "versions": "これまでの記録",
    "settled": "決めておいたこと",
    "bonds": "一緒に・別々に",
    "meetings": "会議",
    "talks": "聞き取り",
    "enquiries": "打診",
    "placements": "参加",
    "disclosures": "知らせたことの記録",
    "holds": "削除の停止",
    "emergencies": "緊急閲覧",
}
FIELDS: Final = {
    "note": "備考",
    "own_words": "本人の言葉",
    "goal": "目指す姿",
    "wishes_text": "ことばで",
    "avoid_text": "苦手なこと",
    "strengths": "得意なこと",
    "existing_options": "今ある制度",
    "next_step_reason": "次の一歩の理由",
    "reason": "理由",
    "given_by": "だれが同意したか",
    "capacity": "本人の意思の確かめ方",
    "aim": "目指す姿（プラン）",
    "long_goal": "長い目で見た目標",
    "short_goal": "まず めざすこと",
    "direction": "支援の方針",
    "signed_by": "署名した方",
    "end_reason": "終える理由",
    "does": "なにを",
    "reached": "できたこと",
    "left": "残っていること",
    "no_watch_reason": "見守らない理由",
    "reopen_reason": "また始める理由",
    "how": "見守り方",
    "items": "くわしく",
    "relation": "続き柄",
    "words": "書いた文",
    "title": "議題の名前",
    "notes": "話し合ったこと",
    "text": "受け入れ先に伝えた文",
    "host_words": "受け入れ先のひとこと",
    "person_words": "本人のことば",
    "next_place": "次の行き先",
    "voice": "声",
    "support": "受け入れ先にした支援",
    "who": "だれが",
    "heard": "聞いたこと",
    "why": "たのむこと",
    "answer": "返事",
    "outcome": "どうなったか",
    "whom_to_ask": "だれに聞けばよいか",
    "what": "なにを",
}
"""What parts and free texts of a record are called where they are read before handing out."""


def label_of(where: str) -> str:
    """Return what a free text is, from its path in the file: 希望・めざすこと."""
    part, *_, name = where.split("/")
    return f"{PARTS[part]}・{FIELDS[name]}"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the record: rows of what it is and what it says; long ones make a list."""

    title: str
    rows: tuple[tuple[str, str], ...]
    is_list: bool = True


@dataclass(frozen=True, slots=True)
class Printed:
    """The record as it is read on paper; `to_read` may be about others and is to be checked."""

    name: str
    case_no: str
    made: str
    sections: tuple[Section, ...]
    told: tuple[ToldRow, ...]
    changes: tuple[Change, ...]
    to_read: tuple[tuple[str, str], ...]


def gather(actor: Actor, wiring: Wiring, stores: Stores, participant_id: str) -> PersonRecord:
    """Return all that is kept about a person, and note that it was handed out.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know the person or hand out records.
    """
    person = find_person(actor, stores.cases, participant_id)
    check_may_with(actor, Action.HAND_OUT_RECORDS, person)
    scope, records = PeopleScope(actor), wiring.records
    homes = stores.cases.households(scope)
    helper = stores.helping.helper_of(scope, participant_id)
    noted = AuditEvent(
        "person_exported", actor.user_id, "participant", participant_id, wiring.clock()
    )
    records.record(noted)
    return PersonRecord(
        person=person,
        household=homes.get(person.household_id or ""),
        need=stores.cases.need(scope, participant_id),
        consents=stores.cases.consents_of(scope, participant_id),
        receptions=[
            version
            for each in wiring.intake.receptions_of(scope, participant_id)
            for version in wiring.intake.versions_of_reception(scope, each.id)
        ],
        plans=wiring.plans.versions_of_plans(scope, participant_id),
        evaluations=wiring.closing.versions_of_evaluations(scope, participant_id),
        watches=wiring.closing.versions_of_watches(scope, participant_id),
        versions=records.versions_of(scope, participant_id),
        visits=[
            version
            for each in wiring.visits.visits_of(scope, participant_id)
            for version in wiring.visits.versions_of_visit(scope, each.id)
        ],
        referrals=[
            version
            for each in wiring.referrals.referrals_of(scope, participant_id)
            for version in wiring.referrals.versions_of_referral(scope, each.id)
        ],
        proposals=stores.runs.proposals_for(scope, participant_id),
        rules=[
            each
            for each in stores.rules.placing_rules(scope)
            if each.participant_id == participant_id
        ],
        bonds=[
            each for each in stores.rules.bonds(scope) if participant_id in each.participant_ids
        ],
        helper=helper,
        helper_proposals=stores.helping.helper_proposals_for(scope, helper.id) if helper else (),
        emergencies=[
            each
            for each in wiring.emergencies.about(scope)
            if each.participant_id == participant_id
        ],
        unplaced=stores.runs.unplaced_of(scope, participant_id),
        meetings=wiring.meetings.agenda_about(scope, participant_id),
        talks=[
            version
            for each in wiring.following.follow_ups_of(scope, participant_id)
            for version in wiring.following.versions_of_follow_up(scope, each.id)
        ],
        enquiries=wiring.placing.enquiries_of(scope, participant_id),
        placements=wiring.placing.placements_of(scope, participant_id),
        disclosures=records.disclosures_of(scope, participant_id),
        holds=records.holds_of(scope, participant_id),
        events=records.events_about(participant_id),
        staff={user.id: user.name for user in wiring.users.users()},
        places={each.id: each.name for each in stores.catalog.openings()},
    )


def printed(record: PersonRecord, actor: Actor, wiring: Wiring, stores: Stores) -> Printed:
    """Return a record in words, for the person to read."""
    options = load_options(wiring, stores, actor, record.person.id)
    judgements = judgements_on(actor, wiring.meetings, record.person.id)
    judged = {each.item_id: each.words for each in judgements}
    sections = [
        Section("本人のこと", _of_person(record, options, wiring), is_list=False),
        Section("希望", need_rows(record.need, options) if record.need else (), is_list=False),
        Section("同意", tuple(told_of_consent(each) for each in record.consents)),
        Section("受付", _of_receptions(record)),
        Section("ほかの機関との つなぎ", _of_referrals(record)),
        Section("訪問", _of_visits(record, wiring)),
        Section("支援プラン", _of_plans(record, options, judged)),
        Section("評価", _of_evaluations(record, options)),
        Section("見守り", _of_watches(record)),
        Section("つなぎ先の案", _of_proposals(record, record.proposals)),
        Section(
            "つなぎ先が見つからなかったとき",
            tuple((on.isoformat(), each.words) for on, each in record.unplaced),
        ),
        Section("決めておいたこと", _of_rules(record)),
        Section(
            "支え手として",
            ((record.helper.strengths, record.helper.note),) if record.helper else (),
        ),
        Section("支え手としての案", _of_proposals(record, record.helper_proposals)),
        Section("会議", _of_meetings(record)),
        Section("聞き取り", _of_talks(record, wiring)),
        Section("打診", _of_enquiries(record, wiring.vocabulary)),
        Section("緊急閲覧", _of_emergencies(record)),
        Section("記録を開いた・変えた人", _of_events(record)),
    ]
    return Printed(
        name=record.person.name,
        case_no=record.person.case_no,
        made=at_words(wiring.clock()),
        sections=tuple(sections),
        told=told_rows(record.disclosures),
        changes=changes_of(_without_others(record.versions), options, record.staff, hides=False),
        to_read=tuple((label_of(each.where), each.words) for each in to_read(record)),
    )


def _without_others(versions: Sequence[Version]) -> list[Version]:
    """Return versions without whom a need names: other people, of whom the paper may not tell."""
    return [
        replace(each, content=replace(each.content, known_person_ids=frozenset()))
        if isinstance(each.content, Need)
        else each
        for each in versions
    ]


def _of_person(
    record: PersonRecord, options: Options, wiring: Wiring
) -> tuple[tuple[str, str], ...]:
    person: Participant = record.person
    today = day_in_japan(wiring.clock())
    stage, status = (
        own_wording().say("stage", int(person.stage)),
        own_wording().say("status", person.status),
    )
    own = (("本人の言葉", person.own_words), ("いまの段階", stage), ("いまの様子", status))
    home = (("世帯", record.household.name),) if record.household else ()
    rows = (
        ("ふりがな", person.name_kana),
        *person_rows(person, options, today),
        *whereabouts_rows(person, options),
        *home,
        ("支援している事業", "、".join(person.programmes)),
        ("中心になる機関", person.office_id or ""),
        ("プランに加わる機関", "、".join(sorted(person.member_office_ids))),
        *own,
    )
    return tuple(each for each in rows if each[1])


def _of_plans(
    record: PersonRecord, options: Options, judged: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    services = plan_form.services_of(options)
    return tuple(
        (
            f"{at_words(each.recorded_at)}　{state_word('plan', each.state)}",
            "　".join(
                f"{label}：{words}"
                for label, words in (
                    *plan_form.in_words(each, services).items(),
                    *plan_form.agreed_words(each, judged),
                )
                if words
            ),
        )
        for each in record.plans
    )


def _of_evaluations(record: PersonRecord, options: Options) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            at_words(each.recorded_at),
            "　".join(
                f"{label}：{words}"
                for label, words in (
                    *closing_form.in_words(each, options.vocabulary).items(),
                    *closing_form.ended_words(each),
                )
                if words
            ),
        )
        for each in record.evaluations
    )


def _of_watches(record: PersonRecord) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            f"{at_words(each.recorded_at)}　{state_word('watch', each.state)}",
            "　".join(
                filter(
                    None,
                    (
                        each.office_id,
                        each.how,
                        each.reason,
                        *(f"{date_words(look.on)}：{look.words}" for look in each.looks[-1:]),
                    ),
                )
            ),
        )
        for each in record.watches
    )


def _of_proposals(
    record: PersonRecord, proposals: Sequence[Proposal]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            f"{record.places.get(each.opening_id, '（今はない枠）')}：{DECIDED[each.status]}"
            + (f"（{at_words(each.decided_at)}）" if each.decided_at else ""),
            each.reason,
        )
        for each in proposals
    )


def _of_receptions(record: PersonRecord) -> tuple[tuple[str, str], ...]:
    """Return what was heard first, as it stands in the last version."""
    standing = {each.id: each for each in record.receptions}
    return tuple(
        (
            f"{date_without_weekday(each.received_on)}、{each.window or each.office_id}",
            "。".join(filter(None, (each.heard, each.whom_to_ask))),
        )
        for each in standing.values()
    )


def _of_visits(record: PersonRecord, wiring: Wiring) -> tuple[tuple[str, str], ...]:
    """Return the visits as they stand in their last version."""
    standing = {each.id: each for each in record.visits}
    label = wiring.vocabulary.label
    return tuple(
        (
            f"{date_without_weekday(each.done_on or each.planned_on)}、"
            f"{state_word('visit', each.state)}",
            "。".join(
                filter(
                    None,
                    (
                        label("visit_result", each.result) if each.result else "",
                        label("relation_stage", each.relation) if each.relation else "",
                        each.words,
                    ),
                )
            ),
        )
        for each in standing.values()
    )


def _of_referrals(record: PersonRecord) -> tuple[tuple[str, str], ...]:
    """Return what agencies asked of one another, as it stands in the last version."""
    standing = {each.id: each for each in record.referrals}
    return tuple(
        (
            f"{date_without_weekday(each.asked_on)}、{each.from_office_id} → "
            f"{each.to_office_id}：{state_word('referral', each.state)}",
            "。".join(filter(None, (each.why, each.answer, each.outcome))),
        )
        for each in standing.values()
    )


def _of_meetings(record: PersonRecord) -> tuple[tuple[str, str], ...]:
    """Return what meetings said; what the room of a 支援会議 holds is not among it."""
    return tuple(
        (
            each.title or "この方のこと",
            "。".join(filter(None, (each.notes, *(f"{d.who}：{d.what}" for d in each.decisions)))),
        )
        for each in record.meetings
    )


def _of_talks(record: PersonRecord, wiring: Wiring) -> tuple[tuple[str, str], ...]:
    """Return what was said in talks about placements, as it stands in the last version."""
    standing = {each.id: each for each in record.talks}
    said = (talk_words(each, wiring.vocabulary) for each in standing.values())
    return tuple(
        (f"{each.when}、{each.side}", "。".join(filter(None, (each.words, *each.more))))
        for each in said
    )


def _of_enquiries(record: PersonRecord, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """Return what hosts were asked, in which words, and what came of it."""
    return tuple(
        (
            f"{record.places.get(each.opening_id, '（今はない枠）')}："
            f"{state_word(enquiry.LIFE.noun, each.state)}",
            "。".join((each.text, *(words for _, words in answer_words(each, vocabulary)))),
        )
        for each in record.enquiries
    )


def _of_emergencies(record: PersonRecord) -> tuple[tuple[str, str], ...]:
    reasons = own_terms().reasons
    return tuple(
        (
            f"{at_words(each.started_at)}、{record.staff.get(each.user_id, '（今はいない職員）')}",
            "。".join(filter(None, (reasons.get(each.reason, each.reason), each.words))),
        )
        for each in record.emergencies
    )


def _of_rules(record: PersonRecord) -> tuple[tuple[str, str], ...]:
    rules = tuple((SETTLED[each.kind], each.reason) for each in record.rules)
    bonds = tuple(
        (f"ほかの方 {len(each.participant_ids) - 1}人と、いっしょに・別々に", each.reason)
        for each in record.bonds
    )
    return rules + bonds


def _of_events(record: PersonRecord) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            at_words(each.at),
            f"{record.staff.get(each.actor_id, '（つなぎ手）')}が、{_deed(each)}",
        )
        for each in record.events
    )


def _deed(event: AuditEvent) -> str:
    """Say what was done, where, and that it was an emergency: 見ました〔同意の画面、緊急閲覧〕."""
    where = [where_words(event), *(["緊急閲覧"] if was_emergency(event) else [])]
    told = "、".join(dict.fromkeys(filter(None, where)))
    return deed_words(event) + (f"〔{told}〕" if told else "")
