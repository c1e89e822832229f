"""担当の範囲: to which 事業 and 圏域 the work of an office or of one of the staff is limited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Sent, Typed
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import ManagesUsers
from api.wiring import Wired, Wiring
from cases.actions.remitting import set_remit
from cases.errors import CaseError
from cases.messages import in_japanese
from cases.permissions import POLICY, Action, Relation
from cases.remit import Holder, RemitSetting
from cases.support import programmes_of
from catalog.actor import Actor
from catalog.municipality import Municipality

router = APIRouter(include_in_schema=False)

ADDRESS: Final = "/settings/remits"
ALL, SOME = "all", "some"
NOBODY: Final = "機関か職員をえらんでください。"
BOTH: Final = {
    "programmes": "『すべての事業を担当する』にも事業にも しるしがあります。事業をかぎるなら、"
    "『すべての事業を担当する』のしるしを外してください。",
    "districts": "『市全体』にも圏域にも しるしがあります。圏域だけを担当するなら、"
    "『市全体』のしるしを外してください。",
}
"""What is said where a limit and no limit are ticked at once: neither can be guessed."""


@dataclass(frozen=True, slots=True)
class RemitRow:
    """What somebody looks after now."""

    name: str
    programmes: str
    districts: str
    href: str


@dataclass(frozen=True, slots=True)
class RemitsPage:
    """The remits that limit somebody, and the form of one."""

    rows: tuple[RemitRow, ...]
    holders: tuple[tuple[str, str], ...]
    programmes: tuple[tuple[str, str], ...]
    districts: tuple[tuple[str, str], ...]
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


@router.get(ADDRESS)
def show(
    request: Request,
    actor: ManagesUsers,
    wiring: Wired,
    of: Annotated[str, Query()] = "",
    done: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show who looks after what; `of` fills the form in, `done` says whose remit was kept."""
    kept = next((each for each in wiring.rights.remits() if _key(each) == of), None)
    return _page(request, actor, wiring, _typed_of(of, kept), done=done)


@router.post(ADDRESS)
def save(request: Request, actor: ManagesUsers, wiring: Wired, sent: Sent) -> Response:
    """Keep a remit."""
    known = dict(_holders(wiring, wiring.ground.settings()))
    holder, _, holder_id = sent.one("holder").partition(":")
    if sent.one("holder") not in known or not holder_id:
        return _page(request, actor, wiring, sent, {"holder": NOBODY})
    both = {name: BOTH[name] for name in BOTH if sent.one(f"{name}_all") and sent.all(name)}
    if both:
        return _page(request, actor, wiring, sent, both)
    try:
        setting = RemitSetting(
            holder=Holder(holder),
            holder_id=holder_id,
            programmes=_limit(sent, "programmes"),
            districts=_districts(sent),
        )
        with wiring.writing() as stores:
            settings = stores.municipality.settings()
            set_remit(actor, wiring.rights, settings, setting, wiring.clock)
    except CaseError as error:
        at = "districts" if error.code == "district_unknown" else "programmes"
        return _page(request, actor, wiring, sent, {at: in_japanese(error)})
    return RedirectResponse(f"{ADDRESS}?{urlencode({'done': sent.one('holder')})}", status_code=303)


def _limit(sent: Typed, name: str) -> frozenset[str] | None:
    return None if sent.one(f"{name}_all") else frozenset(sent.all(name))


def _districts(sent: Typed) -> frozenset[tuple[str, str]] | None:
    chosen = _limit(sent, "districts")
    if chosen is None:
        return None
    return frozenset((layer, name) for layer, _, name in (each.partition("/") for each in chosen))


def _typed_of(of: str, kept: RemitSetting | None) -> Typed:
    programmes = kept.programmes if kept else None
    districts = kept.districts if kept else None
    return Typed(
        {
            "holder": (of,),
            "programmes_all": () if programmes is not None else ("yes",),
            "programmes": tuple(programmes or ()),
            "districts_all": () if districts is not None else ("yes",),
            "districts": tuple("/".join(pair) for pair in districts or ()),
        }
    )


def _key(setting: RemitSetting) -> str:
    return f"{setting.holder}:{setting.holder_id}"


def _holders(wiring: Wiring, city: Municipality) -> tuple[tuple[str, str], ...]:
    """Return whose work a remit can limit: by the table, roles that see people within a remit."""
    limited = {
        role
        for role, row in POLICY.items()
        if Relation.REMIT in row.get(Action.SEE_PEOPLE, frozenset())
    }
    staff = [user for user in wiring.users.users() if user.role in limited and not user.disabled]
    offices = dict.fromkeys(
        [*(user.office_id for user in staff if user.office_id), *(a.name for a in city.agencies)]
    )
    return (
        *((f"{Holder.OFFICE}:{name}", name) for name in offices),
        *(
            (f"{Holder.USER}:{user.id}", f"{user.name}（{user.office_id or '所属なし'}）")
            for user in staff
        ),
    )


def _page(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
    done: str = "",
) -> HTMLResponse:
    city = wiring.ground.settings()
    holders = _holders(wiring, city)
    names = dict(holders)
    rows = {
        _key(each): RemitRow(
            name=names.get(_key(each), each.holder_id),
            programmes="、".join(sorted(each.programmes or ())) or "すべての事業",
            districts="、".join(sorted(name for _, name in each.districts or ())) or "市全体",
            href=f"{ADDRESS}?{urlencode({'of': _key(each)})}",
        )
        for each in wiring.rights.remits()
    }
    page = RemitsPage(
        rows=tuple(rows.values()),
        holders=holders,
        programmes=tuple((name, name) for name in programmes_of(city)),
        districts=tuple(
            (f"{layer.key}/{each.name}", f"{each.name}（{layer.label}）")
            for layer in city.districts
            for each in layer.districts
        ),
        typed=typed,
        errors=errors or {},
        message=_kept_words(names[done], rows.get(done)) if done in names else "",
    )
    frame = frame_for(request, actor, "担当の範囲")
    return render(request, "pages/remits.html", frame, page, 422 if errors else 200)


def _kept_words(name: str, row: RemitRow | None) -> str:
    """Say what holds from now on for whom a remit was kept."""
    if row is None:
        return f"保存しました。{name} の担当に かぎりはありません（すべての事業・市全体）。"
    limits = f"事業は「{row.programmes}」、圏域は「{row.districts}」"
    return f"保存しました。{name} の担当は、{limits}です。"
