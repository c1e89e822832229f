"""The addresses of the matching pages; who may not see runs gets the answer for no such page."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.deciding import take_decision
from api.frame import NEXT_AND_PREVIOUS, UNDO, Frame, KeyHint
from api.matching_jobs import MatchingJobs
from api.pages.matching import comparing, imagined, rows
from api.pages.matching.contexts import (
    SORTS,
    TABS,
    ChoosePage,
    DecidedPart,
    ProgressPage,
    ProposalRow,
    Trouble,
    View,
)
from api.pages.matching.crowded import crowded_page
from api.pages.matching.data import RunData, load_run
from api.pages.matching.page import address_of, decisions, run_page
from api.pages.matching.record import read_file, record_page
from api.pages.matching.runs import runs_page
from api.pages.rules.conflict import conflict_page
from api.pages.surroundings import frame_for
from api.rendering import announce, is_partial, render
from api.rights import Decides, RunsMatching, SeesRuns
from api.wiring import Wired
from cases.contradiction import RulesContradict
from cases.matching.waiting import ASKING
from cases.permissions import PeopleScope
from cases.proposal import Decision, Proposal
from catalog.actor import Actor

router = APIRouter(include_in_schema=False)
router.include_router(comparing.router)
router.include_router(imagined.router)

MATCHING: Final = "/matching"
WAIT_SECONDS: Final = 0.8
"""A quick run leads straight to its result; a longer one shows that it is under way."""
STOPPED: Final = "計算が途中で止まりました。何も変わっていません。もう一度 お試しください。"
SEARCHING: Final = "待っている{people}人の つなぎ先を調べています… 数秒ほど"
EARLIER: Final = "これは前の計算の案です。いちばん新しい結果のほうで決めてください。"
KEYS: Final = (
    NEXT_AND_PREVIOUS,
    KeyHint(("A",), "進める"),
    KeyHint(("S",), "見送る"),
    KeyHint(("E",), "くわしい理由"),
    KeyHint(("M",), "地図と表"),
    UNDO,
)
STRIP_NOTE: Final = "「進める」を押しても、打診を送るまで だれにも伝わりません"
RESULT: Final = "つなぎ先の案"
RUN_PAGE: Final = "pages/matching/run.html"
ALL_DONE: Final = "この結果の案は、すべて決まりました。"
UNCHANGED: Final = "前の計算から 何も変わっていないため、前の結果を そのまま見せています。"
SAID: Final = {
    Decision.ADVANCE: "進めるにしました。",
    Decision.SET_ASIDE: "見送るにしました。",
    Decision.UNDO: "元に戻しました。",
}


def view_of(tab: str = "proposals", sort: str = "district", page: int = 1) -> View:
    """Return the part of a run that the address names; what it does not know is as usual."""
    usual = View()
    return View(
        tab if tab in TABS else usual.tab, sort if sort in SORTS else usual.sort, max(1, page)
    )


def jobs_of(request: Request) -> MatchingJobs:
    """Return the runs that were asked for in this process."""
    jobs: MatchingJobs = request.app.state.matching_jobs
    return jobs


Looked: TypeAlias = Annotated[View, Depends(view_of)]
Jobs: TypeAlias = Annotated[MatchingJobs, Depends(jobs_of)]


@router.get(MATCHING)
def runs(request: Request, actor: SeesRuns, wiring: Wired) -> HTMLResponse:
    """List the last runs and what changed between them."""
    with wiring.reading() as stores:
        page = runs_page(actor, stores, wiring.users, wiring.records)
    return render(
        request, "pages/matching/runs.html", _frame(request, actor, "マッチングの記録"), page
    )


@router.post(MATCHING)
def start(
    actor: RunsMatching, jobs: Jobs, stay: Annotated[bool, Form()] = False
) -> RedirectResponse:
    """Start a run in the background."""
    job_id = jobs.start(actor, stay=stay)
    return _lead_on(jobs, job_id, WAIT_SECONDS) or _see(f"{MATCHING}/progress/{job_id}")


@router.get(MATCHING + "/progress/{job_id}")
def progress(
    request: Request, actor: RunsMatching, wiring: Wired, jobs: Jobs, job_id: str
) -> Response:
    """Show that a run is under way; lead to it when it has ended."""
    job = jobs.job(job_id)
    if job is None:
        return _see(MATCHING)
    address = f"{MATCHING}/progress/{job_id}"
    if is_partial(request):  # asked again and again by the page itself
        headers = {"HX-Redirect": address} if job.done() else {}
        return Response(status_code=204, headers=headers)
    goal = _lead_on(jobs, job_id, 0)
    if goal is not None:
        return goal
    failure = job.exception() if job.done() else None
    if isinstance(failure, RulesContradict):
        with wiring.reading() as stores:
            conflict = conflict_page(failure, actor, stores, wiring.clock)
        frame = _frame(request, actor, "決めごとが ぶつかっています", keys=())
        return render(request, "pages/rules/conflict.html", frame, conflict, 409)
    people = sum(
        each.status in ASKING for each in wiring.stores.cases.participants(PeopleScope(actor))
    )
    trouble = STOPPED if job.done() else ""
    page = ProgressPage(SEARCHING.format(people=people), address, trouble)
    frame = _frame(request, actor, "つなぎ先を探しています", keys=())
    return render(request, "pages/matching/progress.html", frame, page)


@router.get(MATCHING + "/latest")
def latest(actor: SeesRuns, wiring: Wired, view: Looked) -> RedirectResponse:
    """Lead to the same part of the newest result."""
    run = wiring.stores.runs.latest_run(PeopleScope(actor))
    return _see(address_of(run) + view.query() if run else MATCHING)


@router.get(MATCHING + "/{run_id}")
def show(
    request: Request, actor: SeesRuns, wiring: Wired, view: Looked, run_id: str, same: bool = False
) -> HTMLResponse:
    """Show what a run found for everyone at once."""
    with wiring.reading() as stores:
        data = load_run(wiring, stores, actor, run_id)
        page = run_page(wiring, data, view, UNCHANGED if same else "")
    return render(request, RUN_PAGE, _run_frame(request, actor), page)


@router.get(MATCHING + "/{run_id}/crowded/{participant_id}")
def crowded(
    request: Request, actor: SeesRuns, wiring: Wired, run_id: str, participant_id: str
) -> HTMLResponse:
    """Show who has the places that would fit someone, and what taking one would change."""
    with wiring.reading() as stores:
        page = crowded_page(load_run(wiring, stores, actor, run_id), participant_id)
    frame = _frame(request, actor, "満員の枠", keys=())
    return render(request, "pages/matching/crowded.html", frame, page)


@router.get(MATCHING + "/{run_id}/record")
def record(request: Request, actor: SeesRuns, wiring: Wired, run_id: str) -> HTMLResponse:
    """Show how a run was computed and checked."""
    with wiring.reading() as stores:
        page = record_page(load_run(wiring, stores, actor, run_id))
    return render(request, "pages/matching/record.html", _frame(request, actor, "計算の記録"), page)


@router.get(MATCHING + "/{run_id}/{name}.json")
def frozen(
    actor: SeesRuns, wiring: Wired, run_id: str, name: Literal["problem", "result"]
) -> Response:
    """Give a frozen file of a run, to who may know of everybody that took part."""
    with wiring.reading() as stores:
        content = read_file(load_run(wiring, stores, actor, run_id), name)
    attachment = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return Response(content, media_type="application/json", headers=attachment)


@router.get(MATCHING + "/{run_id}/proposals/{proposal_id}")
def show_row(
    request: Request, actor: SeesRuns, wiring: Wired, view: Looked, run_id: str, proposal_id: str
) -> Response:
    """Show the row of a proposal as it stands, alone or in its list."""
    with wiring.reading() as stores:
        data = load_run(wiring, stores, actor, run_id)
    row = rows.proposal_row(data, _proposal(data, proposal_id), view)
    if not is_partial(request):
        return _see(f"{address_of(data.run)}{view.query()}#{row.anchor}")
    return render(request, "pages/matching/row.html", _frame(request, actor, RESULT), row)


@router.post(MATCHING + "/{run_id}/proposals/{proposal_id}")
def decide(
    request: Request,
    actor: Decides,
    wiring: Wired,
    view: Looked,
    run_id: str,
    proposal_id: str,
    decision: Annotated[Decision, Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Advance a proposal, ask for the reason to set it aside, set it aside, or undo."""
    with wiring.reading() as stores:
        data = load_run(wiring, stores, actor, run_id)
    before = rows.proposal_row(data, _proposal(data, proposal_id), view)
    if decision is Decision.SET_ASIDE and not reason and before.can_decide:
        return _ask_reason(request, data, before)
    trouble = EARLIER
    if before.can_decide or decision is Decision.UNDO:
        trouble = take_decision(wiring, actor, proposal_id, decision, reason)
        with wiring.reading() as stores:
            data = load_run(wiring, stores, actor, run_id)
    row = rows.proposal_row(data, _proposal(data, proposal_id), view)
    if is_partial(request):
        return _answer_in_place(request, data, view, row, decision, trouble)
    if trouble:
        with wiring.reading():
            page = run_page(wiring, data, view, trouble=Trouble(row, trouble))
        return render(request, RUN_PAGE, _run_frame(request, actor), page, 409)
    return _see(f"{address_of(data.run)}{view.query()}#{row.anchor}")


