"""Everything dated about one person on one page, the last first, a year at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.people.closing_form import codes_of
from api.pages.people.head import SAID, Head, date_without_weekday, look_with_head
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.wiring import Wired, Wiring
from cases.actions.cataloguing import seen_openings
from cases.actions.matching import Stores
from cases.closing import Evaluation, Watch
from cases.following.follow_up import FollowUp, Side
from cases.intake.referral import Referral
from cases.life_words import state_word, step_word
from cases.meetings.meeting import AgendaItem, Meeting
from cases.participant import Participant
from cases.permissions import PeopleScope
from cases.placing.enquiry import Enquiry
from cases.placing.placement import Placement
from cases.plan import SupportPlan
from cases.proposal import Proposal, ProposalStatus
from cases.words.dates import day_words
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.vocabulary import Vocabulary

router = APIRouter(include_in_schema=False)

KINDS: Final[Mapping[str, str]] = {
    "reception": "受付",
    "consent": "同意",
    "meeting": "会議",
    "plan": "プラン",
    "proposal": "案",
    "placing": "参加",
    "talk": "聞き取り",
    "told": "提供",
    "closing": "評価・見守り",
}
DECIDED: Final[Mapping[ProposalStatus, str]] = {
    ProposalStatus.ADVANCED: "の案を進めることにしました",
    ProposalStatus.SET_ASIDE: "の案を見送りました",
}
SIDES: Final = {Side.PERSON: "本人", Side.HOST: "受け入れ先"}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing on a day: of which kind, in a sentence, what was said, and where it stands."""

    on: date
    kind: str
    words: str
    more: str = ""
    href: str = ""

    @property
    def kind_words(self) -> str:
        """Return what the kind is called."""
        return KINDS[self.kind]

    @property
    def date_words(self) -> str:
        """Return the day; its year stands above."""
        return day_words(self.on)


@dataclass(frozen=True, slots=True)
class StoryPage:
    """The things of one calendar year; `years` has each, in words, with how many there are."""

    head: Head
    year: int
    years: tuple[tuple[int, str, int], ...]
    kind: str
    kinds: tuple[tuple[str, str], ...]
    told: tuple[Told, ...]
    tab: str = "story"


