"""Every component with fictional content, on one page; served only when the settings ask for it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.forms import form_token
from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH, UNDO, Frame, KeyHint, NavItem, Viewer
from api.pages.contexts import MapView
from api.rendering import HERE, announce, is_partial, render

router = APIRouter(include_in_schema=False)

NAVIGATION: Final = (
    NavItem("今日の仕事", "#today"),
    NavItem("本人・世帯", "#people"),
    NavItem("マッチング", "#matching"),
    NavItem("受け入れ先", "#hosts", count=3),
    NavItem("会議", "#meetings"),
    NavItem("地図と計画", "#planning"),
)
KEYS: Final = (
    NEXT_AND_PREVIOUS,
    OPEN,
    KeyHint(("A",), "進める"),
    KeyHint(("S",), "見送る"),
    KeyHint(("E",), "くわしい理由"),
    KeyHint(("M",), "地図と表"),
    UNDO,
    SEARCH,
)


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in a list; `who` is empty where the person is protected."""

    number: int
    name: str
    who: str
    place: str
    what: str
    fit: str
    why: str
    effect: str
    decision: str = ""


PROPOSALS: Final = (
    ProposalRow(
        1, "青葉 実", "50歳・北部", "ゆずり川ふれあい農園", "畑の手伝い・水曜",
        "よく合う", "水曜の午前・土の作業・歩き18分", "1人が2番目の候補へ", "advanced",
    ),
    ProposalRow(
        2, "小春 ちよ", "76歳・南台", "けやき台の通いの場", "体操とお茶・火曜",
        "よく合う", "送迎あり・顔なじみが2人", "なし", "advanced",
    ),
    ProposalRow(
        3, "星川 なお", "19歳・北部", "こもれび文庫", "本の補修・水曜",
        "合う", "本が好き・2人部屋・バス12分", "1番目の農園が満員になるため",
    ),
    ProposalRow(
        4, "花野 ゆき", "31歳・中央", "子育てひろば わかば", "親子の場・月曜",
        "よく合う", "歩き7分・親子で入れる", "なし",
    ),
    ProposalRow(
        5, "月丘 ともえ", "", "こもれび文庫", "読み聞かせの準備",
        "合う", "本人が避けたい地区の外", "地図・集計・印刷に出ません",
    ),
    ProposalRow(
        6, "夕凪 かおる", "47歳・東部", "若葉印刷 作業室", "就労体験・週1回",
        "合う", "60分から・静かな部屋", "保険の加入が先に必要", "set_aside",
    ),
)  # fmt: skip
SAID: Final = {"advanced": "進めるにしました", "set_aside": "見送るにしました", "": "戻しました"}


@dataclass(frozen=True, slots=True)
class StyleguidePage:
    """What is not written in the template itself."""

    city: MapView
    proposals: tuple[ProposalRow, ...] = PROPOSALS


@dataclass(frozen=True, slots=True)
class DecidedPart:
    """The row after a decision, and what the undo bar says."""

    row: ProposalRow
    words: str


@cache
def fictional_city() -> Any:
    """Return the small city of the map: no real place has this shape."""
    return json.loads((HERE / "templates/styleguide/city.json").read_text(encoding="utf-8"))


@router.get("/styleguide")
def styleguide(request: Request) -> HTMLResponse:
    """Show every component."""
    city = MapView("つなぎ市の6つの圏域と 11の場所", fictional_city())
    return render(request, "styleguide/styleguide.html", frame_of(request), StyleguidePage(city))


@router.post("/styleguide")
def send() -> RedirectResponse:
    """Take any form of the page and show it again."""
    return RedirectResponse("/styleguide", status_code=303)


@router.post("/styleguide/proposals/{number}")
def decide(
    request: Request,
    number: Annotated[int, Path(ge=1, le=len(PROPOSALS))],
    decision: Annotated[Literal["advanced", "set_aside", ""], Form()] = "",
) -> Response:
    """Show the row as decided; nothing is kept."""
    if not is_partial(request):
        return RedirectResponse("/styleguide", status_code=303)
    row = replace(PROPOSALS[number - 1], decision=decision)
    words = f"{row.name} さんの案を {SAID[decision]}。"
    answer = render(request, "styleguide/decided.html", frame_of(request), DecidedPart(row, words))
    announce(answer, words)
    return answer


def frame_of(request: Request) -> Frame:
    """Return a frame with everything that a frame can hold."""
    return Frame(
        title="部品の見本",
        form_token=form_token(request),
        current="#people",
        nav=NAVIGATION,
        viewer=Viewer("水野"),
        municipality="つなぎ市",
        office="福祉相談室",
        is_sample=True,
        search_action="/styleguide",
        keys=KEYS,
        strip_note="「進める」を押しても、打診を送るまで だれにも伝わりません",
    )