def _answer_in_place(
    request: Request,
    data: RunData,
    view: View,
    row: ProposalRow,
    decision: Decision,
    trouble: str,
) -> Response:
    """Give the row after a decision, and what else on the page it changes."""
    said = trouble or f"{row.who.name} さんの案を {SAID[decision]}"
    now = decisions(data, view)
    part = DecidedPart(
        row=row,
        trouble=trouble,
        said=said,
        can_undo=not trouble and decision is not Decision.UNDO,
        decisions=now,
    )
    frame = _frame(request, data.actor, RESULT)
    answer = render(request, "pages/matching/decided.html", frame, part)
    all_done = not trouble and decision is not Decision.UNDO and not now.sums.undecided
    announce(answer, said + (ALL_DONE if all_done else ""))
    return answer


def _ask_reason(request: Request, data: RunData, row: ProposalRow) -> Response:
    """Show the reasons to choose from, each with what it does."""
    page = ChoosePage(rows.choosing(row, data.city.vocabulary), row.action)
    template = "_choosing" if is_partial(request) else "choose"
    frame = _frame(request, data.actor, "見送る理由")
    return render(request, f"pages/matching/{template}.html", frame, page)


def _proposal(data: RunData, proposal_id: str) -> Proposal:
    found = next((each for each in data.all_proposals if each.id == proposal_id), None)
    if found is None:
        raise HTTPException(404)
    return found


def _lead_on(jobs: MatchingJobs, job_id: str, wait_seconds: float) -> RedirectResponse | None:
    """Lead to the result of a job that has ended well."""
    job = jobs.job(job_id, wait_seconds)
    if job is None or not job.done() or job.exception() is not None:
        return None
    found = job.result()
    return _see(f"{MATCHING}/{found.run_id}" + ("" if found.is_new else "?same=1"))


def _see(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=303)


def _run_frame(request: Request, actor: Actor) -> Frame:
    return _frame(request, actor, RESULT, keys=KEYS, strip_note=STRIP_NOTE)


def _frame(
    request: Request,
    actor: Actor,
    title: str,
    keys: tuple[KeyHint, ...] = (NEXT_AND_PREVIOUS,),
    strip_note: str = "",
) -> Frame:
    return frame_for(request, actor, title, current=MATCHING, keys=keys, strip_note=strip_note)
