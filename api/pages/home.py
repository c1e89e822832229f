"""The first page after the sign-in: what is to be done today, as far as one may know of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.backups import HOW as HOW_TO_BACK_UP
from api.backups import age_words, is_too_old
from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH
from api.labels import ROLES
from api.pages.audit.ways_in import WayIn, done_to
from api.pages.calls.listing import CallRow, call_rows, due_now
from api.pages.criteria import review_words
from api.pages.emergency import ReportRow, report_row
from api.pages.intake.visits import DueVisit, due_visits
from api.pages.matching.contexts import Sums
from api.pages.matching.page import address_of, moment_words, sums_of
from api.pages.placing_lists.enquiries import LiaisonRow, liaison_rows, standing_rows
from api.pages.placing_lists.placements import PlacementRow, rows_in
from api.pages.placing_lists.words import EnquiryRow
from api.pages.referrals.words import ReferralRow, passing_of, referral_row
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.wiring import SignedIn, Wired, Wiring
from cases.actions.cataloguing import seen_openings
from cases.actions.closing import watch_news
from cases.actions.emergencies import notices_for
from cases.actions.intake import FORMER
from cases.actions.looking import look_at_everyone
from cases.actions.matching import Stores
from cases.actions.referring import look_at_inbox
from cases.attention import Attention, Care, attention_words, find_attentions
from cases.closing import News, Watch
from cases.next_step import Standing
from cases.participant import Participant, ParticipantStatus
from cases.permissions import Action, PeopleScope
from cases.placing.placement import PlacementState
from cases.run import MatchRun
from cases.words.dates import date_words, day_words
from cases.words.wording import own_wording, result_words
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.freshness import days_since_confirmed
from catalog.opening import Opening, OpeningStatus, Stage
from db import audit
from db.audit import Chosen
from db.backup import last_made_at

router = APIRouter(include_in_schema=False)

STALE_DAYS: Final = 180
MOST_ROWS: Final = 8
NOTICE_DAYS: Final = 14
FIRST_CALLS: Final = 5
KEYS: Final = (NEXT_AND_PREVIOUS, OPEN, SEARCH)
_CONSENT: Final = ("同意を確かめる", "/consent")
WAYS_ON: Final[Mapping[Care, tuple[str, str]]] = {
    Care.CONSENT_ENDED: _CONSENT,
    Care.CONSENT_ENDS: _CONSENT,
    Care.CONSENT_MISSING: ("同意を記録する", "/consent"),
    Care.WAITS_LONG: ("次の手を見つける", "/openings"),
}
"""What can be done now, and at which address of the person."""


@dataclass(frozen=True, slots=True)
class Able:
    """Something that a role may do, and the way there if it is a page."""

    words: str
    href: str = ""
    verb: str = ""


ABLE: Final[Mapping[Action, Able]] = {
    Action.SEE_CATALOG: Able(
        "地域の場所と枠を、ことばや曜日でさがせます。", "/places", "受け入れ先をさがす"
    ),
    Action.EDIT_CATALOG: Able("受け入れの枠を足したり、確かめた日を書いたりできます。"),
    Action.PREVIEW_POLICY: Able(
        "何を大切にして案を出すかを見て、変えたらどうなるかを試せます。",
        "/settings/policy",
        "案の決め方を見る",
    ),
    Action.SEE_PLANNING: Able(
        "受付の数を、年度・月・窓口・分野で見られます。", "/intake/counts", "受付の数を見る"
    ),
    Action.SEE_EMERGENCIES: Able(
        "だれが、どんな理由で、担当ではない方を急いで開いたかを読めます。",
        "/emergency/report",
        "緊急閲覧の報告",
    ),
    Action.SEE_AUDIT: Able(
        "だれが、いつ、何を見て、何を変えたかを確かめられます。", "/audit", "記録を見る"
    ),
    Action.MANAGE_USERS: Able(
        "だれが入れるかを決めます。招待や、パスワードの決め直しもできます。"
        "どの方を担当するかは、メニューの「担当の範囲」で決めます。",
        "/staff",
        "職員の一覧を見る",
    ),
    Action.IMPORT_DATA: Able("町や場所のデータは、コマンド tsunagite import で取り込みます。"),
}


@dataclass(frozen=True, slots=True)
class Concern:
    """Somebody to keep in mind: when, what about, and the way to do something.

    `is_late` marks what should have been done already.
    """

    when: str
    about: str
    name: str
    line: str
    words: str
    href: str
    verb: str
    is_late: bool = False
    is_protected: bool = False


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Somebody who was one's own case: when and by whom that was changed, the person if known."""

    when: str
    by: str
    person: str
    href: str


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the last run found, and how much of it is decided."""

    href: str
    when: str
    found: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class HomePage:
    """Today's work, or what a role may do that never meets people.

    Attributes
    ----------
    concerns, more
        The most urgent, and the others.
    opened
        Who opened one's own people in an emergency of late.
    handed
        Who is no longer one's own case, of late, by what somebody else changed.
    asking, liaison
        Which hosts and people are to be asked today, and what to tell hosts for another office.
    after_rest
        Whose rest is over by what was agreed.
    able
        What a role may do that never meets people; then all else is empty.
    care, remedy
        What an administrator must look after now, and how.
    visits
        Whom to go and see today, and visits of which nobody has written how they were.
    referrals
        What others have passed on to the own office, and wait for an answer.
    done_to_account
        What others have done of late to the ways into one's own account.
    review
        That the criteria of cases are to be reviewed.
    """

    today: str
    sentence: str
    sees_people: bool = False
    can_run: bool = False
    sees_runs: bool = False
    waiting: int = 0
    resting: int = 0
    last_run: LastRun | None = None
    concerns: tuple[Concern, ...] = ()
    more: tuple[Concern, ...] = ()
    stages: tuple[tuple[str, int], ...] = ()
    calls: tuple[CallRow, ...] = ()
    calls_count: int = 0
    stale: int = 0
    opened: tuple[ReportRow, ...] = ()
    handed: tuple[HandedOver, ...] = ()
    asking: tuple[EnquiryRow, ...] = ()
    liaison: tuple[LiaisonRow, ...] = ()
    after_rest: tuple[PlacementRow, ...] = ()
    able: tuple[Able, ...] = ()
    care: str = ""
    remedy: str = ""
    done_to_account: tuple[WayIn, ...] = ()
    referrals: tuple[ReferralRow, ...] = ()
    review: str = ""
    visits: tuple[DueVisit, ...] = ()


@router.get("/")
def home(request: Request, actor: SignedIn, wiring: Wired) -> HTMLResponse:
    """Show what is to be done today."""
    sees_people = can(actor, Action.SEE_PEOPLE)
    with wiring.reading() as stores:
        page = todays_work(actor, wiring, stores) if sees_people else without_people(actor, wiring)
    review = review_words(wiring) if can(actor, Action.SEE_PLANNING) else ""
    page = replace(page, done_to_account=done_to(wiring, actor.user_id), review=review)
    keys = KEYS if sees_people else ()
    frame = frame_for(request, actor, "今日の仕事", current="/", keys=keys)
    return render(request, "pages/home.html", frame, page)


def without_people(actor: Actor, wiring: Wiring) -> HomePage:
    """Say what a role may do that never meets people."""
    able = tuple(told for action, told in ABLE.items() if can(actor, action))
    sentence = (
        f"{ROLES[actor.role]}として サインインしています。"
        "本人の名前や相談の内容は、この役割では開けません。"
    )
    care = _care_of_backups(wiring) if can(actor, Action.MANAGE_USERS) else ""
    return HomePage(
        date_words(day_in_japan(wiring.clock())),
        sentence,
        able=able,
        care=care,
        remedy=HOW_TO_BACK_UP if care else "",
    )


def _care_of_backups(wiring: Wiring) -> str:
    """Say how old the last backup is where it is too old, else nothing."""
    if wiring.city.is_sample:
        return ""
    last, now = last_made_at(wiring.database, wiring.city.code), wiring.clock()
    return f"{age_words(last, now)}。" if is_too_old(last, now) else ""


def todays_work(actor: Actor, wiring: Wiring, stores: Stores) -> HomePage:
    """Gather what there is to do."""
    today = day_in_japan(wiring.clock())
    scope = PeopleScope(actor)
    sees_runs = can(actor, Action.SEE_RUNS)
    run = stores.runs.latest_run(scope) if sees_runs else None
    last_run = _last_run(stores, scope, run) if run else None
    notices = notices_for(actor, stores.cases, wiring.emergencies, wiring.clock)
    names = {user.id: user.name for user in wiring.users.users()} if notices else {}
    standings = look_at_everyone(actor, stores, wiring.clock)
    dues = due_now(actor, wiring)
    watched = [
        _watched(*each, today)
        for each in watch_news(actor, stores.cases, wiring.closing, wiring.clock)
    ]
    concerns = [*watched, *(_concern(each) for each in find_attentions(standings, run, today))]
    status = Counter(each.participant.status for each in standings)
    waiting = status[ParticipantStatus.WAITING]
    return HomePage(
        today=date_words(today),
        sentence=first_line(waiting, last_run, len(concerns), len(dues)),
        sees_people=True,
        can_run=can(actor, Action.RUN_MATCHING),
        sees_runs=sees_runs,
        waiting=waiting,
        resting=status[ParticipantStatus.PAUSED],
        last_run=last_run,
        concerns=tuple(concerns[:MOST_ROWS]),
        more=tuple(concerns[MOST_ROWS:]),
        stages=_stages(standings),
        asking=standing_rows(actor, wiring, stores)[0],
        liaison=liaison_rows(actor, wiring, stores),
        after_rest=tuple(
            row for row in rows_in(actor, wiring, stores, PlacementState.RESTING) if row.is_late
        ),
        calls=call_rows(actor, stores, dues[:FIRST_CALLS], today),
        calls_count=len(dues),
        opened=tuple(report_row(each, names, wiring) for each in notices),
        handed=_handed_over(actor, wiring, stores),
        visits=due_visits(actor, wiring, stores),
        referrals=tuple(
            referral_row(each, actor, stores)
            for each in look_at_inbox(actor, passing_of(wiring, stores))
        ),
        stale=sum(is_stale(each, today) for each in seen_openings(actor, stores.catalog).values()),
    )


def _handed_over(actor: Actor, wiring: Wiring, stores: Stores) -> tuple[HandedOver, ...]:
    """Return whose case was given to another of late, by name as far as one may know them."""
    since = wiring.clock() - timedelta(days=NOTICE_DAYS)
    chosen = Chosen(kinds=["participant_changed"], since=since, told=(FORMER, actor.user_id))
    with wiring.database.reading() as connection:
        events = [each.event for each in audit.find(connection, wiring.city.code, chosen)]
    told = [each for each in events if each.actor_id != actor.user_id]
    staff = {user.id: user.name for user in wiring.users.users()} if told else {}
    found = []
    for event in told:
        person = stores.cases.participant(PeopleScope(actor), event.subject_id)
        found.append(
            HandedOver(
                moment_words(event.at),
                staff.get(event.actor_id, "職員"),
                f"{person.name} さん" if person else "担当だった方",
                f"/people/{person.id}" if person else "",
            )
        )
    return tuple(found)


def first_line(waiting: int, last_run: LastRun | None, concerns: int, calls: int = 0) -> str:
    """Return the day in one sentence: 決める案が 59件、気にかけておくことが 9件 あります。."""
    undecided = last_run.sums.undecided if last_run else 0
    parts = [f"聞き取りが {calls}件"] if calls else []
    if undecided:
        parts.append(f"決める案が {undecided}件")
    if last_run is None and waiting:
        parts.append(f"つなぎ先を待っている人が {waiting}人")
    if concerns:
        parts.append(f"気にかけておくことが {concerns}件")
    return f"{'、'.join(parts)} あります。" if parts else "今日、急いですることは ありません。"


def is_stale(opening: Opening, today: date) -> bool:
    """Tell whether an opening that takes people has not been confirmed for half a year."""
    days = days_since_confirmed(opening.last_confirmed_on, today)
    return opening.status is OpeningStatus.OPEN and (days is None or days >= STALE_DAYS)


def _last_run(stores: Stores, scope: PeopleScope, run: MatchRun) -> LastRun:
    proposals = stores.runs.proposals(scope, run.id)
    everybody = len(proposals) + len(run.unplaced) + len(run.not_considered)
    found = result_words(everybody, len(proposals))
    return LastRun(address_of(run), moment_words(run.started_at), found, sums_of(proposals))


def _concern(each: Attention) -> Concern:
    person = each.participant
    verb, page = WAYS_ON[each.care]
    when, about = {
        Care.CONSENT_ENDED: ("過ぎています", "同意の期限"),
        Care.CONSENT_ENDS: (f"あと{each.days}日", "同意の期限"),
    }.get(each.care, (f"{each.days}日", "待っています"))
    return Concern(
        when=when,
        about=about,
        name=person.name,
        line=f"{person.case_no}・{own_wording().say('stage', int(person.stage))}",
        words=attention_words(each),
        href=f"/people/{person.id}{page}",
        verb=verb,
        is_late=each.care is Care.CONSENT_ENDED,
        is_protected=person.address_protected,
    )


def _watched(news: News, watch: Watch, person: Participant, today: date) -> Concern:
    """Return what is to be told of a watch."""
    looked, days = watch.last_look, ((watch.next_on or today) - today).days
    last_on = day_words(looked.on) if looked else ""
    when = {0: "今日"}.get(days, f"あと{days}日" if days > 0 else f"{-days}日過ぎ")
    words, verb = {
        News.AGAIN: (
            f"{watch.office_id}から、支援が また要りそうだと 書かれています（{last_on}）。",
            "見守りを見る",
        ),
        News.LOOK: ("見守りで、様子を見る日です。", "様子を書く"),
        News.NOT_LOOKED: (f"{watch.office_id}の見守りが、まだ書かれていません。", "見守りを見る"),
    }[news]
    return Concern(
        when=last_on if news is News.AGAIN else when,
        about="見守り",
        name=person.name,
        line=person.case_no,
        words=words,
        href=f"/people/{person.id}/watch",
        verb=verb,
        is_late=news is not News.LOOK or days < 0,
        is_protected=person.address_protected,
    )


def _stages(standings: Sequence[Standing]) -> tuple[tuple[str, int], ...]:
    """Count where everybody is who is not done."""
    people = [each.participant for each in standings]
    counts = Counter(p.stage for p in people if p.status is not ParticipantStatus.CLOSED)
    return tuple((own_wording().say("stage", int(stage)), counts[stage]) for stage in Stage)
