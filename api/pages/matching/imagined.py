"""Where a place that does not exist yet would let one more person take part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from api.pages.matching.data import RunData, load_run
from api.pages.matching.page import address_of
from api.pages.places.asked import district_value
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesRuns
from api.wiring import Wired
from cases.matching.imagined import Cell, Imagined, ImaginedPlace, imagined_places, imagined_words
from cases.need import Need
from cases.permissions import PeopleScope
from cases.words.wording import own_wording
from exchange.frozen_runs import thaw
from matcher.errors import MatcherError

router = APIRouter(include_in_schema=False)

TITLE: Final = "枠が あと1つあれば"


@dataclass(frozen=True, slots=True)
class ImaginedRow:
    """A 圏域 and a kind of need, what one place there would bring, and where to look for one."""

    district: str
    need: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class ImaginedPage:
    """The places that would help, the most helpful first."""

    sentence: str
    note: str
    back_href: str
    rows: tuple[ImaginedRow, ...]


@router.get("/matching/{run_id}/imagined")
def imagined(request: Request, actor: SeesRuns, wiring: Wired, run_id: str) -> HTMLResponse:
    """Show where one more place would help, to who may open everybody in the run."""
    with wiring.reading() as stores:
        data = load_run(wiring, stores, actor, run_id)
        # What is counted over all would hint at people whom the reader does not know of.
        if not data.is_whole:
            raise HTTPException(404)
        page = imagined_page(data, stores.cases.needs(PeopleScope(actor)))
    frame = frame_for(request, actor, TITLE, current="/matching")
    return render(request, "pages/matching/imagined.html", frame, page)


def imagined_page(data: RunData, needs: Mapping[str, Need]) -> ImaginedPage:
    """Build the page; where people live and what they need is as it is known today."""
    problem, assignment = thaw(data.run.problem, data.run.result)
    try:
        found = imagined_places(problem, assignment, _cells(data, needs))
    except MatcherError:
        found = Imagined((), is_complete=False)
    say, count = own_wording().say, len(found.places)
    said = "found" if count else "nothing" if found.is_complete else "unknown"
    return ImaginedPage(
        sentence=say("imagined", said, count=count),
        note="" if found.is_complete or not count else say("imagined", "incomplete"),
        back_href=address_of(data.run),
        rows=tuple(_row(data, each) for each in found.places),
    )


def _cells(data: RunData, needs: Mapping[str, Need]) -> dict[str, Cell]:
    """Return 圏域 and need of everybody of whom both may be told; of nobody protected."""
    found, kinds = {}, data.city.vocabulary.codes("need_kind")
    for id_, whereabouts in data.whereabouts.items():
        need = needs.get(id_)
        if whereabouts.district and need is not None and need.kind in kinds:
            found[id_] = Cell(whereabouts.district, need.kind)
    return found


def _row(data: RunData, place: ImaginedPlace) -> ImaginedRow:
    layer = next(iter(data.city.districts), "")
    asked = urlencode({"district": district_value(layer, place.cell.district)})
    return ImaginedRow(
        district=place.cell.district,
        need=data.city.vocabulary.label("need_kind", place.cell.need_kind),
        words=imagined_words(place),
        href=f"/places?{asked}",
    )
