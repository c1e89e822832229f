"""One placement: the ladder, its steps, what was checked, and where it goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import TEXT, Answers, Sent, Typed
from api.frame import KeyHint
from api.pages.people.head import date_without_weekday
from api.pages.people.person_form import written_day
from api.pages.placing_lists.words import CHANGED, GONE, contact_rows, desk_of, place_names, seen_of
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import Decides, SeesPeople
from api.wiring import Wired, Wiring
from cases.actions.asking import Desk, may_ask
from cases.actions.cataloguing import seen_openings
from cases.actions.intake import find_person
from cases.actions.placing import (
    Begun,
    Taken,
    correct,
    find_placement,
    take_back_step,
    take_step,
)
from cases.consent_scope import own_consent_scope
from cases.errors import CaseError, NotFound, NotPermitted
from cases.life_words import state_word, step_word
from cases.messages import in_japanese
from cases.placing.placement import LIFE, Moved, Placement, PlacementState, PlacementStep
from cases.placing.safeguards import own_safeguards
from cases.words.dates import date_words, time_words
from cases.words.wording import own_wording
from catalog.actor import Actor
from catalog.dates import TOKYO, day_in_japan
from catalog.errors import CatalogError
from catalog.opening import Opening, Stage
from catalog.vocabulary import Vocabulary
from db.errors import DatabaseError
from db.messages import in_japanese as database_in_japanese

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"),)
LABELS: Final = {
    "begun_on": "始まりの日",
    "visit_at": "見学の時刻",
    "companion": "付きそう人",
    "insurance": "保険",
    "agreement_on": "確認書の日",
    "step": "一歩",
    "on": "日",
    "words": "ようす",
    "until_on": "また声をかける日",
    "next_place": "次の行き先",
    "told": "受け入れ先に伝えること",
    "told_words": "くわしく",
    "approved_by": "だれが許したか",
}
AT: Final[Mapping[str, str]] = {
    "step_in_future": "on",
    "step_before_last": "on",
    "rest_ends_before_it_begins": "until_on",
    "placement_beyond_term": "begun_on",
    "begun_before_asked": "begun_on",
    "disclosure_not_covered": "told",
    "disclosure_incomplete": "approved_by",
}


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One step that was taken."""

    on: str
    day: str
    words: str


@dataclass(frozen=True, slots=True)
class PlacementPage:
    """A placement."""

    id: str
    person: str
    person_id: str
    place: str
    host: str
    contact: tuple[tuple[str, str], ...]
    state: str
    look: str
    stage: int
    stage_words: str
    last_stage: int
    resting: bool
    facts: tuple[tuple[str, str], ...]
    moves: tuple[MoveRow, ...]
    safeguard: str
    source: str
    warnings: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    end_reasons: tuple[tuple[str, str], ...]
    insurances: tuple[tuple[str, str], ...]
    may_write: bool
    may_strike: bool
    enquiry_id: str
    version: int
    typed: Typed
    meanwhile: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get("/placements/{placement_id}")
def show(request: Request, actor: SeesPeople, wiring: Wired, placement_id: str) -> HTMLResponse:
    """Show a placement."""
    return show_placement(request, actor, wiring, placement_id)


@router.post("/placements/{placement_id}/step")
def step(
    request: Request, actor: Decides, wiring: Wired, placement_id: str, sent: Sent
) -> Response:
    """Take a step."""
    form = Answers(sent, LABELS)
    what = form.choice("step", list(PlacementStep))
    on = form.day("on") or day_in_japan(wiring.clock())
    until_on, agreed_on = form.day("until_on"), form.day("agreement_on")
    words, next_place = form.text("words", TEXT), form.text("next_place")
    insurance = form.choice("insurance", list(wiring.vocabulary.codes("insurance")))
    if not what:
        form.wrong("step", "次の一歩を選んでください。")

    def change(desk: Desk) -> None:
        taken = PlacementStep(what)
        is_end = taken is PlacementStep.END
        said = Taken(
            step=taken,
            on=on,
            reason=sent.one("end_reason" if is_end else "reason"),
            words=words,
            until_on=until_on,
            insurance=insurance,
            agreement_on=agreed_on,
            next_place=next_place,
        )
        take_step(actor, desk, wiring.clock, placement_id, seen_of(sent), said)

    return _kept(request, actor, wiring, placement_id, sent, form, change)


@router.post("/placements/{placement_id}/undo")
def undo(
    request: Request, actor: Decides, wiring: Wired, placement_id: str, sent: Sent
) -> Response:
    """Strike the last step."""

    def change(desk: Desk) -> None:
        take_back_step(actor, desk, wiring.clock, placement_id, seen_of(sent))

    return _kept(request, actor, wiring, placement_id, sent, Answers(sent, LABELS), change)