@router.get("/people/{participant_id}/story")
def story(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    year: Annotated[int, Query(ge=0, le=9999)] = 0,
    kind: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show what happened in a year, without one in the last; `kind` leaves the others out."""
    with wiring.reading() as stores:
        standing, head = look_with_head(actor, wiring, stores, participant_id)
        told = without_talks(standing.participant, actor, wiring, stores)
        # Talks are many: only those of the year are opened, of the others the days are counted.
        talked = wiring.following.days_of(PeopleScope(actor), participant_id)
        only = kind if kind in KINDS else ""
        chosen = [each for each in told if only in ("", each.kind)]
        days = [each.on for each in chosen] + (talked if only in ("", "talk") else [])
        counts = Counter(day.year for day in days)
        shown = year if year in counts else max(counts, default=0)
        if only in ("", "talk") and shown in {day.year for day in talked}:
            talks = wiring.following.follow_ups_in(PeopleScope(actor), participant_id, shown)
            chosen += _of_talks(talks)
    content = StoryPage(
        head=head,
        year=shown,
        years=tuple((on, _year_words(on), counts[on]) for on in sorted(counts, reverse=True)),
        kind=only,
        kinds=tuple(
            (key, words)
            for key, words in KINDS.items()
            if any(each.kind == key for each in told) or (key == "talk" and talked)
        ),
        told=tuple(
            sorted(
                (each for each in chosen if each.on.year == shown),
                key=lambda each: each.on,
                reverse=True,
            )
        ),
    )
    frame = frame_for(request, actor, "これまで", current="/people")
    return render(request, "pages/people/story.html", frame, content)


def _year_words(year: int) -> str:
    """Return a year as its last day is dated: 令和8年."""
    return date_without_weekday(date(year, 12, 31)).removesuffix("12月31日")


def without_talks(person: Participant, actor: Actor, wiring: Wiring, stores: Stores) -> list[Told]:
    """Return all dated things of a person that the actor may see, but for talks.

    What the room of a 支援会議 holds stays there: it is no part of a person's story elsewhere.
    """
    scope, base, id_ = PeopleScope(actor), f"/people/{person.id}", person.id
    openings = seen_openings(actor, stores.catalog)
    places = {key: each.name for key, each in openings.items()}
    items = wiring.meetings.agenda_about(scope, id_)
    meetings = {each.id: each for each in wiring.meetings.meetings(scope)} if items else {}
    vocabulary = wiring.vocabulary
    return [
        Told(person.since_on, "reception", "相談が始まりました"),
        *(
            Told(each.received_on, "reception", "受付をしました", each.heard, f"/intake/{each.id}")
            for each in wiring.intake.receptions_of(scope, id_)
        ),
        *(
            Told(
                each.on,
                "consent",
                (f"{each.given_by}が" if each.given_by else "") + SAID[each.state],
                each.note,
                f"{base}/consent",
            )
            for each in stores.cases.consents_of(scope, id_)
        ),
        *_of_referrals(wiring.referrals.referrals_of(scope, id_), f"{base}/intake"),
        *_of_meetings(items, meetings, vocabulary),
        *_of_plans(wiring.plans.versions_of_plans(scope, id_), base),
        *_of_proposals(stores.runs.proposals_for(scope, id_), places),
        *_of_enquiries(wiring.placing.enquiries_of(scope, id_), places),
        *_of_placements(wiring.placing.placements_of(scope, id_), places),
        *(
            Told(each.on, "told", f"{each.recipient}に知らせました", each.items, f"{base}/records")
            for each in wiring.records.disclosures_of(scope, id_)
        ),
        *_of_evaluations(wiring.closing.evaluations_of(scope, id_), vocabulary, base),
        *_of_watches(wiring.closing.watches_of(scope, id_), base),
    ]


def _of_referrals(referrals: Iterable[Referral], href: str) -> Iterator[Told]:
    for each in referrals:
        words = f"{each.from_office_id}から {each.to_office_id}に つなぎました"
        yield Told(each.asked_on, "reception", words, each.why, href)
        if each.answered_on:
            words = f"{each.to_office_id}の返事：{state_word('referral', each.state)}"
            yield Told(each.answered_on, "reception", words, each.answer, href)
        if each.ended_on:
            words = f"つなぎの終わり：{state_word('referral', each.state)}"
            yield Told(each.ended_on, "reception", words, each.outcome, href)


def _of_meetings(
    items: Iterable[AgendaItem], meetings: Mapping[str, Meeting], vocabulary: Vocabulary
) -> Iterator[Told]:
    for item in items:
        sat = meetings.get(item.meeting_id)
        if sat is None:
            continue
        judged = vocabulary.label("plan_judgement", item.judgement) if item.judgement else ""
        words = f"{sat.name}で話し合いました" + (f"：{judged}" if judged else "")
        href = f"/meetings/{sat.id}/items/{item.id}"
        yield Told(day_in_japan(sat.starts_at), "meeting", words, item.title, href)


def _of_plans(versions: Iterable[SupportPlan], base: str) -> Iterator[Told]:
    before: dict[str, str] = {}
    for each in versions:
        # Only what brought a plan on is told; how a draft was worded anew stands on its own page.
        if each.recorded_at is None or before.get(each.id) == each.state:
            continue
        before[each.id] = each.state
        on = day_in_japan(each.recorded_at)
        yield Told(
            on, "plan", f"プラン：{state_word('plan', each.state)}", each.aim, f"{base}/plan"
        )


def _of_proposals(proposals: Iterable[Proposal], places: Mapping[str, str]) -> Iterator[Told]:
    for each in proposals:
        said, place = DECIDED.get(each.status), places.get(each.opening_id)
        if said and place and each.decided_at:
            yield Told(day_in_japan(each.decided_at), "proposal", f"「{place}」{said}")


def _of_enquiries(enquiries: Iterable[Enquiry], places: Mapping[str, str]) -> Iterator[Told]:
    for each in enquiries:
        place = places.get(each.opening_id, "受け入れ先")
        if each.sent_on:
            yield Told(each.sent_on, "placing", f"「{place}」に打診しました")
        if each.answered_on:
            words = f"「{place}」の返事：{state_word('enquiry', each.state)}"
            yield Told(each.answered_on, "placing", words, each.host_words)
        if each.person_answered_on:
            yield Told(each.person_answered_on, "placing", "本人の返事", each.person_words)


def _of_placements(placements: Iterable[Placement], places: Mapping[str, str]) -> Iterator[Told]:
    for each in placements:
        place = places.get(each.opening_id, "受け入れ先")
        yield Told(each.begun_on, "placing", f"「{place}」で始めました")
        for move in each.moves:
            words = f"「{place}」：{step_word('placement', move.step)}"
            yield Told(move.on, "placing", words, move.words)
        if each.ended_on:
            yield Told(each.ended_on, "placing", f"「{place}」を終えました", each.next_place)


def _of_talks(talks: Iterable[FollowUp]) -> Iterator[Told]:
    for each in talks:
        if each.done_on is not None:
            yield Told(each.done_on, "talk", f"{SIDES[each.side]}に聞きました", each.voice)


def _of_evaluations(
    evaluations: Iterable[Evaluation], vocabulary: Vocabulary, base: str
) -> Iterator[Told]:
    judgements, reasons = codes_of(vocabulary, "judgement"), codes_of(vocabulary, "reason")
    for each in evaluations:
        judged = judgements.get(each.judgement, "")
        yield Told(each.on, "closing", f"評価：{judged}", each.reached, f"{base}/closing")
        if each.closed_on:
            why = reasons.get(each.reason, "")
            yield Told(each.closed_on, "closing", "支援を終えました", why, f"{base}/closing")
        if each.reopened_on:
            words = "支援を また始めました"
            yield Told(each.reopened_on, "closing", words, each.reopen_reason, f"{base}/closing")


def _of_watches(watches: Iterable[Watch], base: str) -> Iterator[Told]:
    for each in watches:
        for look in each.looks:
            words = f"{each.office_id}が様子を見ました"
            yield Told(look.on, "closing", words, look.words, f"{base}/watch")
        if each.ended_on:
            said = state_word("watch", each.state)
            yield Told(each.ended_on, "closing", f"見守り：{said}", each.reason, f"{base}/watch")
