"""`/api/v1/matching`: matching everyone who waits, reading runs, deciding about proposals."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response, status
from fastapi.responses import JSONResponse

from api.pages.matching.routes import Jobs
from api.problems import problem
from api.rights import Decides, RunsMatching, SeesRuns
from api.v1 import schemas
from api.v1.documents import document_response
from api.v1.problems import READING, WRITING
from api.wiring import Wired
from cases.actions.cataloguing import seen_hosts, seen_openings
from cases.actions.deciding import decide_proposal
from cases.actions.matching import Stores
from cases.contradiction import RulesContradict
from cases.errors import NotFound
from cases.messages import in_japanese
from cases.permissions import PeopleScope
from cases.proposal import Proposal
from cases.run import MatchRun, best_first
from catalog.actor import Actor
from exchange.match_documents import match_document, told_conflict

WAIT_SECONDS: Final = 20.0
"""A quick run is answered with its result; a longer one with the job to ask again."""
STARTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": schemas.Match, "description": "何も変わっていないため、前の回を返します。"},
    202: {
        "model": schemas.Job,
        "description": "調べています。Location で、また たずねてください。",
    },
}
router = APIRouter(prefix="/api/v1", tags=["matching"])


@router.post(
    "/matching",
    status_code=status.HTTP_201_CREATED,
    response_model=schemas.Match,
    responses=WRITING | STARTED,
)
def match_everyone(
    request: Request,
    actor: RunsMatching,
    wiring: Wired,
    jobs: Jobs,
    sent: schemas.MatchIn | None = None,
) -> Response:
    """Match everyone who waits; where nothing changed since the last run, that one is returned."""
    job_id = jobs.start(actor, stay=sent is not None and sent.stay)
    job = jobs.job(job_id, WAIT_SECONDS)
    if job is None or not job.done():
        started = schemas.Job(id=job_id, status="running")
        address = f"/api/v1/matching/jobs/{job_id}"
        return JSONResponse(started.model_dump(), 202, headers={"Location": address})
    failure = job.exception()
    if isinstance(failure, RulesContradict):
        with wiring.reading() as stores:
            conflict = told_conflict(failure, *numbers_for(actor, stores))
        words, rule = in_japanese(failure), failure.code
        return problem(request, 409, "not_now", detail=words, rule=rule, conflict=conflict)
    found = job.result()
    with wiring.reading() as stores:
        document = document_of(actor, stores, find_run(actor, stores, found.run_id))
    answer = document_response(document, 201 if found.is_new else 200)
    answer.headers["Location"] = f"/api/v1/matching/{found.run_id}"
    return answer


@router.get("/matching/jobs/{job_id}", responses=READING)
def show_job(_actor: RunsMatching, jobs: Jobs, job_id: str) -> schemas.Job:
    """Tell how far a run is that was asked for."""
    job = jobs.job(job_id)
    if job is None:
        raise NotFound("run_not_found")
    if not job.done():
        return schemas.Job(id=job_id, status="running")
    if (failure := job.exception()) is not None:
        rule = failure.code if isinstance(failure, RulesContradict) else None
        return schemas.Job(id=job_id, status="failed", rule=rule)
    return schemas.Job(id=job_id, status="done", run=job.result().run_id)


@router.get("/matching", responses=READING)
def list_runs(actor: SeesRuns, wiring: Wired) -> list[schemas.Run]:
    """List the last runs, the newest first."""
    with wiring.reading() as stores:
        runs = stores.runs.runs(PeopleScope(actor))
    return [run_shape(run) for run in runs]


@router.get("/matching/{run_id}", response_model=schemas.Match, responses=READING)
def show_run(actor: SeesRuns, wiring: Wired, run_id: str) -> Response:
    """Return a run with everyone whom the reader may open."""
    with wiring.reading() as stores:
        return document_response(document_of(actor, stores, find_run(actor, stores, run_id)))


@router.get("/matching/{run_id}/proposals", responses=READING)
def list_proposals(actor: SeesRuns, wiring: Wired, run_id: str) -> list[schemas.Proposal]:
    """List the proposals of a run with what was decided, the best fit first."""
    scope = PeopleScope(actor)
    with wiring.reading() as stores:
        find_run(actor, stores, run_id)
        people = {person.id: person for person in stores.cases.participants(scope)}
        proposals = stores.runs.proposals(scope, run_id)
    return [proposal_shape(each) for each in best_first(proposals, people)]


@router.post("/matching/{run_id}/proposals/{proposal_id}", responses=WRITING)
def decide(
    actor: Decides, wiring: Wired, run_id: str, proposal_id: str, sent: schemas.DecisionIn
) -> schemas.Proposal:
    """Advance a proposal, set it aside for a coded reason, or undo either; nothing is sent."""
    with wiring.writing() as stores:
        found = stores.runs.proposal(PeopleScope(actor), proposal_id)
        if found is None or found.run_id != run_id:
            raise NotFound("proposal_not_found")
        decided = decide_proposal(
            actor,
            stores.cases,
            stores.catalog,
            stores.runs,
            wiring.vocabulary,
            proposal_id,
            sent.decision,
            wiring.clock,
            sent.reason,
        )
    return proposal_shape(decided.proposal)


def numbers_for(actor: Actor, stores: Stores) -> tuple[dict[str, str], dict[str, str]]:
    """Return the case numbers of the people and the names of the places that a rule may name."""
    people = stores.cases.participants(PeopleScope(actor))
    places = {id_: e.name for id_, e in seen_openings(actor, stores.catalog).items()}
    places |= {id_: each.name for id_, each in seen_hosts(actor, stores.catalog).items()}
    return {person.id: person.case_no for person in people}, places


def find_run(actor: Actor, stores: Stores, run_id: str) -> MatchRun:
    """Return a run with whom the actor may open; raises `NotFound`."""
    run = stores.runs.run(PeopleScope(actor), run_id)
    if run is None:
        raise NotFound("run_not_found")
    return run


def document_of(actor: Actor, stores: Stores, run: MatchRun) -> dict[str, object]:
    """Return `tsunagite.match/1` of a run, with whom the actor may open."""
    scope = PeopleScope(actor)
    people = {person.id: person for person in stores.cases.participants(scope)}
    case_nos = {id_: person.case_no for id_, person in people.items()}
    proposals = best_first(stores.runs.proposals(scope, run.id), people)
    return match_document(run, proposals, case_nos, seen_openings(actor, stores.catalog))


def run_shape(run: MatchRun) -> schemas.Run:
    """Return a run for the list."""
    return schemas.Run(
        id=run.id,
        number=run.number,
        on=run.on,
        status=run.status,
        certified=run.certified,
        started_at=run.started_at,
        finished_at=run.finished_at,
        policy_version=run.policy_version,
        code_version=run.code_version,
    )


def proposal_shape(proposal: Proposal) -> schemas.Proposal:
    """Return a proposal with what was decided."""
    return schemas.Proposal(
        id=proposal.id,
        run=proposal.run_id,
        person=proposal.participant_id,
        opening=proposal.opening_id,
        status=proposal.status,
        word=proposal.word,
        score=proposal.score,
        reason=proposal.reason,
        set_aside_reason=proposal.set_aside_reason,
        decided_by=proposal.decided_by,
        decided_at=proposal.decided_at,
    )