@router.post("/placements/{placement_id}/correct")
def put_right(
    request: Request, actor: Decides, wiring: Wired, placement_id: str, sent: Sent
) -> Response:
    """Put right what was written."""
    form = Answers(sent, LABELS)
    begun = read_begun(form, sent, wiring)

    def change(desk: Desk) -> None:
        correct(
            actor,
            desk,
            wiring.clock,
            placement_id,
            seen_of(sent),
            begun_on=begun.on,
            visit_at=begun.visit_at,
            companion=begun.companion,
            insurance=begun.insurance,
            agreement_on=begun.agreement_on,
        )

    return _kept(request, actor, wiring, placement_id, sent, form, change)


def read_begun(form: Answers, sent: Typed, wiring: Wiring) -> Begun:
    """Read the fields of a beginning."""
    on = form.day("begun_on") or day_in_japan(wiring.clock())
    at = _clock_time(form, sent.one("visit_at"))
    return Begun(
        on=on,
        visit_at=datetime.combine(on, at, TOKYO) if at else None,
        companion=form.text("companion"),
        insurance=form.choice("insurance", list(wiring.vocabulary.codes("insurance"))),
        agreement_on=form.day("agreement_on"),
        told=frozenset(form.choices("told", [e.name for e in own_consent_scope().categories])),
        told_words=form.text("told_words"),
        approved_by=form.text("approved_by"),
    )


def _clock_time(form: Answers, written: str) -> time | None:
    if not written.strip():
        return None
    try:
        return time.fromisoformat(written.strip().zfill(5))
    except ValueError:
        form.wrong("visit_at", "見学の時刻は 10:00 のように書いてください。")
        return None


def _kept(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    placement_id: str,
    sent: Typed,
    form: Answers,
    change: Callable[[Desk], None],
) -> Response:
    meanwhile = ""
    try:
        with wiring.writing() as stores:
            desk = desk_of(actor, wiring, stores)
            find_placement(actor, desk.placing, placement_id)
            if not form.errors:
                change(desk)
                return RedirectResponse(f"/placements/{placement_id}", status_code=303)
    except (NotFound, NotPermitted):
        raise
    except (CaseError, CatalogError) as error:
        form.wrong(AT.get(error.code, "step"), in_japanese(error))
    except DatabaseError as error:
        meanwhile = CHANGED if error.code == "changed_meanwhile" else database_in_japanese(error)
    return show_placement(request, actor, wiring, placement_id, sent, form.errors, meanwhile)


def show_placement(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    placement_id: str,
    sent: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    meanwhile: str = "",
) -> HTMLResponse:
    """Return the page of a placement, with what was typed where it was not kept."""
    vocabulary, today = wiring.vocabulary, day_in_japan(wiring.clock())
    with wiring.reading() as stores:
        found = find_placement(actor, wiring.placing, placement_id)
        person = find_person(actor, stores.cases, found.participant_id)
        opening = seen_openings(actor, stores.catalog).get(found.opening_id)
        host = stores.catalog.organisations().get(found.host_id)
        place = place_names(actor, stores).get(found.opening_id, GONE)
    may_write = may_ask(actor, person)
    names = {each.id: each.name for each in wiring.users.users()}
    rules = own_safeguards()
    resting = found.state is PlacementState.RESTING
    page = PlacementPage(
        id=found.id,
        person=person.name,
        person_id=person.id,
        place=place,
        host=host.name if host else "",
        contact=contact_rows(host),
        state=state_word(LIFE.noun, found.state),
        look={"running": "good", "resting": "near"}.get(found.state, ""),
        stage=int(found.stage),
        stage_words=_stage_words(found),
        last_stage=int(opening.last_stage) if opening else int(found.stage),
        resting=resting,
        facts=_facts(found, vocabulary, names),
        moves=_moves(found, vocabulary, names),
        safeguard=rules.of(opening).words if opening else "",
        source=rules.source,
        warnings=rules.warnings(opening) if opening else (),
        steps=_steps(found, opening) if may_write else (),
        reasons=_options(vocabulary, "placement_reason"),
        end_reasons=_options(vocabulary, "end_reason"),
        insurances=_options(vocabulary, "insurance"),
        may_write=may_write,
        may_strike=may_write and bool(found.moves),
        enquiry_id=found.enquiry_id or "",
        version=found.version,
        typed=sent or typed_of(found, written_day(today)),
        meanwhile=meanwhile,
        errors=errors or {},
    )
    keys = KEYS if may_write else ()
    frame = frame_for(request, actor, "参加", current="/people", keys=keys)
    status = 409 if meanwhile else 422 if errors else 200
    return render(request, "pages/placing/placement.html", frame, page, status)


