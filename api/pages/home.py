"""The first page after the sign-in: what is to be done today, as far as the product knows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH, KeyHint
from api.pages.matching.page import address_of, moment_words
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.wiring import SignedIn, Wired
from cases.actions.matching import Stores
from cases.consent import Consent, WhyNot, find_consent
from cases.participant import Participant, ParticipantStatus
from cases.permissions import Action, PeopleScope
from cases.proposal import ProposalStatus
from cases.wording import not_considered_words, result_words
from cases.wording_dates import day_words
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.freshness import days_since_confirmed
from catalog.opening import OpeningStatus, Stage

router = APIRouter(include_in_schema=False)

ENDS_SOON: Final = timedelta(days=30)
STALE_DAYS: Final = 180
MOST_ROWS: Final = 12
STAGES: Final = {
    Stage.CONSULTATION: "相談",
    Stage.VISIT: "見学",
    Stage.TRIAL: "体験",
    Stage.PARTICIPATION: "参加",
    Stage.ROLE: "役割",
}
KEYS: Final = (NEXT_AND_PREVIOUS, OPEN, KeyHint(("C",), "新しい相談"), SEARCH)


@dataclass(frozen=True, slots=True)
class Concern:
    """Somebody to keep in mind: when, what about, and the way to do something."""

    when: str
    what: str
    name: str
    words: str
    href: str
    verb: str


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the last run found, and how much of it is still undecided."""

    href: str
    when: str
    found: str
    undecided: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """Today's work; `concerns` are the most urgent of `concerns_count`.

    `sees_people` is False for roles that work without people; they get `words` alone.
    """

    today: str
    sentence: str
    sees_people: bool
    can_run: bool = False
    waiting: int = 0
    last_run: LastRun | None = None
    concerns: tuple[Concern, ...] = ()
    concerns_count: int = 0
    stages: tuple[tuple[str, int], ...] = ()
    stale: int = 0


@router.get("/")
def home(request: Request, actor: SignedIn, wiring: Wired) -> HTMLResponse:
    """Show what is to be done today."""
    today = day_in_japan(wiring.clock())
    with wiring.reading() as stores:
        page = _page(actor, stores, today)
    frame = frame_for(request, actor, "今日の仕事", current="/", keys=KEYS)
    return render(request, "pages/home.html", frame, page)


def _page(actor: Actor, stores: Stores, today: date) -> HomePage:
    stale = sum(
        (days_since_confirmed(each.last_confirmed_on, today) or STALE_DAYS) >= STALE_DAYS
        for each in stores.catalog.openings()
        if each.status is OpeningStatus.OPEN
    )
    if not can(actor, Action.SEE_PEOPLE):
        words = "上のならびから、見られる画面を開けます。本人の記録は、この役割では開けません。"
        return HomePage(day_words(today), words, sees_people=False, stale=stale)
    scope = PeopleScope(actor)
    people = list(stores.cases.participants(scope))
    concerns = find_concerns(people, stores.cases.consents(scope), today)
    last_run = _last_run(stores, scope)
    undecided = last_run.undecided if last_run else 0
    stages = Counter(each.stage for each in people if each.status is not ParticipantStatus.CLOSED)
    sentence = (
        f"決めていない案が {undecided}件、同意のことで 気にかけておく方が {len(concerns)}人です。"
        if undecided or concerns
        else "いま 急いですることは ありません。"
    )
    return HomePage(
        today=day_words(today),
        sentence=sentence,
        sees_people=True,
        can_run=can(actor, Action.RUN_MATCHING),
        waiting=sum(each.status is ParticipantStatus.WAITING for each in people),
        last_run=last_run,
        concerns=tuple(concerns[:MOST_ROWS]),
        concerns_count=len(concerns),
        stages=tuple((words, stages[stage]) for stage, words in STAGES.items()),
        stale=stale,
    )


def find_concerns(
    people: Sequence[Participant], consents: Mapping[str, Sequence[Consent]], today: date
) -> list[Concern]:
    """Return whose consent has ended, ends within 30 days or is missing, the soonest first."""
    found: list[tuple[date, Concern]] = []
    for person in people:
        if person.status is not ParticipantStatus.WAITING:
            continue
        consent = find_consent(consents.get(person.id, ()), today)
        href = f"/people/{person.id}/consent"
        if isinstance(consent, WhyNot):
            words = not_considered_words(f"consent_{consent}").partition("→")[0].strip()
            waits = f"{(today - person.since_on).days}日"
            concern = Concern(waits, "待ちはじめてから", person.name, words, href, "同意を確かめる")
            found.append((person.since_on, concern))
        elif consent.until_on is not None and consent.until_on - today <= ENDS_SOON:
            left = f"あと{(consent.until_on - today).days}日"
            words = "期限を過ぎると、提案と情報共有が止まります。"
            concern = Concern(left, "同意の期限", person.name, words, href, "同意を確かめる")
            found.append((date.min + (consent.until_on - today), concern))
    return [concern for _, concern in sorted(found, key=lambda each: each[0])]


def _last_run(stores: Stores, scope: PeopleScope) -> LastRun | None:
    run = stores.runs.latest_run(scope)
    if run is None:
        return None
    proposals = stores.runs.proposals(scope, run.id)
    everybody = len(proposals) + len(run.unplaced) + len(run.not_considered)
    undecided = sum(each.status is ProposalStatus.PROPOSED for each in proposals)
    found = result_words(everybody, len(proposals))
    return LastRun(address_of(run), moment_words(run.started_at), found, undecided)