def typed_of(placement: Placement, on: str) -> Typed:
    """Return what stands in the fields."""
    at = placement.visit_at
    agreed = placement.agreement_on
    return Typed(
        {
            "on": (on,),
            "begun_on": (written_day(placement.begun_on),),
            "visit_at": (f"{at.astimezone(TOKYO):%H:%M}" if at else "",),
            "companion": (placement.companion,),
            "insurance": (placement.insurance,),
            "agreement_on": (written_day(agreed) if agreed else "",),
        }
    )


def _steps(placement: Placement, opening: Opening | None) -> tuple[tuple[str, str], ...]:
    """Return the steps that are possible; one up or back says where it leads."""
    say = own_wording().say
    found = []
    for each in LIFE.verbs(placement.state):
        words = step_word(LIFE.noun, each)
        if each is PlacementStep.STEP_UP:
            if opening is None or placement.stage >= opening.last_stage:
                continue
            words = f"次の段へ：{say('stage', int(placement.stage) + 1)}"
        if each is PlacementStep.STEP_BACK:
            if placement.stage <= Stage.VISIT:
                continue
            words = f"一歩もどす：{say('stage', int(placement.stage) - 1)}"
        found.append((str(each), words))
    return tuple(found)


def _stage_words(placement: Placement) -> str:
    stage = own_wording().say("stage", int(placement.stage))
    if placement.state is PlacementState.ENDED:
        return f"「{stage}」で終わりました。"
    if placement.state is PlacementState.RESTING:
        until = placement.rests_until_on
        again = f"{date_words(until)}に 声をかけます。" if until else "声をかける日は まだです。"
        return f"「{stage}」で休んでいます。{again}"
    return f"いまは「{stage}」です。"


def _facts(
    placement: Placement, vocabulary: Vocabulary, names: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    at, insurance = placement.visit_at, placement.insurance
    visit = at.astimezone(TOKYO) if at else None
    rows = (
        ("始まり", date_words(placement.begun_on)),
        ("見学の時刻", time_words(visit.time()) if visit else ""),
        ("付きそい", placement.companion),
        ("枠の期限", date_words(placement.term_on) if placement.term_on else ""),
        ("保険", vocabulary.label("insurance", insurance) if insurance else "まだ確かめていません"),
        ("確認書", date_words(placement.agreement_on) if placement.agreement_on else "まだ"),
        ("担当", names.get(placement.coordinator_id or "", "")),
        ("終わり", date_words(placement.ended_on) if placement.ended_on else ""),
        ("終わった理由", _label(vocabulary, "end_reason", placement.end_reason)),
        ("次の行き先", placement.next_place),
    )
    return tuple(each for each in rows if each[1])


def _moves(
    placement: Placement, vocabulary: Vocabulary, names: Mapping[str, str]
) -> tuple[MoveRow, ...]:
    first = own_wording().say("stage", int(_first_stage(placement)))
    begun = date_without_weekday(placement.begun_on)
    rows = [MoveRow(placement.begun_on.isoformat(), begun, f"「{first}」から始めました")]
    return (*rows, *(_move_row(each, vocabulary, names) for each in placement.moves))


def _move_row(moved: Moved, vocabulary: Vocabulary, names: Mapping[str, str]) -> MoveRow:
    is_end = moved.step is PlacementStep.END
    stage = own_wording().say("stage", int(moved.stage))
    to = f"（{stage}）" if moved.step in (PlacementStep.STEP_UP, PlacementStep.STEP_BACK) else ""
    reason = _label(vocabulary, "end_reason" if is_end else "placement_reason", moved.reason)
    parts = (f"{step_word(LIFE.noun, moved.step)}{to}", reason, moved.words)
    by = f"（{names[moved.by]}）" if moved.by in names else ""
    words = "　".join(filter(None, parts)) + by
    return MoveRow(moved.on.isoformat(), date_without_weekday(moved.on), words)


def _first_stage(placement: Placement) -> Stage:
    """Return the step on which it began, from the first one that was taken."""
    up = {PlacementStep.STEP_UP: -1, PlacementStep.STEP_BACK: 1}
    change = sum(up.get(each.step, 0) for each in placement.moves)
    return Stage(max(int(placement.stage) + change, int(Stage.VISIT)))


def _options(vocabulary: Vocabulary, name: str) -> tuple[tuple[str, str], ...]:
    codes = vocabulary.codes(name).values()
    return (("", "選んでください"), *((each.code, each.label) for each in codes))


def _label(vocabulary: Vocabulary, name: str, code: str) -> str:
    return vocabulary.label(name, code) if code else ""
